// SPDX-License-Identifier: MIT
#include <ruview/fusion/measure.h>

#include <ruview/math/elementary.h>
#include <ruview/math/stats.h>

#include "base/exact.h"

#include <stdbool.h>

static const float rounding  = 0.288675135F; // 1 / sqrt(12)
static const float far_away  = 3.0e38F;      // any interval is nearer
static const float of_median = 1.25331414F;  // sqrt(pi / 2): its standard error, normal

static uint32_t
one_more(const uint32_t n)
{
    return n == UINT32_MAX ? n : n + 1;
}

// The first count evenly, later ones with the memory's share
static float
share_of(const uint32_t n, const float memory)
{
    return 1.0F / rv_min_f32((float)n, rv_max_f32(memory, 1.0F));
}

static void
take_chance(rv_running *const self, const float heard, const float memory)
{
    self->chances = one_more(self->chances);
    self->heard += share_of(self->chances, memory) * (heard - self->heard);
}

void
rv_running_push(rv_running *const self, const float value, const float memory)
{
    self->n         = one_more(self->n);
    const float a   = share_of(self->n, memory);
    const float d   = value - self->mean;
    const float old = 1.0F - a;
    self->variance  = self->n == 1 ? 0.0F : old * (self->variance + a * d * d);
    self->mean += a * d;
    self->weight2 = old * old * self->weight2 + a * a;
    take_chance(self, 1.0F, memory);
}

void
rv_running_miss(rv_running *const self, const float memory)
{
    take_chance(self, 0.0F, memory);
}

rv_estimate
rv_running_get(const rv_running *const self, const float step)
{
    if (self->n < 2) {
        return rv_unknown(RV_REASON_WARMING_UP);
    }
    const float of_mean = self->variance * self->weight2 / (1.0F - self->weight2);
    const float of_step = step * rounding;
    return rv_known(self->mean, rv_sqrt_f32(of_mean + of_step * of_step), self->heard);
}

// Ascending; the intervals of a link are few
static void
sort(const uint32_t *const from, float *const to, const uint32_t n)
{
    for (uint32_t i = 0; i < n; ++i) {
        const float x = (float)from[i];
        uint32_t    k = i;
        for (; k > 0 && to[k - 1] > x; --k) {
            to[k] = to[k - 1];
        }
        to[k] = x;
    }
}

// Median distance from `middle`, outwards from it through the sorted values
static float
spread_about(const float *const sorted, const uint32_t n, const float middle)
{
    uint32_t below = (n + 1) / 2, above = below; // values not taken on either side
    float    last = 0.0F, before = 0.0F;
    for (uint32_t taken = 0; taken <= n / 2; ++taken) {
        const float down = below > 0 ? middle - sorted[below - 1] : far_away;
        const float up   = above < n ? sorted[above] - middle : far_away;
        before           = last;
        last             = down <= up ? down : up;
        below -= down <= up;
        above += !(down <= up);
    }
    return n % 2 == 1 ? last : 0.5F * (before + last);
}

rv_estimate
rv_rate_of(const uint32_t *const gap_us, const uint32_t n, const uint32_t window)
{
    float gap[RV_MEASURE_GAPS];
    if (n < RV_LEAST_GAPS || n > RV_MEASURE_GAPS || window < n) {
        return rv_unknown(RV_REASON_WARMING_UP);
    }
    sort(gap_us, gap, n);
    const float median = n % 2 == 1 ? gap[n / 2] : 0.5F * (gap[n / 2 - 1] + gap[n / 2]);
    if (!(median > 0.0F)) {
        return rv_unknown(RV_REASON_WARMING_UP);
    }
    const float scatter = RV_SIGMA_PER_MAD_F32 * spread_about(gap, n, median);
    const float error =
        rv_max_f32(of_median * scatter / rv_sqrt_f32((float)n), rounding);
    const float rate = 1.0e6F / median;
    return rv_known(rate, rate * error / median, (float)n / (float)window);
}

rv_estimate
rv_exact(const float value, const float step)
{
    return rv_known(value, step * rounding, 1.0F);
}

rv_estimate
rv_selectivity(const float *const profile, const uint32_t n, const float noise,
               const uint32_t n_free, const float quality)
{
    float mean = 0.0F, sum = 0.0F;
    for (uint32_t k = 0; k < n; ++k) {
        mean += profile[k];
    }
    mean /= (float)n;
    for (uint32_t k = 0; k < n; ++k) {
        sum += (profile[k] - mean) * (profile[k] - mean);
    }
    const float v = sum / (float)n;
    const float s = (4.0F * v * noise + 2.0F * noise * noise) / (float)n_free;
    return rv_known(v, rv_sqrt_f32(s), quality);
}

// erfc(x) exp(x^2) for x >= 0
static double
scaled_tail(const double x)
{
    static const double c[] = {-1.26551223, 1.00002368, 0.37409196,  0.09678418,
                               -0.18628806, 0.27886807, -1.13520398, 1.48851587,
                               -0.82215223, 0.17087277};
    const double        t   = 1.0 / (1.0 + 0.5 * x);
    double              sum = c[9];
    for (int i = 8; i >= 0; --i) {
        sum = c[i] + t * sum;
    }
    return t * rv_exp_f64(sum);
}

// Normal density over normal distribution at z: without overflow far below
static double
density_over_mass(const double z)
{
    static const double root_2_over_pi = 0.797884560802865356;
    static const double inverse_root_2 = 0.707106781186547524;
    if (z < 0.0) {
        return root_2_over_pi / scaled_tail(-z * inverse_root_2);
    }
    const double e = rv_exp_f64(-0.5 * z * z);
    return 0.5 * root_2_over_pi * e / (1.0 - 0.5 * e * scaled_tail(z * inverse_root_2));
}

rv_estimate
rv_bounded_share(const float value, const float error, const float quality)
{
    if (!(error > 1.0e-6F)) {
        return rv_known(rv_clamp_f32(value, 0.0F, 1.0F), error, quality);
    }
    // Cut off at the nearer end; the other is many deviations away, or counts little
    const bool   high   = value >= 0.5F;
    const double e      = (double)error;
    const double inner  = high ? (double)value : 1.0 - (double)value;
    const double z      = (1.0 - inner) / e;
    const double h      = density_over_mass(z);
    const double mean   = inner - e * h;
    const double spread = 1.0 - h * (h + z);
    const double within = mean > 0.0 ? mean : 0.0;
    return rv_known((float)(high ? within : 1.0 - within),
                    (float)(e * rv_sqrt_f64(spread > 0.0 ? spread : 0.0)), quality);
}

rv_estimate
rv_head_count(const float *const probability, const uint32_t n)
{
    float scatter = 0.0F, absent = 0.0F;
    if (n == 0) {
        return rv_unknown(RV_REASON_NO_DATA);
    }
    for (uint32_t i = 0; i < n; ++i) {
        const float p = rv_clamp_f32(probability[i], 0.0F, 1.0F);
        scatter += p * (1.0F - p);
        absent += 1.0F - p;
    }
    return rv_known((float)n, rv_sqrt_f32(scatter + absent * absent),
                    1.0F - absent / (float)n);
}
