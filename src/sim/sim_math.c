// SPDX-License-Identifier: MIT
#include "sim/sim_math.h"

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

enum { rows = 8 };

// q as in rv_sim_turn: below 2^31 a 32-bit integer holds it
static inline void
turn_rows(const double *restrict const turns, float *restrict const re,
          float *restrict const im)
{
    float   x[rows];
    int32_t quadrant[rows];
    for (int i = 0; i < rows; ++i) {
        const double  y   = turns[i] * 4.0 + 0.5;
        const int32_t cut = (int32_t)y;
        const int32_t q   = cut - ((double)cut > y);
        x[i]              = (float)((turns[i] * 4.0 - (double)q) * (RV_SIM_PI / 2.0));
        quadrant[i]       = q;
    }
    for (int i = 0; i < rows; ++i) {
        const float xx = x[i] * x[i];
        const float s =
            x[i] * (1.0F + xx * (-1.0F / 6 + xx * (1.0F / 120 + xx * (-1.0F / 5040))));
        const float c =
            1.0F +
            xx * (-0.5F + xx * (1.0F / 24 + xx * (-1.0F / 720 + xx * (1.0F / 40320))));
        const int32_t q     = quadrant[i];
        const float   along = (float)(1 - ((q + 1) & 2)); // sign of the real part
        const float   up    = (float)(1 - (q & 2));
        re[i]               = along * (q & 1 ? s : c);
        im[i]               = up * (q & 1 ? c : s);
    }
}

void
rv_sim_turn_row(const double *const turns, float *const re, float *const im,
                const int n)
{
    for (int i = 0; i < n; i += rows) {
        turn_rows(turns + i, re + i, im + i);
    }
}

void
rv_sim_normal_row(rv_random *const r, float *const out, const int n)
{
    uint64_t word[2 * RV_SIM_NORMALS];
    rv_random_row(r, word, 2U * (uint32_t)n);
    for (int i = 0; i < n; ++i) {
        out[i] = rv_sim_normal_of(word[2 * i], word[2 * i + 1]);
    }
}
