// SPDX-License-Identifier: MIT
#include <ruview/room/link_level.h>

#include "base/try.h"
#include "room/room_math.h"

#include <ruview/base/arena.h>

#include <string.h>

// (20 / ln 10)^2: relative amplitude to dB, squared
static const float db2_per_ratio2 = 75.4447F;

// A gain that is off by more than this has stepped [dB]; RSSI is rounded to 1 dB
static const float gain_step_db = 0.75F;

// A step that lasts this many frames is the new gain
enum { frames_to_settle = 3, frames_to_learn = 20 };

// Share of each frame in the gain between steps
static const float gain_memory = 0.03F;

rv_link_level_config
rv_link_level_config_default(const uint32_t n_tones)
{
    return (rv_link_level_config){
        .n_tones     = n_tones,
        .mean_s      = 0.8F,
        .variance_s  = 0.3F,
        .stale_s     = 0.5F,
        .warmup_s    = 1.0F,
        .minimum_s   = 15.0F,
        .floor_ratio = 1.6F,
    };
}

static rv_status
check_config(const rv_link_level_config *const c)
{
    const bool ok = c->n_tones >= 1 && c->n_tones <= RV_LINK_LEVEL_MAX_TONES &&
                    room_in_range(c->mean_s, 0.01F, 1e3F) &&
                    room_in_range(c->variance_s, 0.01F, 1e3F) &&
                    room_in_range(c->stale_s, 0.01F, 1e3F) &&
                    room_in_range(c->warmup_s, 0.0F, 1e3F) &&
                    room_in_range(c->minimum_s, 0.1F, 1e4F) &&
                    room_in_range(c->floor_ratio, 1.0F, 100.0F);
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
    size_t needed = 0;
    RV_TRY(rv_link_level_size(cfg, &needed));
    if (!mem || (uintptr_t)mem % RV_ARENA_ALIGN != 0 || n_bytes < needed) {
        return RV_ERR_MEMORY;
    }
    *self          = (rv_link_level){.cfg = *cfg};
    rv_arena arena = {.base = mem, .size = n_bytes};
    memset(mem, 0, needed);
    lay_out(self, &arena);
    return RV_OK;
}

// Gain of this frame [dB]: the held one unless RSSI says that it stepped
static float
gain_of(rv_link_level *const self, const float power_db, const float rssi_dbm)
{
    if (!rv_is_finite_f32(rssi_dbm) || rssi_dbm == 0.0F) {
        self->has_gain = false;
        return power_db;
    }
    const float raw = power_db - rssi_dbm;
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
    // Receivers step in whole dB, which also removes the rounding of RSSI
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

static float
forget(const float dt_s, const float constant_s)
{
    return 1.0F - rv_exp_f32(-dt_s / constant_s);
}

static void
accumulate(rv_link_level *const self, const float *const amplitude, const float scale,
           const float a_mean, const float a_variance)
{
    float sum_variance = 0.0F;
    float sum_power    = 0.0F;
    for (uint32_t k = 0; k < self->cfg.n_tones; ++k) {
        const float x = amplitude[k] * scale;
        const float d = x - self->mean[k];
        // d against a mean that forgets is 1 / (1 - a / 2) too wide
        const float var = d * d * (1.0F - 0.5F * a_mean);
        self->mean[k] += a_mean * d;
        self->variance[k] += a_variance * (var - self->variance[k]);
        sum_variance += self->variance[k];
        sum_power += self->mean[k] * self->mean[k];
    }
    self->motion_db2 = sum_power > 0.0F ? db2_per_ratio2 * sum_variance / sum_power : 0;
    self->level_db   = sum_power > 0.0F ? 10.0F * rv_log10_f32(sum_power) : 0.0F;
}

// Least motion of each span; the spans move on with time
static void
track_minimum(rv_link_level *const self, const uint64_t t_us)
{
    const uint64_t span_us = (uint64_t)rv_to_i64((double)self->cfg.minimum_s * 1e6);
    if (self->n_minima == 0 || t_us - self->span_us > span_us) {
        memmove(self->minimum + 1, self->minimum,
                (RV_LINK_LEVEL_MINIMA - 1) * sizeof *self->minimum);
        self->minimum[0] = self->motion_db2;
        self->n_minima += (self->n_minima < RV_LINK_LEVEL_MINIMA);
        self->span_us = t_us;
    } else if (self->motion_db2 < self->minimum[0]) {
        self->minimum[0] = self->motion_db2;
    }
}

static bool
warm(const rv_link_level *const self, const uint64_t t_us)
{
    return (float)(t_us - self->first_us) >= self->cfg.warmup_s * 1e6F;
}

static void
begin_again(rv_link_level *const self, const uint64_t t_us,
            const float *const amplitude, const float scale)
{
    self->first_us = t_us;
    for (uint32_t k = 0; k < self->cfg.n_tones; ++k) {
        self->mean[k]     = amplitude[k] * scale;
        self->variance[k] = 0.0F;
    }
}

rv_status
rv_link_level_push(rv_link_level *const self, const uint64_t t_us,
                   const float *const amplitude, const float rssi_dbm)
{
    if (self->started && t_us < self->last_us) {
        return RV_ERR_RANGE;
    }
    float power = 0.0F;
    for (uint32_t k = 0; k < self->cfg.n_tones; ++k) {
        power += amplitude[k] * amplitude[k];
    }
    if (!rv_is_finite_f32(power)) {
        return RV_ERR_NONFINITE;
    }
    if (!(power > 0.0F)) {
        return RV_OK; // An all-zero frame says nothing
    }
    const float gain  = gain_of(self, 10.0F * rv_log10_f32(power), rssi_dbm);
    const float scale = rv_exp_f32(gain * -0.115129255F); // 10^(-gain / 20)
    const float dt_s  = self->started ? (float)(t_us - self->last_us) * 1e-6F : 0.0F;
    if (!self->started || dt_s > self->cfg.stale_s) {
        begin_again(self, t_us, amplitude, scale);
    }
    self->started = true;
    self->last_us = t_us;
    accumulate(self, amplitude, scale, forget(dt_s, self->cfg.mean_s),
               forget(dt_s, self->cfg.variance_s));
    if (warm(self, t_us)) {
        track_minimum(self, t_us);
        if (self->learning) {
            self->sum_motion += (double)self->motion_db2;
            self->sum_level += (double)self->level_db;
            ++self->n_learned;
        }
    }
    return RV_OK;
}

static float
empty_motion(const rv_link_level *const self)
{
    if (self->calibrated) {
        return self->empty_motion_db2;
    }
    float least = self->minimum[0];
    for (uint32_t i = 1; i < self->n_minima; ++i) {
        least = self->minimum[i] < least ? self->minimum[i] : least;
    }
    return least * self->cfg.floor_ratio;
}

void
rv_link_level_sample(const rv_link_level *const self, const uint64_t t_us,
                     rv_room_sample *const out)
{
    memset(out, 0, sizeof *out);
    const bool fresh = self->started && t_us >= self->last_us &&
                       (float)(t_us - self->last_us) <= self->cfg.stale_s * 1e6F;
    const float noise = empty_motion(self);
    if (!fresh || self->n_minima == 0 || !(noise > 0.0F)) {
        return;
    }
    out->valid        = warm(self, self->last_us);
    out->weight       = 1.0F;
    out->variance_db2 = self->motion_db2;
    out->sigma_db     = rv_sqrt_f32(noise);
    out->level_db     = self->has_gain ? self->level_db : 0.0F;
    out->has_baseline = self->calibrated && self->has_gain;
    out->loss_db = out->has_baseline ? self->empty_level_db - self->level_db : 0.0F;
}

void
rv_link_level_learn(rv_link_level *const self)
{
    self->learning   = true;
    self->sum_motion = 0.0;
    self->sum_level  = 0.0;
    self->n_learned  = 0;
}

rv_status
rv_link_level_finish(rv_link_level *const self)
{
    if (!self->learning || self->n_learned < frames_to_learn) {
        return RV_ERR_STATE;
    }
    self->learning         = false;
    self->calibrated       = true;
    self->empty_motion_db2 = (float)(self->sum_motion / self->n_learned);
    self->empty_level_db   = (float)(self->sum_level / self->n_learned);
    return RV_OK;
}
