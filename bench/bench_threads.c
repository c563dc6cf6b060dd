// SPDX-License-Identifier: MIT
// Threads: the links of one room over a pool, and rooms side by side, each with an
// engine of its own. Wall time; how many rooms one core carries at 20 cycles per
// second.
#define _POSIX_C_SOURCE 200809L
#include "bench/engine_bed.h"
#include "bench/harness.h"

#include <ruview/platform/workers.h>

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { loop_s = 30, n_warm = 400, n_timed = 2000, max_rooms = RV_MAX_WORKERS, hz = 20 };

static const unsigned counts[] = {1, 2, 8};

typedef struct {
    rv_bed_run         run;
    pthread_t          thread;
    pthread_barrier_t *begin;
    double             worked_s; ///< Processor time of its thread
} room;

static double
seconds_of(const clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void
one_room(rv_bench *const b, const rv_bed *const bed, const unsigned n)
{
    rv_bed            own = *bed;
    rv_bed_run        run;
    rv_workers *const pool = rv_workers_create(n);
    own.config.n_workers   = (uint8_t)n;
    if (pool && rv_bed_start(&run, &own, b->cpu_mask, false)) {
        char name[64];
        rv_engine_set_parallel(run.engine, rv_workers_run, pool);
        rv_bed_cycles(&run, n_warm);
        const double begin = seconds_of(CLOCK_MONOTONIC);
        rv_bed_cycles(&run, n_timed);
        const double wall = seconds_of(CLOCK_MONOTONIC) - begin;
        snprintf(name, sizeof name, "one room, %u threads: us per cycle", n);
        rv_bench_bound(b, name, 1e6 * wall / n_timed, 0.0);
        rv_bed_stop(&run);
    }
    rv_workers_destroy(pool);
}

static void *
serve_room(void *const arg)
{
    room *const self = arg;
    rv_bed_cycles(&self->run, n_warm);
    pthread_barrier_wait(self->begin);
    const double begin = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    rv_bed_cycles(&self->run, n_timed);
    self->worked_s = seconds_of(CLOCK_THREAD_CPUTIME_ID) - begin;
    pthread_barrier_wait(self->begin);
    return NULL;
}

static void
many_rooms(rv_bench *const b, const rv_bed *const bed, const unsigned n)
{
    static room       rooms[max_rooms];
    pthread_barrier_t barrier;
    unsigned          started = 0;
    char              name[80];
    for (unsigned i = 0; i < n; ++i) {
        if (!rv_bed_start(&rooms[i].run, bed, b->cpu_mask, false)) {
            rv_bench_note(b, "not run: no memory for so many rooms");
            while (i > 0) {
                rv_bed_stop(&rooms[--i].run);
            }
            return;
        }
    }
    pthread_barrier_init(&barrier, NULL, n + 1);
    for (; started < n; ++started) {
        rooms[started].begin = &barrier;
        if (pthread_create(&rooms[started].thread, NULL, serve_room, &rooms[started])) {
            abort(); // the others wait at the barrier
        }
    }
    pthread_barrier_wait(&barrier);
    const double begin = seconds_of(CLOCK_MONOTONIC);
    pthread_barrier_wait(&barrier);
    const double wall   = seconds_of(CLOCK_MONOTONIC) - begin;
    double       worked = 0.0;
    for (unsigned i = 0; i < n; ++i) {
        pthread_join(rooms[i].thread, NULL);
        worked += rooms[i].worked_s;
        rv_bed_stop(&rooms[i].run);
    }
    pthread_barrier_destroy(&barrier);
    snprintf(name, sizeof name, "%u rooms on %u threads: cycles per second", n, n);
    rv_bench_bound(b, name, n * n_timed / wall, 0.0);
    snprintf(name, sizeof name, "%u rooms on %u threads: rooms per core at 20 Hz", n,
             n);
    rv_bench_bound(b, name, n * n_timed / worked / hz, 0.0);
}

void
rv_bench_threads(rv_bench *const b)
{
    rv_bed bed = {0};
    if (b->counting || !rv_bed_make_room(&bed, loop_s)) {
        return;
    }
    for (size_t i = 0; i < sizeof counts / sizeof *counts; ++i) {
        one_room(b, &bed, counts[i]);
    }
    for (size_t i = 0; i < sizeof counts / sizeof *counts; ++i) {
        many_rooms(b, &bed, counts[i]);
    }
    rv_bed_free(&bed);
}
