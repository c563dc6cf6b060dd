// SPDX-License-Identifier: MIT
#include <ruview/room/link_level.h>

#include "base/try.h"
#include "room/room_math.h"

#include <ruview/base/arena.h>

#include <string.h>

// (20 / ln 10)^2: relative amplitude to dB, squared
static const float db2_per_ratio2 = 75.4447F;

// A gain that is off by more than this has stepped [dB]; reported power is whole dB
static const float gain_step_db = 0.75F;

// A step that lasts this many frames is the new gain
enum { frames_to_settle = 3 };

// Share of each frame in the gain between steps
static const float gain_memory = 0.03F;

rv_link_level_config
rv_link_level_config_default(const uint16_t n_tones)
{
    return (rv_link_level_config){
        .n_tones     = n_tones,
        .mean_us     = 8e5F,
        .variance_us = 3e5F,
        .slow_us     = 1e7F,
        .minimum_us  = 7.5e7F,
        .least_ratio = 1.6F,
        .gap_us      = 1e6F,
        .warm_frames = 16,
    };
}

static rv_status
check_config(const rv_link_level_config *const c)
{
    const bool ok = c->n_tones >= 4 && c->n_tones <= 2048 &&
                    room_in_range(c->mean_us, 1e3F, 1e12F) &&
                    room_in_range(c->variance_us, 1e3F, 1e12F) &&
                    room_in_range(c->slow_us, 1e3F, 1e12F) &&
                    room_in_range(c->minimum_us, 1e3F, 1e12F) &&
                    room_in_range(c->gap_us, 1e3F, 1e12F) &&
                    room_in_range(c->least_ratio, 1.0F, 100.0F) && c->warm_frames >= 2;
    return ok ? RV_OK : RV_ERR_CONFIG;
}

static void
lay_out(rv_link_level *const self, rv_arena *const arena)
{
    self->mean     = rv_arena_take(arena, self->cfg.n_tones, sizeof(float));
    self->variance = rv_arena_take(arena, self->cfg.n_tones, sizeof(float));
}

rv_status
rv_link_level_size(const rv_link_level_config *const cfg, size_t *const n_bytes)
{
    RV_TRY(check_config(cfg));
    rv_link_level self  = {.cfg = *cfg};
    rv_arena      arena = {0};
    lay_out(&self, &arena);
    *n_bytes = arena.used;
    return RV_OK;
}

rv_status
rv_link_level_init(rv_link_level *const self, const rv_link_level_config *const cfg,
                   void *const mem, const size_t n_bytes)
{
    rv_arena arena  = {0};
    size_t   needed = 0;
    RV_TRY(rv_link_level_size(cfg, &needed));
    RV_TRY(rv_arena_open(&arena, mem, n_bytes, needed));
    *self = (rv_link_level){.cfg = *cfg};
    memset(mem, 0, needed);
    lay_out(self, &arena);
    return RV_OK;
}

// Gain of this frame [dB]: the held one unless the reported power says that it stepped
static float
gain_of(rv_link_level *const self, const float level_db, const rv_estimate power)
{
    if (!rv_is_known(power) || !rv_is_finite_f32(power.value)) {
        self->has_gain = false;
        return level_db;
    }
    const float raw = level_db - power.value;
    if (!self->has_gain) {
        self->has_gain = true;
        self->gain_db  = raw;
        self->n_off    = 0;
        return raw;
    }
    const float off = raw - self->gain_db;
    if (rv_abs_f32(off) < gain_step_db) {
        self->gain_db += gain_memory * off;
        self->n_off = 0;
        return self->gain_db;
    }
    // Receivers step in whole dB, which also removes the rounding of the report
    const float step = (float)rv_round_i32(off);
    self->n_off      = self->n_off != 0 && self->off_db == step ? self->n_off + 1 : 1;
    self->off_db     = step;
    const float gain = self->gain_db + step;
    if (self->n_off >= frames_to_settle) {
        self->gain_db = gain;
        self->n_off   = 0;
    }
    return gain;
}

// Share of a new value in a forgetting mean, which needs no exponential
static float
share_of(const float dt_us, const float tau_us)
{
    return dt_us / (tau_us + dt_us);
}

static void
accumulate(rv_link_level *const self, const rv_csi *const csi, const float scale,
           const float dt_us)
{
    const float a_mean       = share_of(dt_us, self->cfg.mean_us);
    const float a_variance   = share_of(dt_us, self->cfg.variance_us);
    const bool  first        = self->frames == 0;
    float       sum_variance = 0.0F;
    float       sum_power    = 0.0F;
    for (uint32_t k = 0; k < self->cfg.n_tones; ++k) {
        const float x =
            scale * rv_sqrt_f32(csi->re[k] * csi->re[k] + csi->im[k] * csi->im[k]);
        const float mean = first ? x : self->mean[k];
        const float d    = x - mean;
        // Against a mean that forgets, d is 1 / (1 - a / 2) too wide
        const float var = d * d * (1.0F - 0.5F * a_mean);
        self->mean[k]   = mean + a_mean * d;
        self->variance[k] =
            first ? 0.0F : self->variance[k] + a_variance * (var - self->variance[k]);
        sum_variance += self->variance[k];
        sum_power += self->mean[k] * self->mean[k];
    }
    if (sum_power > 0.0F) {
        self->motion_db2 = db2_per_ratio2 * sum_variance / sum_power;
        self->level_db   = 10.0F * rv_log10_f32(sum_power);
    }
}

// Least motion of each span; the spans move on with time
static void
track_minimum(rv_link_level *const self, const uint64_t t_us)
{
    if (self->n_minima == 0 || (float)(t_us - self->span_us) > self->cfg.minimum_us) {
        memmove(self->minimum + 1, self->minimum,
                (RV_LINK_LEVEL_MINIMA - 1) * sizeof *self->minimum);
        self->minimum[0] = self->motion_db2;
        self->n_minima += (self->n_minima < RV_LINK_LEVEL_MINIMA);
        self->span_us = t_us;
    } else if (self->motion_db2 < self->minimum[0]) {
        self->minimum[0] = self->motion_db2;
    }
}

static void
track_slow(rv_link_level *const self, const float dt_us)
{
    const float share = self->n_minima == 0 ? 1.0F : share_of(dt_us, self->cfg.slow_us);
    self->slow_motion += share * (self->motion_db2 - self->slow_motion);
    self->slow_level += share * (self->level_db - self->slow_level);
}

rv_status
rv_link_level_push(rv_link_level *const self, const rv_csi *const csi,
                   const rv_estimate power)
{
    if (csi->n_tones != self->cfg.n_tones) {
        return RV_ERR_SHAPE;
    }
    float energy = 0.0F;
    for (uint32_t k = 0; k < self->cfg.n_tones; ++k) {
        energy += csi->re[k] * csi->re[k] + csi->im[k] * csi->im[k];
    }
    if (!rv_is_finite_f32(energy) || !rv_is_finite_f32(csi->gain_db)) {
        return RV_ERR_NONFINITE;
    }
    if (!(energy > 0.0F)) {
        return RV_OK; // A frame of zeros says nothing
    }
    const float level_db = 10.0F * rv_log10_f32(energy) + csi->gain_db;
    const float gain_db  = gain_of(self, level_db, power);
    // Amplitude at gain 1: 10^((removed - gain) / 20)
    const float    scale = rv_exp_f32((csi->gain_db - gain_db) * 0.115129255F);
    const uint64_t gap =
        csi->t_us > self->last_us ? csi->t_us - self->last_us : UINT64_C(0);
    const float dt_us = self->frames == 0 ? 0.0F : (float)gap;
    if (dt_us > self->cfg.gap_us) {
        self->frames = 0;
    }
    accumulate(self, csi, scale, dt_us);
    self->last_us = csi->t_us;
    if (self->frames < self->cfg.warm_frames) {
        ++self->frames;
    } else {
        track_slow(self, dt_us);
        track_minimum(self, csi->t_us);
    }
    return RV_OK;
}

void
rv_link_level_set_base(rv_link_level *const self)
{
    if (self->n_minima != 0) {
        self->base_motion = self->slow_motion;
        self->base_level  = self->slow_level;
        self->has_base    = true;
    }
}

void
rv_link_level_move_base(rv_link_level *const self, const float step_db)
{
    if (self->has_base && rv_is_finite_f32(step_db)) {
        self->base_level += step_db;
    }
}

static float
empty_motion(const rv_link_level *const self)
{
    if (self->has_base) {
        return self->base_motion;
    }
    float least = self->minimum[0];
    for (uint32_t i = 1; i < self->n_minima; ++i) {
        least = self->minimum[i] < least ? self->minimum[i] : least;
    }
    return least * self->cfg.least_ratio;
}

rv_room_sample
rv_link_level_get(const rv_link_level *const self)
{
    rv_room_sample sample = {.weight = 1.0F};
    if (self->frames < self->cfg.warm_frames || self->n_minima == 0) {
        return sample;
    }
    const float empty   = empty_motion(self);
    sample.variance_db2 = self->motion_db2;
    sample.sigma_db     = rv_sqrt_f32(empty > 1e-4F ? empty : 1e-4F);
    sample.level_db     = self->has_gain ? self->level_db : 0.0F;
    sample.has_baseline = self->has_base && self->has_gain;
    sample.loss_db = sample.has_baseline ? self->base_level - self->level_db : 0.0F;
    sample.valid   = true;
    return sample;
}
