// SPDX-License-Identifier: MIT
#include <ruview/room/voxel_map.h>

#include "base/try.h"
#include "room/room_math.h"

#include <ruview/base/arena.h>

#include <string.h>

// One image changes the log-odds by this much at most
static const float most_per_image = 2.0F;

rv_voxel_map_config
rv_voxel_map_config_default(const uint32_t n_voxels)
{
    return (rv_voxel_map_config){
        .n_voxels  = n_voxels,
        .step_us   = 500000,
        .memory_us = 60000000,
        .prior     = 0.1F,
        .lowest    = -4.0F,
        .highest   = 3.5F,
    };
}

static rv_status
check_config(const rv_voxel_map_config *const c)
{
    const bool ok = c->n_voxels >= 1 && c->n_voxels <= RV_VOXEL_MAP_MAX &&
                    c->step_us >= 1 && c->memory_us >= c->step_us &&
                    room_in_range(c->prior, 0.001F, 0.999F) &&
                    room_in_range(c->lowest, -20.0F, 0.0F) &&
                    room_in_range(c->highest, 0.0F, 20.0F);
    return ok ? RV_OK : RV_ERR_CONFIG;
}

static void
lay_out(rv_voxel_map *const self, rv_arena *const arena)
{
    self->odds     = rv_arena_take(arena, self->cfg.n_voxels, sizeof(float));
    self->evidence = rv_arena_take(arena, self->cfg.n_voxels, sizeof(uint32_t));
}

rv_status
rv_voxel_map_size(const rv_voxel_map_config *const cfg, size_t *const n_bytes)
{
    RV_TRY(check_config(cfg));
    rv_voxel_map self  = {.cfg = *cfg};
    rv_arena     arena = {0};
    lay_out(&self, &arena);
    *n_bytes = arena.used;
    return RV_OK;
}

rv_status
rv_voxel_map_init(rv_voxel_map *const self, const rv_voxel_map_config *const cfg,
                  void *const mem, const size_t n_bytes)
{
    rv_arena arena  = {0};
    size_t   needed = 0;
    RV_TRY(rv_voxel_map_size(cfg, &needed));
    RV_TRY(rv_arena_open(&arena, mem, n_bytes, needed));
    *self = (rv_voxel_map){.cfg = *cfg};
    memset(mem, 0, needed);
    lay_out(self, &arena);
    self->prior_odds = room_log_f32(cfg->prior / (1.0F - cfg->prior));
    for (uint32_t v = 0; v < cfg->n_voxels; ++v) {
        self->odds[v] = self->prior_odds;
    }
    return RV_OK;
}

bool
rv_voxel_map_is_due(const rv_voxel_map *const self, const uint64_t t_us)
{
    return self->n_images == 0 ||
           (t_us >= self->t_us && t_us - self->t_us >= self->cfg.step_us);
}

rv_status
rv_voxel_map_push(rv_voxel_map *const self, const uint64_t t_us,
                  const float *const evidence)
{
    if (self->n_images != 0 && t_us < self->t_us) {
        return RV_ERR_RANGE;
    }
    const uint64_t elapsed = self->n_images != 0 ? t_us - self->t_us : 0;
    if (self->n_images != 0 && elapsed < self->cfg.step_us) {
        return RV_OK;
    }
    const float keep = rv_exp_f32(-(float)elapsed / (float)self->cfg.memory_us);
    for (uint32_t v = 0; v < self->cfg.n_voxels; ++v) {
        float odds = self->prior_odds + keep * (self->odds[v] - self->prior_odds);
        if (rv_is_finite_f32(evidence[v])) {
            odds += rv_clamp_f32(evidence[v], -most_per_image, most_per_image);
            self->evidence[v] += (self->evidence[v] < UINT32_MAX);
        }
        self->odds[v] = rv_clamp_f32(odds, self->cfg.lowest, self->cfg.highest);
    }
    self->t_us = t_us;
    self->n_images += (self->n_images < UINT32_MAX);
    return RV_OK;
}

float
rv_voxel_coarse(const float occupancy)
{
    const float steps = (float)(RV_VOXEL_LEVELS - 1);
    return (float)rv_round_i32(occupancy * steps) / steps;
}

void
rv_voxel_map_view(const rv_voxel_map *const self, const rv_voxel_level level,
                  float *const buffer, rv_voxel_view *const out)
{
    memset(out, 0, sizeof *out);
    out->level = level;
    if (self->n_images == 0) {
        out->reason = RV_REASON_NO_DATA;
        return;
    }
    for (uint32_t v = 0; v < self->cfg.n_voxels; ++v) {
        const float   p   = 1.0F / (1.0F + rv_exp_f32(-self->odds[v]));
        const int32_t bin = rv_to_i32(p * (float)RV_VOXEL_HISTOGRAM);
        ++out->histogram[bin < RV_VOXEL_HISTOGRAM ? bin : RV_VOXEL_HISTOGRAM - 1];
        if (level == RV_VOXEL_FULL) {
            buffer[v] = p;
        } else if (level == RV_VOXEL_ANONYMOUS) {
            buffer[v] = rv_voxel_coarse(p);
        }
    }
    const bool shown = level == RV_VOXEL_FULL || level == RV_VOXEL_ANONYMOUS;
    out->occupancy   = shown ? buffer : NULL;
    out->reason      = shown ? RV_REASON_NONE : RV_REASON_PRIVACY;
}
