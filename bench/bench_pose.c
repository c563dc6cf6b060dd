// SPDX-License-Identifier: MIT
#include "bench/harness.h"
#include "tests/pose_weights.h"

#include <ruview/people/pose.h>

#include <stdlib.h>

enum { most_links = 30 };

typedef struct {
    pose_weights   weights;
    rv_pose        pose;
    rv_pose_link   link[most_links];
    rv_pose_seen   seen[most_links];
    uint32_t       n_links;
    uint64_t       t_us;
    float          in[RV_POSE_HEAD_IN];
    float          features[RV_POSE_LINK_FEATURES];
    rv_pose_result result;
    rv_pose_pool   pool;
    float          re[56], im[56];
    int16_t        tone[56];
} work;

static const rv_pose_track_state track = {.position_m   = {2.0F, 2.5F},
                                          .velocity_mps = {0.5F, 0.1F},
                                          .sigma_m      = 0.2F,
                                          .sigma_mps    = 0.1F};

static void
take_frame(void *const arg)
{
    work *const  w   = arg;
    const rv_csi csi = {.t_us       = w->t_us += 50000,
                        .n_tones    = 56,
                        .n_streams  = 1,
                        .spacing_hz = 312500,
                        .tone       = w->tone,
                        .re         = w->re,
                        .im         = w->im};
    rv_pose_link_push(&w->link[0], &csi);
    rv_bench_keep(&w->link[0]);
}

static void
take_features(void *const arg)
{
    work *const w = arg;
    rv_bench_keep(&w->pose.slot[0].heading);
    (void)rv_pose_link_features(&w->link[1], &w->seen[1].ends, &w->seen[1].level,
                                &track, &w->pose.slot[0].heading, 0.123F, w->t_us,
                                w->features);
    rv_bench_keep(w->features);
}

static void
pool_one(void *const arg)
{
    work *const w = arg;
    rv_pose_pool_add(&w->weights.model, w->pose.cfg.cpu_mask, w->features, &w->pool);
    rv_bench_keep(&w->pool);
}

static void
answer(void *const arg)
{
    work *const w = arg;
    rv_pose_answer(&w->weights.model, w->pose.cfg.cpu_mask, w->in, &w->result.network);
    rv_bench_keep(&w->result);
}

static void
cycle(void *const arg)
{
    work *const w = arg;
    (void)!rv_pose_push(&w->pose, 0, 1, w->t_us, &track, w->seen, w->n_links,
                        &w->result);
    rv_bench_keep(&w->result);
}

static void
fill(work *const w)
{
    rv_random random;
    rv_random_init(&random, 1, 1);
    w->t_us = 1000000000;
    for (int k = 0; k < 56; ++k) {
        w->tone[k] = (int16_t)(k < 28 ? k - 28 : k - 27);
        w->re[k]   = 1.0F + 0.1F * rv_random_normal_f32(&random);
        w->im[k]   = 0.1F * rv_random_normal_f32(&random);
    }
    for (int i = 0; i < RV_POSE_HEAD_IN; ++i) {
        w->in[i] = rv_random_uniform_f32(&random);
    }
    for (int i = 0; i < most_links; ++i) {
        pose_weights_link(&w->link[i], &random, w->t_us, 12);
        w->seen[i] = (rv_pose_seen){
            .frames       = &w->link[i],
            .ends         = {{0.2F * (float)i, 0.0F, 1.0F}, {2.0F, 5.0F, 1.0F}, true},
            .level        = {.variance_db2 = 0.5F},
            .wavelength_m = 0.123F};
    }
}

void
rv_bench_pose(rv_bench *const b)
{
    work *const    w   = calloc(1, sizeof *w);
    rv_pose_config cfg = rv_pose_config_default();
    cfg.cpu_mask       = b->cpu_mask;
    if (!w || pose_weights_init(&w->weights, 3) != RV_OK ||
        rv_pose_init(&w->pose, &cfg, &w->weights.model) != RV_OK) {
        free(w);
        return;
    }
    fill(w);
    for (uint32_t n = 12; n <= most_links; n += 18) {
        char name[64];
        w->n_links = n;
        for (int i = 0; i < RV_POSE_RING; ++i) {
            cycle(w);
        }
        snprintf(name, sizeof name, "pose of one track, %u links", n);
        const rv_bench_result r = rv_bench_time(b, name, cycle, w);
        if (n == 12) {
            rv_bench_bound(b, "pose of one track, 12 links [us]", r.median_ns * 1e-3,
                           500.0);
            rv_bench_bound(b, "allocations per pose", r.allocations, 1e-9);
        }
    }
    (void)rv_bench_time(b, "features of one link", take_features, w);
    (void)rv_bench_time(b, "network over one link", pool_one, w);
    (void)rv_bench_time(b, "head of the network", answer, w);
    (void)rv_bench_time(b, "one frame into a link's memory", take_frame, w);
    free(w);
}
