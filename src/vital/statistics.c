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
