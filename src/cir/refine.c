// SPDX-License-Identifier: MIT
#include <ruview/cir/refine.h>

#include "base/exact.h"
#include "cir/hot.h"
#include "cir/paths.h"

#include <ruview/math/elementary.h>
#include <ruview/math/kernels.h>
#include <ruview/math/linalg.h>

#include <string.h>

enum {
    steps_max = 10,
    order_max = 3 * RV_CIR_MAX_PATHS,
    doubles   = order_max * order_max + 2 * order_max,
    found_max = 4, ///< Paths added from the residual
};

static const double settled  = 0.05; ///< Step below which nothing moves [deviations]
static const double leap     = 0.2;  ///< Longest step of a delay [resolution cells]
static const double too_near = 0.4;  ///< Paths nearer than this are one [cells]

/// All paths and what they leave of y. A delay is an angle: phase per tone spread.
typedef struct {
    const rv_cir_plan *plan;
    const rv_cir_fit  *fit;
    const rv_kernels  *kernels;
    double             cell; ///< Angle of one resolution cell
    uint32_t           n_paths;
    double             angle[RV_CIR_MAX_PATHS];
    double             re[RV_CIR_MAX_PATHS];
    double             im[RV_CIR_MAX_PATHS];
    double            *normal; ///< [3 n_paths]^2 normal matrix, then its factor
    double            *right;  ///< [3 n_paths]
    double            *column; ///< [3 n_paths]
    float             *y_re;   ///< [span]
    float             *y_im;
    float             *r_re; ///< [span] y less all paths
    float             *r_im;
    float             *s_re; ///< [paths][span] exp(-j angle place)
    float             *s_im;
    float             *spare; ///< For the correlation of what is left
} fitting;

size_t
rv_cir_refine_floats(const rv_cir_plan *const plan)
{
    return 2 * (size_t)doubles + (size_t)plan->span * (4 + 2 * RV_CIR_MAX_PATHS) +
           2 * (size_t)plan->n_tones + 2 * (size_t)plan->n_taps +
           rv_cir_work_floats(plan);
}

static float *
row(const fitting *const self, float *const first, const uint32_t p)
{
    return first + (size_t)p * self->plan->span;
}

/// s of path p: powers of one phasor
static void
steer(const fitting *const self, const uint32_t p)
{
    const rv_cir_plan *const plan = self->plan;
    const double             tone = -self->angle[p] / (double)plan->tone_spread;
    double                   w_im;
    double                   w_re;
    double                   im;
    double                   re;
    rv_sincos_f64(tone, &w_im, &w_re);
    rv_sincos_f64(tone * ((double)plan->tone[0] - (double)plan->tone_middle), &im, &re);
    float first[2][16];
    for (uint32_t k = 0; k < 16; ++k) {
        first[0][k]     = (float)re;
        first[1][k]     = (float)im;
        const double on = re * w_re - im * w_im;
        im              = re * w_im + im * w_re;
        re              = on;
    }
    for (uint32_t k = 0; k < 4; ++k) {
        const double square = w_re * w_re - w_im * w_im;
        w_im                = 2.0 * w_re * w_im;
        w_re                = square;
    }
    self->fit->steer(plan->span, plan->mask, (const float(*)[16])first, (float)w_re,
                     (float)w_im, row(self, self->s_re, p), row(self, self->s_im, p));
}

/// What is left of y; returns its energy
static double
leave(const fitting *const self)
{
    const uint32_t n = self->plan->span;
    memcpy(self->r_re, self->y_re, n * sizeof *self->r_re);
    memcpy(self->r_im, self->y_im, n * sizeof *self->r_im);
    for (uint32_t p = 0; p < self->n_paths; ++p) {
        self->fit->take_away(n, (float)self->re[p], (float)self->im[p],
                             row(self, self->s_re, p), row(self, self->s_im, p),
                             self->r_re, self->r_im);
    }
    return (double)self->kernels->cnorm2(self->r_re, self->r_im, n);
}

/// Three columns per path: by re, by im, by angle. Lower triangle of the normal matrix.
static void
relate(const fitting *const self, const uint32_t p, const uint32_t q)
{
    float m[6];
    self->fit->moments(self->plan->span, self->plan->place, row(self, self->s_re, p),
                       row(self, self->s_im, p), row(self, self->s_re, q),
                       row(self, self->s_im, q), m);
    const uint32_t order = 3 * self->n_paths;
    double *const  a     = self->normal + (size_t)(3 * p) * order + 3 * q;
    double *const  b     = a + order;
    double *const  c     = b + order;
    // By angle: -j a place s
    const double pr = self->re[p];
    const double pi = self->im[p];
    const double qr = self->re[q];
    const double qi = self->im[q];
    a[0]            = (double)m[0];
    a[1]            = -(double)m[1];
    b[0]            = (double)m[1];
    b[1]            = (double)m[0];
    a[2]            = qr * (double)m[3] + qi * (double)m[2];
    b[2]            = -qr * (double)m[2] + qi * (double)m[3];
    c[0]            = -pr * (double)m[3] + pi * (double)m[2];
    c[1]            = -pr * (double)m[2] - pi * (double)m[3];
    c[2] = (pr * qr + pi * qi) * (double)m[4] - (pr * qi - pi * qr) * (double)m[5];
}

/// Factor of the normal matrix, and the right-hand side; false when it is singular
static bool
normal_equations(const fitting *const self)
{
    const rv_cir_plan *const plan = self->plan;
    for (uint32_t p = 0; p < self->n_paths; ++p) {
        for (uint32_t q = 0; q <= p; ++q) {
            relate(self, p, q);
        }
        float m[6];
        self->fit->moments(plan->span, plan->place, row(self, self->s_re, p),
                           row(self, self->s_im, p), self->r_re, self->r_im, m);
        self->right[3 * p]     = (double)m[0];
        self->right[3 * p + 1] = (double)m[1];
        self->right[3 * p + 2] =
            self->im[p] * (double)m[2] - self->re[p] * (double)m[3];
    }
    return rv_cholesky_f64(self->normal, 3 * self->n_paths) == RV_OK;
}

/// Variance of one unknown, or of the difference of two when other < order, for noise 1
static double
variance(const fitting *const self, const uint32_t one, const uint32_t other)
{
    const uint32_t order = 3 * self->n_paths;
    memset(self->column, 0, order * sizeof *self->column);
    self->column[one] = 1.0;
    if (other < order) {
        self->column[other] = -1.0;
    }
    rv_forward_solve_f64(self->normal, order, self->column, self->column);
    double sum = 0.0;
    for (uint32_t i = 0; i < order; ++i) {
        sum += self->column[i] * self->column[i];
    }
    return sum;
}

static double
noise_power(const fitting *const self, const double left)
{
    const uint32_t numbers = 2U * self->plan->n_tones;
    const uint32_t unknown = 3 * self->n_paths;
    return left / (double)(numbers > unknown + 2 ? numbers - unknown : 2);
}

/// One Gauss-Newton step, halved until the fit is no worse. Returns whether anything
/// moved by more than a little of its deviation; `left` is the energy left.
static bool
step(fitting *const self, double *const left)
{
    const uint32_t order = 3 * self->n_paths;
    if (!normal_equations(self)) {
        return false;
    }
    rv_cholesky_solve_f64(self->normal, order, self->right, self->right);
    double part    = 1.0;
    double longest = 0.0; // of the delays, in deviations for the noise so far
    for (uint32_t p = 0; p < self->n_paths; ++p) {
        const double d    = self->right[3 * p + 2];
        const double size = d < 0.0 ? -d : d;
        const double cut  = leap * self->cell;
        part              = size * part > cut ? cut / size : part;
        const double gain = self->re[p] * self->re[p] + self->im[p] * self->im[p];
        const double own  = size * size * gain * (double)self->plan->n_tones;
        longest           = own > longest ? own : longest;
    }
    const fitting before = *self;
    for (uint32_t tries = 0; tries < 4; ++tries) {
        for (uint32_t p = 0; p < self->n_paths; ++p) {
            self->re[p]    = before.re[p] + part * self->right[3 * p];
            self->im[p]    = before.im[p] + part * self->right[3 * p + 1];
            self->angle[p] = before.angle[p] + part * self->right[3 * p + 2];
            steer(self, p);
        }
        const double now = leave(self);
        if (now <= *left) {
            *left = now;
            return longest > settled * settled * noise_power(self, now);
        }
        part *= 0.5;
    }
    *self = before;
    for (uint32_t p = 0; p < self->n_paths; ++p) {
        steer(self, p);
    }
    *left = leave(self);
    return false;
}

static void
begin(fitting *const self, const rv_cir_taps *const taps, const float *const re,
      const float *const im, const float scale)
{
    const rv_cir_plan *const plan = self->plan;
    memset(self->y_re, 0, plan->span * sizeof *self->y_re);
    memset(self->y_im, 0, plan->span * sizeof *self->y_im);
    for (uint32_t k = 0; k < plan->n_tones; ++k) {
        const int32_t i = plan->tone[k] - plan->tone[0];
        self->y_re[i]   = re[k] * scale;
        self->y_im[i]   = im[k] * scale;
    }
    self->n_paths = taps->n_paths;
    for (uint32_t p = 0; p < taps->n_paths; ++p) {
        const double turns = (double)taps->path[p].position / (double)plan->n_taps;
        const double tone  = 2.0 * RV_PI_F64 * (turns > 0.5 ? turns - 1.0 : turns);
        double       s;
        double       c;
        rv_sincos_f64(-tone * (double)plan->tone_middle, &s, &c);
        const double a = (double)(taps->path[p].re * scale);
        const double b = (double)(taps->path[p].im * scale);
        self->angle[p] = tone * (double)plan->tone_spread;
        self->re[p]    = a * c - b * s;
        self->im[p]    = a * s + b * c;
        steer(self, p);
    }
}

static void
drop(fitting *const self, const uint32_t p)
{
    --self->n_paths;
    for (uint32_t q = p; q < self->n_paths; ++q) {
        self->angle[q] = self->angle[q + 1];
        self->re[q]    = self->re[q + 1];
        self->im[q]    = self->im[q + 1];
        steer(self, q);
    }
}

/// The first path that is too weak, or too near to one no weaker; else n_paths
static uint32_t
find_idle(const fitting *const self, const double least)
{
    const double near = too_near * self->cell;
    for (uint32_t p = 0; p < self->n_paths; ++p) {
        const double mine = self->re[p] * self->re[p] + self->im[p] * self->im[p];
        if (mine < least * least) {
            return p;
        }
        for (uint32_t q = 0; q < self->n_paths; ++q) {
            const double theirs = self->re[q] * self->re[q] + self->im[q] * self->im[q];
            const double apart  = self->angle[p] - self->angle[q];
            const bool   weaker = mine < theirs || (mine == theirs && p > q);
            if (p != q && weaker && apart < near && apart > -near) {
                return p;
            }
        }
    }
    return self->n_paths;
}

/// Where what is left correlates most, as a new path; false when that is no more than
/// noise, or there is no room
static bool
find_more(fitting *const self, const double least)
{
    const rv_cir_plan *const plan = self->plan;
    float *const             u_re = self->spare;
    float *const             u_im = u_re + plan->n_tones;
    float *const             b_re = u_im + plan->n_tones;
    float *const             b_im = b_re + plan->n_taps;
    if (self->n_paths == RV_CIR_MAX_PATHS || 3 * self->n_paths + 3 > plan->n_tones) {
        return false;
    }
    for (uint32_t k = 0; k < plan->n_tones; ++k) {
        const int32_t i = plan->tone[k] - plan->tone[0];
        u_re[k]         = self->r_re[i];
        u_im[k]         = self->r_im[i];
    }
    rv_cir_adjoint(plan, u_re, u_im, b_re, b_im, b_im + plan->n_taps);
    float        power = 0.0F;
    const size_t g     = self->kernels->cargmax2(b_re, b_im, plan->n_taps, &power);
    const double scale = (double)plan->scale;
    if (!((double)power * scale * scale > least * least)) {
        return false;
    }
    const uint32_t p     = self->n_paths++;
    const double   turns = (double)g / (double)plan->n_taps;
    const double   tone  = 2.0 * RV_PI_F64 * (turns > 0.5 ? turns - 1.0 : turns);
    double         s;
    double         c;
    rv_sincos_f64(-tone * (double)plan->tone_middle, &s, &c);
    self->angle[p] = tone * (double)plan->tone_spread;
    self->re[p]    = ((double)b_re[g] * c - (double)b_im[g] * s) * scale;
    self->im[p]    = ((double)b_re[g] * s + (double)b_im[g] * c) * scale;
    steer(self, p);
    return true;
}

/// The paths with their deviations, back in units of y; noise: power per re or im
static void
report(const fitting *const self, const double noise, const float scale,
       rv_cir_taps *const taps)
{
    const rv_cir_plan *const plan = self->plan;
    const double             to_ns =
        1e9 / (2.0 * RV_PI_F64 * (double)plan->spacing_hz * (double)plan->tone_spread);
    const uint32_t order = 3 * self->n_paths;
    const double   back  = 1.0 / (double)scale;
    uint32_t       first = 0;
    for (uint32_t p = 1; p < self->n_paths; ++p) {
        first = self->re[p] * self->re[p] + self->im[p] * self->im[p] >
                        self->re[first] * self->re[first] +
                            self->im[first] * self->im[first]
                    ? p
                    : first;
    }
    memset(taps->path, 0, sizeof taps->path);
    taps->n_paths = (uint16_t)self->n_paths;
    for (uint32_t p = 0; p < self->n_paths; ++p) {
        rv_cir_path *const path  = &taps->path[p];
        const double       tone  = self->angle[p] / (double)plan->tone_spread;
        double             turns = tone / (2.0 * RV_PI_F64);
        turns -= turns >= 1.0 ? 1.0 : 0.0;
        turns += turns < 0.0 ? 1.0 : 0.0;
        double s;
        double c;
        rv_sincos_f64(tone * (double)plan->tone_middle, &s, &c);
        path->position = (float)(turns * (double)plan->n_taps);
        path->re       = (float)((self->re[p] * c - self->im[p] * s) * back);
        path->im       = (float)((self->re[p] * s + self->im[p] * c) * back);
        const double gain =
            variance(self, 3 * p, order) + variance(self, 3 * p + 1, order);
        const double delay =
            variance(self, 3 * p + 2, p == first ? order : 3 * first + 2);
        path->sigma          = (float)(__builtin_sqrt(0.5 * gain * noise) * back);
        path->delay_sigma_ns = (float)(__builtin_sqrt(delay * noise) * to_ns);
        const uint32_t tap   = (uint32_t)rv_to_i32(path->position + 0.5F);
        path->tap            = (uint16_t)(tap < plan->n_taps ? tap : 0);
    }
    taps->noise = (float)(__builtin_sqrt(noise) * back);
}

void
rv_cir_refine(const rv_cir_plan *const plan, const rv_cir_taps_config *const config,
              const float *const re, const float *const im, rv_cir_taps *const taps,
              float *const work)
{
    const float scale = rv_cir_scale_of(re, im, plan->n_tones);
    if (taps->reason != RV_REASON_NONE || taps->n_paths == 0 || !(scale > 0.0F)) {
        return;
    }
    double *const matrix = (double *)(void *)work;
    float *const  tones  = work + 2 * (size_t)doubles;
    const size_t  n      = plan->span;
    fitting       self   = {
                .plan    = plan,
                .fit     = rv_cir_fit_for(plan->cpu_mask),
                .kernels = rv_kernels_for(plan->cpu_mask),
                .cell = 2.0 * RV_PI_F64 / (double)plan->n_tones * (double)plan->tone_spread,
                .normal = matrix,
                .right  = matrix + order_max * order_max,
                .column = matrix + order_max * order_max + order_max,
                .y_re   = tones,
                .y_im   = tones + n,
                .r_re   = tones + 2 * n,
                .r_im   = tones + 3 * n,
                .s_re   = tones + 4 * n,
                .s_im   = tones + (4 + RV_CIR_MAX_PATHS) * n,
                .spare  = tones + (4 + 2 * RV_CIR_MAX_PATHS) * n,
    };
    begin(&self, taps, re, im, scale);
    double   left    = leave(&self);
    uint32_t n_found = 0;
    for (;;) {
        for (uint32_t i = 0; i < steps_max && step(&self, &left); ++i) {
        }
        const double sigma = __builtin_sqrt(noise_power(&self, left));
        const double least =
            (double)rv_cir_least_gain(plan, config, (float)sigma * plan->scale);
        const uint32_t p = find_idle(&self, least);
        if (p < self.n_paths && self.n_paths > 1) {
            drop(&self, p);
            n_found = found_max; // what was dropped is not looked for again
        } else if (n_found == found_max || !find_more(&self, least)) {
            break;
        } else {
            ++n_found;
        }
        left = leave(&self);
    }
    if (!normal_equations(&self)) {
        return;
    }
    report(&self, noise_power(&self, left), scale, taps);
    rv_cir_finish_paths(plan, config, taps, true);
}
