// SPDX-License-Identifier: MIT
#include <ruview/room/link_level.h>

#include "base/exact.h"
#include "base/try.h"

#include <ruview/base/arena.h>
#include <ruview/math/elementary.h>

#include <string.h>

// 10 / ln 10: decibels of a power ratio from its natural logarithm
static const float db_per_neper = 4.34294482F;

// Amplitude below which a tone counts as silent, against an RMS of 1 [linear power]
static const float power_floor = 1e-6F;

rv_link_level_config
rv_link_level_config_default(const uint16_t n_tones)
{
    return (rv_link_level_config){
        .n_tones = n_tones, .window_us = 7e5F, .floor_us = 6e7F, .warm_frames = 16};
}

static rv_status
lay_out(rv_link_level *const self, const rv_link_level_config *const cfg,
        rv_arena *const arena)
{
    if (cfg->n_tones < 4 || cfg->n_tones > 2048 || !(cfg->window_us > 0.0F) ||
        !(cfg->floor_us > 0.0F) || cfg->warm_frames < 2) {
        return RV_ERR_CONFIG;
    }
    self->mean     = rv_arena_take(arena, cfg->n_tones, sizeof(float));
    self->variance = rv_arena_take(arena, cfg->n_tones, sizeof(float));
    return arena->failed ? RV_ERR_MEMORY : RV_OK;
}

rv_status
rv_link_level_size(const rv_link_level_config *const cfg, size_t *const n_bytes)
{
    rv_link_level unused;
    rv_arena      arena = {0};
    RV_TRY(lay_out(&unused, cfg, &arena));
    *n_bytes = arena.used;
    return RV_OK;
}

rv_status
rv_link_level_init(rv_link_level *const self, const rv_link_level_config *const cfg,
                   void *const mem, const size_t n_bytes)
{
    rv_arena      arena = {.base = mem, .size = n_bytes};
    rv_link_level made;
    memset(&made, 0, sizeof made);
    if (!mem || (uintptr_t)mem % RV_ARENA_ALIGN != 0) {
        return RV_ERR_MEMORY;
    }
    RV_TRY(lay_out(&made, cfg, &arena));
    made.cfg = *cfg;
    memset(mem, 0, arena.used);
    *self = made;
    return RV_OK;
}

// Share of a new value in a forgetting mean: dt / (tau + dt), which needs no
// exponential and forgets nothing when frames come at once
static float
share_of(const float dt_us, const float tau_us)
{
    return dt_us / (tau_us + dt_us);
}

rv_status
rv_link_level_push(rv_link_level *const self, const rv_csi *const csi,
                   const rv_estimate power)
{
    const uint32_t n = self->cfg.n_tones;
    if (csi->n_tones != n) {
        return RV_ERR_SHAPE;
    }
    const bool     first = self->frames == 0;
    const uint64_t gap   = csi->t_us > self->last_us ? csi->t_us - self->last_us : 0;
    const float    dt_us = (float)(gap < 10000000U ? gap : 10000000U);
    const float    share = first ? 1.0F : share_of(dt_us, self->cfg.window_us);
    float          sum   = 0.0F;
    for (uint32_t k = 0; k < n; ++k) {
        const float energy = csi->re[k] * csi->re[k] + csi->im[k] * csi->im[k];
        const float level =
            db_per_neper * rv_log_f32(energy > power_floor ? energy : power_floor);
        const float step = level - self->mean[k];
        self->mean[k] += share * step;
        self->variance[k] =
            first ? 0.0F : (1.0F - share) * (self->variance[k] + share * step * step);
        sum += self->variance[k];
    }
    if (rv_is_known(power)) {
        self->power += (self->has_power ? share : 1.0F) * (power.value - self->power);
        self->has_power = true;
    }
    self->last_us = csi->t_us;
    self->frames += (self->frames < self->cfg.warm_frames);

    // The quiet level follows downwards at once and upwards slowly
    const float flutter = sum / (float)n;
    if (self->frames < self->cfg.warm_frames || flutter < self->quiet) {
        self->quiet = flutter;
    } else {
        self->quiet += share_of(dt_us, self->cfg.floor_us) * (flutter - self->quiet);
    }
    return RV_OK;
}

void
rv_link_level_set_base(rv_link_level *const self)
{
    if (self->frames >= self->cfg.warm_frames && self->has_power) {
        self->base     = self->power;
        self->has_base = true;
    }
}

rv_room_sample
rv_link_level_get(const rv_link_level *const self)
{
    rv_room_sample sample = {.weight = 1.0F};
    if (self->frames < self->cfg.warm_frames) {
        return sample;
    }
    const uint32_t n        = self->cfg.n_tones;
    float          variance = 0.0F;
    for (uint32_t k = 0; k < n; ++k) {
        variance += self->variance[k];
    }
    sample.variance_db2 = variance / (float)n;
    sample.loss_db      = self->has_base ? self->base - self->power : 0.0F;
    sample.sigma_db     = rv_sqrt_f32(self->quiet > 1e-4F ? self->quiet : 1e-4F);
    sample.has_baseline = self->has_base;
    sample.valid        = true;
    return sample;
}
