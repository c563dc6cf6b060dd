// SPDX-License-Identifier: MIT
#include <ruview/prep/resample.h>

#include <ruview/math/elementary.h>

#include "base/exact.h"

static const int16_t grid[RV_CANONICAL_TONES] = {
    -28, -27, -26, -25, -24, -23, -22, -21, -20, -19, -18, -17, -16, -15,
    -14, -13, -12, -11, -10, -9,  -8,  -7,  -6,  -5,  -4,  -3,  -2,  -1,
    1,   2,   3,   4,   5,   6,   7,   8,   9,   10,  11,  12,  13,  14,
    15,  16,  17,  18,  19,  20,  21,  22,  23,  24,  25,  26,  27,  28};

static const double grid_hz = 312500.0;

const int16_t *
rv_canonical_tones(void)
{
    return grid;
}

// Lagrange weights of the nodes x[0..3] at `at`
static void
cubic(const double x[RV_RESAMPLE_POINTS], const double at, float *const tap)
{
    for (uint32_t i = 0; i < RV_RESAMPLE_POINTS; ++i) {
        double w = 1.0;
        for (uint32_t j = 0; j < RV_RESAMPLE_POINTS; ++j) {
            if (j != i) {
                w *= (at - x[j]) / (x[i] - x[j]);
            }
        }
        tap[i] = (float)w;
    }
}

static void
plan_one(rv_resample_plan *const plan, const uint32_t out, const int16_t *const tone,
         const double spacing)
{
    const uint32_t n     = plan->n_tones;
    const double   at    = (double)grid[out] * grid_hz;
    uint32_t       right = 0; // first tone not below `at`
    while (right < n && (double)tone[right] * spacing < at) {
        ++right;
    }
    const uint32_t want = right >= 2 ? right - 2 : 0;
    const uint32_t first =
        want + RV_RESAMPLE_POINTS <= n ? want : n - RV_RESAMPLE_POINTS;
    plan->first[out] = (uint16_t)first;
    if (right < n && (double)tone[right] * spacing == at) { // a tone of the input
        plan->tap[out][right - first] = 1.0F;
        plan->weight[out]             = 1.0F;
        return;
    }
    if (right > 0 && right < n) {
        double x[RV_RESAMPLE_POINTS];
        for (uint32_t i = 0; i < RV_RESAMPLE_POINTS; ++i) {
            x[i] = (double)tone[first + i] * spacing;
        }
        cubic(x, at, plan->tap[out]);
        plan->weight[out] = 1.0F;
        return;
    }
    // Outside: the line through the two outermost tones
    const uint32_t a    = right == 0 ? 0 : n - 2;
    const double   xa   = (double)tone[a] * spacing;
    const double   xb   = (double)tone[a + 1] * spacing;
    const double   edge = right == 0 ? xa : xb;
    if (rv_abs_f64(at - edge) > RV_RESAMPLE_REACH * grid_hz) {
        return;
    }
    plan->tap[out][a - first]     = (float)((xb - at) / (xb - xa));
    plan->tap[out][a + 1 - first] = (float)((at - xa) / (xb - xa));
    plan->weight[out]             = 0.5F;
}

rv_status
rv_resample_plan_init(rv_resample_plan *const plan, const int16_t *const tone,
                      const uint32_t n_tones, const uint32_t spacing_hz)
{
    if (n_tones < RV_RESAMPLE_POINTS || n_tones > UINT16_MAX || spacing_hz == 0) {
        return RV_ERR_SHAPE;
    }
    for (uint32_t k = 1; k < n_tones; ++k) {
        if (tone[k] <= tone[k - 1]) {
            return RV_ERR_SHAPE;
        }
    }
    *plan = (rv_resample_plan){.n_tones = (uint16_t)n_tones};
    for (uint32_t c = 0; c < RV_CANONICAL_TONES; ++c) {
        plan_one(plan, c, tone, (double)spacing_hz);
    }
    return RV_OK;
}

void
rv_resample(const rv_resample_plan *const plan, const float *const re,
            const float *const im, float *const out_re, float *const out_im)
{
    for (uint32_t c = 0; c < RV_CANONICAL_TONES; ++c) {
        const float *const tap = plan->tap[c];
        const float *const a   = re + plan->first[c];
        const float *const b   = im + plan->first[c];
        out_re[c] = tap[0] * a[0] + tap[1] * a[1] + tap[2] * a[2] + tap[3] * a[3];
        out_im[c] = tap[0] * b[0] + tap[1] * b[1] + tap[2] * b[2] + tap[3] * b[3];
    }
}

void
rv_resample_amplitude(const rv_resample_plan *const plan, const float *const re,
                      const float *const im, float *const out)
{
    for (uint32_t c = 0; c < RV_CANONICAL_TONES; ++c) {
        const float *const tap = plan->tap[c];
        const float *const a   = re + plan->first[c];
        const float *const b   = im + plan->first[c];
        const float x = tap[0] * a[0] + tap[1] * a[1] + tap[2] * a[2] + tap[3] * a[3];
        const float y = tap[0] * b[0] + tap[1] * b[1] + tap[2] * b[2] + tap[3] * b[3];
        out[c]        = rv_sqrt_f32(x * x + y * y);
    }
}
