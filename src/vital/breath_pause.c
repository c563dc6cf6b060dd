// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "vital/breathing_look.h"

#include <ruview/math/order.h>

enum { pause_samples = 25 }; ///< 10 s

/// A breath that stands out so far over the threshold of its own detection shows in 10
/// s whether it goes on (theory: a sixth of the window, so a sixth of the energy, and 2
/// times what is left over the noise's mean)
#define PAUSE_EXCESS 4.0F

/// Mean square about a line
static float
power_about_line(const float *const y, const uint32_t n)
{
    const double mid = 0.5 * (n - 1.0);
    double       s0 = 0.0, s1 = 0.0, s2 = 0.0;
    for (uint32_t i = 0; i < n; ++i) {
        s0 += (double)y[i];
        s1 += (i - mid) * (double)y[i];
        s2 += (double)y[i] * (double)y[i];
    }
    const double tt = n * ((double)n * n - 1.0) / 12.0;
    const double p  = s2 - s0 * s0 / n - s1 * s1 / tt;
    return p > 0.0 ? (float)(p / n) : 0.0F;
}

/// Power of the newest 10 s over the median of the stretches before; < 0: too weak
float
rv_breath_pause(const rv_spectrum *const s, const float (*const x)[RV_SAMPLER_BANDS],
                const uint32_t n, const uint32_t n_bands,
                const rv_spectrum_peak *const peak)
{
    float    y[RV_BREATHING_SAMPLES], before[RV_BREATHING_SAMPLES / pause_samples];
    float    work[RV_BREATHING_SAMPLES / pause_samples];
    uint32_t k = 0;
    if (n < 4 * pause_samples || peak->power < PAUSE_EXCESS * peak->threshold) {
        return -1.0F;
    }
    rv_spectrum_fuse(s, x, n, n_bands, RV_BREATHING_SAMPLE_S, peak->hz, y);
    for (uint32_t from = n - 2 * pause_samples;; from -= pause_samples) {
        before[k++] = power_about_line(y + from, pause_samples);
        if (from < pause_samples) {
            break;
        }
    }
    const float usual = rv_median_f32(before, k, work);
    const float now   = power_about_line(y + n - pause_samples, pause_samples);
    return usual > 0.0F ? now / usual : -1.0F;
}
