// SPDX-License-Identifier: MIT
#include <ruview/fusion/attention.h>

#include <ruview/math/elementary.h>

#include "base/exact.h"

static const float least_norm   = 1.0e-12F;
static const float least_weight = 1.0e-12F;

static void
mean_profile(const float *const *const profile, const uint32_t n, const uint32_t k,
             float *const mean)
{
    for (uint32_t t = 0; t < k; ++t) {
        float sum = 0.0F;
        for (uint32_t i = 0; i < n; ++i) {
            sum += profile[i][t];
        }
        mean[t] = sum / (float)n;
    }
}

// Cosine of two profiles; NaN when either is not finite
static float
cosine(const float *const a, const float *const m, const uint32_t k)
{
    float dot = 0.0F, aa = 0.0F, mm = 0.0F;
    for (uint32_t t = 0; t < k; ++t) {
        dot += a[t] * m[t];
        aa += a[t] * a[t];
        mm += m[t] * m[t];
    }
    return dot / rv_max_f32(rv_sqrt_f32(aa * mm), least_norm);
}

static bool
finite_row(const float *const x, const uint32_t k)
{
    for (uint32_t t = 0; t < k; ++t) {
        if (!rv_is_finite_f32(x[t])) {
            return false;
        }
    }
    return true;
}

rv_status
rv_attention(const float *const *const profile, const uint32_t n, const uint32_t k,
             const float temperature, float *const mean, float *const weight,
             uint32_t *const bad)
{
    *bad = 0;
    if (n == 0 || k == 0) {
        return RV_ERR_EMPTY;
    }
    if (!(temperature > 0.0F) || !rv_is_finite_f32(temperature)) {
        return RV_ERR_RANGE;
    }
    for (uint32_t i = 0; i < n; ++i) {
        if (!finite_row(profile[i], k)) {
            *bad = i;
            return RV_ERR_NONFINITE;
        }
    }
    if (n == 1) {
        weight[0] = 1.0F;
        return RV_OK;
    }
    mean_profile(profile, n, k, mean);
    float top = 0.0F;
    for (uint32_t i = 0; i < n; ++i) {
        weight[i] = cosine(profile[i], mean, k) / temperature;
        top       = i == 0 ? weight[i] : rv_max_f32(top, weight[i]);
    }
    float sum = 0.0F;
    for (uint32_t i = 0; i < n; ++i) {
        weight[i] = rv_exp_f32(weight[i] - top);
        sum += weight[i];
    }
    const float total = rv_max_f32(sum, least_weight);
    for (uint32_t i = 0; i < n; ++i) {
        weight[i] /= total;
    }
    return RV_OK;
}

float
rv_attention_entropy(const float *const weight, const uint32_t n)
{
    if (n <= 1) {
        return 1.0F;
    }
    float sum = 0.0F;
    for (uint32_t i = 0; i < n; ++i) {
        if (weight[i] > least_weight) {
            sum -= weight[i] * rv_log_f32(weight[i]);
        }
    }
    return rv_clamp_f32(sum / rv_log_f32((float)n), 0.0F, 1.0F);
}
