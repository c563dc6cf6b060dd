// SPDX-License-Identifier: MIT
/**
   @file bench_cir_accuracy.c
   What the delay profiles are worth on simulated channels: false and missed paths, and
   errors of relative delays and of gains beside the Cramer-Rao bound. One row per tier,
   number of paths and signal-to-noise ratio; the same frames for the product with and
   without refinement and for the reference's dense ISTA at the reference's lambda.
*/
#define _POSIX_C_SOURCE 200809L

#include "bench/cir_frames.h"
#include "bench/harness.h"

#include <ruview/cir/refine.h>
#include <ruview/cir/solver.h>
#include <ruview/cir/taps.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { per_cell = 200, n_ways = 3, seed_base = 500000 };

static const char *const way_name[n_ways] = {"sparse+refine", "sparse",
                                             "ista-reference"};

/// Sums over the frames of one row
typedef struct {
    double false_alarms, missed;
    double delay_error, delay_bound, delays; ///< Squares, and how many
    double gain_error, gain_bound, gains;
    double delay_score; ///< (error / stated deviation)^2
    double ns;
} sums;

static double
cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
add_errors(const cir_frame *const frame, const cir_tier *const tier,
           const rv_cir_plan *const plan, const rv_cir_taps *const taps, sums *const s)
{
    cir_match match;
    cir_frame_match(frame, plan, taps, &match);
    s->false_alarms += match.false_alarms;
    s->missed += match.missed;
    double delay_bound[CIR_MAX_PATHS];
    double gain_bound[CIR_MAX_PATHS];
    cir_frame_bounds(frame, tier, delay_bound, gain_bound);
    const double circle = plan->tap_ns * plan->n_taps;
    for (uint32_t p = 0; p < frame->n_paths; ++p) {
        if (match.match[p] < 0) {
            continue;
        }
        const rv_cir_path *const path = &taps->path[match.match[p]];
        const double             re   = (double)path->re - frame->re[p];
        const double             im   = (double)path->im - frame->im[p];
        s->gain_error += re * re + im * im;
        s->gain_bound += gain_bound[p];
        s->gains += 1.0;
        if (p == 0 || match.match[0] < 0) {
            continue;
        }
        const rv_cir_path *const first = &taps->path[match.match[0]];
        double d = (double)(path->position - first->position) * plan->tap_ns -
                   (frame->delay_ns[p] - frame->delay_ns[0]);
        d += d < -0.5 * circle ? circle : 0.0;
        d -= d > 0.5 * circle ? circle : 0.0;
        s->delay_error += d * d;
        s->delay_bound += delay_bound[p];
        // Only where the strongest found is the strongest there is
        const double stated = (double)path->delay_sigma_ns;
        s->delay_score += d * d / (stated * stated);
        s->delays += 1.0;
    }
}

static void
print_row(rv_bench *const b, const cir_tier *const tier, const uint32_t n_paths,
          const double snr_db, const char *const way, const sums *const s)
{
    FILE *const  out    = b->out ? b->out : stdout;
    const double delays = s->delays > 0.0 ? s->delays : 1.0;
    const double gains  = s->gains > 0.0 ? s->gains : 1.0;
    const double de     = __builtin_sqrt(s->delay_error / delays);
    const double db     = __builtin_sqrt(s->delay_bound / delays);
    const double ge     = __builtin_sqrt(s->gain_error / gains);
    const double gb     = __builtin_sqrt(s->gain_bound / gains);
    const double score  = __builtin_sqrt(s->delay_score / delays);
    if (b->json) {
        fprintf(out,
                "{\"group\":\"cir_accuracy\",\"name\":\"%s/%s\",\"paths\":%u,"
                "\"snr_db\":%.0f,\"false\":%.3f,\"missed\":%.3f,\"delay_rmse_ns\":%.4f,"
                "\"delay_crb_ns\":%.4f,\"gain_rmse\":%.5f,\"gain_crb\":%.5f,"
                "\"delay_error_over_stated\":%.2f,\"simulated\":true}\n",
                tier->name, way, n_paths, snr_db, s->false_alarms / per_cell,
                s->missed / per_cell, de, db, ge, gb, score);
    } else {
        fprintf(out,
                "%s %u paths %2.0f dB  %-14s  false %5.2f missed %5.2f  delay %7.3f ns "
                "(bound %6.3f)  gain %.4f (bound %.4f)  error/stated %.2f\n",
                tier->name, n_paths, snr_db, way, s->false_alarms / per_cell,
                s->missed / per_cell, de, db, ge, gb, score);
    }
    fflush(out);
}

typedef struct {
    rv_cir_plan   plan;
    rv_cir_solver solver[2]; ///< sparse, reference
    void         *memory[3];
    float        *work;
} tools;

static void
open_tools(tools *const t, const cir_tier *const tier, const uint32_t cpu_mask)
{
    static int16_t      tone[CIR_MAX_TONES];
    const rv_cir_layout layout = {.tone       = tone,
                                  .n_tones    = cir_tier_tones(tier, tone),
                                  .spacing_hz = tier->spacing_hz,
                                  .dense      = true,
                                  .cpu_mask   = cpu_mask};
    size_t              bytes  = 0;
    rv_bench_must(rv_cir_plan_size(&layout, &bytes));
    t->memory[0] = rv_bench_memory(bytes);
    rv_bench_must(rv_cir_plan_init(&t->plan, &layout, t->memory[0], bytes));
    rv_cir_config config;
    rv_cir_config_default(&config);
    config.cpu_mask = cpu_mask;
    for (uint32_t i = 0; i < 2; ++i) {
        rv_bench_must(rv_cir_solver_size(&t->plan, &config, &bytes));
        t->memory[1 + i] = rv_bench_memory(bytes);
        rv_bench_must(rv_cir_solver_init(&t->solver[i], &t->plan, &config,
                                         t->memory[1 + i], bytes));
        config.kind       = RV_CIR_FFT_ISTA; // dense-ista to rounding, and sooner done
        config.lambda_abs = strcmp(tier->name, "he20") == 0   ? 0.18F
                            : strcmp(tier->name, "he40") == 0 ? 0.02F
                                                              : 0.08F;
    }
    t->work = rv_bench_memory(rv_cir_refine_floats(&t->plan) * sizeof(float));
}

static void
run_row(rv_bench *const b, tools *const t, const cir_tier *const tier,
        const uint32_t n_paths, const double snr_db, sums total[n_ways])
{
    rv_cir_taps_config config;
    rv_cir_taps_config_default(&config);
    sums s[n_ways];
    memset(s, 0, sizeof s);
    for (uint32_t i = 0; i < per_cell; ++i) {
        cir_frame     frame;
        rv_cir_result result;
        rv_cir_taps   taps;
        cir_frame_make(&frame, tier, seed_base + i, n_paths, snr_db);
        rv_cir_solve(&t->solver[0], frame.y_re, frame.y_im, 0.0F, NULL, &result);
        rv_cir_taps_of(&t->plan, &config, &result, &taps);
        add_errors(&frame, tier, &t->plan, &taps, &s[1]);
        const double begin = cpu_ns();
        rv_cir_refine(&t->plan, &config, frame.y_re, frame.y_im, &taps, t->work);
        s[0].ns += cpu_ns() - begin;
        add_errors(&frame, tier, &t->plan, &taps, &s[0]);
        rv_cir_solve(&t->solver[1], frame.y_re, frame.y_im, 0.0F, NULL, &result);
        rv_cir_taps_of(&t->plan, &config, &result, &taps);
        add_errors(&frame, tier, &t->plan, &taps, &s[2]);
    }
    for (uint32_t way = 0; way < n_ways; ++way) {
        print_row(b, tier, n_paths, snr_db, way_name[way], &s[way]);
        total[way].false_alarms += s[way].false_alarms;
        total[way].missed += s[way].missed;
        total[way].ns += s[way].ns;
    }
}

void
rv_bench_cir_accuracy(rv_bench *const b)
{
    static const double snr_db[] = {10.0, 20.0, 30.0};
    for (uint32_t i = 0; i < CIR_N_TIERS; ++i) {
        tools t;
        sums  total[n_ways];
        memset(total, 0, sizeof total);
        open_tools(&t, &cir_tiers[i], b->cpu_mask);
        for (uint32_t n_paths = 1; n_paths <= CIR_MAX_PATHS; ++n_paths) {
            for (uint32_t k = 0; k < 3; ++k) {
                run_row(b, &t, &cir_tiers[i], n_paths, snr_db[k], total);
            }
        }
        for (uint32_t way = 0; way < n_ways; ++way) {
            char name[64];
            snprintf(name, sizeof name, "%s %s false+missed", cir_tiers[i].name,
                     way_name[way]);
            rv_bench_bound(b, name,
                           (total[way].false_alarms + total[way].missed) /
                               (per_cell * 3 * CIR_MAX_PATHS),
                           0.0);
        }
        char name[64];
        snprintf(name, sizeof name, "%s refine, us", cir_tiers[i].name);
        rv_bench_bound(b, name, total[0].ns / 1e3 / (per_cell * 3 * CIR_MAX_PATHS),
                       0.0);
        for (uint32_t k = 0; k < 3; ++k) {
            free(t.memory[k]);
        }
        free(t.work);
    }
}
