// SPDX-License-Identifier: MIT
#include <ruview/fusion/fuse.h>

#include <ruview/math/elementary.h>

#include "base/exact.h"

static const float least_relative = 1.0e-6F;
static const float least_sigma    = 1.0e-12F;

static float
sigma_of(const rv_estimate *const e)
{
    return rv_max_f32(rv_max_f32(e->sigma, least_relative * rv_abs_f32(e->value)),
                      least_sigma);
}

// Sums over the known ones, in order
typedef struct {
    float     weight, value, quality, sigma;
    uint32_t  n;
    rv_reason reason;
} sums;

static sums
gather(const rv_estimate *const e, const float *const weight, const uint32_t n)
{
    sums s = {.reason = RV_REASON_NO_DATA};
    for (uint32_t i = 0; i < n; ++i) {
        if (!rv_is_known(e[i])) {
            s.reason =
                s.n == 0 && s.reason == RV_REASON_NO_DATA ? e[i].reason : s.reason;
            continue;
        }
        const float sigma = sigma_of(&e[i]);
        const float w     = weight ? weight[i] : 1.0F / (sigma * sigma);
        if (!(w > 0.0F)) {
            continue;
        }
        s.weight += w;
        s.value += w * e[i].value;
        s.quality += w * e[i].quality;
        s.sigma += w * sigma;
        ++s.n;
    }
    return s;
}

rv_estimate
rv_fuse_independent(const rv_estimate *const e, const uint32_t n)
{
    const sums s = gather(e, NULL, n);
    if (s.n == 0) {
        return rv_unknown(s.reason);
    }
    return rv_known(s.value / s.weight, rv_sqrt_f32(1.0F / s.weight),
                    s.quality / s.weight);
}

rv_estimate
rv_fuse_intersect(const rv_estimate *const e, const uint32_t n)
{
    const sums s = gather(e, NULL, n);
    if (s.n == 0) {
        return rv_unknown(s.reason);
    }
    // With weights omega_i in proportion to 1/sigma_i^2, the information of the
    // intersection is sum omega_i / sigma_i^2
    float information = 0.0F;
    for (uint32_t i = 0; i < n; ++i) {
        if (rv_is_known(e[i])) {
            const float sigma = sigma_of(&e[i]);
            const float own   = 1.0F / (sigma * sigma);
            information += own / s.weight * own;
        }
    }
    return rv_known(s.value / s.weight, rv_sqrt_f32(1.0F / information),
                    s.quality / s.weight);
}

rv_estimate
rv_fuse_weighted(const rv_estimate *const e, const float *const weight,
                 const uint32_t n)
{
    const sums s = gather(e, weight, n);
    if (s.n == 0) {
        return rv_unknown(s.reason);
    }
    return rv_known(s.value / s.weight, s.sigma / s.weight, s.quality / s.weight);
}
