// SPDX-License-Identifier: MIT
#include <ruview/engine/flat.h>

#include "base/try.h"

#include <ruview/base/arena.h>
#include <ruview/cir/solver.h>

#include <string.h>

struct rv_flat_cir {
    rv_cir_config config;
    rv_cir_plan   plan;
    rv_cir_solver solver;
    rv_cir_result result;
};

// Head and plan, as one block
static rv_status
measure(const int16_t *const tone, const uint32_t n_tones, const uint32_t spacing_hz,
        const uint32_t kind, rv_cir_layout *const layout, size_t *const n_plan)
{
    if (!tone || n_tones > UINT16_MAX || kind > (uint32_t)RV_CIR_DENSE_ISTA) {
        return RV_ERR_CONFIG;
    }
    *layout = (rv_cir_layout){.tone       = tone,
                              .n_tones    = (uint16_t)n_tones,
                              .spacing_hz = spacing_hz,
                              .dense      = kind == (uint32_t)RV_CIR_DENSE_ISTA};
    return rv_cir_plan_size(layout, n_plan);
}

rv_status
rv_flat_cir_memory(const int16_t *const tone, const uint32_t n_tones,
                   const uint32_t spacing_hz, const uint32_t kind,
                   size_t *const n_bytes)
{
    rv_cir_layout layout;
    size_t        n_plan = 0;
    rv_arena      arena  = {0};
    RV_TRY(measure(tone, n_tones, spacing_hz, kind, &layout, &n_plan));
    (void)rv_arena_take(&arena, 1, sizeof(struct rv_flat_cir));
    (void)rv_arena_take(&arena, 1, n_plan);
    *n_bytes = arena.used;
    return RV_OK;
}

rv_status
rv_flat_cir_plan(rv_flat_cir **const self, const int16_t *const tone,
                 const uint32_t n_tones, const uint32_t spacing_hz, const uint32_t kind,
                 const float lambda_abs, void *const mem, const size_t n_bytes,
                 size_t *const n_solver)
{
    rv_cir_layout layout;
    size_t        n_plan = 0;
    rv_arena      arena  = {0};
    RV_TRY(measure(tone, n_tones, spacing_hz, kind, &layout, &n_plan));
    RV_TRY(rv_arena_open(&arena, mem, n_bytes, 0));
    rv_flat_cir *const cir  = rv_arena_take(&arena, 1, sizeof *cir);
    void *const        plan = rv_arena_take(&arena, 1, n_plan);
    if (!cir || !plan) {
        return RV_ERR_MEMORY;
    }
    memset(cir, 0, sizeof *cir);
    rv_cir_config_default(&cir->config);
    cir->config.kind       = (rv_cir_kind)kind;
    cir->config.lambda_abs = lambda_abs;
    RV_TRY(rv_cir_plan_init(&cir->plan, &layout, plan, n_plan));
    RV_TRY(rv_cir_solver_size(&cir->plan, &cir->config, n_solver));
    *self = cir;
    return RV_OK;
}

rv_status
rv_flat_cir_open(rv_flat_cir *const self, void *const mem, const size_t n_bytes)
{
    return rv_cir_solver_init(&self->solver, &self->plan, &self->config, mem, n_bytes);
}

uint32_t
rv_flat_cir_taps(const rv_flat_cir *const self)
{
    return self->plan.n_taps;
}

double
rv_flat_cir_tap_ns(const rv_flat_cir *const self)
{
    return self->plan.tap_ns;
}

int32_t
rv_flat_cir_solve(rv_flat_cir *const self, const float *const re, const float *const im,
                  float *const x_re, float *const x_im, float *const gap)
{
    const size_t         bytes  = self->plan.n_taps * sizeof(float);
    rv_cir_result *const result = &self->result;
    rv_cir_solve(&self->solver, re, im, 0.0F, NULL, result);
    const bool good = result->reason == RV_REASON_NONE;
    if (good) {
        memcpy(x_re, self->solver.x_re, bytes);
        memcpy(x_im, self->solver.x_im, bytes);
    } else {
        memset(x_re, 0, bytes);
        memset(x_im, 0, bytes);
    }
    if (gap) {
        *gap = good ? result->gap : 0.0F;
    }
    return (int32_t)result->reason;
}
