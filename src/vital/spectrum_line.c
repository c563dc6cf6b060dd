// SPDX-License-Identifier: MIT
#include "vital/spectrum.h"

#include "base/exact.h"

#include <ruview/math/elementary.h>

enum { tapers = 5, bands = RV_SAMPLER_BANDS };

/// Window times cosine or sine about the middle, made orthogonal to a constant and a
/// line. The phase goes on by one rotation per sample, which is exact to 1e-13 over a
/// window.
static void
modulate(const float *const window, const uint32_t n, const double turns_per_sample,
         float *const c, float *const s)
{
    const double turn = 6.283185307179586 * turns_per_sample;
    const double mid  = 0.5 * (n - 1.0);
    double       wr, wi, sr, si;
    rv_sincos_f64(-mid * turn, &wi, &wr);
    rv_sincos_f64(turn, &si, &sr);
    double c0 = 0.0, c1 = 0.0, s0 = 0.0, s1 = 0.0, tt = 0.0;
    for (uint32_t i = 0; i < n; ++i) {
        const double t = i - mid;
        const double w = (double)window[i];
        c[i]           = (float)(w * wr);
        s[i]           = (float)(w * wi);
        c0 += w * wr;
        s0 += w * wi;
        c1 += t * (w * wr);
        s1 += t * (w * wi);
        tt += t * t;
        const double r = wr * sr - wi * si;
        wi             = wr * si + wi * sr;
        wr             = r;
    }
    const float mc = (float)(c0 / n), lc = (float)(c1 / tt);
    const float ms = (float)(s0 / n), ls = (float)(s1 / tt);
    for (uint32_t i = 0; i < n; ++i) {
        const float t = (float)i - (float)mid;
        c[i] -= mc + t * lc;
        s[i] -= ms + t * ls;
    }
}

/// Sine taper `k` of n samples times cosine and sine of the line; returns what a steady
/// line leaves
static double
taper(const uint32_t k, const uint32_t n, const double turns_per_sample, float *const c,
      float *const s)
{
    float  window[RV_VITAL_FFT] = {0};
    double gain                 = 0.0;
    for (uint32_t i = 0; i < n; ++i) {
        window[i] = rv_sin_f32(3.14159265F * (float)(k + 1) * ((float)i + 1.0F) /
                               ((float)n + 1.0F));
        gain += k % 2 == 0 ? (double)window[i] : 0.0;
    }
    modulate(window, n, turns_per_sample, c, s);
    return gain;
}

void
rv_spectrum_solve(rv_spectrum_cell *const cell)
{
    const float d = 0.5F * (cell->uu - cell->vv);
    const float r = rv_sqrt_f32(d * d + cell->uv * cell->uv);
    cell->largest = 0.5F * (cell->uu + cell->vv) + r;
    cell->other   = 0.5F * (cell->uu + cell->vv) - r;
}

void
rv_spectrum_vector(const rv_spectrum *const spectrum, const float (*const x)[bands],
                   const uint32_t n, const uint32_t n_bands, const float step_s,
                   const float hz, float *const re, float *const im)
{
    float window[RV_VITAL_FFT] = {0};
    float c[RV_VITAL_FFT]      = {0};
    float s[RV_VITAL_FFT]      = {0};
    for (uint32_t i = 0; i < n; ++i) {
        window[i] = 0.5F - 0.5F * rv_cos_f32(6.2831853F * ((float)i + 0.5F) / (float)n);
    }
    modulate(window, n, (double)hz * (double)step_s, c, s);
    for (uint32_t b = 0; b < bands; ++b) {
        re[b] = 0.0F;
        im[b] = 0.0F;
    }
    for (uint32_t i = 0; i < n; ++i) {
        for (uint32_t b = 0; b < n_bands; ++b) {
            re[b] += c[i] * spectrum->weight[b] * x[i][b];
            im[b] -= s[i] * spectrum->weight[b] * x[i][b];
        }
    }
}

void
rv_spectrum_fuse(const rv_spectrum *const spectrum, const float (*const x)[bands],
                 const uint32_t n, const uint32_t n_bands, const float step_s,
                 const float hz, float *const fused)
{
    float window[RV_VITAL_FFT] = {0};
    float c[RV_VITAL_FFT]      = {0};
    float s[RV_VITAL_FFT]      = {0};
    float u[bands] = {0}, v[bands] = {0}, w[bands];
    float uu = 0.0F, vv = 0.0F, uv = 0.0F;
    for (uint32_t i = 0; i < n; ++i) {
        window[i] = 0.5F - 0.5F * rv_cos_f32(6.2831853F * ((float)i + 0.5F) / (float)n);
    }
    modulate(window, n, (double)hz * (double)step_s, c, s);
    for (uint32_t i = 0; i < n; ++i) {
        for (uint32_t b = 0; b < n_bands; ++b) {
            u[b] += c[i] * spectrum->weight[b] * x[i][b];
            v[b] += s[i] * spectrum->weight[b] * x[i][b];
        }
    }
    for (uint32_t b = 0; b < n_bands; ++b) {
        uu += u[b] * u[b];
        vv += v[b] * v[b];
        uv += u[b] * v[b];
    }
    const float angle = 0.5F * rv_atan2_f32(2.0F * uv, uu - vv);
    const float ca    = rv_cos_f32(angle);
    const float sa    = rv_sin_f32(angle);
    const float most  = rv_sqrt_f32(uu + vv);
    for (uint32_t b = 0; b < n_bands; ++b) {
        w[b] =
            most > 0.0F ? (ca * u[b] + sa * v[b]) / most * spectrum->weight[b] : 0.0F;
    }
    for (uint32_t i = 0; i < n; ++i) {
        fused[i] = 0.0F;
        for (uint32_t b = 0; b < n_bands; ++b) {
            fused[i] += w[b] * x[i][b];
        }
    }
}

float
rv_spectrum_line(const rv_spectrum *const spectrum, const float (*const x)[bands],
                 const uint32_t n, const uint32_t n_bands, const float step_s,
                 const float hz)
{
    const double turns               = (double)hz * (double)step_s;
    float        fused[RV_VITAL_FFT] = {0};
    double       re[tapers] = {0}, im[tapers] = {0}, gain[tapers];
    double       gain2 = 0.0, mr = 0.0, mi = 0.0;
    rv_spectrum_fuse(spectrum, x, n, n_bands, step_s, hz, fused);
    for (uint32_t k = 0; k < tapers; ++k) {
        float c[RV_VITAL_FFT] = {0};
        float s[RV_VITAL_FFT] = {0};
        gain[k]               = taper(k, n, turns, c, s);
        gain2 += gain[k] * gain[k];
        for (uint32_t i = 0; i < n; ++i) {
            re[k] += (double)(c[i] * fused[i]);
            im[k] += (double)(s[i] * fused[i]);
        }
        mr += gain[k] * re[k];
        mi += gain[k] * im[k];
    }
    mr /= gain2;
    mi /= gain2;
    double rest = 0.0;
    for (uint32_t k = 0; k < tapers; ++k) {
        const double r = re[k] - mr * gain[k];
        const double i = im[k] - mi * gain[k];
        rest += r * r + i * i;
    }
    const double line = (mr * mr + mi * mi) * gain2;
    return rest > 0.0 ? (float)((tapers - 1) * line / rest) : 0.0F;
}
