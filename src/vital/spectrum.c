// SPDX-License-Identifier: MIT
#include "vital/spectrum.h"

#include "base/exact.h"
#include "vital/statistics.h"

#include <ruview/math/elementary.h>
#include <ruview/math/order.h>

#include <string.h>

enum {
    fit_points = 24, ///< Of the floor's line
    bands      = RV_SAMPLER_BANDS
};

/// A breath that shows its second harmonic more than its own rate shows this share of
/// it at least; what is weaker may be sway (simulation)
#define HALF_SHARE 0.25F

/// A spectrum in the making
typedef struct {
    float re[RV_SPECTRUM_BINS][bands]; ///< Each band over its floor
    float im[RV_SPECTRUM_BINS][bands];
    float floor[RV_SPECTRUM_BINS]; ///< Of their sum, a power law
} grid;

/// Takes a constant and a line out of each band and weights it
static void
prepare(float (*const x)[bands], const uint32_t n, const uint32_t n_bands,
        const bool hann)
{
    const double mid       = 0.5 * (n - 1.0);
    const double tt        = n * ((double)n * n - 1.0) / 12.0;
    double       s0[bands] = {0};
    double       s1[bands] = {0};
    for (uint32_t i = 0; i < n; ++i) {
        for (uint32_t b = 0; b < n_bands; ++b) {
            s0[b] += (double)x[i][b];
            s1[b] += (i - mid) * (double)x[i][b];
        }
    }
    for (uint32_t i = 0; i < n; ++i) {
        const float sine = rv_sin_f32(3.14159265F * ((float)i + 0.5F) / (float)n);
        const float w    = hann ? sine * sine : sine;
        for (uint32_t b = 0; b < n_bands; ++b) {
            const double fit = s0[b] / n + s1[b] / tt * (i - mid);
            x[i][b]          = w * (float)((double)x[i][b] - fit);
        }
    }
}

/// Transforms two bands at a time as the real and imaginary part of one
static void
transform(const rv_fft *const fft, float (*const x)[bands], const uint32_t n,
          const uint32_t n_bands, const rv_spectrum *const s, grid *const g)
{
    float re[RV_VITAL_FFT], im[RV_VITAL_FFT], work[4 * RV_VITAL_FFT];
    memset(g->re, 0, sizeof g->re);
    memset(g->im, 0, sizeof g->im);
    for (uint32_t b = 0; b < n_bands; b += 2) {
        memset(re, 0, sizeof re);
        memset(im, 0, sizeof im);
        for (uint32_t i = 0; i < n; ++i) {
            re[i] = x[i][b];
            im[i] = b + 1 < n_bands ? x[i][b + 1] : 0.0F;
        }
        rv_fft_forward(fft, re, im, re, im, work);
        for (uint32_t i = 0; i < s->n_bins; ++i) {
            const uint32_t k = s->first + i;
            const uint32_t m = RV_VITAL_FFT - k;
            g->re[i][b]      = 0.5F * (re[k] + re[m]);
            g->im[i][b]      = 0.5F * (im[k] - im[m]);
            if (b + 1 < n_bands) {
                g->re[i][b + 1] = 0.5F * (im[k] + im[m]);
                g->im[i][b + 1] = 0.5F * (re[m] - re[k]);
            }
        }
    }
}

/// Takes out what the sampler's weights did, so that white noise is white again
static void
even_out(grid *const g, const rv_spectrum *const s, const uint32_t n_bands,
         const float step_s)
{
    for (uint32_t i = 0; i < s->n_bins; ++i) {
        const float gain = rv_sampler_gain(step_s, (float)(s->first + i) * s->step_hz);
        for (uint32_t b = 0; b < n_bands; ++b) {
            g->re[i][b] /= gain;
            g->im[i][b] /= gain;
        }
    }
}

/// Divides each band by its floor: the median power, which a line does not move
static void
whiten_bands(grid *const g, const uint32_t n_bins, const uint32_t n_bands,
             float *const weight)
{
    float power[RV_SPECTRUM_BINS], work[RV_SPECTRUM_BINS];
    for (uint32_t b = 0; b < n_bands; ++b) {
        for (uint32_t i = 0; i < n_bins; ++i) {
            power[i] = g->re[i][b] * g->re[i][b] + g->im[i][b] * g->im[i][b];
        }
        const float median  = rv_median_f32(power, n_bins, work);
        const float inverse = median > 1e-30F ? rv_sqrt_f32(0.6931F / median) : 0.0F;
        weight[b]           = inverse;
        for (uint32_t i = 0; i < n_bins; ++i) {
            g->re[i][b] *= inverse;
            g->im[i][b] *= inverse;
        }
    }
}

/// A power law through the sum over bands: Theil and Sen's line through the logarithms,
/// falling or flat, never steeper than f^-4; its level is the median
static void
fit_power_law(grid *const g, const rv_spectrum *const s)
{
    enum { pairs = fit_points * (fit_points - 1) / 2 };
    float    log_hz[RV_SPECTRUM_BINS], log_power[RV_SPECTRUM_BINS];
    float    slope[pairs], work[pairs + RV_SPECTRUM_BINS];
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n_bins; ++i) {
        const float sum = s->uu[i] + s->vv[i];
        log_hz[i]       = rv_log_f32((float)(s->first + i));
        log_power[i]    = rv_log_f32(sum > 1e-30F ? sum : 1e-30F);
    }
    for (uint32_t i = 0; i < fit_points; ++i) {
        for (uint32_t j = i + fit_points / 3; j < fit_points; ++j) {
            const uint32_t a = i * (s->n_bins - 1) / (fit_points - 1);
            const uint32_t b = j * (s->n_bins - 1) / (fit_points - 1);
            slope[n++]       = (log_power[b] - log_power[a]) / (log_hz[b] - log_hz[a]);
        }
    }
    const float b = rv_clamp_f32(rv_median_f32(slope, n, work), -4.0F, 0.0F);
    for (uint32_t i = 0; i < s->n_bins; ++i) {
        log_power[i] -= b * log_hz[i];
    }
    const float level = rv_median_f32(log_power, s->n_bins, work);
    for (uint32_t i = 0; i < s->n_bins; ++i) {
        g->floor[i] = rv_exp_f32(level + b * log_hz[i]);
    }
}

/// White noise and a random walk, C + A f^-2: C is the median of the upper third, A of
/// what lies above C in the lower half. Where it is higher than the power law, it is
/// the floor.
static void
fit_drift(grid *const g, const rv_spectrum *const s)
{
    float          rest[RV_SPECTRUM_BINS], work[RV_SPECTRUM_BINS];
    const uint32_t third = s->n_bins / 3;
    const uint32_t half  = s->n_bins / 2;
    for (uint32_t i = 0; i < third; ++i) {
        const uint32_t k = s->n_bins - third + i;
        rest[i]          = s->uu[k] + s->vv[k];
    }
    const float white = rv_median_f32(rest, third, work);
    for (uint32_t i = 0; i < half; ++i) {
        const float f = (float)(s->first + i);
        rest[i]       = (s->uu[i] + s->vv[i] - white) * f * f;
    }
    const float walk = rv_max_f32(rv_median_f32(rest, half, work), 0.0F);
    for (uint32_t i = 0; i < s->n_bins; ++i) {
        const float f = (float)(s->first + i);
        g->floor[i]   = rv_max_f32(g->floor[i], white + walk / (f * f));
    }
}

/// Largest eigenvalue of a symmetric matrix by power iteration from the diagonal
static double
largest_eigenvalue(double c[bands][bands], const uint32_t n)
{
    double x[bands] = {0};
    double value    = 0.0;
    for (uint32_t i = 0; i < n; ++i) {
        x[i] = c[i][i];
    }
    for (int round = 0; round < 30; ++round) {
        double y[bands] = {0};
        double norm     = 0.0;
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
   Independent bands in the noise, the strongest peak left out. White noise has the
   participation ratio (tr C)^2 / tr C^2 of the bands' covariance. Where the largest
   eigenvalue stands out of what white noise allows (Marcenko and Pastur, Math. USSR
   Sbornik 1967), a noise common to many bands makes the tail, and tr C over that
   eigenvalue says how many. 0: too few cells to say.
*/
static float
noise_order(const grid *const g, const rv_spectrum *const s, const uint32_t n_bands,
            const uint32_t from, const uint32_t to)
{
    double         c[bands][bands] = {{0}};
    const float    cell            = 1.0F / (s->length_s * s->step_hz);
    const uint32_t lobe            = (uint32_t)rv_to_i32(2.0F * cell) + 1;
    const uint32_t stride          = cell > 3.0F ? (uint32_t)rv_to_i32(0.7F * cell) : 1;
    double         cells           = 0.0; // a Hann window spans one and a half
    uint32_t       peak            = 0;
    float          most            = 0.0F;
    for (uint32_t i = from; i < to; ++i) {
        const float p = (s->uu[i] + s->vv[i]) / g->floor[i];
        peak          = p > most ? i : peak;
        most          = p > most ? p : most;
    }
    for (uint32_t i = from; i < to; i += stride) {
        const uint32_t apart = i > peak ? i - peak : peak - i;
        if (apart <= lobe) {
            continue;
        }
        cells += (double)((float)stride / (1.5F * cell));
        for (uint32_t a = 0; a < n_bands; ++a) {
            for (uint32_t b = 0; b <= a; ++b) {
                c[a][b] +=
                    (double)(g->re[i][a] * g->re[i][b] + g->im[i][a] * g->im[i][b]);
            }
        }
    }
    double trace  = 0.0;
    double square = 0.0;
    for (uint32_t a = 0; a < n_bands; ++a) {
        trace += c[a][a];
        for (uint32_t b = 0; b <= a; ++b) {
            square += (a == b ? 1.0 : 2.0) * c[a][b] * c[a][b];
        }
    }
    if (!(square > 0.0) || cells < 2.0) {
        return 0.0F;
    }
    const double largest = largest_eigenvalue(c, n_bands);
    const double root    = 1.0 + rv_sqrt_f64(n_bands / cells);
    const double edge    = 1.2 * trace / n_bands * root * root;
    return (float)(largest > edge ? trace / largest : trace * trace / square);
}

static uint32_t
bin_at(const rv_spectrum *const s, const float hz)
{
    const float i = hz / s->step_hz - (float)s->first;
    return i > 0.0F ? (uint32_t)rv_to_i32(i) : 0;
}

static unsigned
part_of(const rv_spectrum *const s, const uint32_t i)
{
    return i >= s->split;
}

/// Orders of both parts, or one for both where there are too few cells. The spectrum is
/// taken as it is: its strongest part, which makes the peaks, says how many.
static void
measure_order(rv_spectrum *const s, const grid *const g, const uint32_t n_bands,
              const uint32_t top)
{
    const uint32_t end = top < s->n_bins ? top : s->n_bins;
    const float    all = noise_order(g, s, n_bands, 0, end);
    s->order[0]        = noise_order(g, s, n_bands, 0, s->split);
    s->order[1]        = noise_order(g, s, n_bands, s->split, end);
    for (int i = 0; i < 2; ++i) {
        s->order[i] = s->order[i] >= 1.0F ? s->order[i] : all >= 1.0F ? all : 1.0F;
    }
}

void
rv_spectrum_take(rv_spectrum *const self, const rv_fft *const fft,
                 float (*const x)[bands], const uint32_t n, const uint32_t n_bands,
                 const float step_s, const rv_spectrum_range *const range)
{
    grid g;
    memset(self, 0, sizeof *self);
    self->step_hz       = 1.0F / ((float)RV_VITAL_FFT * step_s);
    self->length_s      = (float)n * step_s;
    self->n_links       = 1;
    self->first         = (uint32_t)rv_to_i32(range->low_hz / self->step_hz + 0.999F);
    const uint32_t last = (uint32_t)rv_to_i32(range->high_hz / self->step_hz);
    self->n_bins        = last + 1 - self->first;
    self->n_bins = self->n_bins < RV_SPECTRUM_BINS ? self->n_bins : RV_SPECTRUM_BINS;
    self->split  = bin_at(self, range->split_hz);
    prepare(x, n, n_bands, range->hann);
    transform(fft, x, n, n_bands, self, &g);
    even_out(&g, self, n_bands, step_s);
    whiten_bands(&g, self->n_bins, n_bands, self->weight);
    for (uint32_t i = 0; i < self->n_bins; ++i) {
        for (uint32_t b = 0; b < n_bands; ++b) {
            self->uu[i] += g.re[i][b] * g.re[i][b];
            self->vv[i] += g.im[i][b] * g.im[i][b];
            self->uv[i] += g.re[i][b] * g.im[i][b];
        }
    }
    fit_power_law(&g, self);
    fit_drift(&g, self);
    measure_order(self, &g, n_bands, bin_at(self, range->top_hz));
    for (uint32_t i = 0; i < self->n_bins; ++i) {
        // the median of a Gamma distribution of that order (Wilson and Hilferty)
        const float order = self->order[part_of(self, i)];
        const float a     = 1.0F - 1.0F / (9.0F * order);
        const float scale = order * a * a * a / rv_max_f32(g.floor[i], 1e-30F);
        self->uu[i] *= scale;
        self->vv[i] *= scale;
        self->uv[i] *= scale;
    }
}

bool
rv_spectrum_add(rv_spectrum *const self, const rv_spectrum *const other)
{
    if (self->n_bins == 0) {
        *self = *other;
        return true;
    }
    if (other->n_bins != self->n_bins || other->first != self->first ||
        other->length_s != self->length_s || other->end != self->end ||
        other->step_hz != self->step_hz) {
        return false;
    }
    for (uint32_t i = 0; i < self->n_bins; ++i) {
        self->uu[i] += other->uu[i];
        self->vv[i] += other->vv[i];
        self->uv[i] += other->uv[i];
    }
    self->n_links += other->n_links;
    self->order[0] += other->order[0];
    self->order[1] += other->order[1];
    return true;
}

/// That the largest eigenvalue reaches with that chance
static float
largest_quantile(const float order, const float chance)
{
    // sqrt(pi) Gamma((m + 1) / 2) / Gamma(m / 2), Stirling's series to 1 % from m = 1
    const float c = rv_sqrt_f32(1.5707963F * order) * (1.0F - 0.25F / order);
    return rv_gamma_quantile(0.5F * (order + 1.0F), chance / c);
}

static float
largest(const rv_spectrum *const s, const uint32_t i)
{
    const float d = 0.5F * (s->uu[i] - s->vv[i]);
    return 0.5F * (s->uu[i] + s->vv[i]) + rv_sqrt_f32(d * d + s->uv[i] * s->uv[i]);
}

static bool
is_peak(const float *const p, const uint32_t i, const uint32_t n)
{
    return i > 0 && i + 1 < n && p[i] >= p[i - 1] && p[i] > p[i + 1];
}

/// Highest interior maximum within first..last; n when there is none
static uint32_t
highest(const float *const p, const uint32_t n, const uint32_t first,
        const uint32_t last)
{
    uint32_t best = n;
    for (uint32_t i = first; i <= last && i < n; ++i) {
        if (is_peak(p, i, n) && (best == n || p[i] > p[best])) {
            best = i;
        }
    }
    return best;
}

/// Where a parabola through the logarithms of three points has its top
static float
refine(const rv_spectrum *const s, const float *const p, const uint32_t i)
{
    const float a = rv_log_f32(p[i - 1] + 1e-30F);
    const float b = rv_log_f32(p[i] + 1e-30F);
    const float c = rv_log_f32(p[i + 1] + 1e-30F);
    const float d = a - 2.0F * b + c;
    const float x = d < 0.0F ? 0.5F * (a - c) / d : 0.0F;
    return ((float)(s->first + i) + x) * s->step_hz;
}

/// A peak at half the frequency means that the higher one is its harmonic
static uint32_t
fundamental(const rv_spectrum *const s, const float *const p, const uint32_t peak,
            const float low_hz, const float least)
{
    const float    hz   = 0.5F * (float)(s->first + peak) * s->step_hz;
    const float    near = 0.25F / s->length_s;
    const float    low  = hz - near > low_hz ? hz - near : low_hz;
    const uint32_t from = bin_at(s, low) + 1;
    const uint32_t to   = bin_at(s, hz + near);
    if (hz + near < low || to >= peak) {
        return peak;
    }
    const uint32_t half    = highest(p, s->n_bins, from, to);
    const bool     is_half = half < s->n_bins && p[half] >= least;
    return is_half && p[half] >= HALF_SHARE * p[peak] ? half : peak;
}

static bool
is_combed(const rv_spectrum *const s, const rv_spectrum_search *const search,
          const uint32_t i)
{
    const float hz = (float)(s->first + i) * s->step_hz;
    for (uint32_t k = 2; k <= search->comb_last && search->comb_hz > 0.0F; ++k) {
        const float near = search->comb_near_hz + (float)k * search->comb_spread_hz;
        if (rv_abs_f32(hz - (float)k * search->comb_hz) < near) {
            return true;
        }
    }
    return false;
}

/// Highest interior maximum of the search; n_bins when there is none
static uint32_t
best_peak(const rv_spectrum *const s, const rv_spectrum_search *const search,
          const float *const p, float *const combed)
{
    const uint32_t last = bin_at(s, search->high_hz);
    uint32_t       best = s->n_bins;
    for (uint32_t i = bin_at(s, search->low_hz) + 1; i <= last && i < s->n_bins; ++i) {
        if (!is_peak(p, i, s->n_bins)) {
            continue;
        }
        if (is_combed(s, search, i)) {
            *combed = rv_max_f32(*combed, p[i]);
        } else if (best == s->n_bins || p[i] > p[best]) {
            best = i;
        }
    }
    return best;
}

rv_spectrum_cell
rv_spectrum_at(const rv_spectrum *const self, const float hz)
{
    const float      half = 0.5F / self->length_s;
    const uint32_t   to   = bin_at(self, hz + half);
    rv_spectrum_cell best = {0};
    for (uint32_t i = bin_at(self, hz - half); i <= to && i < self->n_bins; ++i) {
        rv_spectrum_cell cell = {
            .uu = self->uu[i], .vv = self->vv[i], .uv = self->uv[i]};
        rv_spectrum_solve(&cell);
        best = cell.largest > best.largest ? cell : best;
    }
    return best;
}

float
rv_spectrum_chance(const float order, const float chance)
{
    return largest_quantile(order, chance);
}

rv_spectrum_peak
rv_spectrum_find(const rv_spectrum *const self, const rv_spectrum_search *const search)
{
    float            p[RV_SPECTRUM_BINS] = {0};
    rv_spectrum_peak out                 = {0};
    for (uint32_t i = 0; i < self->n_bins; ++i) {
        p[i] = largest(self, i);
    }
    uint32_t peak = best_peak(self, search, p, &out.combed);
    // the search looks at that many independent cells
    const float order = self->order[peak < self->n_bins ? part_of(self, peak) : 0];
    const float span  = (search->high_hz - search->low_hz) * self->length_s * 1.5F;
    const float cells = span > 1.0F ? span : 1.0F;
    const float rest  = order > 2.0F ? 0.5F * (order - 1.0F) : 0.5F;
    out.threshold     = largest_quantile(order, search->chance / cells);
    const float links = (float)self->n_links;
    out.sole          = order / links * largest_quantile(links, search->chance / cells);
    out.hold          = largest_quantile(order, 0.003F);
    out.misfit_threshold = rv_gamma_quantile(rest, 1e-3F);
    if (peak >= self->n_bins) {
        return out;
    }
    out.power  = p[peak];
    out.misfit = self->uu[peak] + self->vv[peak] - p[peak];
    peak       = fundamental(self, p, peak, search->low_hz, out.threshold);
    out.hz     = refine(self, p, peak);
    return out;
}
