// SPDX-License-Identifier: MIT
#include <ruview/cir/tap_sigma.h>

#include "base/exact.h"

#include <ruview/math/elementary.h>

// Share of the frame's energy that the taps explain
static float
explained(const rv_cir_result *const result)
{
    const float rest = result->energy > 0.0F ? result->residual / result->energy : 1.0F;
    return rv_clamp_f32(1.0F - rest, 0.0F, 1.0F);
}

static double
power_of(const rv_cir_path *const path)
{
    return (double)path->re * (double)path->re + (double)path->im * (double)path->im;
}

rv_estimate
rv_cir_spread(const rv_cir_taps *const taps, const rv_cir_result *const result)
{
    if (taps->reason != RV_REASON_NONE) {
        return rv_unknown(taps->reason);
    }
    double power = 0.0, mean = 0.0, least = 0.0;
    for (uint32_t i = 0; i < taps->n_paths; ++i) {
        const double s = (double)taps->path[i].delay_sigma_ns;
        power += power_of(&taps->path[i]);
        mean += power_of(&taps->path[i]) * (double)taps->path[i].delay_ns;
        least = i == 0 || s < least ? s : least;
    }
    mean /= power;
    const double spread   = (double)taps->rms_spread_ns;
    double       variance = 0.0;
    for (uint32_t i = 0; i < taps->n_paths && spread > 0.0; ++i) {
        const rv_cir_path *const path = &taps->path[i];
        const double             p    = power_of(path);
        const double             off  = (double)path->delay_ns - mean;
        const double by_power = (off * off - spread * spread) / (2.0 * spread * power);
        const double by_delay = p * off / (spread * power);
        const double s        = (double)path->sigma;
        const double t        = (double)path->delay_sigma_ns;
        variance +=
            by_power * by_power * (4.0 * p * s * s) + by_delay * by_delay * t * t;
    }
    const double sigma = rv_sqrt_f64(variance);
    return rv_known(taps->rms_spread_ns, (float)(sigma > least ? sigma : least),
                    explained(result));
}

rv_estimate
rv_cir_dominance(const rv_cir_taps *const taps, const rv_cir_result *const result)
{
    if (taps->reason != RV_REASON_NONE) {
        return rv_unknown(taps->reason);
    }
    float total = 0.0F;
    for (uint32_t i = 0; i < result->n; ++i) {
        total += result->re[i] * result->re[i] + result->im[i] * result->im[i];
    }
    if (!(total > 0.0F)) {
        return rv_unknown(RV_REASON_LOW_QUALITY);
    }
    const float r     = taps->dominant_ratio;
    const float empty = 2.0F * taps->noise * taps->noise / total;
    const float s     = 2.0F * empty * r * (1.0F - r) + empty * empty;
    return rv_known(r, rv_sqrt_f32(s), explained(result));
}
