// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "vital/breathing_look.h"

#include <ruview/math/elementary.h>
#include <ruview/math/order.h>

enum {
    pause_samples  = 25, ///< 10 s
    most_stretches = RV_BREATHING_SAMPLES / pause_samples
};

/// Energy at a frequency in 10 s, over that of the noise
static float
energy(const float *const y, const uint32_t n_window, const float hz)
{
    enum { n = pause_samples };
    const double mid = 0.5 * (n - 1.0);
    const double tt  = n * ((double)n * n - 1.0) / 12.0;
    double       s0 = 0.0, s1 = 0.0, re = 0.0, im = 0.0;
    for (uint32_t i = 0; i < n; ++i) {
        s0 += (double)y[i];
        s1 += (i - mid) * (double)y[i];
    }
    for (uint32_t i = 0; i < n; ++i) {
        const double t    = i - mid;
        const double rest = (double)y[i] - s0 / n - s1 / tt * t;
        const float  turn = 6.2831853F * hz * RV_BREATHING_SAMPLE_S * (float)t;
        const double w =
            (double)rv_sin_f32(3.14159265F * ((float)i + 0.5F) / (float)n) * rest;
        re += w * (double)rv_cos_f32(turn);
        im += w * (double)rv_sin_f32(turn);
    }
    // the bands were weighted so that noise has energy 1 in the whole window
    return (float)((re * re + im * im) * n_window / n);
}

/// The weakest but one: an earlier pause may lie among them
static float
second_least(const float *const x, const uint32_t n)
{
    float least = x[0], second = n > 1 ? x[1] : x[0];
    for (uint32_t i = 1; i < n; ++i) {
        if (x[i] < least) {
            second = least;
            least  = x[i];
        } else {
            second = rv_min_f32(second, x[i]);
        }
    }
    return rv_max_f32(least, second);
}

void
rv_breath_pause(const rv_spectrum *const s, const float (*const x)[RV_SAMPLER_BANDS],
                const uint32_t n, const uint32_t n_bands, const float hz,
                rv_breath_energy *const out)
{
    float    y[RV_BREATHING_SAMPLES] = {0}, past[most_stretches], work[most_stretches];
    uint32_t k                       = 0;
    *out                             = (rv_breath_energy){0};
    if (n < 4 * pause_samples) {
        return;
    }
    rv_spectrum_fuse(s, x, n, n_bands, RV_BREATHING_SAMPLE_S, hz, y);
    for (uint32_t end = n - pause_samples; end >= pause_samples; end -= pause_samples) {
        past[k++] = energy(y + end - pause_samples, n, hz);
    }
    out->before = rv_median_f32(past, k, work);
    out->now    = energy(y + n - pause_samples, n, hz);
    out->least  = second_least(past, k);
}
