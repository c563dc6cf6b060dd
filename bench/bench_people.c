// SPDX-License-Identifier: MIT
#include "bench/harness.h"

#include <ruview/people/stride.h>
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

typedef struct {
    rv_stride_link link;
    float          re[52], im[52], motion;
    int16_t        tone[52];
    uint64_t       t_us;
} legs;

static void
take_frame(void *const arg)
{
    legs *const  l   = arg;
    const rv_csi csi = {.t_us       = l->t_us += 10000,
                        .n_tones    = 52,
                        .n_streams  = 1,
                        .spacing_hz = 312500,
                        .tone       = l->tone,
                        .re         = l->re,
                        .im         = l->im};
    l->re[l->t_us / 10000 % 52] += 0.01F;
    rv_stride_link_push(&l->link, &csi);
    rv_bench_keep(&l->link);
}

static void
ask_link(void *const arg)
{
    legs *const l = arg;
    (void)rv_stride_link_motion(&l->link, l->t_us, &l->motion);
    rv_bench_keep(&l->motion);
}

static void
bench_stride(rv_bench *const b)
{
    legs l = {.t_us = 1000000};
    for (int k = 0; k < 52; ++k) {
        l.tone[k] = (int16_t)(k < 26 ? k - 26 : k - 25);
        l.re[k]   = 1.0F;
    }
    (void)rv_bench_time(b, "stride, one frame of a link", take_frame, &l);
    (void)rv_bench_time(b, "stride, motion of a link, 20 frames", ask_link, &l);
}

void
rv_bench_people(rv_bench *const b)
{
    bench_tracker(b);
    bench_stride(b);
}
