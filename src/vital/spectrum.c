// SPDX-License-Identifier: MIT
#include "vital/spectrum.h"

#include "base/exact.h"
#include "vital/statistics.h"

#include <ruview/math/elementary.h>
#include <ruview/math/order.h>

#include <string.h>

enum {
    bins_per_cell = 3, ///< Grid points per 1/T
    fit_points    = 24 ///< Of the floor's line
};

/// Grid of one look
typedef struct {
    uint32_t n;               ///< Bins
    uint32_t first, last;     ///< Of the search, inclusive
    float    low_hz, step_hz; ///< Bin i lies at low + i step
    float    log_hz[RV_SPECTRUM_BINS];
    float    log_power[RV_SPECTRUM_BINS]; ///< Sum over tones, then less the floor
    float    re[RV_SPECTRUM_BINS][RV_SPECTRUM_TONES]; ///< Each tone over its RMS
    float    im[RV_SPECTRUM_BINS][RV_SPECTRUM_TONES];
} grid;

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

/// Amplitude of every tone at one frequency
static void
tone_spectrum(const rv_spectrum_series *const in, const float *const c,
              const float *const s, float *const re, float *const im)
{
    uint32_t slot = (in->newest + in->slots - in->n) % in->slots;
    for (uint32_t i = 0; i < in->n; ++i) {
        const float *const x = in->x + (size_t)slot * in->pitch;
        for (uint32_t k = 0; k < in->n_tones; ++k) {
            re[k] += c[i] * x[k];
            im[k] += s[i] * x[k];
        }
        slot = slot + 1 == in->slots ? 0 : slot + 1;
    }
}

/// Sum of the tones' spectra, each over its own mean
static void
sum_tones(const rv_spectrum_series *const in, grid *const g)
{
    float mean[RV_SPECTRUM_TONES] = {0};
    float c[RV_SPECTRUM_SAMPLES]  = {0};
    float s[RV_SPECTRUM_SAMPLES]  = {0};
    float inverse[RV_SPECTRUM_TONES];
    float hann[RV_SPECTRUM_SAMPLES] = {0};
    for (uint32_t i = 0; i < in->n; ++i) {
        hann[i] =
            0.5F - 0.5F * rv_cos_f32(6.2831853F * ((float)i + 0.5F) / (float)in->n);
    }
    memset(g->re, 0, sizeof g->re);
    memset(g->im, 0, sizeof g->im);
    for (uint32_t b = 0; b < g->n; ++b) {
        const float hz = g->low_hz + (float)b * g->step_hz;
        modulate(hann, in->n, (double)hz * (double)in->step_s, c, s);
        tone_spectrum(in, c, s, g->re[b], g->im[b]);
        for (uint32_t k = 0; k < in->n_tones; ++k) {
            mean[k] += g->re[b][k] * g->re[b][k] + g->im[b][k] * g->im[b][k];
        }
    }
    for (uint32_t k = 0; k < in->n_tones; ++k) {
        inverse[k] = mean[k] > 0.0F ? 1.0F / rv_sqrt_f32(mean[k]) : 0.0F;
    }
    for (uint32_t b = 0; b < g->n; ++b) {
        float sum = 0.0F;
        for (uint32_t k = 0; k < in->n_tones; ++k) {
            g->re[b][k] *= inverse[k];
            g->im[b][k] *= inverse[k];
            sum += g->re[b][k] * g->re[b][k] + g->im[b][k] * g->im[b][k];
        }
        const float hz  = g->low_hz + (float)b * g->step_hz;
        g->log_hz[b]    = rv_log_f32(hz);
        g->log_power[b] = rv_log_f32(sum > 1e-30F ? sum : 1e-30F);
    }
}

/// Takes a power law out of the spectrum: Theil and Sen's line through the logarithms,
/// falling or flat, never steeper than f^-4
static void
remove_floor(grid *const g)
{
    float          slope[fit_points * (fit_points - 1) / 2];
    float          work[RV_SPECTRUM_BINS > fit_points * (fit_points - 1) / 2
                            ? RV_SPECTRUM_BINS
                            : fit_points * (fit_points - 1) / 2];
    const uint32_t points = g->n < fit_points ? g->n : fit_points;
    uint32_t       n      = 0;
    for (uint32_t i = 0; i < points; ++i) {
        for (uint32_t j = i + points / 3; j < points; ++j) {
            const uint32_t a = i * (g->n - 1) / (points - 1);
            const uint32_t b = j * (g->n - 1) / (points - 1);
            slope[n++] =
                (g->log_power[b] - g->log_power[a]) / (g->log_hz[b] - g->log_hz[a]);
        }
    }
    float b                      = n > 0 ? rv_median_f32(slope, n, work) : 0.0F;
    b                            = b > 0.0F ? 0.0F : b < -4.0F ? -4.0F : b;
    float rest[RV_SPECTRUM_BINS] = {0};
    for (uint32_t i = 0; i < g->n; ++i) {
        g->log_power[i] -= b * g->log_hz[i];
        rest[i] = g->log_power[i];
    }
    const float level = rv_median_f32(rest, g->n, work);
    for (uint32_t i = 0; i < g->n; ++i) {
        g->log_power[i] -= level;
    }
}

/// Largest eigenvalue of a symmetric matrix by power iteration from the diagonal
static double
largest_eigenvalue(double c[RV_SPECTRUM_TONES][RV_SPECTRUM_TONES], const uint32_t n)
{
    double x[RV_SPECTRUM_TONES] = {0};
    double value                = 0.0;
    for (uint32_t i = 0; i < n; ++i) {
        x[i] = c[i][i];
    }
    for (int round = 0; round < 30; ++round) {
        double y[RV_SPECTRUM_TONES] = {0};
        double norm                 = 0.0;
        for (uint32_t i = 0; i < n; ++i) {
            for (uint32_t j = 0; j < n; ++j) {
                y[i] += (j <= i ? c[i][j] : c[j][i]) * x[j];
            }
            norm += y[i] * y[i];
        }
        value = rv_sqrt_f64(norm);
        for (uint32_t i = 0; i < n; ++i) {
            x[i] = value > 0.0 ? y[i] / value : 0.0;
        }
    }
    return value;
}

/**
   Order of the Gamma distribution that the noise follows: independent tones about the
   frequencies that are searched, the peak left out. White noise has the participation
   ratio (tr C)^2 / tr C^2 of the tones' covariance. Where the largest eigenvalue stands
   out of what white noise allows (Marcenko and Pastur, Math. USSR Sbornik 1967), a
   noise common to many tones makes the tail, and tr C over that eigenvalue says how
   many.
*/
static float
noise_order(const grid *const g, const uint32_t peak, const uint32_t n_tones)
{
    double         c[RV_SPECTRUM_TONES][RV_SPECTRUM_TONES] = {{0}};
    const uint32_t lobe                                    = 2 * bins_per_cell;
    double         cells = 0.0; // independent ones: a Hann window spans one and a half
    for (uint32_t b = 0; b <= g->last; ++b) {
        const uint32_t apart = b > peak ? b - peak : peak - b;
        // bins below the search may hold drift that the peak has nothing to do with,
        // but that reaches up to it
        if (apart <= lobe) {
            continue;
        }
        cells += 1.0 / (1.5 * bins_per_cell);
        for (uint32_t i = 0; i < n_tones; ++i) {
            for (uint32_t j = 0; j <= i; ++j) {
                c[i][j] += (double)(g->re[b][i] * g->re[b][j]) +
                           (double)(g->im[b][i] * g->im[b][j]);
            }
        }
    }
    double trace  = 0.0;
    double square = 0.0;
    for (uint32_t i = 0; i < n_tones; ++i) {
        trace += c[i][i];
        for (uint32_t j = 0; j <= i; ++j) {
            square += (i == j ? 1.0 : 2.0) * c[i][j] * c[i][j];
        }
    }
    if (!(square > 0.0) || cells < 1.0) {
        return 1.0F;
    }
    const double most = largest_eigenvalue(c, n_tones);
    const double root = 1.0 + rv_sqrt_f64(n_tones / cells);
    const double edge = 1.2 * trace / n_tones * root * root;
    return (float)(most > edge ? trace / most : trace * trace / square);
}

/// Quantile over median of a Gamma distribution (Wilson and Hilferty, "The distribution
/// of chi-square", PNAS 1931)
static float
gamma_threshold(const float order, const float chance)
{
    const float z = rv_normal_quantile(chance);
    const float a = 1.0F - 1.0F / (9.0F * order);
    const float q = a + z / (3.0F * rv_sqrt_f32(order));
    const float r = q / a;
    return r * r * r;
}

static bool
is_peak(const grid *const g, const uint32_t i)
{
    return i > 0 && i + 1 < g->n && g->log_power[i] >= g->log_power[i - 1] &&
           g->log_power[i] > g->log_power[i + 1];
}

/// Highest interior maximum within first..last; n when there is none
static uint32_t
highest(const grid *const g, const uint32_t first, const uint32_t last)
{
    uint32_t best = g->n;
    for (uint32_t i = first; i <= last; ++i) {
        if (is_peak(g, i) && (best == g->n || g->log_power[i] > g->log_power[best])) {
            best = i;
        }
    }
    return best;
}

/// Where a parabola through three points has its top
static float
refine(const grid *const g, const uint32_t i)
{
    const float a = g->log_power[i - 1];
    const float b = g->log_power[i];
    const float c = g->log_power[i + 1];
    const float d = a - 2.0F * b + c;
    const float x = d < 0.0F ? 0.5F * (a - c) / d : 0.0F;
    return g->low_hz + ((float)i + x) * g->step_hz;
}

/// A peak at half the frequency means that the higher one is its harmonic
static uint32_t
fundamental(const grid *const g, const uint32_t peak, const float least)
{
    const float    hz   = 0.5F * (g->low_hz + (float)peak * g->step_hz);
    const float    near = 0.75F / (float)bins_per_cell; // of a cell
    const float    cell = g->step_hz * (float)bins_per_cell;
    const float    low  = (hz - near * cell - g->low_hz) / g->step_hz;
    const float    high = (hz + near * cell - g->low_hz) / g->step_hz;
    const uint32_t from =
        low > (float)g->first ? (uint32_t)rv_to_i32(low + 0.999F) : g->first;
    const uint32_t to = high > 0.0F ? (uint32_t)rv_to_i32(high) : 0;
    if (to < from || to >= peak) {
        return peak;
    }
    const uint32_t half = highest(g, from, to);
    return half < g->n && g->log_power[half] >= least ? half : peak;
}

/**
   Is there a line at that frequency, against whatever continuum lies about it? The F
   test of "Spectrum Estimation and Harmonic Analysis", Proc. IEEE 1982, eq. 13.10, with
   the sine tapers of "Minimum bias multiple taper spectral estimation", IEEE T-SP 1995,
   summed over the bands. A slope of the continuum, which a floor cannot follow, costs
   it nothing.
*/
static float
line_test(const rv_spectrum_series *const in, const float hz)
{
    enum { tapers = 5 };
    float  re[tapers][RV_SPECTRUM_TONES] = {{0}};
    float  im[tapers][RV_SPECTRUM_TONES] = {{0}};
    double gain[tapers];
    double gain2 = 0.0;
    for (uint32_t k = 0; k < tapers; ++k) {
        float c[RV_SPECTRUM_SAMPLES]      = {0};
        float s[RV_SPECTRUM_SAMPLES]      = {0};
        float window[RV_SPECTRUM_SAMPLES] = {0};
        gain[k]                           = 0.0; // what a steady sine leaves
        for (uint32_t i = 0; i < in->n; ++i) {
            window[i] = rv_sin_f32(3.14159265F * (float)(k + 1) * ((float)i + 1.0F) /
                                   ((float)in->n + 1.0F));
            gain[k] += k % 2 == 0 ? (double)window[i] : 0.0;
        }
        modulate(window, in->n, (double)hz * (double)in->step_s, c, s);
        gain2 += gain[k] * gain[k];
        uint32_t slot = (in->newest + in->slots - in->n) % in->slots;
        for (uint32_t i = 0; i < in->n; ++i) {
            const float *const x = in->x + (size_t)slot * in->pitch;
            for (uint32_t b = 0; b < in->n_tones; ++b) {
                re[k][b] += c[i] * x[b];
                im[k][b] += s[i] * x[b];
            }
            slot = slot + 1 == in->slots ? 0 : slot + 1;
        }
    }
    double line = 0.0;
    double rest = 0.0;
    for (uint32_t b = 0; b < in->n_tones; ++b) {
        double mr = 0.0, mi = 0.0;
        for (uint32_t k = 0; k < tapers; ++k) {
            mr += gain[k] * (double)re[k][b] / gain2;
            mi += gain[k] * (double)im[k][b] / gain2;
        }
        double left = 0.0;
        for (uint32_t k = 0; k < tapers; ++k) {
            const double r = (double)re[k][b] - mr * gain[k];
            const double i = (double)im[k][b] - mi * gain[k];
            left += r * r + i * i;
        }
        line += (mr * mr + mi * mi) * gain2;
        rest += left;
    }
    return rest > 0.0 ? (float)((tapers - 1) * line / rest) : 0.0F;
}

void
rv_spectrum_find(const rv_spectrum_series *const series,
                 const rv_spectrum_search *const search, rv_spectrum_peak *const out)
{
    grid g;
    g.low_hz           = search->floor_low_hz;
    const float length = (float)series->n * series->step_s;
    *out               = (rv_spectrum_peak){0};
    g.step_hz          = 1.0F / (length * (float)bins_per_cell);
    const float span   = (search->floor_high_hz - search->floor_low_hz) / g.step_hz;
    g.n                = (uint32_t)rv_to_i32(span) + 1;
    g.n                = g.n < RV_SPECTRUM_BINS ? g.n : RV_SPECTRUM_BINS;
    const float first  = (search->low_hz - g.low_hz) / g.step_hz;
    const float last   = (search->high_hz - g.low_hz) / g.step_hz;
    g.first            = first > 0.0F ? (uint32_t)rv_to_i32(first) : 0;
    g.last             = (uint32_t)rv_to_i32(last + 1.0F);
    g.last             = g.last < g.n ? g.last : g.n - 1;
    if (g.n < 16 || g.first >= g.last) {
        return;
    }
    sum_tones(series, &g);
    remove_floor(&g);
    const uint32_t peak = highest(&g, g.first, g.last);
    if (peak >= g.n) {
        return;
    }
    // the search looks at that many independent cells
    const float cells = (search->high_hz - search->low_hz) * length * 1.5F;
    out->order        = noise_order(&g, peak, series->n_tones);
    out->threshold    = gamma_threshold(out->order, search->chance / cells);
    out->power        = rv_exp_f32(g.log_power[peak]);
    const float least = rv_log_f32(gamma_threshold(out->order, 1e-3F));
    out->line         = line_test(series, refine(&g, peak));
    out->hz           = refine(&g, fundamental(&g, peak, least));
}
