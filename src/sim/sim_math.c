// SPDX-License-Identifier: MIT
#include "sim/sim_math.h"

#include "math/lanes.h"

#include <string.h>

rv_cplx
rv_sim_turn(const double turns)
{
    const double q  = rv_sim_floor(turns * 4.0 + 0.5);
    const float  x  = (float)((turns * 4.0 - q) * (RV_SIM_PI / 2.0)); // |x| <= pi/4
    const float  xx = x * x;
    const float  s =
        x * (1.0F + xx * (-1.0F / 6 + xx * (1.0F / 120 + xx * (-1.0F / 5040))));
    const float c =
        1.0F +
        xx * (-0.5F + xx * (1.0F / 24 + xx * (-1.0F / 720 + xx * (1.0F / 40320))));
    const unsigned quadrant = (unsigned)((int64_t)q & 3);
    const rv_cplx  out[4]   = {{c, s}, {-s, c}, {-c, -s}, {s, -c}};
    return out[quadrant];
}

#if RV_WIDTH > 1

typedef double  pair __attribute__((vector_size(16)));
typedef int64_t pair_bits __attribute__((vector_size(16)));

// Angle from the nearest axis, and which of them it is in the lower two bits
static void
fold_row(const double *const turns, double *const angle, uint64_t *const quadrant,
         const int n)
{
    const double shift = 0x1.8p52; // adding it rounds to whole numbers
    const pair   one   = {1.0, 1.0};
    for (int i = 0; i < n; i += 2) {
        pair t;
        memcpy(&t, turns + i, sizeof t);
        const pair      quarters = t * 4.0;
        const pair      y        = quarters + 0.5;
        const pair      shifted  = y + shift;
        const pair      near     = shifted - shift;
        const pair_bits above    = (pair_bits)(near > y); // 0 or -1
        const pair      q        = near - (pair)(above & (pair_bits)one);
        const pair      x        = (quarters - q) * (RV_SIM_PI / 2.0);
        pair_bits       bits;
        memcpy(&bits, &shifted, sizeof bits);
        bits += above;
        memcpy(angle + i, &x, sizeof x);
        memcpy(quadrant + i, &bits, sizeof bits);
    }
}

// Loops without a branch, so that they become vectors
void
rv_sim_turn_row(const double *restrict const turns, float *restrict const re,
                float *restrict const im, const int n)
{
    double       angle[RV_SIM_TURNS];
    uint64_t     quadrant[RV_SIM_TURNS];
    uint32_t     sine[RV_SIM_TURNS], cosine[RV_SIM_TURNS];
    const int    whole = n & ~7; // says that vectors come out even
    const size_t bytes = (size_t)whole * sizeof(float);
    fold_row(turns, angle, quadrant, whole);
    for (int i = 0; i < whole; ++i) {
        const float x  = (float)angle[i];
        const float xx = x * x;
        re[i] = x * (1.0F + xx * (-1.0F / 6 + xx * (1.0F / 120 + xx * (-1.0F / 5040))));
        im[i] =
            1.0F +
            xx * (-0.5F + xx * (1.0F / 24 + xx * (-1.0F / 720 + xx * (1.0F / 40320))));
    }
    memcpy(sine, re, bytes);
    memcpy(cosine, im, bytes);
    for (int i = 0; i < whole; ++i) {
        const uint32_t q   = (uint32_t)quadrant[i];
        const uint32_t odd = 0U - (q & 1U);
        const uint32_t r   = (sine[i] & odd) | (cosine[i] & ~odd);
        const uint32_t s   = (cosine[i] & odd) | (sine[i] & ~odd);
        cosine[i]          = r ^ ((q + 1U) & 2U) << 30;
        sine[i]            = s ^ (q & 2U) << 30;
    }
    memcpy(re, cosine, bytes);
    memcpy(im, sine, bytes);
}

#else

void
rv_sim_turn_row(const double *restrict const turns, float *restrict const re,
                float *restrict const im, const int n)
{
    for (int i = 0; i < n; ++i) {
        const rv_cplx w = rv_sim_turn(turns[i]);
        re[i]           = w.re;
        im[i]           = w.im;
    }
}

#endif

void
rv_sim_normal_row(rv_random *const r, float *const out, const int n)
{
    uint64_t word[2 * RV_SIM_NORMALS];
    rv_random_row(r, word, 2U * (uint32_t)n);
    for (int i = 0; i < n; ++i) {
        out[i] = rv_sim_normal_of(word[2 * i], word[2 * i + 1]);
    }
}
