// SPDX-License-Identifier: MIT
// Delay profiles of seeded channels on five tone lists: the operator, every solver cold
// and warm, paths before and after refinement, links in a batch.
#include "proofs/proof.h"

#include <ruview/cir/batch.h>
#include <ruview/cir/refine.h>
#include <ruview/cir/solver.h>
#include <ruview/cir/taps.h>
#include <ruview/math/elementary.h>
#include <ruview/math/random.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { max_tones = 484, n_frames = 36, n_links = 12, n_moments = 3 };

typedef struct {
    const char *name;
    int16_t     inner, outer; ///< Tones -outer..-inner and inner..outer
    uint32_t    spacing_hz;
    bool        dense; ///< Small enough for the stored matrix
} tone_set;

static const tone_set tiers[] = {
    {"ht20", 1, 26, 312500, true},  {"canonical56", 1, 28, 312500, true},
    {"ht40", 2, 58, 312500, false}, {"he20", 2, 122, 78125, false},
    {"he40", 3, 244, 78125, false},
};

typedef struct {
    rv_proof       *proof;
    const tone_set *tier;
    rv_cir_plan     plan;
    void           *plan_memory;
    int16_t         tone[max_tones];
    float           re[n_frames][max_tones];
    float           im[n_frames][max_tones];
    rv_cir_result   result[n_frames];
    rv_cir_state    state[n_frames];
} stage;

/// One to six paths within 600 ns and 15 dB, noise 10 to 30 dB below the first; a later
/// moment of the same seed has one path turned and noise of its own
static void
make_frame(stage *const self, const uint32_t i, const uint32_t moment)
{
    rv_random paths;
    rv_random noise;
    rv_random_init(&paths, 100 + i, 0);
    rv_random_init(&noise, 100 + i, 1 + moment);
    double         delay[6];
    double         gain[6];
    double         turn[6];
    const uint32_t n = 1 + rv_random_below(&paths, 6);
    const double   level =
        rv_exp_f64(-2.302585092994046 * (0.5 + rv_random_uniform_f64(&paths)));
    for (uint32_t p = 0; p < n; ++p) {
        delay[p] = 600e-9 * rv_random_uniform_f64(&paths);
        gain[p]  = p ? rv_exp_f64(-1.7 * rv_random_uniform_f64(&paths)) : 1.0;
        turn[p]  = 2.0 * RV_PI_F64 * rv_random_uniform_f64(&paths);
    }
    turn[0] += 0.25 * moment;
    for (uint32_t k = 0; k < self->plan.n_tones; ++k) {
        double re = level * rv_random_normal_f64(&noise);
        double im = level * rv_random_normal_f64(&noise);
        for (uint32_t p = 0; p < n; ++p) {
            double s;
            double c;
            rv_sincos_f64(turn[p] - 2.0 * RV_PI_F64 * self->tone[k] *
                                        (double)self->tier->spacing_hz * delay[p],
                          &s, &c);
            re += gain[p] * c;
            im += gain[p] * s;
        }
        self->re[i][k] = (float)re;
        self->im[i][k] = (float)im;
    }
}

static void
make_frames(stage *const self, const uint32_t moment)
{
    for (uint32_t i = 0; i < n_frames; ++i) {
        make_frame(self, i, moment);
    }
}

static void
end_part(const stage *const self, const char *const what, const char *const kind)
{
    char name[64];
    snprintf(name, sizeof name, "%s-%s%s%s", self->tier->name, what, kind ? "-" : "",
             kind ? kind : "");
    rv_proof_part(self->proof, name);
}

static void
prove_operator(stage *const self)
{
    const uint32_t n  = self->plan.n_taps;
    float *const   x  = rv_proof_memory(2 * n * sizeof *x);
    float *const   y  = rv_proof_memory(2 * max_tones * sizeof *y);
    float *const work = rv_proof_memory(rv_cir_work_floats(&self->plan) * sizeof *work);
    rv_proof_f32(self->proof, self->plan.kernel_re, 2 * (size_t)n);
    rv_proof_f32(self->proof, self->plan.kernel_im, 2 * (size_t)n);
    rv_cir_adjoint(&self->plan, self->re[0], self->im[0], x, x + n, work);
    rv_cir_forward(&self->plan, x, x + n, y, y + max_tones, work);
    rv_proof_f32(self->proof, x, 2 * (size_t)n);
    rv_proof_f32(self->proof, y, self->plan.n_tones);
    rv_proof_f32(self->proof, y + max_tones, self->plan.n_tones);
    end_part(self, "operator", NULL);
    free(x);
    free(y);
    free(work);
}

static void
put_result(rv_proof *const proof, const rv_cir_result *const r)
{
    const uint32_t counts[] = {(uint32_t)r->reason, r->n,         r->n_nonzero,
                               r->iterations,       r->converged, r->window_tap};
    const float values[] = {r->lambda,   r->objective, r->gap,    r->peak,  r->energy,
                            r->residual, r->noise,     r->change, r->window};
    rv_proof_u32(proof, counts, sizeof counts / sizeof *counts);
    rv_proof_f32(proof, values, sizeof values / sizeof *values);
    for (uint32_t i = 0; i < r->n; ++i) {
        const uint32_t tap = r->tap[i];
        rv_proof_u32(proof, &tap, 1);
    }
    rv_proof_f32(proof, r->re, r->n);
    rv_proof_f32(proof, r->im, r->n);
}

static void
put_state(rv_proof *const proof, const rv_cir_state *const s)
{
    for (uint32_t i = 0; i < s->n; ++i) {
        const uint32_t tap = s->tap[i];
        rv_proof_u32(proof, &tap, 1);
    }
    rv_proof_f32(proof, s->re, s->n);
    rv_proof_f32(proof, s->im, s->n);
}

static rv_cir_config
config_of(const stage *const self, const rv_cir_kind kind)
{
    rv_cir_config config;
    rv_cir_config_default(&config);
    config.kind     = kind;
    config.cpu_mask = self->proof->cpu_mask;
    if (kind == RV_CIR_FISTA) {
        config.max_iterations = 300; // enough for every branch, soon done when emulated
    }
    return config;
}

/// Cold, then warm on the moments after; one noise given, one estimated
static void
prove_solver(stage *const self, const rv_cir_kind kind)
{
    const rv_cir_config config = config_of(self, kind);
    const uint32_t      n      = kind == RV_CIR_SPARSE ? n_frames : 4;
    rv_cir_solver       solver;
    size_t              bytes = 0;
    rv_proof_must(rv_cir_solver_size(&self->plan, &config, &bytes));
    void *const memory = rv_proof_memory(bytes);
    rv_proof_must(rv_cir_solver_init(&solver, &self->plan, &config, memory, bytes));
    memset(self->state, 0, sizeof self->state);
    for (uint32_t moment = 0; moment < n_moments; ++moment) {
        make_frames(self, moment);
        for (uint32_t i = 0; i < n; ++i) {
            rv_cir_solve(&solver, self->re[i], self->im[i], i % 2 ? 0.1F : 0.0F,
                         &self->state[i], &self->result[i]);
            put_result(self->proof, &self->result[i]);
            put_state(self->proof, &self->state[i]);
            rv_proof_f32(self->proof, solver.x_re, self->plan.n_taps);
            rv_proof_f32(self->proof, solver.x_im, self->plan.n_taps);
        }
        end_part(self,
                 moment == 0   ? "cold"
                 : moment == 1 ? "warm"
                               : "warmer",
                 rv_cir_kind_name(kind));
    }
    free(memory);
}

static void
put_taps(rv_proof *const proof, const rv_cir_taps *const t)
{
    const uint32_t counts[] = {(uint32_t)t->reason, t->dominant_tap, t->n_paths};
    const float    values[] = {t->dominant_ratio, t->rms_spread_ns, t->mean_excess_ns,
                               t->k_factor_db, t->noise};
    rv_proof_u32(proof, counts, sizeof counts / sizeof *counts);
    rv_proof_f32(proof, values, sizeof values / sizeof *values);
    for (uint32_t p = 0; p < t->n_paths; ++p) {
        const rv_cir_path *const path = &t->path[p];
        const uint32_t           tap  = path->tap;
        const float parts[] = {path->position, path->delay_ns, path->delay_sigma_ns,
                               path->re,       path->im,       path->sigma};
        rv_proof_u32(proof, &tap, 1);
        rv_proof_f32(proof, parts, sizeof parts / sizeof *parts);
    }
}

/// Of the results that the sparse solver left, on the frames they came from
static void
prove_taps(stage *const self)
{
    static rv_cir_taps taps[n_frames];
    rv_cir_taps_config config;
    rv_cir_taps_config_default(&config);
    float *const work =
        rv_proof_memory(rv_cir_refine_floats(&self->plan) * sizeof *work);
    for (uint32_t i = 0; i < n_frames; ++i) {
        uint16_t top[8];
        rv_cir_taps_of(&self->plan, &config, &self->result[i], &taps[i]);
        put_taps(self->proof, &taps[i]);
        const uint32_t n =
            rv_cir_top_k(self->re[i], self->im[i], self->plan.n_tones, 8, top);
        for (uint32_t k = 0; k < n; ++k) {
            const uint32_t index = top[k];
            rv_proof_u32(self->proof, &index, 1);
        }
    }
    end_part(self, "taps", NULL);
    for (uint32_t i = 0; i < n_frames; ++i) {
        rv_cir_refine(&self->plan, &config, self->re[i], self->im[i], &taps[i], work);
        put_taps(self->proof, &taps[i]);
    }
    end_part(self, "refine", NULL);
    free(work);
}

static void
prove_batch(stage *const self, const rv_cir_kind kind)
{
    const rv_cir_config config = config_of(self, kind);
    rv_cir_batch        batch;
    rv_cir_link         link[n_links];
    size_t              bytes = 0;
    rv_proof_must(rv_cir_batch_size(&self->plan, &config, &bytes));
    void *const memory = rv_proof_memory(bytes);
    rv_proof_must(rv_cir_batch_init(&batch, &self->plan, &config, memory, bytes));
    memset(self->state, 0, sizeof self->state);
    for (uint32_t i = 0; i < n_links; ++i) {
        const rv_cir_link l = {self->re[i], self->im[i], i % 2 ? 0.1F : 0.0F,
                               &self->state[i], &self->result[i]};
        link[i]             = l;
    }
    for (int round = 0; round < 2; ++round) {
        rv_cir_solve_batch(&batch, link, n_links);
        for (uint32_t i = 0; i < n_links; ++i) {
            put_result(self->proof, &self->result[i]);
            put_state(self->proof, &self->state[i]);
        }
    }
    end_part(self, "batch", rv_cir_kind_name(kind));
    free(memory);
}

/// Frames that have no answer: zero, not finite
static void
prove_refusals(stage *const self)
{
    const rv_cir_config config = config_of(self, RV_CIR_SPARSE);
    rv_cir_solver       solver;
    size_t              bytes = 0;
    rv_proof_must(rv_cir_solver_size(&self->plan, &config, &bytes));
    void *const memory = rv_proof_memory(bytes);
    rv_proof_must(rv_cir_solver_init(&solver, &self->plan, &config, memory, bytes));
    memset(self->re[0], 0, sizeof self->re[0]);
    memset(self->im[0], 0, sizeof self->im[0]);
    self->re[1][self->plan.n_tones / 2] = rv_from_bits_f32(0x7FC00000U);
    for (uint32_t i = 0; i < 2; ++i) {
        rv_cir_solve(&solver, self->re[i], self->im[i], 0.0F, NULL, &self->result[i]);
        put_result(self->proof, &self->result[i]);
    }
    end_part(self, "refusals", NULL);
    free(memory);
}

static void
prove_tier(rv_proof *const proof, const tone_set *const tier)
{
    static stage self;
    uint16_t     n = 0;
    memset(&self, 0, sizeof self);
    self.proof = proof;
    self.tier  = tier;
    for (int16_t t = (int16_t)-tier->outer; t <= tier->outer; ++t) {
        if (t <= -tier->inner || t >= tier->inner) {
            self.tone[n++] = t;
        }
    }
    const rv_cir_layout layout = {.tone       = self.tone,
                                  .n_tones    = n,
                                  .spacing_hz = tier->spacing_hz,
                                  .dense      = tier->dense,
                                  .cpu_mask   = proof->cpu_mask};
    size_t              bytes  = 0;
    rv_proof_must(rv_cir_plan_size(&layout, &bytes));
    self.plan_memory = rv_proof_memory(bytes);
    rv_proof_must(rv_cir_plan_init(&self.plan, &layout, self.plan_memory, bytes));
    make_frames(&self, 0);
    prove_operator(&self);
    prove_solver(&self, RV_CIR_SPARSE);
    prove_taps(&self);
    prove_solver(&self, RV_CIR_FISTA);
    prove_solver(&self, RV_CIR_FFT_ISTA);
    if (tier->dense) {
        prove_solver(&self, RV_CIR_DENSE_ISTA);
    }
    prove_batch(&self, RV_CIR_SPARSE);
    prove_batch(&self, RV_CIR_FFT_ISTA);
    prove_refusals(&self);
    free(self.plan_memory);
}

int
main(const int argc, char **const argv)
{
    rv_proof proof;
    rv_proof_begin(&proof, "cir", argc, argv);
    for (size_t i = 0; i < sizeof tiers / sizeof *tiers; ++i) {
        prove_tier(&proof, &tiers[i]);
    }
    return rv_proof_end(&proof);
}
