// SPDX-License-Identifier: MIT
/**
   @file bench_cir.c
   All solvers on the same frames at the same lambda, the product's default. A row
   counts when its false and missed paths are no more than those of fista at a gap of
   1e-6.
*/
#define _POSIX_C_SOURCE 200809L

#include "bench/cir_frames.h"
#include "bench/harness.h"
#include "bench/yardstick.h"

#include <ruview/cir/batch.h>
#include <ruview/cir/solver.h>
#include <ruview/cir/tap_motion.h>
#include <ruview/cir/taps.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { max_frames = 1000, few_frames = 100, n_links = 12, first_seed = 1000 };

/// What one solver did over all frames
typedef struct {
    double median_ns;
    double p99_ns;
    double iterations; ///< Mean
    double gap;        ///< Largest
    double mean_gap;
    double wrong;       ///< False and missed paths, per frame
    double allocations; ///< Per frame
} row;

typedef struct {
    rv_bench       *b;
    const cir_tier *tier;
    uint32_t        n_frames;
    cir_frame      *frame; ///< [n_frames]
    cir_frame      *next;  ///< [n_frames] each a moment later
    rv_cir_plan     plan;
    void           *plan_memory;
} setup;

static int
ascending(const void *const a, const void *const b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void *
make_solver(const setup *const bed, const rv_cir_config *const config,
            rv_cir_solver *const solver)
{
    size_t bytes = 0;
    rv_bench_must(rv_cir_solver_size(&bed->plan, config, &bytes));
    void *const memory = rv_bench_memory(bytes);
    rv_bench_must(rv_cir_solver_init(solver, &bed->plan, config, memory, bytes));
    return memory;
}

static void
open_bed(setup *const self, rv_bench *const b, const cir_tier *const tier)
{
    static int16_t tone[CIR_MAX_TONES];
    self->b        = b;
    self->tier     = tier;
    self->n_frames = b->seconds > 0.0 && b->seconds < 0.3 ? few_frames : max_frames;
    self->frame    = rv_bench_memory(self->n_frames * sizeof *self->frame);
    self->next     = rv_bench_memory(self->n_frames * sizeof *self->next);
    for (uint32_t i = 0; i < self->n_frames; ++i) {
        cir_frame_make(&self->frame[i], tier, first_seed + i, 0, -1.0);
        cir_frame_next(&self->frame[i], tier, first_seed + i, &self->next[i]);
    }
    const rv_cir_layout layout = {.tone       = tone,
                                  .n_tones    = cir_tier_tones(tier, tone),
                                  .spacing_hz = tier->spacing_hz,
                                  .dense      = true,
                                  .cpu_mask   = b->cpu_mask};
    size_t              bytes  = 0;
    rv_bench_must(rv_cir_plan_size(&layout, &bytes));
    self->plan_memory = rv_bench_memory(bytes);
    rv_bench_must(rv_cir_plan_init(&self->plan, &layout, self->plan_memory, bytes));
}

static void
close_bed(setup *const self)
{
    free(self->frame);
    free(self->next);
    free(self->plan_memory);
}

static void
print_row(const setup *const bed, const char *const name, const row *const r,
          const double reference)
{
    FILE *const out    = bed->b->out ? bed->b->out : stdout;
    const bool  counts = r->wrong <= reference;
    if (bed->b->json) {
        fprintf(out,
                "{\"group\":\"cir\",\"name\":\"%s/%s\",\"median_ns\":%.1f,"
                "\"p99_ns\":%.1f,\"iterations\":%.2f,\"gap\":%.3g,\"mean_gap\":%.3g,"
                "\"false_missed\":%.3f,\"counts\":%s,\"allocations\":%.3f,"
                "\"frames\":%u}\n",
                bed->tier->name, name, r->median_ns, r->p99_ns, r->iterations, r->gap,
                r->mean_gap, r->wrong, counts ? "true" : "false", r->allocations,
                bed->n_frames);
    } else {
        fprintf(
            out,
            "%s/%-12s %10.2f us  p99 %10.2f us  %7.1f iterations  gap %.1e (largest "
            "%.1e)  false+missed %.3f%s\n",
            bed->tier->name, name, r->median_ns / 1e3, r->p99_ns / 1e3, r->iterations,
            r->mean_gap, r->gap, r->wrong, counts ? "" : "  does not count");
    }
    fflush(out);
}

static double
cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/// Time of one solve. The slow ones are timed on the CPU: another process's turn in
/// between does not count. The quick ones are repeated instead (the least counts).
static double
time_once(rv_cir_solver *const solver, const cir_frame *const frame,
          const rv_cir_state *const start, rv_cir_result *const result)
{
    const bool     is_slow   = solver->config.kind != RV_CIR_SPARSE;
    rv_cir_state   state     = *start;
    const double   cpu_begin = is_slow ? cpu_ns() : 0.0;
    const uint64_t begin     = rv_bench_now_ns();
    rv_cir_solve(solver, frame->y_re, frame->y_im, 0.0F, &state, result);
    const double wall = (double)(rv_bench_now_ns() - begin);
    const double cpu  = is_slow ? cpu_ns() - cpu_begin : wall;
    return cpu < wall ? cpu : wall;
}

/// Every frame through one solver; `warm`: each after the frame before it
static row
run(const setup *const bed, const rv_cir_config *const config, const bool warm,
    const uint32_t repeats)
{
    static double      ns[max_frames];
    rv_cir_solver      solver;
    void *const        memory = make_solver(bed, config, &solver);
    rv_cir_taps_config taps_config;
    rv_cir_taps_config_default(&taps_config);
    row           total  = {0};
    const int64_t before = rv_bench_allocations();
    for (uint32_t i = 0; i < bed->n_frames; ++i) {
        const cir_frame *const frame = warm ? &bed->next[i] : &bed->frame[i];
        rv_cir_state           start = {0};
        rv_cir_result          result;
        if (warm) {
            (void)time_once(&solver, &bed->frame[i], &start, &result);
            rv_cir_solve(&solver, bed->frame[i].y_re, bed->frame[i].y_im, 0.0F, &start,
                         &result);
        }
        ns[i] = time_once(&solver, frame, &start, &result);
        for (uint32_t k = 1; k < repeats; ++k) {
            const double again = time_once(&solver, frame, &start, &result);
            ns[i]              = again < ns[i] ? again : ns[i];
        }
        rv_cir_taps taps;
        cir_match   match;
        rv_cir_taps_of(&bed->plan, &taps_config, &result, &taps);
        cir_frame_match(frame, &bed->plan, &taps, &match);
        total.iterations += result.iterations;
        total.mean_gap += (double)result.gap;
        total.gap = (double)result.gap > total.gap ? (double)result.gap : total.gap;
        total.wrong += match.missed + match.false_alarms;
    }
    total.allocations = (double)(rv_bench_allocations() - before) / bed->n_frames;
    total.iterations /= bed->n_frames;
    total.mean_gap /= bed->n_frames;
    total.wrong /= bed->n_frames;
    qsort(ns, bed->n_frames, sizeof *ns, ascending);
    total.median_ns = ns[bed->n_frames / 2];
    total.p99_ns    = ns[bed->n_frames * 99 / 100];
    free(memory);
    return total;
}

/// fft-ista of sixteen frames side by side; times are per frame
static row
run_side_by_side(const setup *const bed, const rv_cir_config *const config)
{
    static double        ns[max_frames];
    static rv_cir_result result[RV_CIR_BATCH];
    rv_cir_batch         batch;
    size_t               bytes = 0;
    rv_bench_must(rv_cir_batch_size(&bed->plan, config, &bytes));
    void *const memory = rv_bench_memory(bytes);
    rv_bench_must(rv_cir_batch_init(&batch, &bed->plan, config, memory, bytes));
    row            total   = {0};
    const uint32_t n_turns = bed->n_frames / RV_CIR_BATCH;
    for (uint32_t i = 0; i < n_turns; ++i) {
        rv_cir_link link[RV_CIR_BATCH];
        for (uint32_t l = 0; l < RV_CIR_BATCH; ++l) {
            const cir_frame *const frame = &bed->frame[i * RV_CIR_BATCH + l];
            link[l]                      = (rv_cir_link){
                                     .re = frame->y_re, .im = frame->y_im, .result = &result[l]};
        }
        const double begin = cpu_ns();
        rv_cir_solve_batch(&batch, link, RV_CIR_BATCH);
        ns[i] = (cpu_ns() - begin) / RV_CIR_BATCH;
    }
    qsort(ns, n_turns, sizeof *ns, ascending);
    total.median_ns = ns[n_turns / 2];
    total.p99_ns    = ns[n_turns * 99 / 100];
    free(memory);
    return total;
}

typedef struct {
    const rv_fftw *lib;
    void          *plan;
} fftw_job;

static void
run_fftw(void *const arg)
{
    const fftw_job *const job = arg;
    job->lib->execute(job->plan);
}

static double
time_fftw(const setup *const bed)
{
    rv_fftw lib;
    if (!rv_fftw_open(&lib)) {
        rv_bench_note(bed->b, "no libfftw3f here: no ratios");
        return 0.0;
    }
    const int n          = bed->plan.n_taps;
    float(*const in)[2]  = lib.malloc((size_t)n * sizeof *in);
    float(*const out)[2] = lib.malloc((size_t)n * sizeof *out);
    fftw_job job         = {&lib, NULL};
    job.plan = lib.plan_dft_1d(n, in, out, RV_FFTW_FORWARD, RV_FFTW_ESTIMATE);
    for (int i = 0; i < n; ++i) {
        in[i][0] = bed->frame[0].y_re[i % bed->plan.n_tones];
        in[i][1] = bed->frame[0].y_im[i % bed->plan.n_tones];
    }
    char name[32];
    snprintf(name, sizeof name, "%s/fftw", bed->tier->name);
    const double ns = rv_bench_time(bed->b, name, run_fftw, &job).median_ns;
    lib.destroy_plan(job.plan);
    lib.free(in);
    lib.free(out);
    return ns;
}

typedef struct {
    const rv_blas *lib;
    int            rows, columns;
    float (*matrix)[2];
    float (*x)[2];
    float (*y)[2];
} gemv_job;

static void
run_gemv(void *const arg)
{
    const gemv_job *const j       = arg;
    const float           one[2]  = {1.0F, 0.0F};
    const float           none[2] = {0.0F, 0.0F};
    j->lib->cgemv(RV_BLAS_ROWS, RV_BLAS_PLAIN, j->rows, j->columns, one, j->matrix,
                  j->columns, j->x, 1, none, j->y, 1);
    j->lib->cgemv(RV_BLAS_ROWS, RV_BLAS_ADJOINT, j->rows, j->columns, one, j->matrix,
                  j->columns, j->y, 1, none, j->x, 1);
}

/// Both products of one dense iteration by OpenBLAS, and by us: the same flops
static void
compare_gemv(const setup *const bed, const row *const dense)
{
    const rv_cir_plan *const plan  = &bed->plan;
    const double             flops = 16.0 * plan->n_tones * plan->n_taps;
    const double             ours  = flops * dense->iterations / dense->median_ns;
    char                     name[64];
    rv_blas                  lib;
    snprintf(name, sizeof name, "%s dense GFLOP/s", bed->tier->name);
    rv_bench_bound(bed->b, name, ours, 0.0);
    if (!rv_blas_open(&lib)) {
        rv_bench_note(bed->b, "no libopenblas here: no comparison of the dense row");
        return;
    }
    gemv_job job = {.lib = &lib, .rows = plan->n_tones, .columns = plan->n_taps};
    job.matrix =
        rv_bench_memory((size_t)job.rows * (size_t)job.columns * sizeof *job.matrix);
    job.x = rv_bench_memory((size_t)job.columns * sizeof *job.x);
    job.y = rv_bench_memory((size_t)job.rows * sizeof *job.y);
    for (int k = 0; k < job.rows; ++k) {
        for (int g = 0; g < job.columns; ++g) {
            const size_t from = (size_t)k * plan->dense_stride + (size_t)g;
            float *const to   = job.matrix[(size_t)k * (size_t)job.columns + (size_t)g];
            to[0]             = plan->dense_re[from] * 0.5F; // keeps x bounded
            to[1]             = plan->dense_im[from] * 0.5F;
            job.x[g][0]       = 1.0F;
            job.x[g][1]       = 0.0F;
        }
    }
    snprintf(name, sizeof name, "%s/cgemv pair", bed->tier->name);
    const double ns = rv_bench_time(bed->b, name, run_gemv, &job).median_ns;
    snprintf(name, sizeof name, "%s cgemv GFLOP/s", bed->tier->name);
    rv_bench_bound(bed->b, name, flops / ns, 0.0);
    snprintf(name, sizeof name, "%s cgemv / dense rate", bed->tier->name);
    rv_bench_bound(bed->b, name, flops / ns / ours, 2.0);
    free(job.matrix);
    free(job.x);
    free(job.y);
}

typedef struct {
    const setup   *bed;
    rv_cir_solver *solver;
    rv_cir_state   state[n_links];
    uint32_t       turn;
} links_job;

/// One cycle: each link's next frame, warm
static void
run_links(void *const arg)
{
    links_job *const j = arg;
    rv_cir_result    result;
    for (uint32_t i = 0; i < n_links; ++i) {
        const cir_frame *const from = j->turn % 2 ? j->bed->next : j->bed->frame;
        rv_cir_solve(j->solver, from[i].y_re, from[i].y_im, 0.0F, &j->state[i],
                     &result);
    }
    ++j->turn;
}

static void
time_links(const setup *const bed, const rv_cir_config *const config,
           const double most_us)
{
    rv_cir_solver solver;
    void *const   memory = make_solver(bed, config, &solver);
    links_job     job    = {.bed = bed, .solver = &solver};
    char          name[64];
    snprintf(name, sizeof name, "%s/12 links", bed->tier->name);
    const rv_bench_result r = rv_bench_time(bed->b, name, run_links, &job);
    snprintf(name, sizeof name, "%s 12 links, us", bed->tier->name);
    rv_bench_bound(bed->b, name, r.median_ns / 1e3, most_us);
    free(memory);
}

typedef struct {
    const setup         *bed;
    rv_cir_solver       *solver;
    rv_tap_motion        motion;
    rv_tap_motion_config config;
    rv_cir_result        result;
    rv_tap_motion_result out;
    uint64_t             t_us;
} motion_job;

static void
run_motion(void *const arg)
{
    motion_job *const j = arg;
    j->t_us += 50000;
    rv_tap_motion_push(&j->motion, &j->config, &j->bed->plan, j->solver->b_re,
                       j->solver->b_im, &j->result, j->t_us, &j->out);
    rv_bench_keep(&j->out);
}

/// What tap_motion.h adds to a link that was solved
static void
time_motion(const setup *const bed, const rv_cir_config *const config)
{
    rv_cir_solver solver;
    rv_cir_state  state  = {0};
    void *const   memory = make_solver(bed, config, &solver);
    motion_job    job    = {.bed = bed, .solver = &solver};
    char          name[64];
    rv_tap_motion_config_default(&job.config);
    rv_cir_solve(&solver, bed->frame[0].y_re, bed->frame[0].y_im, 0.0F, &state,
                 &job.result);
    snprintf(name, sizeof name, "%s/tap motion of a link", bed->tier->name);
    (void)rv_bench_time(bed->b, name, run_motion, &job);
    free(memory);
}

static void
bound(const setup *const bed, const char *const what, const double value,
      const double most)
{
    char name[64];
    snprintf(name, sizeof name, "%s %s", bed->tier->name, what);
    rv_bench_bound(bed->b, name, value, most);
}

static void
run_tier(rv_bench *const b, const cir_tier *const tier)
{
    setup bed;
    open_bed(&bed, b, tier);
    rv_cir_config config;
    rv_cir_config_default(&config);
    config.cpu_mask = b->cpu_mask;

    config.kind         = RV_CIR_FISTA;
    config.gap          = 1e-6F;
    const row reference = run(&bed, &config, false, 1);
    const row later     = run(&bed, &config, true, 1); // of the frames that follow
    config.gap          = 1e-4F;
    const row fista     = run(&bed, &config, false, 1);
    config.kind         = RV_CIR_DENSE_ISTA;
    const row dense     = run(&bed, &config, false, 1);
    config.kind         = RV_CIR_FFT_ISTA;
    const row fft       = run(&bed, &config, false, 1);
    const row together  = run_side_by_side(&bed, &config);
    config.kind         = RV_CIR_SPARSE;
    const row sparse    = run(&bed, &config, false, 5);
    const row warm      = run(&bed, &config, true, 5);

    print_row(&bed, "dense-ista", &dense, reference.wrong);
    print_row(&bed, "fft-ista", &fft, reference.wrong);
    print_row(&bed, "fista", &fista, reference.wrong);
    print_row(&bed, "fista-1e-6", &reference, reference.wrong);
    print_row(&bed, "sparse", &sparse, reference.wrong);
    print_row(&bed, "sparse-warm", &warm, later.wrong);
    const double fftw = time_fftw(&bed);
    compare_gemv(&bed, &dense);
    if (fftw > 0.0) {
        bound(&bed, "sparse / fftw", sparse.median_ns / fftw, 20.0);
    }
    bound(&bed, "sparse gap x 1e4", sparse.gap * 1e4, 1.0);
    bound(&bed, "sparse more wrong than fista-1e-6",
          sparse.wrong > reference.wrong ? 1.0 : 0.0, 0.5);
    const bool is_he20 = strcmp(tier->name, "he20") == 0;
    const bool is_he40 = strcmp(tier->name, "he40") == 0;
    bound(&bed, "fft-ista of 16, us each", together.median_ns / 1e3, 0.0);
    bound(&bed, "15 x fft-ista of 16 / dense-ista",
          15.0 * together.median_ns / dense.median_ns, is_he20 ? 1.0 : 0.0);
    bound(&bed, "5 x fft-ista / dense-ista", 5.0 * fft.median_ns / dense.median_ns,
          is_he20 ? 1.0 : 0.0);
    bound(&bed, "300 x sparse / dense-ista", 300.0 * sparse.median_ns / dense.median_ns,
          is_he40 ? 1.0 : 0.0);
    const double most_us = strcmp(tier->name, "ht20") == 0   ? 100.0
                           : strcmp(tier->name, "ht40") == 0 ? 500.0
                           : is_he40                         ? 3000.0
                                                             : 0.0;
    time_links(&bed, &config, most_us);
    time_motion(&bed, &config);
    close_bed(&bed);
}

void
rv_bench_cir(rv_bench *const b)
{
    for (uint32_t i = 0; i < CIR_N_TIERS; ++i) {
        run_tier(b, &cir_tiers[i]);
    }
}
