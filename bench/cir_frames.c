// SPDX-License-Identifier: MIT
#include "bench/cir_frames.h"

#include <ruview/math/elementary.h>
#include <ruview/math/random.h>

#include <string.h>

const cir_tier cir_tiers[CIR_N_TIERS] = {
    {"ht20", 1, 26, 312500},
    {"ht40", 2, 58, 312500},
    {"he20", 2, 122, 78125},
    {"he40", 3, 244, 78125},
};

uint16_t
cir_tier_tones(const cir_tier *const tier, int16_t tone[CIR_MAX_TONES])
{
    uint16_t n = 0;
    for (int t = -tier->outer; t <= tier->outer; ++t) {
        if (t <= -tier->inner || t >= tier->inner) {
            tone[n++] = (int16_t)t;
        }
    }
    return n;
}

/// re + j im of path p on tone t, times exp(-2 pi j f tau)
static void
ray(const cir_frame *const self, const cir_tier *const tier, const uint32_t p,
    const int t, double *const re, double *const im)
{
    double s;
    double c;
    rv_sincos_f64(-2.0 * RV_PI_F64 * t * tier->spacing_hz * self->delay_ns[p] * 1e-9,
                  &s, &c);
    *re = self->re[p] * c - self->im[p] * s;
    *im = self->re[p] * s + self->im[p] * c;
}

/// Signal and noise into y; a negative `snr_db` keeps sigma
static void
fill(cir_frame *const self, const cir_tier *const tier, rv_random *const random,
     const double snr_db)
{
    static _Thread_local double re[CIR_MAX_TONES];
    static _Thread_local double im[CIR_MAX_TONES];
    int16_t                     tone[CIR_MAX_TONES];
    const uint32_t              n      = cir_tier_tones(tier, tone);
    double                      energy = 0.0;
    for (uint32_t k = 0; k < n; ++k) {
        re[k] = 0.0;
        im[k] = 0.0;
        for (uint32_t p = 0; p < self->n_paths; ++p) {
            double r;
            double i;
            ray(self, tier, p, tone[k], &r, &i);
            re[k] += r;
            im[k] += i;
        }
        energy += re[k] * re[k] + im[k] * im[k];
    }
    if (snr_db >= 0.0) {
        const double ratio = rv_exp_f64(snr_db * 0.23025850929940457); // 10^(dB/10)
        self->sigma        = __builtin_sqrt(energy / n / ratio / 2.0);
    }
    for (uint32_t k = 0; k < n; ++k) {
        self->y_re[k] = (float)(re[k] + self->sigma * rv_random_normal_f64(random));
        self->y_im[k] = (float)(im[k] + self->sigma * rv_random_normal_f64(random));
    }
}

void
cir_frame_make(cir_frame *const self, const cir_tier *const tier, const uint64_t seed,
               const uint32_t n_paths, const double snr_db)
{
    int16_t      tone[CIR_MAX_TONES];
    const double cell = 1e9 / (cir_tier_tones(tier, tone) * (double)tier->spacing_hz);
    rv_random    random;
    rv_random_init(&random, seed, 0);
    memset(self, 0, sizeof *self);
    self->n_paths = n_paths ? n_paths : 1 + rv_random_below(&random, CIR_MAX_PATHS);
    const double snr =
        snr_db >= 0.0 ? snr_db : 10.0 + 20.0 * rv_random_uniform_f64(&random);
    for (uint32_t p = 0; p < self->n_paths;) {
        self->delay_ns[p] = 600.0 * rv_random_uniform_f64(&random);
        uint32_t other    = 0;
        while (other < p && (self->delay_ns[p] - self->delay_ns[other] >= cell ||
                             self->delay_ns[other] - self->delay_ns[p] >= cell)) {
            ++other;
        }
        p += other == p;
    }
    for (uint32_t p = 0; p < self->n_paths; ++p) {
        const double below = p == 0 ? 0.0 : 15.0 * rv_random_uniform_f64(&random);
        const double gain  = rv_exp_f64(-below * 0.11512925464970229); // 10^(-dB/20)
        rv_sincos_f64(2.0 * RV_PI_F64 * rv_random_uniform_f64(&random), &self->im[p],
                      &self->re[p]);
        self->re[p] *= gain;
        self->im[p] *= gain;
    }
    fill(self, tier, &random, snr);
}

void
cir_frame_next(const cir_frame *const self, const cir_tier *const tier,
               const uint64_t seed, cir_frame *const next)
{
    rv_random random;
    rv_random_init(&random, seed, 1);
    *next            = *self;
    const uint32_t p = rv_random_below(&random, self->n_paths);
    double         s;
    double         c;
    rv_sincos_f64(0.6 * rv_random_uniform_f64(&random) - 0.3, &s, &c);
    next->re[p] = self->re[p] * c - self->im[p] * s;
    next->im[p] = self->re[p] * s + self->im[p] * c;
    fill(next, tier, &random, -1.0);
}

/// Distance of a found path from a true one on the circle of delays [ns]
static double
distance(const rv_cir_plan *const plan, const double delay_ns, const rv_cir_path *path)
{
    const double circle = plan->tap_ns * plan->n_taps;
    double       d      = (double)path->position * plan->tap_ns - delay_ns;
    d                   = d < 0.0 ? -d : d;
    return d > 0.5 * circle ? circle - d : d;
}

void
cir_frame_match(const cir_frame *const self, const rv_cir_plan *const plan,
                const rv_cir_taps *const found, cir_match *const match)
{
    const double near = 0.5e9 / ((double)plan->n_tones * (double)plan->spacing_hz);
    bool         taken[RV_CIR_MAX_PATHS] = {false};
    uint32_t     matched                 = 0;
    for (uint32_t p = 0; p < CIR_MAX_PATHS; ++p) {
        match->match[p] = -1;
    }
    for (;;) {
        double   best  = near;
        uint32_t which = 0;
        int32_t  with  = -1;
        for (uint32_t p = 0; p < self->n_paths; ++p) {
            for (uint32_t q = 0; match->match[p] < 0 && q < found->n_paths; ++q) {
                const double d = distance(plan, self->delay_ns[p], &found->path[q]);
                if (!taken[q] && d < best) {
                    best  = d;
                    which = p;
                    with  = (int32_t)q;
                }
            }
        }
        if (with < 0) {
            break;
        }
        match->match[which] = with;
        taken[with]         = true;
        ++matched;
    }
    match->missed       = self->n_paths - matched;
    match->false_alarms = found->n_paths - matched;
}

enum { max_order = 3 * CIR_MAX_PATHS };

/// Inverse of a positive matrix by Gauss-Jordan, in place
static void
invert(double a[max_order][max_order], const uint32_t n)
{
    for (uint32_t j = 0; j < n; ++j) {
        const double pivot = 1.0 / a[j][j];
        a[j][j]            = 1.0;
        for (uint32_t k = 0; k < n; ++k) {
            a[j][k] *= pivot;
        }
        for (uint32_t i = 0; i < n; ++i) {
            const double factor = a[i][j];
            if (i == j) {
                continue;
            }
            a[i][j] = 0.0;
            for (uint32_t k = 0; k < n; ++k) {
                a[i][k] -= factor * a[j][k];
            }
        }
    }
}

void
cir_frame_bounds(const cir_frame *const self, const cir_tier *const tier,
                 double delay[CIR_MAX_PATHS], double gain[CIR_MAX_PATHS])
{
    static _Thread_local double fisher[max_order][max_order];
    int16_t                     tone[CIR_MAX_TONES];
    const uint32_t              n     = cir_tier_tones(tier, tone);
    const uint32_t              order = 3 * self->n_paths;
    memset(fisher, 0, sizeof fisher);
    for (uint32_t k = 0; k < n; ++k) {
        double re[max_order];
        double im[max_order];
        for (uint32_t p = 0; p < self->n_paths; ++p) {
            const double slope = -2.0 * RV_PI_F64 * tone[k] * tier->spacing_hz * 1e-9;
            double       s;
            double       c;
            double       r;
            double       i;
            ray(self, tier, p, tone[k], &r, &i);
            rv_sincos_f64(slope * self->delay_ns[p], &s, &c);
            re[3 * p]     = -slope * i; // by delay: j slope x ray
            im[3 * p]     = slope * r;
            re[3 * p + 1] = c; // by re
            im[3 * p + 1] = s;
            re[3 * p + 2] = -s; // by im
            im[3 * p + 2] = c;
        }
        for (uint32_t a = 0; a < order; ++a) {
            for (uint32_t b = 0; b < order; ++b) {
                fisher[a][b] += re[a] * re[b] + im[a] * im[b];
            }
        }
    }
    invert(fisher, order);
    const double noise = self->sigma * self->sigma;
    for (uint32_t p = 0; p < self->n_paths; ++p) {
        const uint32_t i = 3 * p;
        delay[p] =
            p == 0 ? 0.0 : noise * (fisher[i][i] + fisher[0][0] - 2.0 * fisher[i][0]);
        gain[p] = noise * (fisher[i + 1][i + 1] + fisher[i + 2][i + 2]);
    }
}
