// SPDX-License-Identifier: MIT
#include <ruview/prep/despike.h>

#include <ruview/frame/layout.h>
#include <ruview/math/elementary.h>
#include <ruview/math/order.h>
#include <ruview/math/stats.h>

#include "base/exact.h"
#include "math/lanes.h"

#include <string.h>

enum { window = RV_DESPIKE_PAST + 1, most_in_a_row = 3 };

rv_despike_config
rv_despike_config_default(void)
{
    return (rv_despike_config){.threshold = 4.0F, .floor = 0.01F, .share = 0.5F};
}

/// Samples that are looked at side by side
enum { lanes = RV_WIDTH };

static inline void
order_two(rv_vf *const a, rv_vf *const b)
{
    const rv_vf lo = rv_lower(*a, *b);
    *b             = rv_upper(*a, *b);
    *a             = lo;
}

// Median of seven by a network of 13 exchanges ("Implementing Median Filters in
// XC4000E FPGAs", Xcell 23, 1996)
static inline rv_vf
median7(rv_vf v[window])
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

// Median of `n` <= lanes samples over the window; all ones where the newest stands out
static inline rv_vi
centre_of(const float *const x[window], const size_t first, const size_t n,
          const float threshold, const float floor, rv_vf *const median)
{
    rv_vf v[window], d[window];
    for (int a = 0; a < window; ++a) {
        v[a] = rv_load(x[a] + first, n);
        d[a] = v[a];
    }
    *median = median7(v);
    for (int a = 0; a < window; ++a) {
        d[a] = rv_vabs(d[a] - *median);
    }
    const rv_vf newest = d[0];
    const rv_vf sigma  = rv_splat(RV_SIGMA_PER_MAD_F32) * median7(d);
    const rv_vf least  = rv_splat(floor);
    const rv_vf wide   = rv_select(rv_above(sigma, least), sigma, least);
    return rv_above(newest, rv_splat(threshold) * wide);
}

// One walk over all samples: counts those that stand out, and replaces them if asked.
// The window holds what was replaced before, so that a sample which stands out again
// and again would be frozen for ever: from the fourth time on it is believed.
static uint32_t
walk(const rv_despike_config *const cfg, const float *const re[window],
     const float *const im[window], rv_csi *const now, uint8_t *const streak,
     const bool replace)
{
    const float    floor = now->noise > cfg->floor ? now->noise : cfg->floor;
    const uint32_t n     = (uint32_t)now->n_tones * now->n_streams;
    uint32_t       count = 0;
    for (uint32_t i = 0; i < n; i += lanes) {
        const uint32_t left = n - i < lanes ? n - i : lanes;
        rv_vf          m_re, m_im;
        const rv_vi    far_re = centre_of(re, i, left, cfg->threshold, floor, &m_re);
        const rv_vi    far_im = centre_of(im, i, left, cfg->threshold, floor, &m_im);
        if (!rv_any(far_re | far_im)) {
            memset(streak + i, 0, replace ? left : 0);
            continue;
        }
        int32_t     far[lanes];
        float       x[lanes], y[lanes];
        const rv_vi both = far_re | far_im;
        memcpy(far, &both, sizeof far);
        memcpy(x, &m_re, sizeof x);
        memcpy(y, &m_im, sizeof y);
        for (uint32_t l = 0; l < left; ++l) {
            count += far[l] != 0;
            if (!replace || far[l] == 0) {
                streak[i + l] = replace ? 0 : streak[i + l];
            } else if (streak[i + l] < most_in_a_row) {
                ++streak[i + l];
                now->re[i + l] = x[l];
                now->im[i + l] = y[l];
            }
        }
    }
    return count;
}

uint32_t
rv_despike_push(const rv_despike_config *const cfg, const rv_csi *const *const past,
                const uint32_t n_past, rv_csi *const now, uint8_t *const streak,
                bool *const whole)
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
    // Count first, so that a frame that differs as a whole is left alone
    const uint32_t limit = (uint32_t)rv_to_i32(cfg->share * (float)n);
    const uint32_t count = walk(cfg, re, im, now, streak, false);
    *whole               = count > limit;
    if (count == 0) {
        memset(streak, 0, n);
    } else if (count <= limit) {
        (void)walk(cfg, re, im, now, streak, true);
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
