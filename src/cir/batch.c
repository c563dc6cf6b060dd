// SPDX-License-Identifier: MIT
#include <ruview/cir/batch.h>

#include "base/exact.h"
#include "base/try.h"
#include "cir/hot.h"
#include "cir/solve.h"

#include <ruview/base/arena.h>

#include <string.h>

enum { ista_iterations = 100 };

static void
lay_out(rv_cir_batch *const self, const rv_cir_plan *const plan, rv_arena *const arena)
{
    float **const rows[] = {&self->x_re, &self->x_im, &self->q_re,
                            &self->q_im, &self->y_re, &self->y_im};
    for (uint32_t i = 0; i < sizeof rows / sizeof *rows; ++i) {
        *rows[i] = rv_arena_take(arena, (size_t)plan->n_taps * 16, sizeof(float));
    }
    self->work = rv_arena_take(arena, rv_fft_work_16(&plan->fft), sizeof(float));
}

static bool
is_lockstep(const rv_cir_config *const config)
{
    return config->kind == RV_CIR_FFT_ISTA;
}

rv_status
rv_cir_batch_size(const rv_cir_plan *const plan, const rv_cir_config *const config,
                  size_t *const bytes)
{
    RV_TRY(rv_cir_solver_size(plan, config, bytes));
    if (is_lockstep(config)) {
        rv_cir_batch batch;
        rv_arena     arena = {.used = *bytes};
        lay_out(&batch, plan, &arena);
        *bytes = arena.used;
    }
    return RV_OK;
}

rv_status
rv_cir_batch_init(rv_cir_batch *const self, const rv_cir_plan *const plan,
                  const rv_cir_config *const config, void *const mem,
                  const size_t bytes)
{
    size_t needed = 0;
    size_t own    = 0;
    RV_TRY(rv_cir_batch_size(plan, config, &needed));
    RV_TRY(rv_cir_solver_size(plan, config, &own));
    if (!self || bytes < needed) {
        return RV_ERR_MEMORY;
    }
    rv_cir_batch batch = {.x_re = NULL};
    RV_TRY(rv_cir_solver_init(&batch.solver, plan, config, mem, own));
    if (is_lockstep(config)) {
        rv_arena arena = {.base = mem, .size = bytes, .used = own};
        lay_out(&batch, plan, &arena);
    }
    *self = batch;
    return RV_OK;
}

/// Column `l` of the sixteen from the solver's own arrays
static void
put_in(const rv_cir_batch *const self, const uint32_t l)
{
    const rv_cir_solver *const solver = &self->solver;
    for (uint32_t g = 0; g < solver->plan->n_taps; ++g) {
        const size_t at = (size_t)g * 16 + l;
        self->x_re[at]  = solver->x_re[g];
        self->x_im[at]  = solver->x_im[g];
        self->y_re[at]  = solver->g_re[g];
        self->y_im[at]  = solver->g_im[g];
    }
}

static void
take_out(const rv_cir_batch *const self, const uint32_t l)
{
    const rv_cir_solver *const solver = &self->solver;
    for (uint32_t g = 0; g < solver->plan->n_taps; ++g) {
        solver->x_re[g] = self->x_re[(size_t)g * 16 + l];
        solver->x_im[g] = self->x_im[(size_t)g * 16 + l];
        solver->g_re[g] = self->y_re[(size_t)g * 16 + l];
        solver->g_im[g] = self->y_im[(size_t)g * 16 + l];
    }
}

/// One iteration of all that are live; returns how many still are
static uint32_t
iterate(const rv_cir_batch *const self, const float threshold[16], float live[16],
        rv_cir_problem problem[16])
{
    const rv_cir_solver *const solver = &self->solver;
    const rv_cir_plan *const   plan   = solver->plan;
    float                      moved[16];
    float                      size[16];
    rv_fft_forward_16(&plan->fft, self->x_re, self->x_im, self->q_re, self->q_im,
                      self->work);
    solver->gradient->leave_16(plan->n_taps, plan->select, self->y_re, self->y_im,
                               self->q_re, self->q_im);
    rv_fft_inverse_16(&plan->fft, self->q_re, self->q_im, self->q_re, self->q_im,
                      self->work);
    solver->gradient->shrink_16(plan->n_taps, self->q_re, self->q_im,
                                1.0F / plan->lipschitz, threshold, live, self->x_re,
                                self->x_im, moved, size);
    uint32_t n_live = 0;
    for (uint32_t l = 0; l < 16; ++l) {
        rv_cir_tally *const tally = &problem[l].tally;
        if (live[l] == 0.0F) {
            continue;
        }
        const double base = __builtin_sqrt((double)size[l]);
        tally->change =
            __builtin_sqrt((double)moved[l]) / (base > 1e-12 ? base : 1e-12);
        ++tally->iterations;
        if (tally->change < (double)solver->config.tolerance) {
            tally->converged = true;
            live[l]          = 0.0F;
        }
        n_live += live[l] != 0.0F;
    }
    return n_live;
}

static void
forget(const rv_cir_link *const link)
{
    if (link->state) {
        memset(link->state, 0, sizeof *link->state);
    }
}

static void
solve_lockstep(rv_cir_batch *const self, const rv_cir_link *const link,
               const uint32_t n_links)
{
    rv_cir_solver *const solver = &self->solver;
    const size_t         count  = (size_t)solver->plan->n_taps * 16;
    rv_cir_problem       problem[16];
    float                threshold[16] = {0};
    float                live[16]      = {0};
    uint32_t             n_live        = 0;
    memset(self->x_re, 0, count * sizeof *self->x_re);
    memset(self->x_im, 0, count * sizeof *self->x_im);
    memset(self->y_re, 0, count * sizeof *self->y_re);
    memset(self->y_im, 0, count * sizeof *self->y_im);
    for (uint32_t l = 0; l < n_links; ++l) {
        if (rv_cir_begin(solver, link[l].re, link[l].im, link[l].noise, &problem[l],
                         link[l].result) != RV_REASON_NONE) {
            forget(&link[l]);
            continue;
        }
        rv_cir_gradient_start(solver, &problem[l]);
        put_in(self, l);
        threshold[l] = problem[l].lambda * (1.0F / solver->plan->lipschitz);
        live[l]      = 1.0F;
        ++n_live;
    }
    const uint32_t most = rv_cir_limit(solver, ista_iterations);
    for (uint32_t i = 0; i < most && n_live > 0; ++i) {
        n_live = iterate(self, threshold, live, problem);
    }
    for (uint32_t l = 0; l < n_links; ++l) {
        if (link[l].result->reason != RV_REASON_NONE) {
            continue;
        }
        take_out(self, l);
        rv_cir_scale_in(solver, link[l].re, link[l].im, problem[l].scale);
        rv_cir_gradient_stock(solver, &problem[l].tally);
        rv_cir_end(solver, &problem[l], link[l].state, link[l].result);
    }
}

void
rv_cir_solve_batch(rv_cir_batch *const self, const rv_cir_link *const link,
                   const uint32_t n_links)
{
    for (uint32_t first = 0; first < n_links; first += RV_CIR_BATCH) {
        const uint32_t rest = n_links - first;
        const uint32_t n    = rest < RV_CIR_BATCH ? rest : RV_CIR_BATCH;
        if (is_lockstep(&self->solver.config)) {
            solve_lockstep(self, link + first, n);
            continue;
        }
        for (uint32_t l = first; l < first + n; ++l) {
            rv_cir_solve(&self->solver, link[l].re, link[l].im, link[l].noise,
                         link[l].state, link[l].result);
        }
    }
}
