// SPDX-License-Identifier: MIT
// What the regression gate counts beside the groups themselves: the solvers of every
// tier on the same few frames, and transforms. Small, so that an observer can afford
// it.
#include "bench/cir_frames.h"
#include "bench/harness.h"

#include <ruview/cir/solver.h>
#include <ruview/math/fft.h>

#include <stdlib.h>
#include <string.h>

enum { n_frames = 20, first_seed = 1000 };

typedef struct {
    cir_frame     frame[n_frames];
    rv_cir_plan   plan;
    rv_cir_solver solver;
    rv_cir_result result;
    uint32_t      next;
} job;

static void
solve(void *const arg)
{
    job *const             j = arg;
    const cir_frame *const f = &j->frame[j->next];
    j->next                  = (j->next + 1) % n_frames;
    rv_cir_solve(&j->solver, f->y_re, f->y_im, 0.0F, NULL, &j->result);
    rv_bench_keep(&j->result);
}

static void
run_kind(rv_bench *const b, job *const j, const char *const tier,
         const rv_cir_kind kind)
{
    rv_cir_config config;
    char          name[64];
    size_t        n = 0;
    rv_cir_config_default(&config);
    config.kind     = kind;
    config.cpu_mask = b->cpu_mask;
    if (rv_cir_solver_size(&j->plan, &config, &n) != RV_OK) {
        return;
    }
    void *const memory = rv_bench_memory(n);
    if (rv_cir_solver_init(&j->solver, &j->plan, &config, memory, n) == RV_OK) {
        j->next = 0;
        snprintf(name, sizeof name, "%s %s", tier, rv_cir_kind_name(kind));
        (void)rv_bench_time(b, name, solve, j);
    }
    free(memory);
}

static void
run_tier(rv_bench *const b, const cir_tier *const tier, const bool all)
{
    static int16_t      tone[CIR_MAX_TONES];
    job *const          j      = calloc(1, sizeof *j);
    size_t              n      = 0;
    const rv_cir_layout layout = {.tone       = tone,
                                  .n_tones    = cir_tier_tones(tier, tone),
                                  .spacing_hz = tier->spacing_hz,
                                  .dense      = all,
                                  .cpu_mask   = b->cpu_mask};
    if (j && rv_cir_plan_size(&layout, &n) == RV_OK) {
        void *const memory = rv_bench_memory(n);
        for (uint32_t i = 0; i < n_frames; ++i) {
            cir_frame_make(&j->frame[i], tier, first_seed + i, 0, -1.0);
        }
        if (rv_cir_plan_init(&j->plan, &layout, memory, n) == RV_OK) {
            run_kind(b, j, tier->name, RV_CIR_SPARSE);
            if (all) {
                run_kind(b, j, tier->name, RV_CIR_FISTA);
                run_kind(b, j, tier->name, RV_CIR_FFT_ISTA);
                run_kind(b, j, tier->name, RV_CIR_DENSE_ISTA);
            }
        }
        free(memory);
    }
    free(j);
}

enum { max_length = 1452 };

typedef struct {
    rv_fft fft;
    float  in[2][max_length], out[2][max_length], work[4 * max_length];
} transform;

static void
forward(void *const arg)
{
    transform *const t = arg;
    rv_fft_forward(&t->fft, t->in[0], t->in[1], t->out[0], t->out[1], t->work);
    rv_bench_keep(t->out);
}

static void
run_transform(rv_bench *const b, const uint32_t length)
{
    static transform t;
    char             name[32];
    size_t           n = 0;
    if (rv_fft_size(length, &n) != RV_OK) {
        return;
    }
    void *const memory = rv_bench_memory(n);
    if (rv_fft_init(&t.fft, length, memory, n) == RV_OK) {
        rv_fft_select(&t.fft, b->cpu_mask);
        for (uint32_t i = 0; i < length; ++i) {
            t.in[0][i] = (float)(i % 17) - 8.0F;
            t.in[1][i] = (float)(i % 13) - 6.0F;
        }
        snprintf(name, sizeof name, "fft %u", length);
        (void)rv_bench_time(b, name, forward, &t);
    }
    free(memory);
}

void
rv_bench_gate(rv_bench *const b)
{
    for (uint32_t i = 0; i < CIR_N_TIERS; ++i) {
        run_tier(b, &cir_tiers[i], i == 0);
    }
    run_transform(b, 156);
    run_transform(b, 726);
    run_transform(b, 1452);
}
