// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L
#include "cli/stage_times.h"

#include <stddef.h>
#include <time.h>

enum { bar = 60 };

static uint64_t
worked_ns(void *const unused)
{
    struct timespec t;
    (void)unused;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

void
rv_stage_times_start(rv_engine *const engine)
{
    rv_engine_set_clock(engine, worked_ns, NULL);
}

static double
quantile_us(const rv_histogram *const h, const uint32_t share_ppm)
{
    return (double)rv_histogram_quantile(h, share_ppm) * 1e-3;
}

// Shares of the cycles between bounds a quarter octave apart
static void
print_distribution(const rv_histogram *const h, FILE *const out)
{
    uint64_t above = h->count, least = 32000;
    fprintf(out, "\ncycles by their time (from [us], share)\n");
    for (int step = 0; above > 0 && step < 80; ++step) {
        const uint64_t next = least + least / 5;
        const uint64_t rest = rv_histogram_above(h, next - 1);
        const double   part = (double)(above - rest) / (double)h->count;
        if (above - rest > 0) {
            fprintf(out, "%8.0f  %8.4f %%  ", (double)least * 1e-3, 100.0 * part);
            for (int i = 0; i < (int)(part * bar * 2.0 + 0.5) && i < bar; ++i) {
                fputc('#', out);
            }
            fputc('\n', out);
        }
        above = rest;
        least = next;
    }
}

void
rv_stage_times_print(const rv_engine *const engine, FILE *const out)
{
    fprintf(out, "%-10s %9s %9s %9s %9s %9s %9s %10s %6s\n", "stage [us]", "calls",
            "p50", "p90", "p99", "p99.9", "worst", "budget", "over");
    for (int s = 0; s < RV_N_STAGES; ++s) {
        const rv_histogram *const h = rv_engine_get_histogram(engine, (rv_stage)s);
        const uint32_t            budget_us = rv_stage_budget_us((rv_stage)s);
        fprintf(out, "%-10s %9llu %9.1f %9.1f %9.1f %9.1f %9.1f %10u %6llu\n",
                rv_stage_name((rv_stage)s), (unsigned long long)h->count,
                quantile_us(h, 500000), quantile_us(h, 900000), quantile_us(h, 990000),
                quantile_us(h, 999000), (double)h->max_ns * 1e-3, budget_us,
                (unsigned long long)rv_histogram_above(h, (uint64_t)budget_us * 1000U));
    }
    print_distribution(rv_engine_get_histogram(engine, RV_STAGE_CYCLE), out);
}
