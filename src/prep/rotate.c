// SPDX-License-Identifier: MIT
#include <ruview/prep/rotate.h>

#include <ruview/frame/layout.h>
#include <ruview/math/elementary.h>
#include <ruview/math/stats.h>

#include "base/exact.h"

enum { newton_steps = 2 };

static const float pi     = 3.14159274F;
static const float two_pi = 6.28318548F;

// Smallest distance between neighbouring tones; pairs that far apart carry the slope
static int
tone_step(const rv_csi *const csi)
{
    int step = csi->tone[1] - csi->tone[0];
    for (uint32_t k = 2; k < csi->n_tones; ++k) {
        const int d = csi->tone[k] - csi->tone[k - 1];
        step        = d < step ? d : step;
    }
    return step;
}

// Slope from the angle of sum z[k+1] conj(z[k]) over neighbouring tones
static float
lag_slope(const rv_csi *const csi, const float *const re, const float *const im)
{
    const int step = tone_step(csi);
    float     a = 0.0F, b = 0.0F;
    for (uint32_t k = 1; k < csi->n_tones; ++k) {
        if (csi->tone[k] - csi->tone[k - 1] == step) {
            a += re[k] * re[k - 1] + im[k] * im[k - 1];
            b += im[k] * re[k - 1] - re[k] * im[k - 1];
        }
    }
    return rv_atan2_f32(b, a) / (float)step;
}

// Sums of z exp(-j slope t), weighted by t^0, t^1, t^2
typedef struct {
    float p_re, p_im, a_re, a_im, b_re, b_im;
} moments;

static moments
sum_rotated(const rv_csi *const csi, const float *const re, const float *const im,
            const float slope)
{
    moments m = {0};
    for (uint32_t k = 0; k < csi->n_tones; ++k) {
        const float t = (float)csi->tone[k];
        float       s, c;
        rv_sincos_f32(slope * t, &s, &c);
        const float x = re[k] * c + im[k] * s;
        const float y = im[k] * c - re[k] * s;
        m.p_re += x;
        m.p_im += y;
        m.a_re += t * x;
        m.a_im += t * y;
        m.b_re += t * (t * x);
        m.b_im += t * (t * y);
    }
    return m;
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

rv_rotation
rv_rotation_fit(const rv_csi *const csi, const float *const ref_re,
                const float *const ref_im, const float *const weight)
{
    const uint32_t n_tones = csi->n_tones;
    float          re[RV_MAX_TONES], im[RV_MAX_TONES];
    float          energy_h = 0.0F, energy_r = 0.0F, t1 = 0.0F, t2 = 0.0F;
    for (uint32_t k = 0; k < n_tones; ++k) {
        re[k] = im[k] = 0.0F;
    }
    for (uint32_t s = 0; s < csi->n_streams; ++s) {
        const float *const h_re = csi->re + (size_t)s * n_tones;
        const float *const h_im = csi->im + (size_t)s * n_tones;
        const float *const r_re = ref_re + (size_t)s * n_tones;
        const float *const r_im = ref_im + (size_t)s * n_tones;
        for (uint32_t k = 0; k < n_tones; ++k) {
            const float w = weight ? weight[k] : 1.0F;
            const float p = w * (r_re[k] * r_re[k] + r_im[k] * r_im[k]);
            const float t = (float)csi->tone[k];
            re[k] += w * (h_re[k] * r_re[k] + h_im[k] * r_im[k]);
            im[k] += w * (h_im[k] * r_re[k] - h_re[k] * r_im[k]);
            energy_h += w * (h_re[k] * h_re[k] + h_im[k] * h_im[k]);
            energy_r += p;
            t1 += p * t;
            t2 += p * (t * t);
        }
    }
    if (!(energy_h > 0.0F) || !(energy_r > 0.0F)) {
        return (rv_rotation){0};
    }
    const float span  = (float)(csi->tone[n_tones - 1] - csi->tone[0]);
    float       slope = lag_slope(csi, re, im);
    for (int i = 0; i < newton_steps; ++i) {
        const moments m = sum_rotated(csi, re, im, slope);
        slope += newton(&m, pi / span);
    }
    const moments m    = sum_rotated(csi, re, im, slope);
    const float   size = rv_sqrt_f32(m.p_re * m.p_re + m.p_im * m.p_im);
    const float   gain = size / energy_r;
    const float   rest = rv_max_f32(energy_h - size * gain, 0.0F);
    // rest estimates (n - 2) complex residuals; sigma^2 of re and of im is half of one
    const float n      = (float)n_tones * (float)csi->n_streams;
    const float var    = 0.5F * rest / (n - 2.0F > 1.0F ? n - 2.0F : 1.0F);
    const float spread = rv_max_f32(t2 - t1 * (t1 / energy_r), 1.0e-12F);
    const float scale  = gain > 0.0F ? 1.0F / gain : 0.0F;
    return (rv_rotation){
        .phase_rad   = rv_atan2_f32(m.p_im, m.p_re),
        .slope_rad   = slope,
        .gain        = gain,
        .coherence   = rv_min_f32(size / rv_sqrt_f32(energy_h * energy_r), 1.0F),
        .phase_sigma = scale * rv_sqrt_f32(var / energy_r),
        .slope_sigma = scale * rv_sqrt_f32(var / spread),
    };
}

rv_rotation
rv_rotation_own(const rv_csi *const csi, const float *const weight)
{
    const uint32_t n_tones = csi->n_tones;
    const int      step    = tone_step(csi);
    float          a = 0.0F, b = 0.0F, size = 0.0F;
    for (uint32_t s = 0; s < csi->n_streams; ++s) {
        const float *const re = csi->re + (size_t)s * n_tones;
        const float *const im = csi->im + (size_t)s * n_tones;
        for (uint32_t k = 1; k < n_tones; ++k) {
            const float w = weight ? weight[k] * weight[k - 1] : 1.0F;
            if (csi->tone[k] - csi->tone[k - 1] != step || !(w > 0.0F)) {
                continue;
            }
            a += re[k] * re[k - 1] + im[k] * im[k - 1];
            b += im[k] * re[k - 1] - re[k] * im[k - 1];
            size += rv_sqrt_f32((re[k] * re[k] + im[k] * im[k]) *
                                (re[k - 1] * re[k - 1] + im[k - 1] * im[k - 1]));
        }
    }
    if (!(size > 0.0F)) {
        return (rv_rotation){0};
    }
    const float   slope = rv_atan2_f32(b, a) / (float)step;
    const moments m     = sum_rotated(csi, csi->re, csi->im, slope);
    return (rv_rotation){
        .phase_rad = rv_atan2_f32(m.p_im, m.p_re),
        .slope_rad = slope,
        .gain      = 1.0F,
        .coherence = rv_min_f32(rv_sqrt_f32(a * a + b * b) / size, 1.0F),
    };
}

void
rv_rotation_remove(rv_csi *const csi, const float phase_rad, const float slope_rad)
{
    const uint32_t n_tones = csi->n_tones;
    for (uint32_t k = 0; k < n_tones; ++k) {
        float s, c;
        rv_sincos_f32(phase_rad + slope_rad * (float)csi->tone[k], &s, &c);
        for (uint32_t i = k; i < n_tones * csi->n_streams; i += n_tones) {
            const float x = csi->re[i];
            const float y = csi->im[i];
            csi->re[i]    = x * c + y * s;
            csi->im[i]    = y * c - x * s;
        }
    }
}

float
rv_rotation_delay_ns(const float slope_rad, const uint32_t spacing_hz)
{
    return -slope_rad / (two_pi * (float)spacing_hz) * 1.0e9F;
}
