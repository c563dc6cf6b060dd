// SPDX-License-Identifier: MIT
#include <ruview/cir/solver.h>

#include "base/exact.h"
#include "base/try.h"
#include "cir/hot.h"
#include "cir/paths.h"
#include "cir/solve.h"

#include <ruview/base/arena.h>
#include <ruview/cir/taps.h>

#include <string.h>

enum { noise_blocks = 16 };

void
rv_cir_config_default(rv_cir_config *const config)
{
    const rv_cir_config defaults = {
        .kind           = RV_CIR_SPARSE,
        .lambda_rel     = 0.1F,
        .lambda_noise   = 1.0F,
        .max_iterations = RV_CIR_OWN_LIMIT,
        .gap            = 1e-4F,
        .tolerance      = 1e-4F,
        .window_ns      = 800.0F,
    };
    *config = defaults;
}

const char *
rv_cir_kind_name(const rv_cir_kind kind)
{
    switch (kind) {
    case RV_CIR_SPARSE:
        return "sparse";
    case RV_CIR_FISTA:
        return "fista";
    case RV_CIR_FFT_ISTA:
        return "fft-ista";
    case RV_CIR_DENSE_ISTA:
        return "dense-ista";
    }
    return "unknown";
}

static bool
in_range(const float value, const float least, const float most)
{
    return value >= least && value <= most;
}

static rv_status
check_config(const rv_cir_plan *const plan, const rv_cir_config *const config)
{
    if (!plan || !config || config->kind > RV_CIR_DENSE_ISTA ||
        !in_range(config->lambda_abs, 0.0F, 1e30F) ||
        !in_range(config->lambda_rel, 0.0F, 1.0F) ||
        !in_range(config->lambda_noise, 0.0F, 10.0F) ||
        !in_range(config->gap, 0.0F, 1.0F) ||
        !in_range(config->tolerance, 0.0F, 1.0F) ||
        !in_range(config->window_ns, 1.0F, 1e6F) ||
        (config->kind == RV_CIR_DENSE_ISTA && !plan->dense_re)) {
        return RV_ERR_CONFIG;
    }
    return RV_OK;
}

static void
lay_out(rv_cir_solver *const self, const rv_cir_plan *const plan, rv_arena *const arena)
{
    self->padded             = (plan->n_taps + 15U) & ~15U;
    float **const of_taps[]  = {&self->b_re, &self->b_im, &self->q_re, &self->q_im,
                                &self->x_re, &self->x_im, &self->power};
    float **const gradient[] = {&self->z_re, &self->z_im, &self->g_re, &self->g_im};
    float **const of_tones[] = {&self->y_re, &self->y_im, &self->u_re, &self->u_im};
    for (uint32_t i = 0; i < sizeof of_taps / sizeof *of_taps; ++i) {
        *of_taps[i] = rv_arena_take(arena, self->padded, sizeof(float));
    }
    for (uint32_t i = 0; i < sizeof of_tones / sizeof *of_tones; ++i) {
        *of_tones[i] = rv_arena_take(arena, plan->n_tones, sizeof(float));
    }
    self->work = rv_arena_take(arena, rv_cir_work_floats(plan), sizeof(float));
    if (self->config.kind == RV_CIR_SPARSE) {
        self->working = rv_arena_take(arena, 1, sizeof *self->working);
        return;
    }
    for (uint32_t i = 0; i < sizeof gradient / sizeof *gradient; ++i) {
        *gradient[i] = rv_arena_take(arena, self->padded, sizeof(float));
    }
}

rv_status
rv_cir_solver_size(const rv_cir_plan *const plan, const rv_cir_config *const config,
                   size_t *const bytes)
{
    RV_TRY(check_config(plan, config));
    rv_arena      arena  = {0};
    rv_cir_solver solver = {.config = *config};
    lay_out(&solver, plan, &arena);
    *bytes = arena.used;
    return arena.failed ? RV_ERR_CONFIG : RV_OK;
}

rv_status
rv_cir_solver_init(rv_cir_solver *const self, const rv_cir_plan *const plan,
                   const rv_cir_config *const config, void *const mem,
                   const size_t bytes)
{
    RV_TRY(check_config(plan, config));
    if (!self || !mem || (uintptr_t)mem % RV_ARENA_ALIGN != 0) {
        return RV_ERR_MEMORY;
    }
    rv_arena      arena  = {.base = mem, .size = bytes};
    rv_cir_solver solver = {.plan     = plan,
                            .config   = *config,
                            .hot      = rv_cir_hot_for(config->cpu_mask),
                            .gradient = rv_cir_gradient_for(config->cpu_mask)};
    lay_out(&solver, plan, &arena);
    if (arena.failed) {
        return RV_ERR_MEMORY;
    }
    memset(mem, 0, arena.used);
    *self = solver;
    return RV_OK;
}

void
rv_cir_certify(rv_cir_tally *const tally)
{
    double scale = 1.0;
    if (tally->residual > 0.0) {
        scale = tally->fit / tally->residual;
    }
    if (tally->steepest * scale > tally->lambda) {
        scale = tally->lambda / tally->steepest;
    }
    const double dual = scale * tally->fit - 0.5 * scale * scale * tally->residual;
    tally->objective  = 0.5 * tally->residual + tally->lambda * tally->l1;
    const double gap  = tally->objective - dual;
    tally->gap = tally->objective > 0.0 && gap > 0.0 ? gap / tally->objective : 0.0;
}

/// Largest magnitude of a part, or -1 when one of them is not finite
static float
largest_part(const float *const value, const uint32_t n, float largest)
{
    for (uint32_t i = 0; i < n; ++i) {
        const float size = value[i] < 0.0F ? -value[i] : value[i];
        if (!(size <= FLT_MAX)) {
            return -1.0F;
        }
        largest = size > largest ? size : largest;
    }
    return largest;
}

/// A power of two s with s x largest in [1, 4): scaling by it is exact
static float
scale_for(const float largest)
{
    uint32_t bits;
    memcpy(&bits, &largest, sizeof bits);
    uint32_t exponent = bits >> 23;
    exponent          = exponent < 1 ? 1 : exponent > 253 ? 253 : exponent;
    bits              = (254U - exponent) << 23;
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return scale;
}

float
rv_cir_scale_of(const float *const re, const float *const im, const uint32_t n)
{
    const float of_re   = largest_part(re, n, 0.0F);
    const float largest = of_re < 0.0F ? of_re : largest_part(im, n, of_re);
    return largest > 0.0F ? scale_for(largest) : largest;
}

/// Sigma of re and of im from the middle one of 16 blocks of delays, by mean power
static float
noise_of(const float *const power, const uint32_t n_taps)
{
    float mean[noise_blocks];
    for (uint32_t i = 0; i < noise_blocks; ++i) {
        const uint32_t first = n_taps * i / noise_blocks;
        const uint32_t end   = n_taps * (i + 1) / noise_blocks;
        float          sum   = 0.0F;
        for (uint32_t g = first; g < end; ++g) {
            sum += power[g];
        }
        const float value = end > first ? sum / (float)(end - first) : 0.0F;
        uint32_t    at    = i;
        while (at > 0 && mean[at - 1] > value) {
            mean[at] = mean[at - 1];
            --at;
        }
        mean[at] = value;
    }
    return __builtin_sqrtf(0.5F * mean[noise_blocks / 2 - 1]);
}

/// Power at a delay that repeats after `period` taps: the sum over its copies
static inline double
folded(const float *const power, const uint32_t n_taps, const uint32_t period,
       const uint32_t at)
{
    double sum = (double)power[at];
    if (period == n_taps) {
        return sum;
    }
    for (uint32_t g = at + period; g < n_taps; g += period) {
        sum += (double)power[g];
    }
    return sum;
}

/**
   Largest part of the power inside a window of neighbouring delays of the circle. A
   comb of tones tells delays apart up to 1/(comb spacing) only: the copies of a delay
   are added, and the window is a quarter of what is left, as 800 ns are of 3.2 us.
*/
static void
find_window(const rv_cir_solver *const self, rv_cir_result *const result)
{
    const rv_cir_plan *const plan   = self->plan;
    const float *const       power  = self->power;
    const uint32_t           n_taps = plan->n_taps, n = n_taps / plan->comb;
    const double             wanted = (double)self->config.window_ns / plan->tap_ns;
    const uint32_t           most   = plan->comb > 1 ? n / 4 : n;
    uint32_t                 length = wanted < (double)most ? (uint32_t)wanted : most;
    length                          = length < 1 ? 1 : length;
    double total                    = 0.0;
    double sum                      = 0.0;
    for (uint32_t g = 0; g < n; ++g) {
        const double p = folded(power, n_taps, n, g);
        total += p;
        sum += g < length ? p : 0.0;
    }
    double   best  = sum;
    uint32_t where = 0;
    for (uint32_t g = 1; g < n; ++g) {
        const uint32_t enters = g + length - 1;
        sum += folded(power, n_taps, n, enters < n ? enters : enters - n) -
               folded(power, n_taps, n, g - 1);
        if (sum > best) {
            best  = sum;
            where = g;
        }
    }
    const double part  = total > 0.0 ? best / total : 0.0;
    result->window     = (float)(part < 1.0 ? part : 1.0);
    result->window_tap = (uint16_t)where;
}

static float
choose_lambda(const rv_cir_solver *const self, const float scale, const float peak,
              const float noise)
{
    const rv_cir_config *const config = &self->config;
    if (config->lambda_abs > 0.0F) {
        return config->lambda_abs * scale;
    }
    const float from_peak  = config->lambda_rel * peak;
    const float from_noise = config->lambda_noise * noise * self->plan->universal;
    return from_peak > from_noise ? from_peak : from_noise;
}

/// The listed taps in order of index; the strongest when there are too many
static void
list_taps(const rv_cir_solver *const self, rv_cir_result *const result)
{
    const uint32_t n = self->plan->n_taps;
    for (uint32_t g = 0; g < n; ++g) {
        const bool is_set = self->x_re[g] != 0.0F || self->x_im[g] != 0.0F;
        if (is_set && result->n_nonzero < RV_CIR_MAX_SUPPORT) {
            result->tap[result->n_nonzero] = (uint16_t)g;
        }
        result->n_nonzero += is_set;
    }
    result->n = (uint16_t)result->n_nonzero;
    if (result->n_nonzero > RV_CIR_MAX_SUPPORT) {
        result->n = (uint16_t)rv_cir_top_k(self->x_re, self->x_im, n,
                                           RV_CIR_MAX_SUPPORT, result->tap);
        for (uint32_t i = 1; i < result->n; ++i) {
            const uint16_t tap = result->tap[i];
            uint32_t       at  = i;
            for (; at > 0 && result->tap[at - 1] > tap; --at) {
                result->tap[at] = result->tap[at - 1];
            }
            result->tap[at] = tap;
        }
    }
    for (uint32_t i = 0; i < result->n; ++i) {
        result->re[i] = self->x_re[result->tap[i]];
        result->im[i] = self->x_im[result->tap[i]];
    }
}

static void
report(rv_cir_solver *const self, const rv_cir_tally *const tally, const float scale,
       rv_cir_result *const result)
{
    const float  back   = 1.0F / scale;
    const double square = (double)back * (double)back;
    for (uint32_t g = 0; g < self->plan->n_taps; ++g) {
        self->x_re[g] *= back;
        self->x_im[g] *= back;
    }
    list_taps(self, result);
    result->iterations = tally->iterations;
    result->converged  = tally->converged;
    result->lambda     = (float)(tally->lambda * (double)back);
    result->objective  = (float)(tally->objective * square);
    result->gap        = (float)tally->gap;
    result->energy     = (float)(tally->energy * square);
    result->residual   = (float)(tally->residual * square);
    result->change     = (float)tally->change;
}

static void
remember(rv_cir_state *const state, const rv_cir_result *const result)
{
    state->n = result->n;
    memcpy(state->tap, result->tap, sizeof state->tap);
    memcpy(state->re, result->re, sizeof state->re);
    memcpy(state->im, result->im, sizeof state->im);
}

void
rv_cir_scale_in(const rv_cir_solver *const self, const float *const re,
                const float *const im, const float scale)
{
    for (uint32_t k = 0; k < self->plan->n_tones; ++k) {
        self->y_re[k] = re[k] * scale;
        self->y_im[k] = im[k] * scale;
    }
}

static rv_reason
take_in(rv_cir_solver *const self, const float *const re, const float *const im,
        float *const scale, double *const energy)
{
    const uint32_t n = self->plan->n_tones;
    *scale           = rv_cir_scale_of(re, im, n);
    if (*scale < 0.0F) {
        return RV_REASON_NONFINITE;
    }
    if (*scale == 0.0F) {
        return RV_REASON_ALL_ZERO;
    }
    rv_cir_scale_in(self, re, im, *scale);
    *energy = 0.0;
    for (uint32_t k = 0; k < n; ++k) {
        *energy += (double)self->y_re[k] * (double)self->y_re[k] +
                   (double)self->y_im[k] * (double)self->y_im[k];
    }
    return RV_REASON_NONE;
}

rv_reason
rv_cir_begin(rv_cir_solver *const self, const float *const re, const float *const im,
             const float noise, rv_cir_problem *const problem,
             rv_cir_result *const result)
{
    const rv_cir_plan *const plan = self->plan;
    memset(problem, 0, sizeof *problem);
    memset(result, 0, sizeof *result);
    result->reason = take_in(self, re, im, &problem->scale, &problem->tally.energy);
    if (result->reason != RV_REASON_NONE) {
        return result->reason;
    }
    rv_cir_adjoint(plan, self->y_re, self->y_im, self->b_re, self->b_im, self->work);
    const float largest =
        self->hot->power(plan->n_taps, self->b_re, self->b_im, self->power);
    problem->peak = __builtin_sqrtf(largest);
    problem->sigma =
        noise > 0.0F ? noise * problem->scale : noise_of(self->power, plan->n_taps);
    problem->lambda =
        choose_lambda(self, problem->scale, problem->peak, problem->sigma);
    problem->tally.lambda = (double)problem->lambda;
    find_window(self, result);
    return RV_REASON_NONE;
}

void
rv_cir_end(rv_cir_solver *const self, const rv_cir_problem *const problem,
           rv_cir_state *const state, rv_cir_result *const result)
{
    report(self, &problem->tally, problem->scale, result);
    result->peak  = problem->peak / problem->scale;
    result->noise = problem->sigma / problem->scale;
    if (state) {
        remember(state, result);
    }
}

void
rv_cir_solve(rv_cir_solver *const self, const float *const re, const float *const im,
             const float noise, rv_cir_state *const state, rv_cir_result *const result)
{
    rv_cir_problem problem;
    if (rv_cir_begin(self, re, im, noise, &problem, result) != RV_REASON_NONE) {
        if (state) {
            memset(state, 0, sizeof *state);
        }
        return;
    }
    if (self->config.kind == RV_CIR_SPARSE) {
        rv_cir_solve_sparse(self, problem.lambda, problem.scale, state, &problem.tally);
    } else {
        rv_cir_solve_gradient(self, &problem);
    }
    rv_cir_end(self, &problem, state, result);
}

void
rv_cir_solve_csi(rv_cir_solver *const self, const rv_csi *const csi,
                 rv_cir_state *const state, rv_cir_result *const result)
{
    memset(result, 0, sizeof *result);
    if (csi->amplitude_only) {
        result->reason = RV_REASON_UNSUPPORTED;
    } else if (csi->n_streams < 1 || csi->n_streams > RV_MAX_STREAMS ||
               !rv_cir_plan_fits(self->plan, csi->tone, csi->n_tones,
                                 csi->spacing_hz)) {
        result->reason = RV_REASON_BAD_VALUE;
    }
    if (result->reason != RV_REASON_NONE) {
        if (state) {
            memset(state, 0, sizeof *state);
        }
        return;
    }
    uint32_t best   = 0;
    double   energy = -1.0;
    for (uint32_t s = 0; s < csi->n_streams; ++s) {
        const float *const re  = csi->re + (size_t)s * csi->n_tones;
        const float *const im  = csi->im + (size_t)s * csi->n_tones;
        double             sum = 0.0;
        for (uint32_t k = 0; k < csi->n_tones; ++k) {
            sum += (double)re[k] * (double)re[k] + (double)im[k] * (double)im[k];
        }
        if (sum > energy) {
            energy = sum;
            best   = s;
        }
    }
    const size_t first = (size_t)best * csi->n_tones;
    rv_cir_solve(self, csi->re + first, csi->im + first, csi->noise, state, result);
}
