// SPDX-License-Identifier: MIT
#include "bench/harness.h"

#include <ruview/people/tracker.h>

typedef struct {
    rv_tracker       tracker;
    rv_tracker_frame frame;
    uint64_t         t_us;
    uint32_t         n;
} walk;

// People in four corners who sway: always seen, never lost
static void
step(void *const arg)
{
    walk *const  w = arg;
    rv_detection d[4];
    w->t_us += 50000;
    for (uint32_t i = 0; i < w->n; ++i) {
        d[i] = (rv_detection){
            .position_m = {1.0F + 4.0F * (float)(i % 2) + 0.01F * (float)(w->t_us % 7),
                           1.0F + 4.0F * (float)(i / 2), 1.0F},
            .covariance_m2 = {0.04F, 0.01F, 0.05F},
            .strength      = 9.0F,
            .lag_s         = 0.3F};
    }
    (void)!rv_tracker_push(&w->tracker, w->t_us, d, w->n, false, &w->frame);
    rv_bench_keep(&w->frame);
}

static void
bench_tracker(rv_bench *const b)
{
    for (uint32_t n = 1; n <= 4; n += 3) {
        const rv_tracker_config cfg = rv_tracker_config_default();
        walk                    w   = {.n = n};
        (void)!rv_tracker_init(&w.tracker, &cfg);
        char name[64];
        snprintf(name, sizeof name, "tracker, %u persons", n);
        const rv_bench_result r = rv_bench_time(b, name, step, &w);
        if (n == 4) {
            rv_bench_bound(b, "tracker, 4 persons [us]", r.median_ns * 1e-3, 2.0);
        }
    }
}

void
rv_bench_people(rv_bench *const b)
{
    bench_tracker(b);
}
