// SPDX-License-Identifier: MIT
#include <ruview/math/stats.h>

#include "base/exact.h"

#include <ruview/math/elementary.h>
#include <ruview/math/order.h>

void
rv_welford_push(rv_welford *const self, const double x)
{
    ++self->n;
    const double d = x - self->mean;
    self->mean += d / (double)self->n;
    self->m2 += d * (x - self->mean);
}

void
rv_welford_merge(rv_welford *const self, const rv_welford *const other)
{
    if (other->n == 0) {
        return;
    }
    if (self->n == 0) {
        *self = *other;
        return;
    }
    const double na = (double)self->n;
    const double nb = (double)other->n;
    const double d  = other->mean - self->mean;
    self->m2 += other->m2 + d * d * (na * nb / (na + nb));
    self->mean += d * (nb / (na + nb));
    self->n += other->n;
}

double
rv_welford_variance(const rv_welford *const self)
{
    return self->n < 2 ? 0.0 : self->m2 / (double)(self->n - 1);
}

double
rv_welford_population(const rv_welford *const self)
{
    return self->n < 1 ? 0.0 : self->m2 / (double)self->n;
}

static double
mean_of(const float *const x, const size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; ++i) {
        sum += (double)x[i];
    }
    return n ? sum / (double)n : 0.0;
}

float
rv_mean_f32(const float *const x, const size_t n)
{
    return (float)mean_of(x, n);
}

float
rv_variance_f32(const float *const x, const size_t n)
{
    if (n < 2) {
        return 0.0F;
    }
    const double mean = mean_of(x, n);
    double       sum  = 0.0;
    for (size_t i = 0; i < n; ++i) {
        const double d = (double)x[i] - mean;
        sum += d * d;
    }
    return (float)(sum / (double)(n - 1));
}

float
rv_robust_scale_f32(const float *const x, const size_t n, float *const work,
                    float *const median)
{
    const float centre = rv_median_f32(x, n, work);
    if (median) {
        *median = centre;
    }
    return RV_SIGMA_PER_MAD_F32 * rv_mad_f32(x, n, centre, work);
}

rv_circular
rv_circular_mean_f32(const float *const angle, const size_t n)
{
    double c = 0.0;
    double s = 0.0;
    for (size_t i = 0; i < n; ++i) {
        float sine   = 0.0F;
        float cosine = 0.0F;
        rv_sincos_f32(angle[i], &sine, &cosine);
        c += (double)cosine;
        s += (double)sine;
    }
    rv_circular mean = {0.0F, 0.0F};
    if (n > 0) {
        mean.length = (float)(rv_sqrt_f64(c * c + s * s) / (double)n);
        mean.length = rv_min_f32(mean.length, 1.0F);
        mean.angle  = mean.length > 0.0F ? (float)rv_atan2_f64(s, c) : 0.0F;
    }
    return mean;
}

float
rv_correlation_f32(const float *const a, const float *const b, const size_t n)
{
    const double ma = mean_of(a, n);
    const double mb = mean_of(b, n);
    double       aa = 0.0;
    double       bb = 0.0;
    double       ab = 0.0;
    for (size_t i = 0; i < n; ++i) {
        const double da = (double)a[i] - ma;
        const double db = (double)b[i] - mb;
        aa += da * da;
        bb += db * db;
        ab += da * db;
    }
    if (!(aa > 0.0) || !(bb > 0.0)) {
        return 0.0F;
    }
    return rv_clamp_f32((float)(ab / (rv_sqrt_f64(aa) * rv_sqrt_f64(bb))), -1.0F, 1.0F);
}

float
rv_wrap_f32(const float x)
{
    if (rv_abs_f32(x) <= RV_PI_F32) {
        return x;
    }
    float s = 0.0F;
    float c = 0.0F;
    rv_sincos_f32(x, &s, &c);
    return rv_atan2_f32(s, c);
}
