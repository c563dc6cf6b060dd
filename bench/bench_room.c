// SPDX-License-Identifier: MIT
#include "bench/harness.h"

#include <ruview/math/elementary.h>
#include <ruview/math/random.h>
#include <ruview/room/change_point.h>
#include <ruview/room/field_model.h>
#include <ruview/room/localise.h>
#include <ruview/room/tomography.h>
#include <ruview/room/voxel_map.h>

#include <stdlib.h>
#include <string.h>

enum { max_nodes = 8, max_links = max_nodes * (max_nodes - 1), n_frames = 32 };

typedef struct {
    rv_tomography       tomography;
    rv_localise         localise;
    rv_tomography_frame image;
    rv_localise_result  found;
    uint32_t            n_links, next;
    rv_room_sample      sample[n_frames][max_links];
} scene;

static float
distance(const float a[3], const float b[3])
{
    const float dx = a[0] - b[0];
    const float dy = a[1] - b[1];
    const float dz = a[2] - b[2];
    return rv_sqrt_f32(dx * dx + dy * dy + dz * dz);
}

// Nodes around a 6 x 6 m room and somebody on a circle in it
static void
furnish(scene *const s, rv_room_link *const link, const uint32_t n_nodes)
{
    float node[max_nodes][3];
    for (uint32_t i = 0; i < n_nodes; ++i) {
        const float angle = 6.2831853F * ((float)i + 0.3F) / (float)n_nodes;
        node[i][0]        = 3.0F + 2.8F * rv_cos_f32(angle);
        node[i][1]        = 3.0F + 2.8F * rv_sin_f32(angle);
        node[i][2]        = 0.8F + 0.1F * (float)i;
    }
    s->n_links = 0;
    for (uint32_t i = 0; i < n_nodes; ++i) {
        for (uint32_t j = 0; j < n_nodes; ++j) {
            if (i == j) {
                continue;
            }
            rv_room_link *const l = &link[s->n_links];
            memcpy(l->tx_m, node[i], sizeof l->tx_m);
            memcpy(l->rx_m, node[j], sizeof l->rx_m);
            l->located = true;
            for (uint32_t f = 0; f < n_frames; ++f) {
                const float t            = 6.2831853F * (float)f / n_frames;
                const float body[3]      = {3.0F + 1.5F * rv_cos_f32(t),
                                            3.0F + 1.5F * rv_sin_f32(t), 1.0F};
                const float da           = distance(node[i], body);
                const float db           = distance(node[j], body);
                const float d            = distance(node[i], node[j]);
                const float near         = rv_exp_f32(-(da + db - d) / 0.05F);
                const float ratio        = d / (da * db);
                s->sample[f][s->n_links] = (rv_room_sample){
                    .loss_db = 5.0F * near,
                    .variance_db2 =
                        0.04F + ratio * ratio * (0.5F + 0.1F * (float)(i % 3)),
                    .sigma_db     = 0.2F,
                    .weight       = 1.0F,
                    .valid        = true,
                    .has_baseline = true};
            }
            ++s->n_links;
        }
    }
}

static void
map(void *const arg)
{
    scene *const s = arg;
    s->next        = (s->next + 1) % n_frames;
    (void)!rv_tomography_push(&s->tomography, s->sample[s->next], s->n_links,
                              &s->image);
    rv_bench_keep(&s->image);
}

static void
renewed_map(void *const arg)
{
    scene *const s = arg;
    s->next        = (s->next + 1) % n_frames;
    // A link comes and goes: the factor and the uncertainty are computed anew
    s->sample[s->next][0].valid              = !s->sample[s->next][0].valid;
    s->sample[s->next][s->n_links / 2].valid = s->sample[s->next][0].valid;
    s->tomography.motion.pairs               = 0;
    s->tomography.loss.pairs                 = 0;
    (void)!rv_tomography_push(&s->tomography, s->sample[s->next], s->n_links,
                              &s->image);
    rv_bench_keep(&s->image);
}

static void
find(void *const arg)
{
    scene *const s = arg;
    s->next        = (s->next + 1) % n_frames;
    (void)!rv_localise_push(&s->localise, s->sample[s->next], s->n_links, &s->image,
                            &s->found);
    rv_bench_keep(&s->found);
}

static void
bench_nodes(rv_bench *const b, scene *const s, const uint32_t n_nodes)
{
    static const float   origin[3] = {0, 0, 0};
    static const float   size[3]   = {6, 6, 2.8F};
    rv_room_link         link[max_links];
    rv_tomography_config grid[2] = {rv_tomography_config_default(),
                                    rv_tomography_config_plan(origin, size, 0.25F)};
    furnish(s, link, n_nodes);
    for (int k = 0; k < 4; ++k) {
        rv_tomography_config *const cfg = &grid[k / 2];
        cfg->solver = k % 2 ? RV_TOMOGRAPHY_SPARSE : RV_TOMOGRAPHY_LINEAR;
        size_t n    = 0;
        rv_bench_must(rv_tomography_size(cfg, &n));
        void *const mem = rv_bench_memory(n);
        rv_bench_must(rv_tomography_init(&s->tomography, cfg, mem, n));
        rv_bench_must(rv_tomography_set_links(&s->tomography, link, s->n_links));
        char name[96];
        snprintf(name, sizeof name, "%s map %ux%ux%u, %u links",
                 k % 2 ? "sparse" : "linear", cfg->nx, cfg->ny, cfg->nz, s->n_links);
        const rv_bench_result r = rv_bench_time(b, name, map, s);
        if (k < 2 && n_nodes == 4) {
            rv_bench_bound(
                b, k ? "sparse, default grid [us]" : "linear, default grid [us]",
                r.median_ns * 1e-3, k ? 100 : 30);
        }
        if (k % 2 == 0) {
            snprintf(name, sizeof name, "linear map %ux%ux%u, %u links, renewed",
                     cfg->nx, cfg->ny, cfg->nz, s->n_links);
            (void)rv_bench_time(b, name, renewed_map, s);
            furnish(s, link, n_nodes);
        }
        free(mem);
        memset(&s->image, 0, sizeof s->image);
    }
    for (uint32_t most = 1; most <= 4; most += 3) {
        rv_localise_config cfg = rv_localise_config_default(origin, size);
        cfg.max_detections     = most;
        cfg.cpu_mask           = b->cpu_mask;
        size_t n               = 0;
        rv_bench_must(rv_localise_size(&cfg, &n));
        void *const mem = rv_bench_memory(n);
        rv_bench_must(rv_localise_init(&s->localise, &cfg, mem, n));
        rv_bench_must(rv_localise_set_links(&s->localise, link, s->n_links));
        char name[96];
        snprintf(name, sizeof name, "localise, %u links, up to %u bodies", s->n_links,
                 most);
        (void)rv_bench_time(b, name, find, s);
        free(mem);
    }
}

// ---- what watches the room: per frame and link, per cycle, per half second

enum { n_field = 28, n_levels = 64, n_cells = 24 * 24 };

typedef struct {
    rv_field_model  field;
    rv_field_frame  energy;
    float           tones[n_levels][n_field];
    rv_change       change;
    rv_change_frame seen;
    float           level[n_levels][12];
    bool            valid[12];
    uint64_t        t_us;
    uint32_t        next;
    rv_voxel_map    voxels;
    float           evidence[n_cells], view[n_cells];
} watch;

static void
see_field(void *const arg)
{
    watch *const w = arg;
    w->next        = (w->next + 1) % n_levels;
    (void)!rv_field_model_push(&w->field, w->tones[w->next], 1, &w->energy);
    rv_bench_keep(&w->energy);
}

static void
see_levels(void *const arg)
{
    watch *const w = arg;
    w->next        = (w->next + 1) % n_levels;
    w->t_us += 50000;
    (void)!rv_change_push(&w->change, w->t_us, w->level[w->next], w->valid, 12, true,
                          &w->seen);
    rv_bench_keep(&w->seen);
}

static void
gather_cells(void *const arg)
{
    watch *const w = arg;
    w->t_us += 500000;
    (void)!rv_voxel_map_push(&w->voxels, w->t_us, w->evidence);
    rv_bench_keep(&w->voxels);
}

static void
view_cells(void *const arg)
{
    watch *const  w = arg;
    rv_voxel_view view;
    rv_voxel_map_view(&w->voxels, RV_VOXEL_FULL, w->view, &view);
    rv_bench_keep(w->view);
}

static void
bench_watch(rv_bench *const b, watch *const w)
{
    rv_field_model_config     field         = rv_field_model_config_default(n_field);
    const rv_change_config    change        = rv_change_config_default();
    const rv_voxel_map_config cells         = rv_voxel_map_config_default(n_cells);
    size_t                    n_field_bytes = 0, n_cell_bytes = 0;
    rv_random                 random;
    field.min_frames = 4 * n_field;
    field.window     = 20;
    rv_bench_must(rv_field_model_size(&field, &n_field_bytes));
    rv_bench_must(rv_voxel_map_size(&cells, &n_cell_bytes));
    void *const field_memory = rv_bench_memory(n_field_bytes);
    void *const cell_memory  = rv_bench_memory(n_cell_bytes);
    rv_bench_must(rv_field_model_init(&w->field, &field, field_memory, n_field_bytes));
    rv_bench_must(rv_change_init(&w->change, &change));
    rv_bench_must(rv_voxel_map_init(&w->voxels, &cells, cell_memory, n_cell_bytes));
    rv_random_init(&random, 1, 1);
    for (int i = 0; i < n_levels; ++i) {
        for (int k = 0; k < n_field; ++k) {
            w->tones[i][k] = -40.0F + (float)rv_random_normal_f64(&random);
        }
        for (int l = 0; l < 12; ++l) {
            w->valid[l]    = true;
            w->level[i][l] = -40.0F + 0.3F * (float)rv_random_normal_f64(&random);
        }
    }
    for (int c = 0; c < n_cells; ++c) {
        w->evidence[c] = 2.0F * (float)rv_random_normal_f64(&random);
    }
    for (int i = 0; i < 4 * n_field; ++i) {
        (void)!rv_field_model_feed(&w->field, w->tones[i % n_levels]);
    }
    (void)!rv_field_model_finalise(&w->field, 1);
    (void)rv_bench_time(b, "field model, one frame of one link", see_field, w);
    (void)rv_bench_time(b, "change points, 12 links, one cycle", see_levels, w);
    (void)rv_bench_time(b, "cells 24x24, one image", gather_cells, w);
    (void)rv_bench_time(b, "cells 24x24, one view", view_cells, w);
    free(field_memory);
    free(cell_memory);
}

void
rv_bench_room(rv_bench *const b)
{
    watch *const w = calloc(1, sizeof *w);
    if (w) {
        bench_watch(b, w);
        free(w);
    }
    scene *const s = calloc(1, sizeof *s);
    if (!s) {
        return;
    }
    bench_nodes(b, s, 4);
    bench_nodes(b, s, 8);
    free(s);
}
