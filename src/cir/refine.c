// SPDX-License-Identifier: MIT
#include <ruview/cir/refine.h>

#include "base/exact.h"
#include "cir/hot.h"
#include "cir/paths.h"

#include <ruview/math/elementary.h>
#include <ruview/math/kernels.h>

#include <string.h>

enum { rounds_max = 6 };

static const double settled = 2e-3; ///< Step below which nothing moves any more [cells]
static const double leap    = 0.25; ///< Longest step [cells]
static const double too_near = 0.4; ///< Paths nearer than this are one [cells]

/// What the rounds work on; one turn is the whole circle of delays
typedef struct {
    const rv_cir_plan *plan;
    const rv_cir_fit  *fit;
    const rv_kernels  *kernels;
    uint32_t           n;    ///< K in whole lanes
    double             cell; ///< One resolution cell, 1 / K [turns per tone]
    float             *r_re; ///< [n] y less what all paths explain
    float             *r_im;
    float             *angle;
    float             *s_re; ///< [paths][n] exp(-2 pi j turns w)
    float             *s_im;
    double             turns[RV_CIR_MAX_PATHS];
    float              re[RV_CIR_MAX_PATHS];
    float              im[RV_CIR_MAX_PATHS];
} fitting;

static uint32_t
whole_lanes(const rv_cir_plan *const plan)
{
    return (plan->n_tones + 15U) & ~15U;
}

size_t
rv_cir_refine_floats(const rv_cir_plan *const plan)
{
    return (size_t)whole_lanes(plan) * (3 + 2 * RV_CIR_MAX_PATHS);
}

static float *
row(const fitting *const self, float *const first, const uint32_t p)
{
    return first + (size_t)p * self->n;
}

/// s of one path; beyond the last tone it is zero
static void
steer(const fitting *const self, const uint32_t p)
{
    float *const re = row(self, self->s_re, p);
    float *const im = row(self, self->s_im, p);
    self->fit->angles(self->n, -self->turns[p], self->plan->centred, self->angle);
    self->kernels->sincos(self->angle, im, re, self->n);
    for (uint32_t k = self->plan->n_tones; k < self->n; ++k) {
        re[k] = 0.0F;
        im[k] = 0.0F;
    }
}

/// Give path p its share: r += part of its gain, part = 1 or -1
static void
put(const fitting *const self, const uint32_t p, const float part)
{
    self->fit->add(self->n, part * self->re[p], part * self->im[p],
                   row(self, self->s_re, p), row(self, self->s_im, p), self->r_re,
                   self->r_im);
}

/// Gain of path p by least squares from r, which must hold the path
static void
fit_gain(fitting *const self, const uint32_t p)
{
    float sum[6];
    self->fit->moments(self->n, self->plan->centred, row(self, self->s_re, p),
                       row(self, self->s_im, p), self->r_re, self->r_im, sum);
    self->re[p] = sum[0] / (float)self->plan->n_tones;
    self->im[p] = sum[1] / (float)self->plan->n_tones;
}

/// Newton's step for the delay that maximises |s^H r|^2 [turns]; r must hold the path
static double
newton_step(const fitting *const self, const uint32_t p)
{
    float m[6];
    self->fit->moments(self->n, self->plan->centred, row(self, self->s_re, p),
                       row(self, self->s_im, p), self->r_re, self->r_im, m);
    // c = s^H r; conj(s) = exp(+j theta w): c' = j (w-moment), c'' = -(w^2-moment)
    const double c_re  = (double)m[0];
    const double c_im  = (double)m[1];
    const double d_re  = -(double)m[3];
    const double d_im  = (double)m[2];
    const double slope = c_re * d_re + c_im * d_im;
    const double bend =
        d_re * d_re + d_im * d_im - c_re * (double)m[4] - c_im * (double)m[5];
    if (!(bend < 0.0)) {
        return 0.0;
    }
    const double step = -slope / bend / (2.0 * RV_PI_F64);
    const double most = leap * self->cell;
    return step > most ? most : step < -most ? -most : step;
}

/// One round over all paths; returns the longest step [cells]
static double
round_of(fitting *const self, const uint32_t n_paths)
{
    double longest = 0.0;
    for (uint32_t p = 0; p < n_paths; ++p) {
        put(self, p, 1.0F);
        const double step = newton_step(self, p);
        const double size = step < 0.0 ? -step : step;
        longest           = size > longest ? size : longest;
        self->turns[p] += step;
        steer(self, p);
        fit_gain(self, p);
        put(self, p, -1.0F);
    }
    return longest / self->cell;
}

static void
begin(fitting *const self, const rv_cir_taps *const taps, const float *const re,
      const float *const im, const float scale)
{
    const uint32_t n = self->plan->n_tones;
    memset(self->r_re, 0, 2 * self->n * sizeof *self->r_re);
    for (uint32_t k = 0; k < n; ++k) {
        self->r_re[k] = re[k] * scale;
        self->r_im[k] = im[k] * scale;
    }
    for (uint32_t p = 0; p < taps->n_paths; ++p) {
        // Delay around zero, where phases are small
        const double where =
            (double)taps->path[p].position / (double)self->plan->n_taps;
        self->turns[p] = where > 0.5 ? where - 1.0 : where;
        double s;
        double c;
        rv_sincos_f64(-2.0 * RV_PI_F64 * self->turns[p] * (double)self->plan->tone_mean,
                      &s, &c);
        const double a = (double)(taps->path[p].re * scale);
        const double b = (double)(taps->path[p].im * scale);
        self->re[p]    = (float)(a * c - b * s);
        self->im[p]    = (float)(a * s + b * c);
        steer(self, p);
        put(self, p, -1.0F);
    }
}

/// The paths as they are now, back in units of y
static void
report(const fitting *const self, const float scale, rv_cir_taps *const taps)
{
    for (uint32_t p = 0; p < taps->n_paths; ++p) {
        double turns = self->turns[p];
        turns -= turns >= 1.0 ? 1.0 : 0.0;
        turns += turns < 0.0 ? 1.0 : 0.0;
        double s;
        double c;
        rv_sincos_f64(2.0 * RV_PI_F64 * self->turns[p] * (double)self->plan->tone_mean,
                      &s, &c);
        const double a         = (double)(self->re[p] / scale);
        const double b         = (double)(self->im[p] / scale);
        taps->path[p].re       = (float)(a * c - b * s);
        taps->path[p].im       = (float)(a * s + b * c);
        taps->path[p].position = (float)(turns * (double)self->plan->n_taps);
    }
}

/// Drop path p: its share goes back to the residual
static void
drop(fitting *const self, rv_cir_taps *const taps, const uint32_t p)
{
    put(self, p, 1.0F);
    --taps->n_paths;
    for (uint32_t q = p; q < taps->n_paths; ++q) {
        taps->path[q]  = taps->path[q + 1];
        self->turns[q] = self->turns[q + 1];
        self->re[q]    = self->re[q + 1];
        self->im[q]    = self->im[q + 1];
        memcpy(row(self, self->s_re, q), row(self, self->s_re, q + 1),
               self->n * sizeof *self->s_re);
        memcpy(row(self, self->s_im, q), row(self, self->s_im, q + 1),
               self->n * sizeof *self->s_im);
    }
}

static float
power_of(const fitting *const self, const uint32_t p)
{
    return self->re[p] * self->re[p] + self->im[p] * self->im[p];
}

/// Sigma of re and of im that is left, with three unknowns per path taken off
static float
noise_left(const fitting *const self, const uint32_t n_paths)
{
    const float    sum     = self->kernels->cnorm2(self->r_re, self->r_im, self->n);
    const uint32_t numbers = 2U * self->plan->n_tones;
    const uint32_t freedom = numbers > 3 * n_paths + 2 ? numbers - 3 * n_paths : 2;
    return __builtin_sqrtf(sum / (float)freedom);
}

/// A path that is too near to a stronger one, or too weak against the noise; else n
static uint32_t
find_idle(const fitting *const self, const uint32_t n_paths, const float least)
{
    for (uint32_t p = 0; p < n_paths; ++p) {
        if (power_of(self, p) < least * least) {
            return p;
        }
        for (uint32_t q = 0; q < n_paths; ++q) {
            const double apart  = self->turns[p] - self->turns[q];
            const bool   weaker = power_of(self, p) < power_of(self, q) ||
                                (power_of(self, p) == power_of(self, q) && p > q);
            if (q != p && weaker && apart < too_near * self->cell &&
                apart > -too_near * self->cell) {
                return p;
            }
        }
    }
    return n_paths;
}

void
rv_cir_refine(const rv_cir_plan *const plan, const rv_cir_taps_config *const config,
              const float *const re, const float *const im, rv_cir_taps *const taps,
              float *const work)
{
    if (taps->reason != RV_REASON_NONE || taps->n_paths == 0) {
        return;
    }
    const uint32_t n    = whole_lanes(plan);
    fitting        self = {
               .plan    = plan,
               .fit     = rv_cir_fit_for(plan->cpu_mask),
               .kernels = rv_kernels_for(plan->cpu_mask),
               .n       = n,
               .cell    = 1.0 / (double)plan->n_tones,
               .r_re    = work,
               .r_im    = work + n,
               .angle   = work + 2 * (size_t)n,
               .s_re    = work + 3 * (size_t)n,
               .s_im    = work + (3 + RV_CIR_MAX_PATHS) * (size_t)n,
    };
    const float scale = rv_cir_scale_of(re, im, plan->n_tones);
    if (!(scale > 0.0F)) {
        return;
    }
    begin(&self, taps, re, im, scale);
    for (;;) {
        for (uint32_t i = 0; i < rounds_max; ++i) {
            if (round_of(&self, taps->n_paths) < settled) {
                break;
            }
        }
        taps->noise       = noise_left(&self, taps->n_paths);
        const float least = rv_cir_least_gain(plan, config, taps->noise * plan->scale);
        const uint32_t p  = find_idle(&self, taps->n_paths, least);
        if (p == taps->n_paths || taps->n_paths == 1) {
            break;
        }
        drop(&self, taps, p);
    }
    taps->noise /= scale;
    report(&self, scale, taps);
    rv_cir_finish_paths(plan, config, taps);
}
