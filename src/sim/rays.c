// SPDX-License-Identifier: MIT
#include "sim/rays.h"

#include "math/lanes.h"

#include <string.h>

enum { group = RV_COMB_GROUP, order = RV_BUNDLE_ORDER, rays = RV_BUNDLE_RAYS };

#if RV_WIDTH > 1
typedef float quad __attribute__((vector_size(16)));
#else
typedef float quad;
#endif

enum { width = sizeof(quad) / sizeof(float), parts = group / width };

/// Eight tones side by side
typedef struct {
    quad re[parts], im[parts];
} eight;

RV_INLINE quad
load(const float *const p)
{
    quad v;
    memcpy(&v, p, sizeof v);
    return v;
}

RV_INLINE void
add_to(float *const p, const quad more)
{
    const quad v = load(p) + more;
    memcpy(p, &v, sizeof v);
}

/// Eight tones on
RV_INLINE void
step_on(eight *const w, const rv_cplx step)
{
    for (int j = 0; j < parts; ++j) {
        const quad r = w->re[j] * step.re - w->im[j] * step.im;
        w->im[j]     = w->re[j] * step.im + w->im[j] * step.re;
        w->re[j]     = r;
    }
}

void
rv_comb_init(rv_comb *const self, const double turns_per_tone)
{
    double turns[group];
    for (int i = 0; i < group; ++i) {
        turns[i] = turns_per_tone * (i - 32);
    }
    rv_sim_turn_row(turns, self->re, self->im, group);
    self->step = rv_sim_turn(turns_per_tone * group);
}

void
rv_comb_add(const rv_comb *const self, const rv_cplx start, float *restrict const re,
            float *restrict const im)
{
    eight w;
    for (int j = 0; j < parts; ++j) {
        const quad r = load(self->re + width * j);
        const quad i = load(self->im + width * j);
        w.re[j]      = start.re * r - start.im * i;
        w.im[j]      = start.re * i + start.im * r;
    }
    for (int k = 0; k < RV_CHANNEL_TONES; k += group) {
        for (int j = 0; j < parts; ++j) {
            add_to(re + k + width * j, w.re[j]);
            add_to(im + k + width * j, w.im[j]);
        }
        step_on(&w, self->step);
    }
}

/// Sums of rays times the powers 0..3 of x, each sum in the order of the rays
typedef struct {
#if RV_WIDTH > 1
    quad re, im;
#else
    float       re[4], im[4];
#endif
} low_powers;

RV_INLINE void
add_powers(low_powers *const sum, const float re, const float im, const float x,
           const float x2, const float x3)
{
#if RV_WIDTH > 1
    const quad power = {1.0F, x, x2, x3};
    sum->re += re * power;
    sum->im += im * power;
#else
    const float power[4] = {1.0F, x, x2, x3};
    for (int k = 0; k < 4; ++k) {
        sum->re[k] += re * power[k];
        sum->im[k] += im * power[k];
    }
#endif
}

/// Sums of the rays times the powers of their turns per tone beyond the bundle's, times
/// (-2 pi i)^k / k!
static void
expand(const rv_bundle *const self, const double length_m, const double carrier,
       float cr[order + 1], float ci[order + 1])
{
    double    turns[rays] = {0};
    float     x[rays], re[rays], im[rays], tr[rays], ti[rays];
    const int n     = self->n;
    const int whole = (n + 7) & ~7;
    for (int i = 0; i < whole; ++i) {
        turns[i] = -self->length_m[i] * carrier;
        x[i]     = (float)((self->length_m[i] - length_m) *
                       (RV_SIM_SPACING_HZ / RV_SIM_C_MPS));
    }
    rv_sim_turn_row(turns, tr, ti, whole);
    for (int i = 0; i < whole; ++i) {
        re[i] = self->re[i] * tr[i] - self->im[i] * ti[i];
        im[i] = self->re[i] * ti[i] + self->im[i] * tr[i];
    }
    low_powers low = {0};
    float      sr[order + 1], si[order + 1];
    sr[order] = 0.0F;
    si[order] = 0.0F;
    for (int i = 0; i < n; ++i) {
        const float x2 = x[i] * x[i];
        const float x3 = x2 * x[i];
        const float x4 = x3 * x[i];
        add_powers(&low, re[i], im[i], x[i], x2, x3);
        sr[order] += re[i] * x4;
        si[order] += im[i] * x4;
    }
    memcpy(sr, &low.re, sizeof low.re);
    memcpy(si, &low.im, sizeof low.im);
    float scale = 1.0F;
    for (int k = 0; k <= order; ++k) {
        const float turned[4][2] = {
            {sr[k], si[k]}, {si[k], -sr[k]}, {-sr[k], -si[k]}, {-si[k], sr[k]}};
        cr[k] = scale * turned[k % 4][0];
        ci[k] = scale * turned[k % 4][1];
        scale *= (float)(2.0 * RV_SIM_PI) / (float)(k + 1);
    }
}

void
rv_bundle_add(const rv_bundle *const self, const double length_m, const double carrier,
              float *restrict const re, float *restrict const im)
{
    static const float tone[group] = {-32, -31, -30, -29, -28, -27, -26, -25};
    float              cr[order + 1], ci[order + 1];
    rv_comb            comb;
    eight              w;
    quad               n[parts];
    expand(self, length_m, carrier, cr, ci);
    rv_comb_init(&comb, -length_m * (RV_SIM_SPACING_HZ / RV_SIM_C_MPS));
    for (int j = 0; j < parts; ++j) {
        w.re[j] = load(comb.re + width * j);
        w.im[j] = load(comb.im + width * j);
        n[j]    = load(tone + width * j);
    }
    for (int k = 0; k < RV_CHANNEL_TONES; k += group) {
        for (int j = 0; j < parts; ++j) {
            quad r = n[j] * cr[order] + cr[order - 1];
            quad q = n[j] * ci[order] + ci[order - 1];
            for (int m = order - 2; m >= 0; --m) {
                r = r * n[j] + cr[m];
                q = q * n[j] + ci[m];
            }
            add_to(re + k + width * j, r * w.re[j] - q * w.im[j]);
            add_to(im + k + width * j, r * w.im[j] + q * w.re[j]);
            n[j] += (float)group;
        }
        step_on(&w, comb.step);
    }
}
