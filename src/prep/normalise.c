// SPDX-License-Identifier: MIT
#include <ruview/prep/normalise.h>

#include <ruview/base/arena.h>
#include <ruview/math/elementary.h>

#include "base/exact.h"
#include "base/try.h"

#include <string.h>

static const float agc_step_db     = 3.0F;
static const float agc_step_sigmas = 6.0F;

rv_normalise_config
rv_normalise_config_default(const rv_layout *const layout, const uint8_t n_rx,
                            const uint8_t n_tx)
{
    return (rv_normalise_config){.layout    = layout,
                                 .n_rx      = n_rx,
                                 .n_tx      = n_tx,
                                 .dead_run  = 20,
                                 .forget_us = 10.0e6F};
}

static rv_status
lay_out(const rv_normalise_config *const cfg, rv_normalise *const self,
        rv_arena *const arena)
{
    if (!cfg->layout || cfg->layout->primary >= cfg->layout->n_segments ||
        cfg->n_rx < 1 || cfg->n_rx > RV_MAX_ANTENNAS || cfg->n_tx < 1 ||
        cfg->n_tx > RV_MAX_ANTENNAS || cfg->dead_run < 1 || !(cfg->forget_us > 0.0F)) {
        return RV_ERR_CONFIG;
    }
    const rv_segment *const segment = &cfg->layout->segment[cfg->layout->primary];
    if (segment->n_tones < 4 || segment->n_tones > RV_MAX_TONES) {
        return RV_ERR_CONFIG;
    }
    self->cfg      = *cfg;
    self->segment  = segment;
    self->zero_run = rv_arena_take(arena, segment->n_tones, sizeof(uint16_t));
    self->weight   = rv_arena_take(arena, segment->n_tones, sizeof(float));
    return arena->failed ? RV_ERR_MEMORY : RV_OK;
}

rv_status
rv_normalise_size(const rv_normalise_config *const cfg, size_t *const n_bytes)
{
    rv_normalise ghost = {0};
    rv_arena     arena = {0};
    RV_TRY(lay_out(cfg, &ghost, &arena));
    *n_bytes = arena.used;
    return RV_OK;
}

rv_status
rv_normalise_init(rv_normalise *const self, const rv_normalise_config *const cfg,
                  void *const mem, const size_t n_bytes)
{
    rv_arena arena  = {0};
    size_t   needed = 0;
    RV_TRY(rv_normalise_size(cfg, &needed));
    RV_TRY(rv_arena_open(&arena, mem, n_bytes, needed));
    memset(mem, 0, needed);
    *self = (rv_normalise){0};
    RV_TRY(lay_out(cfg, self, &arena));
    for (uint32_t k = 0; k < self->segment->n_tones; ++k) {
        self->weight[k] = 1.0F;
    }
    return RV_OK;
}

uint32_t
rv_normalise_tones(const rv_normalise *const self)
{
    return self->segment->n_tones;
}

const float *
rv_normalise_weight(const rv_normalise *const self)
{
    return self->weight;
}

rv_normalise_stats
rv_normalise_get_stats(const rv_normalise *const self)
{
    return self->stats;
}

// Picks the segment's tones out of every stream; returns the energy
static float
gather(const rv_segment *const segment, const rv_frame *const frame,
       const uint32_t n_streams, float *const re, float *const im)
{
    const uint32_t n_tones = segment->n_tones;
    float          energy  = 0.0F;
    for (uint32_t s = 0; s < n_streams; ++s) {
        const size_t       at = (size_t)s * frame->layout->n_entries + segment->first;
        const float *const in_re = frame->re + at;
        const float *const in_im = frame->im + at;
        for (uint32_t k = 0; k < n_tones; ++k) {
            const float a       = in_re[segment->entry[k]];
            const float b       = in_im[segment->entry[k]];
            re[s * n_tones + k] = a;
            im[s * n_tones + k] = b;
            energy += a * a + b * b;
        }
    }
    return energy;
}

// A tone that is zero on every stream for dead_run frames in a row is dead, one sample
// other than zero brings it back
static void
watch_dead(rv_normalise *const self, const uint32_t n_streams, const float *const re,
           const float *const im)
{
    const uint32_t n_tones = self->segment->n_tones;
    uint16_t       n_dead  = 0;
    for (uint32_t k = 0; k < n_tones; ++k) {
        bool zero = true;
        for (uint32_t s = 0; s < n_streams; ++s) {
            zero = zero && re[s * n_tones + k] == 0.0F && im[s * n_tones + k] == 0.0F;
        }
        const uint16_t run = self->zero_run[k];
        self->zero_run[k]  = !zero                      ? 0
                             : run < self->cfg.dead_run ? (uint16_t)(run + 1)
                                                        : run;
        self->weight[k]    = self->zero_run[k] < self->cfg.dead_run ? 1.0F : 0.0F;
        n_dead             = (uint16_t)(n_dead + (self->weight[k] == 0.0F));
    }
    self->stats.n_dead = n_dead;
}

// Dead tones become the line between the nearest living ones
static void
bridge(const float *const weight, const int16_t *const tone, const uint32_t n_tones,
       float *const x)
{
    uint32_t left = n_tones;
    for (uint32_t k = 0; k < n_tones; ++k) {
        if (weight[k] > 0.0F) {
            left = k;
            continue;
        }
        uint32_t right = k + 1;
        while (right < n_tones && !(weight[right] > 0.0F)) {
            ++right;
        }
        if (left == n_tones && right == n_tones) {
            return;
        }
        if (left == n_tones) {
            x[k] = x[right];
        } else if (right == n_tones) {
            x[k] = x[left];
        } else {
            const float t =
                (float)(tone[k] - tone[left]) / (float)(tone[right] - tone[left]);
            x[k] = x[left] + t * (x[right] - x[left]);
        }
    }
}

static void
watch_gain(rv_normalise *const self, const uint64_t t_us, const float gain_db)
{
    rv_normalise_stats *const stats = &self->stats;
    if (stats->frames == 0) {
        stats->gain_mean_db = gain_db;
        self->gain_var      = 1.0F;
    } else {
        const float dt    = t_us > self->last_us ? (float)(t_us - self->last_us) : 0.0F;
        const float alpha = dt / (dt + self->cfg.forget_us);
        const float d     = gain_db - stats->gain_mean_db;
        const float size  = rv_abs_f32(d);
        stats->agc_step =
            size > agc_step_db && size > agc_step_sigmas * stats->gain_sd_db;
        stats->agc_steps += stats->agc_step;
        // A step starts the mean again; its size must not inflate the spread
        stats->gain_mean_db += (stats->agc_step ? 1.0F : alpha) * d;
        self->gain_var += stats->agc_step ? 0.0F : alpha * (d * d - self->gain_var);
    }
    stats->gain_sd_db = rv_sqrt_f32(self->gain_var);
    self->last_us     = t_us;
    ++stats->frames;
}

rv_reason
rv_normalise_push(rv_normalise *const self, const rv_frame *const frame,
                  rv_csi *const out)
{
    if (frame->layout != self->cfg.layout || frame->n_rx != self->cfg.n_rx ||
        frame->n_tx != self->cfg.n_tx) {
        return RV_REASON_UNKNOWN_LAYOUT;
    }
    const uint32_t n_streams = (uint32_t)frame->n_rx * frame->n_tx;
    const uint32_t n_tones   = self->segment->n_tones;
    const uint32_t n         = n_streams * n_tones;
    const float    energy = gather(self->segment, frame, n_streams, out->re, out->im);
    if (!rv_is_finite_f32(energy)) {
        return RV_REASON_NONFINITE;
    }
    if (!(energy > 0.0F)) {
        return RV_REASON_ALL_ZERO;
    }
    watch_dead(self, n_streams, out->re, out->im);
    for (uint32_t s = 0; self->stats.n_dead > 0 && s < n_streams; ++s) {
        bridge(self->weight, self->segment->tone, n_tones, out->re + s * n_tones);
        bridge(self->weight, self->segment->tone, n_tones, out->im + s * n_tones);
    }
    const float living = (float)(n_streams * (n_tones - self->stats.n_dead));
    const float rms    = rv_sqrt_f32(energy / living);
    const float scale  = 1.0F / rms;
    for (uint32_t i = 0; i < n; ++i) {
        out->re[i] *= scale;
        out->im[i] *= scale;
    }
    out->t_us           = frame->t_us;
    out->n_tones        = (uint16_t)n_tones;
    out->n_streams      = (uint16_t)n_streams;
    out->spacing_hz     = frame->layout->spacing_hz;
    out->tone           = self->segment->tone;
    out->gain_db        = 20.0F * rv_log10_f32(rms);
    out->sto_ns         = 0.0F;
    out->phase_rad      = 0.0F;
    out->noise          = 0.0F;
    out->amplitude_only = frame->amplitude_only;
    watch_gain(self, frame->t_us, out->gain_db);
    return RV_REASON_NONE;
}
