// SPDX-License-Identifier: MIT
#include "prep/phasor.h"

#include <ruview/math/elementary.h>

#include "base/exact.h"
#include "math/lanes.h"

#include <string.h>

enum { table_max = 1024 };

static void
by_table(const int16_t *const tone, const uint32_t n, const uint32_t span,
         const float phase, const float slope, float *const c, float *const s)
{
    float tc[2 * table_max], ts[2 * table_max];
    rv_sincos_f32(phase + slope * (float)tone[0], &ts[0], &tc[0]);
    for (uint32_t m = 1; m < span; m *= 2) {
        float sm, cm;
        rv_sincos_f32(slope * (float)m, &sm, &cm);
        for (uint32_t i = 0; i < m; ++i) {
            tc[m + i] = tc[i] * cm - ts[i] * sm;
            ts[m + i] = ts[i] * cm + tc[i] * sm;
        }
    }
    // Tones stand in a few runs without gap
    for (uint32_t k = 0; k < n;) {
        const uint32_t at  = (uint32_t)(tone[k] - tone[0]);
        uint32_t       end = k + 1;
        while (end < n && tone[end] == tone[end - 1] + 1) {
            ++end;
        }
        memcpy(c + k, tc + at, sizeof(float) * (end - k));
        memcpy(s + k, ts + at, sizeof(float) * (end - k));
        k = end;
    }
}

void
rv_phasors(const int16_t *const tone, const uint32_t n, const float phase_rad,
           const float slope_rad, float *const c, float *const s)
{
    const uint32_t span  = (uint32_t)(tone[n - 1] - tone[0]) + 1;
    const uint32_t whole = (n + RV_PHASOR_LANES - 1) & ~(uint32_t)(RV_PHASOR_LANES - 1);
    memset(c + n, 0, sizeof(float) * (whole - n));
    memset(s + n, 0, sizeof(float) * (whole - n));
    if (span <= table_max) {
        by_table(tone, n, span, phase_rad, slope_rad, c, s);
        return;
    }
    for (uint32_t k = 0; k < n; ++k) {
        rv_sincos_f32(phase_rad + slope_rad * (float)tone[k], &s[k], &c[k]);
    }
}

/// Elements of part I of a block of sixteen that lie before n: 0..RV_WIDTH
static inline size_t
within(const uint32_t n, const uint32_t at)
{
    return at >= n ? 0 : n - at < RV_WIDTH ? n - at : RV_WIDTH;
}

float
rv_phasor_sum(const float *const x, const uint32_t n)
{
    rv_f32x16 sum = rv_zero_16();
    for (uint32_t i = 0; i < n; i += RV_PHASOR_LANES) {
        RV_EACH_PART(const uint32_t at = i + (uint32_t)I * RV_WIDTH;
                     const size_t   k  = within(n, at);
                     if (k > 0) { sum.p[I] += rv_load(x + at, k); })
    }
    return rv_fold(sum);
}

float
rv_phasor_dot(const float *const a, const float *const b, const uint32_t n)
{
    rv_f32x16 sum = rv_zero_16();
    for (uint32_t i = 0; i < n; i += RV_PHASOR_LANES) {
        RV_EACH_PART(const uint32_t at = i + (uint32_t)I * RV_WIDTH;
                     const size_t   k  = within(n, at); if (k > 0) {
                            sum.p[I] += rv_load(a + at, k) * rv_load(b + at, k);
                     })
    }
    return rv_fold(sum);
}

void
rv_phasor_moments(const float *const t, const float *const re, const float *const im,
                  const float *const c, const float *const s, const uint32_t n,
                  float out[6])
{
    rv_f32x16 sum[6];
    for (int m = 0; m < 6; ++m) {
        sum[m] = rv_zero_16();
    }
    RV_EACH_PART(
        for (uint32_t i = (uint32_t)I * RV_WIDTH; i < n; i += RV_PHASOR_LANES) {
            const rv_vf vt = rv_load(t + i, RV_WIDTH);
            const rv_vf vx = rv_load(re + i, RV_WIDTH);
            const rv_vf vy = rv_load(im + i, RV_WIDTH);
            const rv_vf vc = rv_load(c + i, RV_WIDTH);
            const rv_vf vs = rv_load(s + i, RV_WIDTH);
            const rv_vf x  = vx * vc + vy * vs;
            const rv_vf y  = vy * vc - vx * vs;
            const rv_vf tx = vt * x;
            const rv_vf ty = vt * y;
            sum[0].p[I] += x;
            sum[1].p[I] += y;
            sum[2].p[I] += tx;
            sum[3].p[I] += ty;
            sum[4].p[I] += vt * tx;
            sum[5].p[I] += vt * ty;
        })
    for (int m = 0; m < 6; ++m) {
        out[m] = rv_fold(sum[m]);
    }
}
