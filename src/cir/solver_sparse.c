// SPDX-License-Identifier: MIT
/**
   @file solver_sparse.c
   Working set and coordinate descent. Only taps that may matter are looked at; that
   none was forgotten is checked over all of them (KKT: |Phi^H r| <= lambda off the
   support), with the correlation q = b - gamma * x made anew from the circulant kernel,
   one shifted copy per non-zero tap.
*/
#include "base/exact.h"
#include "cir/solve.h"

#include <string.h>

enum {
    working_max = 96, ///< Taps in the working set
    rounds_max  = 64,
    sweeps_max  = 200,
};

typedef struct {
    uint32_t n;
    uint16_t tap[working_max];
    float    re[working_max];
    float    im[working_max];
    float    q_re[working_max];
    float    q_im[working_max];
} working_set;

static bool
holds(const working_set *const set, const uint32_t tap)
{
    for (uint32_t i = 0; i < set->n; ++i) {
        if (set->tap[i] == tap) {
            return true;
        }
    }
    return false;
}

static void
add(working_set *const set, const uint32_t tap, const float re, const float im)
{
    if (set->n < working_max && !holds(set, tap)) {
        set->tap[set->n] = (uint16_t)tap;
        set->re[set->n]  = re;
        set->im[set->n]  = im;
        ++set->n;
    }
}

/// q = b - gamma * x over all taps
static void
correlate(const rv_cir_solver *const self, const working_set *const set)
{
    const rv_cir_plan *const plan = self->plan;
    const uint32_t           n    = plan->n_taps;
    memcpy(self->q_re, self->b_re, n * sizeof *self->q_re);
    memcpy(self->q_im, self->b_im, n * sizeof *self->q_im);
    for (uint32_t i = 0; i < set->n; ++i) {
        const float        re   = set->re[i];
        const float        im   = set->im[i];
        const float *const k_re = plan->kernel_re + (n - set->tap[i]);
        const float *const k_im = plan->kernel_im + (n - set->tap[i]);
        if (re == 0.0F && im == 0.0F) {
            continue;
        }
        for (uint32_t g = 0; g < n; ++g) {
            self->q_re[g] -= k_re[g] * re - k_im[g] * im;
            self->q_im[g] -= k_re[g] * im + k_im[g] * re;
        }
    }
}

/// Sums for the certificate, over the support in order of the working set
static void
take_stock(const rv_cir_solver *const self, const working_set *const set,
           rv_cir_tally *const tally)
{
    double xb = 0.0;
    double xq = 0.0;
    double l1 = 0.0;
    for (uint32_t i = 0; i < set->n; ++i) {
        const uint32_t g  = set->tap[i];
        const double   re = (double)set->re[i];
        const double   im = (double)set->im[i];
        xb += re * (double)self->b_re[g] + im * (double)self->b_im[g];
        xq += re * (double)self->q_re[g] + im * (double)self->q_im[g];
        l1 += __builtin_sqrt(re * re + im * im);
    }
    const double residual = tally->energy - xb - xq;
    tally->fit            = tally->energy - xb;
    tally->residual       = residual > 0.0 ? residual : 0.0;
    tally->l1             = l1;
    tally->steepest       = (double)__builtin_sqrtf(
              rv_cir_largest_power(self->q_re, self->q_im, self->plan->n_taps));
    rv_cir_certify(tally);
}

/// Taps whose correlation passes lambda and is no smaller than both neighbours'
static uint32_t
recruit(const rv_cir_solver *const self, const float lambda, working_set *const set)
{
    const uint32_t n      = self->plan->n_taps;
    const float    least  = lambda * lambda;
    const uint32_t before = set->n;
    for (uint32_t g = 0; g < n; ++g) {
        self->power[g] = self->q_re[g] * self->q_re[g] + self->q_im[g] * self->q_im[g];
    }
    for (uint32_t g = 0; g < n; ++g) {
        const uint32_t left  = g == 0 ? n - 1 : g - 1;
        const uint32_t right = g + 1 == n ? 0 : g + 1;
        if (self->power[g] > least && self->power[g] >= self->power[left] &&
            self->power[g] >= self->power[right]) {
            add(set, g, 0.0F, 0.0F);
            add(set, left, 0.0F, 0.0F);
            add(set, right, 0.0F, 0.0F);
        }
    }
    return set->n - before;
}

/// One coordinate to its minimum; returns the size of the step, squared
static float
descend(const rv_cir_plan *const plan, const float lambda, working_set *const set,
        const uint32_t i)
{
    const float v_re = set->re[i] + set->q_re[i];
    const float v_im = set->im[i] + set->q_im[i];
    const float size = __builtin_sqrtf(v_re * v_re + v_im * v_im);
    const float keep = size > lambda ? (size - lambda) / size : 0.0F;
    const float d_re = v_re * keep - set->re[i];
    const float d_im = v_im * keep - set->im[i];
    const float step = d_re * d_re + d_im * d_im;
    if (step == 0.0F) {
        return 0.0F;
    }
    set->re[i]              = v_re * keep;
    set->im[i]              = v_im * keep;
    const float *const k_re = plan->kernel_re + (plan->n_taps - set->tap[i]);
    const float *const k_im = plan->kernel_im + (plan->n_taps - set->tap[i]);
    for (uint32_t j = 0; j < set->n; ++j) {
        const float g_re = k_re[set->tap[j]];
        const float g_im = k_im[set->tap[j]];
        set->q_re[j] -= g_re * d_re - g_im * d_im;
        set->q_im[j] -= g_re * d_im + g_im * d_re;
    }
    return step;
}

static void
sweep(const rv_cir_plan *const plan, const float lambda, const float stop,
      working_set *const set)
{
    for (uint32_t s = 0; s < sweeps_max; ++s) {
        float largest = 0.0F;
        for (uint32_t i = 0; i < set->n; ++i) {
            const float step = descend(plan, lambda, set, i);
            largest          = step > largest ? step : largest;
        }
        if (largest <= stop * stop) {
            return;
        }
    }
}

void
rv_cir_solve_sparse(rv_cir_solver *const self, const float lambda, const float scale,
                    const rv_cir_state *const warm, rv_cir_tally *const tally)
{
    const uint32_t n = self->plan->n_taps;
    const uint32_t rounds =
        self->config.max_iterations ? self->config.max_iterations : rounds_max;
    working_set set = {.n = 0};
    for (uint32_t i = 0; warm && i < warm->n; ++i) {
        if (warm->tap[i] < n) {
            add(&set, warm->tap[i], warm->re[i] * scale, warm->im[i] * scale);
        }
    }
    float stop = 0.01F * lambda;
    for (;;) {
        correlate(self, &set);
        take_stock(self, &set, tally);
        tally->converged = tally->gap <= (double)self->config.gap;
        if (tally->converged || tally->iterations == rounds) {
            break;
        }
        if (recruit(self, lambda, &set) == 0) {
            stop *= 0.1F;
        }
        for (uint32_t i = 0; i < set.n; ++i) {
            set.q_re[i] = self->q_re[set.tap[i]];
            set.q_im[i] = self->q_im[set.tap[i]];
        }
        sweep(self->plan, lambda, stop, &set);
        ++tally->iterations;
    }
    memset(self->x_re, 0, n * sizeof *self->x_re);
    memset(self->x_im, 0, n * sizeof *self->x_im);
    for (uint32_t i = 0; i < set.n; ++i) {
        self->x_re[set.tap[i]] = set.re[i];
        self->x_im[set.tap[i]] = set.im[i];
    }
}
