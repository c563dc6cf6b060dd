// SPDX-License-Identifier: MIT
/**
   @file solver_sparse.c
   Working set, coordinate descent and Newton's method.

   Only taps that may matter are looked at. Coordinate descent finds which of them are
   not zero; on those the objective is smooth and Newton's method finishes in two or
   three steps. That no tap was forgotten is checked over all of them (KKT:
   |Phi^H r| <= lambda off the support), with the correlation q = b - gamma * x made
   anew from the circulant kernel, one shifted copy per non-zero tap. The worst of the
   forgotten join, and the round repeats until the certificate holds.
*/
#include "base/exact.h"
#include "cir/hot.h"
#include "cir/solve.h"

#include <string.h>

enum {
    rounds_max  = 64,
    settle_max  = 12, ///< Passes of descent + Newton within one round
    descent_max = 2,  ///< Sweeps before Newton is tried
    full_max    = 2,  ///< Rounds with a full working set: no room for what is missing
    newton_max  = 8,  ///< Steps of Newton in one pass
};

static bool
holds(const rv_cir_working *const set, const uint32_t tap)
{
    for (uint32_t i = 0; i < set->n; ++i) {
        if (set->tap[i] == tap) {
            return true;
        }
    }
    return false;
}

/// Append a tap of value 0 with its row and column of the Gram matrix
static void
add(rv_cir_working *const set, const rv_cir_plan *const plan, const uint32_t tap)
{
    if (set->n == RV_CIR_WORKING || holds(set, tap)) {
        return;
    }
    const uint32_t n = set->n++;
    set->tap[n]      = (uint16_t)tap;
    set->re[n]       = 0.0F;
    set->im[n]       = 0.0F;
    for (uint32_t j = 0; j <= n; ++j) {
        const uint32_t d   = (uint32_t)set->tap[j] + plan->n_taps - tap;
        set->gram_re[n][j] = plan->kernel_re[d];
        set->gram_im[n][j] = plan->kernel_im[d];
        set->gram_re[j][n] = plan->kernel_re[d];
        set->gram_im[j][n] = j == n ? 0.0F : -plan->kernel_im[d];
    }
}

/// Drop the taps that are zero
static void
prune(rv_cir_working *const set, const rv_cir_plan *const plan)
{
    uint16_t       tap[RV_CIR_WORKING];
    float          re[RV_CIR_WORKING];
    float          im[RV_CIR_WORKING];
    const uint32_t n    = set->n;
    uint32_t       kept = 0;
    for (uint32_t i = 0; i < n; ++i) {
        if (set->re[i] != 0.0F || set->im[i] != 0.0F) {
            tap[kept]  = set->tap[i];
            re[kept]   = set->re[i];
            im[kept++] = set->im[i];
        }
    }
    if (kept == n) {
        return;
    }
    set->n = 0;
    for (uint32_t i = 0; i < kept; ++i) {
        add(set, plan, tap[i]);
        set->re[i] = re[i];
        set->im[i] = im[i];
    }
}

/// q = b - gamma * x over all taps, and its power
static float
correlate(const rv_cir_solver *const self, const rv_cir_working *const set)
{
    const rv_cir_plan *const plan = self->plan;
    const uint32_t           n    = plan->n_taps;
    memcpy(self->q_re, self->b_re, n * sizeof *self->q_re);
    memcpy(self->q_im, self->b_im, n * sizeof *self->q_im);
    self->hot->correlate(n, plan->kernel_re, plan->kernel_im, plan->real_kernel, set->n,
                         set->tap, set->re, set->im, self->q_re, self->q_im);
    return self->hot->power(n, self->q_re, self->q_im, self->power);
}

/// Sums for the certificate, over the support in order of the working set
static void
take_stock(const rv_cir_solver *const self, const rv_cir_working *const set,
           const float steepest, rv_cir_tally *const tally)
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
    tally->steepest       = __builtin_sqrt((double)steepest);
    rv_cir_certify(tally);
}

/// Peaks of the correlation above `least`, with the neighbours that may share a path
static uint32_t
recruit(const rv_cir_solver *const self, const float least, rv_cir_working *const set)
{
    const rv_cir_plan *const plan   = self->plan;
    const uint32_t           n      = plan->n_taps;
    const float *const       power  = self->power;
    const uint32_t           before = set->n;
    for (uint32_t g = 0; g < n; ++g) {
        if (!(power[g] > least)) {
            continue;
        }
        const uint32_t left  = g == 0 ? n - 1 : g - 1;
        const uint32_t right = g + 1 == n ? 0 : g + 1;
        if (power[g] >= power[left] && power[g] >= power[right]) {
            add(set, plan, g);
            add(set, plan, left);
            add(set, plan, right);
        }
    }
    return set->n - before;
}

/// Minimum over the working set: gradients below `stop`
static void
settle(const rv_cir_hot *const hot, rv_cir_working *const set, const float lambda,
       const float stop)
{
    for (uint32_t pass = 0; pass < settle_max; ++pass) {
        (void)hot->sweep(set, lambda, true);
        for (uint32_t s = 0; s < descent_max; ++s) {
            (void)hot->sweep(set, lambda, false);
        }
        rv_cir_progress progress = RV_CIR_MOVED;
        for (uint32_t s = 0; s < newton_max && progress == RV_CIR_MOVED; ++s) {
            progress = hot->newton(set, lambda, stop);
        }
        if (progress == RV_CIR_DONE && hot->is_quiet(set, lambda + stop)) {
            return;
        }
    }
}

void
rv_cir_solve_sparse(rv_cir_solver *const self, const float lambda, const float scale,
                    const rv_cir_state *const warm, rv_cir_tally *const tally)
{
    const uint32_t        n    = self->plan->n_taps;
    const uint32_t        most = rv_cir_limit(self, rounds_max);
    rv_cir_working *const set  = self->working;
    set->n                     = 0;
    set->real                  = self->plan->real_kernel;
    for (uint32_t i = 0; warm && i < warm->n; ++i) {
        if (warm->tap[i] < n) {
            add(set, self->plan, warm->tap[i]);
            set->re[set->n - 1] = warm->re[i] * scale;
            set->im[set->n - 1] = warm->im[i] * scale;
        }
    }
    const float tight   = 0.3F * self->config.gap * lambda;
    const float loose   = 0.03F * lambda;
    const bool  is_warm = set->n > 0;
    uint32_t    n_full  = 0;
    for (;;) {
        const float steepest = correlate(self, set);
        take_stock(self, set, steepest, tally);
        tally->converged = tally->gap <= (double)self->config.gap;
        if (tally->converged || tally->iterations == most || n_full == full_max) {
            break;
        }
        prune(set, self->plan);
        const float by_peak = 0.2F * steepest;
        const float by_kkt  = lambda * lambda;
        (void)recruit(self, by_peak > by_kkt ? by_peak : by_kkt, set);
        for (uint32_t i = 0; i < set->n; ++i) {
            set->q_re[i] = self->q_re[set->tap[i]];
            set->q_im[i] = self->q_im[set->tap[i]];
        }
        settle(self->hot, set, lambda,
               tally->iterations == 0 && !is_warm ? loose : tight);
        ++tally->iterations;
        n_full += set->n == RV_CIR_WORKING;
    }
    memset(self->x_re, 0, n * sizeof *self->x_re);
    memset(self->x_im, 0, n * sizeof *self->x_im);
    for (uint32_t i = 0; i < set->n; ++i) {
        self->x_re[set->tap[i]] = set->re[i];
        self->x_im[set->tap[i]] = set->im[i];
    }
}
