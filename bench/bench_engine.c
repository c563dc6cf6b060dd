// SPDX-License-Identifier: MIT
// The whole pipeline: a sample is all the work of one cycle, frames included, in
// processor time.
#define _POSIX_C_SOURCE 200809L
#include "bench/count.h"
#include "bench/engine_bed.h"
#include "bench/harness.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    loop_s       = 60,
    wide_s       = 20,
    max_samples  = 100000,
    n_cold       = 200,
    n_steady     = 2000,
    first_steady = 1000,
    late_steady  = 20000,
    very_late    = 1000000,
    counted_from = 100, ///< Cycles before instructions are counted
    max_laps     = 100000,
};

static double   samples[max_samples];
static uint32_t n_samples;

// Processor time of this thread: what the work costs, whoever else uses the machine
static uint64_t
worked_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

static uint64_t
clock_ns(void *const unused)
{
    (void)unused;
    return worked_ns();
}

static int
ascending(const void *const a, const void *const b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static rv_bench_result
sample_cycles(rv_bench *const b, rv_bed_run *const run, const char *const name,
              const uint64_t n)
{
    const int64_t before = rv_bench_allocations();
    n_samples            = 0;
    for (uint64_t i = 0; i < n && n_samples < max_samples; ++i) {
        const uint64_t begin = worked_ns();
        rv_bed_cycles(run, 1);
        samples[n_samples++] = (double)(worked_ns() - begin);
    }
    const int64_t after = rv_bench_allocations();
    qsort(samples, n_samples, sizeof *samples, ascending);
    const rv_bench_result r = {
        .median_ns   = samples[n_samples / 2],
        .p99_ns      = samples[n_samples - 1 - n_samples / 100],
        .min_ns      = samples[0],
        .allocations = before < 0 ? -1.0 : (double)(after - before) / n_samples,
        .n_calls     = n_samples};
    rv_bench_report(b, name, &r);
    return r;
}

static void
report_stages(rv_bench *const b, const rv_engine *const engine, const char *const what)
{
    for (int s = 0; s < RV_N_STAGES; ++s) {
        const rv_histogram *const h = rv_engine_get_histogram(engine, (rv_stage)s);
        char                      name[64];
        if (h->count == 0) {
            continue;
        }
        snprintf(name, sizeof name, "%s %s", what, rv_stage_name((rv_stage)s));
        const rv_bench_result r = {.median_ns =
                                       (double)rv_histogram_quantile(h, 500000),
                                   .p99_ns = (double)rv_histogram_quantile(h, 990000),
                                   .min_ns = 0.0,
                                   .allocations = -1.0,
                                   .n_calls     = h->count};
        rv_bench_report(b, name, &r);
    }
}

// ---- Instructions instead of time: the engine asks for the time wherever a stage
// begins or ends, so an observer's interval ends there. Which stage the last one
// belonged to shows in the histograms, afterwards.

typedef struct {
    const rv_engine *engine;
    uint64_t         seen[RV_N_STAGES];
    uint8_t          stage_of[max_laps]; ///< RV_N_STAGES: none
    uint32_t         n, base;
} lap_log;

static uint32_t
changed_stage(lap_log *const log)
{
    uint32_t found = RV_N_STAGES;
    for (uint32_t s = 0; s < RV_N_STAGES; ++s) {
        const uint64_t now = rv_engine_get_histogram(log->engine, (rv_stage)s)->count;
        if (now != log->seen[s]) {
            log->seen[s] = now;
            found        = s;
        }
    }
    return found;
}

static uint64_t
clock_mark(void *const context)
{
    lap_log *const log = context;
    if (log->n > 0) {
        log->stage_of[log->n - 1] = (uint8_t)changed_stage(log);
    }
    if (log->n < max_laps) {
        rv_count_mark(log->base + log->n++);
    }
    return log->n;
}

static void
count_stages(const rv_bench *const b, const rv_bed *const bed, const char *const what)
{
    static lap_log log;
    rv_bed_run     run;
    if (!rv_bed_start(&run, bed, b->cpu_mask, false)) {
        return;
    }
    rv_bed_cycles(&run, counted_from);
    memset(&log, 0, sizeof log);
    log.engine = run.engine;
    (void)changed_stage(&log);
    log.base = 1000000;
    rv_engine_set_clock(run.engine, clock_mark, &log);
    rv_count_start();
    rv_bed_cycles(&run, rv_bench_counted(b));
    rv_count_stop();
    log.stage_of[log.n - 1] = (uint8_t)changed_stage(&log);
    for (uint32_t i = 0; i < log.n; ++i) {
        const uint32_t s = log.stage_of[i];
        printf("mark%u\t%d.0\tengine/%s %s\n", log.base + i, RV_BENCH_COUNTED, what,
               s == RV_N_STAGES || s == RV_STAGE_CYCLE ? "between stages"
                                                       : rv_stage_name((rv_stage)s));
    }
    rv_bed_stop(&run);
}

static void
count_cycles(const rv_bench *const b, const rv_bed *const bed, const char *const what)
{
    rv_bed_run     run;
    const uint32_t mark = rv_count_name("engine", what, RV_BENCH_COUNTED);
    if (!rv_bed_start(&run, bed, b->cpu_mask, false)) {
        return;
    }
    rv_bed_cycles(&run, counted_from);
    rv_count_start();
    rv_bed_cycles(&run, rv_bench_counted(b));
    rv_count_mark(mark);
    rv_count_stop();
    rv_bed_stop(&run);
}

// ---- Time

static void
note_memory(rv_bench *const b, const char *const what, const rv_bed_run *const run)
{
    char note[96];
    snprintf(note, sizeof note, "memory, %s: %zu bytes", what, run->n_memory);
    rv_bench_note(b, note);
}

static void
time_room(rv_bench *const b, const rv_bed *const bed)
{
    rv_bed_run run;
    if (!rv_bed_start(&run, bed, b->cpu_mask, false)) {
        rv_bench_note(b, "not run: no memory for an engine");
        return;
    }
    note_memory(b, "everything on", &run);
    (void)sample_cycles(b, &run, "cycle cold", n_cold);
    rv_bed_cycles(&run, first_steady - n_cold);
    const rv_bench_result early = sample_cycles(b, &run, "cycle after 1000", n_steady);
    rv_bed_cycles(&run, late_steady - first_steady - n_steady);
    const rv_bench_result late = sample_cycles(b, &run, "cycle after 20000", n_steady);
    rv_bench_bound(b, "p99 of a cycle [us]", late.p99_ns / 1e3, 500.0);
    rv_bench_bound(b, "cycle after 20000 / after 1000",
                   late.median_ns / early.median_ns, 1.1);
    if (b->thorough) {
        rv_bed_cycles(&run, very_late - late_steady - n_steady);
        const rv_bench_result last =
            sample_cycles(b, &run, "cycle after 1000000", n_steady);
        rv_bench_bound(b, "cycle after 1000000 / after 1000",
                       last.median_ns / early.median_ns, 1.1);
    }
    rv_engine_set_clock(run.engine, clock_ns, NULL);
    rv_bed_cycles(&run, n_steady);
    report_stages(b, run.engine, "stage");
    rv_bed_stop(&run);
    if (rv_bed_start(&run, bed, b->cpu_mask, true)) {
        rv_bed_cycles(&run, first_steady);
        (void)sample_cycles(b, &run, "cycle with stage digests", n_steady);
        rv_bed_stop(&run);
    }
}

static void
time_wide(rv_bench *const b, const rv_bed *const bed)
{
    rv_bed_run run;
    if (!rv_bed_start(&run, bed, b->cpu_mask, false)) {
        rv_bench_note(b, "not run: no memory for twelve nodes");
        return;
    }
    note_memory(b, "12 nodes of 256 tones", &run);
    (void)sample_cycles(b, &run, "12 x 256 cycle cold", n_cold);
    rv_bed_cycles(&run, first_steady - n_cold);
    (void)sample_cycles(b, &run, "12 x 256 cycle after 1000", n_steady);
    rv_engine_set_clock(run.engine, clock_ns, NULL);
    rv_bed_cycles(&run, n_steady);
    report_stages(b, run.engine, "12 x 256 stage");
    const rv_engine_counters *const c = rv_engine_get_counters(run.engine);
    char                            note[96];
    snprintf(note, sizeof note, "12 x 256: %llu frames accepted, %llu refused",
             (unsigned long long)c->frames_accepted,
             (unsigned long long)c->frames_refused);
    rv_bench_note(b, note);
    rv_bed_stop(&run);
}

void
rv_bench_engine(rv_bench *const b)
{
    rv_bed room = {0}, wide = {0};
    // Counting needs few cycles, and under an observer the simulator is slow
    if (!rv_bed_make_room(&room, b->counting ? 8 : loop_s) ||
        !rv_bed_make_wide(&wide, b->counting ? 8 : wide_s)) {
        rv_bench_note(b, "not run: no memory for the simulated minute");
    } else if (b->counting) {
        count_stages(b, &room, "stage");
        count_cycles(b, &room, "cycle");
        count_cycles(b, &wide, "cycle 12 x 256");
    } else {
        time_room(b, &room);
        time_wide(b, &wide);
    }
    rv_bed_free(&room);
    rv_bed_free(&wide);
}
