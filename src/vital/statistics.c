// SPDX-License-Identifier: MIT
#include "vital/statistics.h"

#include "base/exact.h"

#include <ruview/math/elementary.h>

float
rv_normal_quantile(const float p)
{
    const float t = rv_sqrt_f32(-2.0F * rv_log_f32(p));
    return t - (2.515517F + t * (0.802853F + t * 0.010328F)) /
                   (1.0F + t * (1.432788F + t * (0.189269F + t * 0.001308F)));
}

float
rv_gamma_quantile(const float order, const float chance)
{
    const float a = 1.0F - 1.0F / (9.0F * order);
    const float q = a + rv_normal_quantile(chance) / (3.0F * rv_sqrt_f32(order));
    return order * q * q * q;
}

float
rv_mean_square_change(const float *const a, const float *const b, const uint32_t n)
{
    float sum = 0.0F;
    for (uint32_t i = 0; i < n; ++i) {
        const float d = a[i] - b[i];
        sum += d * d;
    }
    return sum / (float)n;
}
