// SPDX-License-Identifier: MIT
#include <ruview/prep/despike.h>

#include <ruview/frame/layout.h>
#include <ruview/math/elementary.h>
#include <ruview/math/order.h>
#include <ruview/math/stats.h>

#include "base/exact.h"

enum { window = RV_DESPIKE_PAST + 1 };

rv_despike_config
rv_despike_config_default(void)
{
    return (rv_despike_config){.threshold = 4.0F, .floor = 0.01F, .share = 0.5F};
}

static inline void
order_two(float *const a, float *const b)
{
    const float lo = *a < *b ? *a : *b;
    const float hi = *a < *b ? *b : *a;
    *a             = lo;
    *b             = hi;
}

// Median of seven by a network of 13 exchanges ("Implementing Median Filters in
// XC4000E FPGAs", Xcell 23, 1996)
static float
median7(float v[window])
{
    order_two(&v[0], &v[5]);
    order_two(&v[0], &v[3]);
    order_two(&v[1], &v[6]);
    order_two(&v[2], &v[4]);
    order_two(&v[0], &v[1]);
    order_two(&v[3], &v[5]);
    order_two(&v[2], &v[6]);
    order_two(&v[2], &v[3]);
    order_two(&v[3], &v[6]);
    order_two(&v[4], &v[5]);
    order_two(&v[1], &v[4]);
    order_two(&v[1], &v[3]);
    order_two(&v[3], &v[4]);
    return v[3];
}

// Median and robust sigma of one sample over the window
static void
centre_of(const float *const x[window], const size_t i, const float floor,
          float *const median, float *const sigma)
{
    float v[window], d[window];
    for (int a = 0; a < window; ++a) {
        v[a] = x[a][i];
        d[a] = v[a];
    }
    *median = median7(v);
    for (int a = 0; a < window; ++a) {
        d[a] = rv_abs_f32(d[a] - *median);
    }
    *sigma = rv_max_f32(RV_SIGMA_PER_MAD_F32 * median7(d), floor);
}

uint32_t
rv_despike_push(const rv_despike_config *const cfg, const rv_csi *const *const past,
                const uint32_t n_past, rv_csi *const now, bool *const whole)
{
    *whole = false;
    if (n_past < RV_DESPIKE_PAST || now->n_streams == 0) {
        return 0;
    }
    const uint32_t n          = (uint32_t)now->n_tones * now->n_streams;
    const float   *re[window] = {now->re}, *im[window] = {now->im};
    for (uint32_t a = 0; a < RV_DESPIKE_PAST; ++a) {
        if (past[a]->n_tones != now->n_tones || past[a]->n_streams != now->n_streams) {
            return 0;
        }
        re[a + 1] = past[a]->re;
        im[a + 1] = past[a]->im;
    }
    // Two walks: count first, so that a frame that differs as a whole is left alone
    const uint32_t limit = (uint32_t)rv_to_i32(cfg->share * (float)n);
    uint32_t       count = 0;
    for (uint32_t i = 0; i < n; ++i) {
        float m_re, s_re, m_im, s_im;
        centre_of(re, i, cfg->floor, &m_re, &s_re);
        centre_of(im, i, cfg->floor, &m_im, &s_im);
        count += rv_abs_f32(now->re[i] - m_re) > cfg->threshold * s_re ||
                 rv_abs_f32(now->im[i] - m_im) > cfg->threshold * s_im;
    }
    if (count == 0 || count > limit) {
        *whole = count > limit;
        return count;
    }
    for (uint32_t i = 0; i < n; ++i) {
        float m_re, s_re, m_im, s_im;
        centre_of(re, i, cfg->floor, &m_re, &s_re);
        centre_of(im, i, cfg->floor, &m_im, &s_im);
        if (rv_abs_f32(now->re[i] - m_re) > cfg->threshold * s_re ||
            rv_abs_f32(now->im[i] - m_im) > cfg->threshold * s_im) {
            now->re[i] = m_re;
            now->im[i] = m_im;
        }
    }
    return count;
}

// Median of an even count is the mean of the middle two
static double
median_of(double *const work, const size_t n)
{
    const double high = rv_nth_f64(work, n, n / 2);
    if (n % 2 == 1) {
        return high;
    }
    const double low = rv_nth_f64(work, n, n / 2 - 1);
    return (low + high) / 2.0;
}

rv_status
rv_hampel(const double *const x, const size_t n, const uint32_t half,
          const double threshold, const double floor, double *const out,
          double *const median, double *const sigma, bool *const outlier,
          size_t *const n_outlier)
{
    static const double nothing = 1.0e-15;
    if (n == 0) {
        return RV_ERR_EMPTY;
    }
    if (half < 1 || half > RV_HAMPEL_MAX) {
        return RV_ERR_RANGE;
    }
    for (size_t i = 0; i < n; ++i) {
        if (!rv_is_finite_f64(x[i])) {
            return RV_ERR_NONFINITE;
        }
    }
    *n_outlier = 0;
    for (size_t i = 0; i < n; ++i) {
        double       work[2 * RV_HAMPEL_MAX + 1];
        const size_t first = i < half ? 0 : i - half;
        const size_t last  = i + half < n ? i + half : n - 1;
        const size_t count = last - first + 1;
        for (size_t j = 0; j < count; ++j) {
            work[j] = x[first + j];
        }
        const double m = median_of(work, count);
        for (size_t j = 0; j < count; ++j) {
            work[j] = rv_abs_f64(x[first + j] - m);
        }
        double s         = 1.4826 * median_of(work, count);
        s                = s < floor ? floor : s;
        const double far = rv_abs_f64(x[i] - m);
        const bool   bad = s > nothing ? far > threshold * s : far > nothing;
        out[i]           = bad ? m : x[i];
        *n_outlier += bad;
        if (median) {
            median[i] = m;
        }
        if (sigma) {
            sigma[i] = s;
        }
        if (outlier) {
            outlier[i] = bad;
        }
    }
    return RV_OK;
}
