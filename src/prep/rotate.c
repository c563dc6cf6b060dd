// SPDX-License-Identifier: MIT
#include <ruview/prep/rotate.h>

#include <ruview/frame/layout.h>
#include <ruview/math/elementary.h>

#include "base/exact.h"
#include "prep/phasor.h"

#include <stdbool.h>
#include <string.h>

enum { max_steps = 4, max_step = 16, n_tries = 6 };

static const float pi         = 3.14159274F;
static const float noisy      = 0.9F;  // coherence of a fit that is checked once more
static const float small_turn = 0.02F; // [rad] over all tones
static const float two_pi     = 6.28318548F;

// Most common distance between neighbouring tones (ties: the smaller); pairs that far
// apart carry the slope. Intel's groups of tones, say, lie 2 apart but for a few.
static int
tone_step(const rv_csi *const csi)
{
    uint32_t count[max_step + 1] = {0};
    int      best                = 1;
    uint32_t next                = 0; // pairs that are neighbours
    for (uint32_t k = 1; k < csi->n_tones; ++k) {
        next += csi->tone[k] - csi->tone[k - 1] == 1;
    }
    if (2 * next + 1 >= csi->n_tones) {
        return 1; // no other distance is more common
    }
    for (uint32_t k = 1; k < csi->n_tones; ++k) {
        const int d = csi->tone[k] - csi->tone[k - 1];
        count[d <= max_step ? d : 0] += d > 0;
    }
    for (int d = 2; d <= max_step; ++d) {
        best = count[d] > count[best] ? d : best;
    }
    return best;
}

// Correlation of neighbouring tones: sum of z[k] conj(z[k-1]) over pairs `step` apart
static void
lag_sum(const rv_csi *const csi, const int step, const float *const re,
        const float *const im, float *const x, float *const y, float out[2])
{
    const uint32_t n = (uint32_t)csi->n_tones - 1;
    for (uint32_t k = 0; k < n; ++k) {
        const float on = csi->tone[k + 1] - csi->tone[k] == step ? 1.0F : 0.0F;
        x[k]           = on * (re[k + 1] * re[k] + im[k + 1] * im[k]);
        y[k]           = on * (im[k + 1] * re[k] - re[k + 1] * im[k]);
    }
    out[0] = rv_phasor_sum(x, n);
    out[1] = rv_phasor_sum(y, n);
}

// Sums of z exp(-j slope t), weighted by t^0, t^1, t^2
typedef struct {
    float p_re, p_im, a_re, a_im, b_re, b_im;
} moments;

/// One fit at work: products of the two sides and room for their rotation
typedef struct {
    float t[RV_PHASOR_ROOM];                      ///< Tone numbers
    float re[RV_PHASOR_ROOM], im[RV_PHASOR_ROOM]; ///< sum over streams of w conj(R) H
    float x[RV_PHASOR_ROOM], y[RV_PHASOR_ROOM];
} bench;

static moments
sum_rotated(bench *const b, const rv_csi *const csi, const float slope)
{
    float sum[6];
    rv_phasors(csi->tone, csi->n_tones, 0.0F, slope, b->x, b->y);
    rv_phasor_moments(b->t, b->re, b->im, b->x, b->y, csi->n_tones, sum);
    return (moments){sum[0], sum[1], sum[2], sum[3], sum[4], sum[5]};
}

// Zeros up to whole lanes
static void
pad(bench *const b, const uint32_t n)
{
    const uint32_t whole = (n + RV_PHASOR_LANES - 1) & ~(uint32_t)(RV_PHASOR_LANES - 1);
    memset(b->t + n, 0, sizeof(float) * (whole - n));
    memset(b->re + n, 0, sizeof(float) * (whole - n));
    memset(b->im + n, 0, sizeof(float) * (whole - n));
}

// One Newton step towards the maximum of |sum z exp(-j slope t)|^2, at most one lobe
static float
newton(const moments *const m, const float limit)
{
    const float first = m->p_re * m->a_im - m->p_im * m->a_re;
    const float second =
        m->a_re * m->a_re + m->a_im * m->a_im - (m->p_re * m->b_re + m->p_im * m->b_im);
    if (!(second < 0.0F)) {
        return 0.0F;
    }
    return rv_clamp_f32(-first / second, -limit, limit);
}

// Newton from `slope` to the top; `left` is the part of the last step that the moments
// do not hold yet
static moments
climb(bench *const b, const rv_csi *const csi, const float span, float *const slope,
      float *const left)
{
    moments m;
    int     i = 0;
    do {
        m     = sum_rotated(b, csi, *slope);
        *left = newton(&m, pi / span);
        *slope += *left;
    } while (++i < max_steps && !(rv_abs_f32(*left) * span < small_turn));
    return m;
}

// The best of the slopes around: half a lobe apart, to both sides
static moments
look_around(bench *const b, const rv_csi *const csi, const float span,
            const moments found, float *const slope, float *const left)
{
    float best  = found.p_re * found.p_re + found.p_im * found.p_im;
    float start = *slope;
    bool  moved = false;
    for (int i = -n_tries; i <= n_tries; ++i) {
        const float   at   = *slope + (float)i * (pi / span);
        const moments m    = sum_rotated(b, csi, at);
        const float   size = m.p_re * m.p_re + m.p_im * m.p_im;
        if (i != 0 && size > best) {
            best  = size;
            start = at;
            moved = true;
        }
    }
    if (!moved) {
        return found;
    }
    *slope = start;
    return climb(b, csi, span, slope, left);
}

/// What a fit needs to know of both sides beside their products
typedef struct {
    float energy_h, energy_r; ///< Sum of w |H|^2, of w |R|^2
    float t1, t2;             ///< Sums of w |R|^2 t, of w |R|^2 t^2
} sides;

static sides
multiply(bench *const b, const rv_csi *const csi, const float *const ref_re,
         const float *const ref_im, const float *const weight)
{
    const uint32_t n   = csi->n_tones;
    sides          sum = {0.0F, 0.0F, 0.0F, 0.0F};
    for (uint32_t s = 0; s < csi->n_streams; ++s) {
        const float *const hx = csi->re + (size_t)s * n;
        const float *const hy = csi->im + (size_t)s * n;
        const float *const rx = ref_re + (size_t)s * n;
        const float *const ry = ref_im + (size_t)s * n;
        for (uint32_t k = 0; k < n; ++k) {
            const float w  = weight ? weight[k] : 1.0F;
            const float zx = w * (hx[k] * rx[k] + hy[k] * ry[k]);
            const float zy = w * (hy[k] * rx[k] - hx[k] * ry[k]);
            b->re[k]       = s == 0 ? zx : b->re[k] + zx;
            b->im[k]       = s == 0 ? zy : b->im[k] + zy;
            b->x[k]        = w * (hx[k] * hx[k] + hy[k] * hy[k]);
            b->y[k]        = w * (rx[k] * rx[k] + ry[k] * ry[k]);
        }
        sum.energy_h += rv_phasor_sum(b->x, n);
        sum.energy_r += rv_phasor_sum(b->y, n);
        sum.t1 += rv_phasor_dot(b->t, b->y, n);
        for (uint32_t k = 0; k < n; ++k) {
            b->y[k] *= b->t[k];
        }
        sum.t2 += rv_phasor_dot(b->t, b->y, n);
    }
    return sum;
}

rv_rotation
rv_rotation_fit(const rv_csi *const csi, const float *const ref_re,
                const float *const ref_im, const float *const weight)
{
    const uint32_t n_tones = csi->n_tones;
    bench          b;
    for (uint32_t k = 0; k < n_tones; ++k) {
        b.t[k] = (float)csi->tone[k];
    }
    pad(&b, n_tones);
    const sides sum = multiply(&b, csi, ref_re, ref_im, weight);
    if (!(sum.energy_h > 0.0F) || !(sum.energy_r > 0.0F)) {
        return (rv_rotation){0};
    }
    const float span = (float)(csi->tone[n_tones - 1] - csi->tone[0]);
    const int   step = tone_step(csi);
    float       lag[2];
    lag_sum(csi, step, b.re, b.im, b.x, b.y, lag);
    float       slope = rv_atan2_f32(lag[1], lag[0]) / (float)step;
    float       left  = 0.0F;
    const float whole = sum.energy_h * sum.energy_r;
    moments     m     = climb(&b, csi, span, &slope, &left);
    if (m.p_re * m.p_re + m.p_im * m.p_im < noisy * noisy * whole) {
        // Where noise has spoilt the correlation, the top may be a lobe or two away
        m = look_around(&b, csi, span, m, &slope, &left);
    }
    // What the last step would have turned, to second order
    const float p_re = m.p_re + left * m.a_im - 0.5F * (left * left) * m.b_re;
    const float p_im = m.p_im - left * m.a_re - 0.5F * (left * left) * m.b_im;
    const float size = rv_sqrt_f32(p_re * p_re + p_im * p_im);
    const float gain = size / sum.energy_r;
    const float rest = rv_max_f32(sum.energy_h - size * gain, 0.0F);
    // rest estimates (n - 2) complex residuals; sigma^2 of re and of im is half of one
    const float n   = (float)n_tones * (float)csi->n_streams;
    const float var = 0.5F * rest / (n - 2.0F > 1.0F ? n - 2.0F : 1.0F);
    const float spread =
        rv_max_f32(sum.t2 - sum.t1 * (sum.t1 / sum.energy_r), 1.0e-12F);
    const float scale = gain > 0.0F ? 1.0F / gain : 0.0F;
    return (rv_rotation){
        .phase_rad   = rv_atan2_f32(p_im, p_re),
        .slope_rad   = slope,
        .gain        = gain,
        .coherence   = rv_min_f32(size / rv_sqrt_f32(whole), 1.0F),
        .phase_sigma = scale * rv_sqrt_f32(var / sum.energy_r),
        .slope_sigma = scale * rv_sqrt_f32(var / spread),
    };
}

// Sum of |z[k]| |z[k-1]| over the pairs that lag_sum takes
static float
lag_size(const rv_csi *const csi, const int step, const float *const re,
         const float *const im, float *const x)
{
    const uint32_t n = (uint32_t)csi->n_tones - 1;
    for (uint32_t k = 0; k < n; ++k) {
        const float on = csi->tone[k + 1] - csi->tone[k] == step ? 1.0F : 0.0F;
        const float a  = re[k] * re[k] + im[k] * im[k];
        const float b  = re[k + 1] * re[k + 1] + im[k + 1] * im[k + 1];
        x[k]           = on * rv_sqrt_f32(a * b);
    }
    return rv_phasor_sum(x, n);
}

rv_rotation
rv_rotation_own(const rv_csi *const csi, const float *const weight)
{
    const uint32_t n    = csi->n_tones;
    const int      step = tone_step(csi);
    bench          b;
    float          sum[2] = {0.0F, 0.0F}, size = 0.0F;
    for (uint32_t s = csi->n_streams;
         s-- > 0;) { // stream 0 last: its samples stay in b
        for (uint32_t k = 0; k < n; ++k) {
            const float w = weight ? weight[k] : 1.0F;
            b.re[k]       = w * csi->re[(size_t)s * n + k];
            b.im[k]       = w * csi->im[(size_t)s * n + k];
        }
        float lag[2];
        lag_sum(csi, step, b.re, b.im, b.x, b.y, lag);
        sum[0] += lag[0];
        sum[1] += lag[1];
        size += lag_size(csi, step, b.re, b.im, b.x);
    }
    if (!(size > 0.0F)) {
        return (rv_rotation){0};
    }
    const float slope = rv_atan2_f32(sum[1], sum[0]) / (float)step;
    memset(b.t, 0, sizeof(float) * n);
    pad(&b, n);
    const moments m = sum_rotated(&b, csi, slope);
    return (rv_rotation){
        .phase_rad = rv_atan2_f32(m.p_im, m.p_re),
        .slope_rad = slope,
        .gain      = 1.0F,
        .coherence =
            rv_min_f32(rv_sqrt_f32(sum[0] * sum[0] + sum[1] * sum[1]) / size, 1.0F),
    };
}

void
rv_rotation_remove(rv_csi *const csi, const float phase_rad, const float slope_rad)
{
    const uint32_t n = csi->n_tones;
    float          c[RV_PHASOR_ROOM], s[RV_PHASOR_ROOM];
    rv_phasors(csi->tone, n, phase_rad, slope_rad, c, s);
    for (uint32_t r = 0; r < csi->n_streams; ++r) {
        float *const re = csi->re + (size_t)r * n;
        float *const im = csi->im + (size_t)r * n;
        for (uint32_t k = 0; k < n; ++k) {
            const float x = re[k];
            const float y = im[k];
            re[k]         = x * c[k] + y * s[k];
            im[k]         = y * c[k] - x * s[k];
        }
    }
}

float
rv_rotation_delay_ns(const float slope_rad, const uint32_t spacing_hz)
{
    return -slope_rad / (two_pi * (float)spacing_hz) * 1.0e9F;
}
