// SPDX-License-Identifier: MIT
#include <ruview/room/localise.h>

#include "base/try.h"
#include "room/localise_search.h"
#include "room/pairs.h"
#include "room/room_math.h"

#include <ruview/base/arena.h>

#include <string.h>

enum { max_cells = 16384 };

// Degrees of freedom for which the model's own scatter counts at first
static const float prior_freedom = 50.0F;

// Distances below this are inside the body [m]
static const float nearest_m = 0.3F;

rv_localise_config
rv_localise_config_default(const float origin_m[3], const float size_m[3])
{
    return (rv_localise_config){
        .origin_m        = {origin_m[0], origin_m[1], origin_m[2]},
        .size_m          = {size_m[0], size_m[1], size_m[2]},
        .step_m          = 0.25F,
        .max_links       = RV_ROOM_MAX_LINKS,
        .body_m          = 1.0F,
        .variance_looks  = 8.0F,
        .falloff         = 1.7F,
        .log_strength    = -0.4F,
        .strength_spread = 1.2F,
        .misfit          = 1.25F,
        .lag_s           = 0.3F,
        .threshold       = 3.0F,
        .threshold_more  = 1.2F,
        .split_gain      = 0.15F,
        .keep_share      = 0.3F,
        .gain_memory     = 0.1F,
        .shadow_sigmas   = 6.0F,
        .max_detections  = 4,
    };
}

static uint32_t
cells(const float extent_m, const float step_m)
{
    uint32_t n = 1;
    while ((float)n * step_m < extent_m - 1e-3F * step_m && n <= max_cells) {
        ++n;
    }
    return n;
}

static rv_status
check_config(const rv_localise_config *const c)
{
    for (uint32_t k = 0; k < 3; ++k) {
        if (!room_in_range(c->origin_m[k], -1e4F, 1e4F) ||
            !room_in_range(c->size_m[k], 0.1F, 1e3F)) {
            return RV_ERR_CONFIG;
        }
    }
    const bool ok = room_in_range(c->step_m, 0.05F, 1.0F) && c->max_links >= 1 &&
                    c->max_links <= RV_ROOM_MAX_LINKS &&
                    room_in_range(c->body_m, 0.0F, 3.0F) &&
                    room_in_range(c->variance_looks, 1.0F, 1e4F) &&
                    room_in_range(c->falloff, 0.5F, 2.0F) &&
                    room_in_range(c->log_strength, -20.0F, 20.0F) &&
                    room_in_range(c->strength_spread, 1e-3F, 1e3F) &&
                    room_in_range(c->lag_s, 0.0F, 10.0F) &&
                    room_in_range(c->misfit, 1e-3F, 10.0F) &&
                    room_in_range(c->threshold, 0.0F, 1e6F) &&
                    room_in_range(c->shadow_sigmas, 0.0F, 1e6F) &&
                    room_in_range(c->threshold_more, 0.0F, 1e6F) &&
                    room_in_range(c->split_gain, 0.0F, 1e3F) &&
                    room_in_range(c->keep_share, 0.0F, 1.0F) &&
                    room_in_range(c->gain_memory, 1e-4F, 1.0F) &&
                    c->max_detections >= 1 && c->max_detections <= RV_MAX_DETECTIONS;
    if (!ok ||
        cells(c->size_m[0], c->step_m) * (uint64_t)cells(c->size_m[1], c->step_m) >
            max_cells) {
        return RV_ERR_CONFIG;
    }
    return RV_OK;
}

static void
lay_out(rv_localise *const self, rv_arena *const arena)
{
    const size_t n_cells = self->n_cells;
    self->gain  = rv_arena_take(arena, n_cells * self->cfg.max_links, sizeof(float));
    self->score = rv_arena_take(arena, n_cells, sizeof(float));
    self->log_strength = rv_arena_take(arena, n_cells, sizeof(float));
    self->alone        = rv_arena_take(arena, n_cells, sizeof(float));
}

static rv_localise
start(const rv_localise_config *const cfg)
{
    rv_localise self = {
        .cfg = *cfg,
        .nx  = cells(cfg->size_m[0], cfg->step_m),
        .ny  = cells(cfg->size_m[1], cfg->step_m),
    };
    self.n_cells = (self.nx * self.ny + 15) / 16 * 16;
    // Before anything was seen: what the model says of itself
    self.residual = prior_freedom;
    self.freedom  = prior_freedom;
    return self;
}

rv_status
rv_localise_size(const rv_localise_config *const cfg, size_t *const n_bytes)
{
    RV_TRY(check_config(cfg));
    rv_localise self  = start(cfg);
    rv_arena    arena = {0};
    lay_out(&self, &arena);
    *n_bytes = arena.used;
    return RV_OK;
}

rv_status
rv_localise_init(rv_localise *const self, const rv_localise_config *const cfg,
                 void *const mem, const size_t n_bytes)
{
    size_t needed = 0;
    RV_TRY(rv_localise_size(cfg, &needed));
    if (!mem || (uintptr_t)mem % RV_ARENA_ALIGN != 0 || n_bytes < needed) {
        return RV_ERR_MEMORY;
    }
    *self          = start(cfg);
    rv_arena arena = {.base = mem, .size = n_bytes};
    memset(mem, 0, needed);
    lay_out(self, &arena);
    return RV_OK;
}

static float
distance(const float a[3], const float b[3])
{
    const float dx = a[0] - b[0];
    const float dy = a[1] - b[1];
    const float dz = a[2] - b[2];
    return __builtin_sqrtf(dx * dx + dy * dy + dz * dz);
}

static float
log_gain(const rv_localise *const self, const rv_room_pair *const pair,
         const float point[3])
{
    const float da     = distance(point, pair->a_m);
    const float db     = distance(point, pair->b_m);
    const float near_a = da > nearest_m ? da : nearest_m;
    const float near_b = db > nearest_m ? db : nearest_m;
    return -self->cfg.falloff * room_log_f32(near_a * near_b);
}

rv_status
rv_localise_set_links(rv_localise *const self, const rv_room_link *const links,
                      const uint32_t n_links)
{
    if (n_links > self->cfg.max_links) {
        return RV_ERR_RANGE;
    }
    RV_TRY(rv_pairs_check(links, n_links));
    rv_room_pair   pair[RV_ROOM_MAX_LINKS];
    const uint32_t n_pairs = rv_pairs_build(links, n_links, self->pair_of, pair);
    const uint32_t n_cells = self->n_cells;
    for (uint32_t p = 0; p < n_pairs; ++p) {
        const rv_room_pair *const old  = &self->pair[p];
        const bool                same = p < self->n_pairs &&
                          memcmp(old->a_m, pair[p].a_m, sizeof old->a_m) == 0 &&
                          memcmp(old->b_m, pair[p].b_m, sizeof old->b_m) == 0;
        self->pair[p] = pair[p];
        for (uint32_t c = 0; c < n_cells && !same; ++c) {
            float point[3];
            rv_localise_cell_centre(self, c, point);
            self->gain[(size_t)p * n_cells + c] = log_gain(self, &pair[p], point);
        }
    }
    self->n_pairs = n_pairs;
    self->n_links = n_links;
    return RV_OK;
}

// Somebody who does not move: the darkest voxel, if it stands out of its own
// uncertainty
static void
find_shadow(const rv_localise *const self, const rv_tomography_frame *const image,
            rv_localise_result *const out)
{
    const uint32_t n    = image->nx * image->ny * image->nz;
    uint32_t       best = 0;
    for (uint32_t v = 1; v < n; ++v) {
        best = image->loss[v] > image->loss[best] ? v : best;
    }
    const float ratio = image->loss[best] / image->loss_sigma[best];
    if (!(ratio > self->cfg.shadow_sigmas)) {
        return;
    }
    float sum = 0.0F, mean[2] = {0}, xx = 0.0F, xy = 0.0F, yy = 0.0F;
    for (uint32_t v = 0; v < n; ++v) {
        const float w = image->loss[v] - 0.5F * image->loss[best];
        if (w > 0.0F) {
            const float x = (float)(v % image->nx) * image->step_m[0];
            const float y = (float)(v / image->nx % image->ny) * image->step_m[1];
            sum += w;
            mean[0] += w * x;
            mean[1] += w * y;
            xx += w * x * x;
            xy += w * x * y;
            yy += w * y * y;
        }
    }
    mean[0] /= sum;
    mean[1] /= sum;
    const float grain =
        (image->step_m[0] * image->step_m[0] + image->step_m[1] * image->step_m[1]) /
        12.0F;
    rv_detection *const d = &out->detection[0];
    *d                    = (rv_detection){
                           .position_m    = {image->origin_m[0] + mean[0], image->origin_m[1] + mean[1],
                                             self->cfg.origin_m[2] + self->cfg.body_m},
                           .covariance_m2 = {xx / sum - mean[0] * mean[0] + grain,
                                             xy / sum - mean[0] * mean[1],
                                             yy / sum - mean[1] * mean[1] + grain},
                           .strength      = 0.5F * ratio * ratio,
                           .still         = true,
    };
    d->confidence     = d->strength / (d->strength + self->cfg.threshold);
    out->n_detections = 1;
    out->sigma_m      = rv_sqrt_f32(0.5F * (d->covariance_m2[0] + d->covariance_m2[2]));
}

rv_status
rv_localise_push(rv_localise *const self, const rv_room_sample *const samples,
                 const uint32_t n, const rv_tomography_frame *const image,
                 rv_localise_result *const out)
{
    if (n != self->n_links) {
        return RV_ERR_SHAPE;
    }
    rv_pair_sample merged[RV_ROOM_MAX_LINKS];
    rv_pairs_merge(samples, self->pair_of, n, self->n_pairs, merged);
    uint64_t which = 0;
    for (uint32_t p = 0; p < self->n_pairs; ++p) {
        which |= (uint64_t)merged[p].valid << p;
    }
    memset(out, 0, sizeof *out);
    if (self->n_pairs == 0) {
        out->reason = RV_REASON_NO_GEOMETRY;
    } else if (which == 0) {
        out->reason = RV_REASON_NO_DATA;
    } else if (rv_pairs_directions(self->pair, self->n_pairs, which) <
               RV_MIN_DIRECTIONS) {
        out->reason = RV_REASON_GEOMETRY_INSUFFICIENT;
    } else {
        rv_localise_search(self, merged, out);
        if (out->n_detections == 0 && image && image->loss) {
            find_shadow(self, image, out);
        }
    }
    return RV_OK;
}

void
rv_localise_evidence(const rv_localise *const self, const uint32_t nx,
                     const uint32_t ny, float *const evidence)
{
    const uint32_t n    = self->nx * self->ny;
    float          most = 0.0F;
    for (uint32_t c = 0; c < n; ++c) {
        most = self->alone[c] > most ? self->alone[c] : most;
    }
    // ln(1/2 + 1/2 mean of e^score), from the largest
    float sum = 0.0F;
    for (uint32_t c = 0; c < n; ++c) {
        sum += rv_exp_f32(self->alone[c] - most);
    }
    const float none = rv_exp_f32(-most);
    const float mean = most + room_log_f32(0.5F * none + 0.5F * sum / (float)n);
    for (uint32_t v = 0; v < nx * ny; ++v) {
        const float    x  = ((float)(v % nx) + 0.5F) / (float)nx * self->cfg.size_m[0];
        const float    y  = ((float)(v / nx) + 0.5F) / (float)ny * self->cfg.size_m[1];
        const uint32_t cx = (uint32_t)rv_to_i32(x / self->cfg.step_m);
        const uint32_t cy = (uint32_t)rv_to_i32(y / self->cfg.step_m);
        evidence[v]       = self->alone[cy * self->nx + cx] - mean;
    }
}
