// SPDX-License-Identifier: MIT
#include <ruview/prep/align.h>

#include <ruview/base/arena.h>
#include <ruview/frame/layout.h>
#include <ruview/math/elementary.h>
#include <ruview/math/order.h>
#include <ruview/prep/rotate.h>

#include "base/exact.h"
#include "base/try.h"

#include <string.h>

rv_align_config
rv_align_config_default(const uint16_t n_tones)
{
    return (rv_align_config){.n_tones      = n_tones,
                             .static_share = 0.3F,
                             .min_static   = 8,
                             .follow_us    = 5.0e6F,
                             .min_match    = 0.5F};
}

static rv_status
lay_out(const rv_align_config *const cfg, rv_align *const self, rv_arena *const arena)
{
    if (cfg->n_tones < 4 || cfg->n_tones > RV_MAX_TONES || cfg->min_static < 2 ||
        !(cfg->static_share >= 0.0F && cfg->static_share <= 1.0F) ||
        !(cfg->follow_us > 0.0F)) {
        return RV_ERR_CONFIG;
    }
    self->cfg    = *cfg;
    self->mean   = rv_arena_take(arena, cfg->n_tones, sizeof(float));
    self->var    = rv_arena_take(arena, cfg->n_tones, sizeof(float));
    self->weight = rv_arena_take(arena, cfg->n_tones, sizeof(float));
    self->index  = rv_arena_take(arena, cfg->n_tones, sizeof(uint16_t));
    return arena->failed ? RV_ERR_MEMORY : RV_OK;
}

rv_status
rv_align_size(const rv_align_config *const cfg, size_t *const n_bytes)
{
    rv_align ghost = {0};
    rv_arena arena = {0};
    RV_TRY(lay_out(cfg, &ghost, &arena));
    *n_bytes = arena.used;
    return RV_OK;
}

rv_status
rv_align_init(rv_align *const self, const rv_align_config *const cfg, void *const mem,
              const size_t n_bytes)
{
    rv_arena arena  = {0};
    size_t   needed = 0;
    RV_TRY(rv_align_size(cfg, &needed));
    RV_TRY(rv_arena_open(&arena, mem, n_bytes, needed));
    memset(mem, 0, needed);
    *self = (rv_align){0};
    return lay_out(cfg, self, &arena);
}

// Value and index as one number: larger value, or equal and larger index, is larger
static uint64_t
rank_of(const float *const value, const uint16_t i)
{
    return (uint64_t)rv_order_key(value[i]) << 16 | i;
}

void
rv_align_pick(const float *const value, const uint32_t n, const uint32_t n_pick,
              uint16_t *const work)
{
    for (uint32_t i = 0; i < n; ++i) {
        work[i] = (uint16_t)i;
    }
    // Quickselect on (value, index); all ranks differ, so the set is unique
    uint32_t lo = 0, hi = n;
    while (n_pick < n && hi - lo > 1) {
        const uint64_t pivot = rank_of(value, work[lo + (hi - lo) / 2]);
        uint32_t       i = lo, j = hi - 1;
        for (;;) {
            while (rank_of(value, work[i]) < pivot) {
                ++i;
            }
            while (rank_of(value, work[j]) > pivot) {
                --j;
            }
            if (i >= j) {
                break;
            }
            const uint16_t swap = work[i];
            work[i++]           = work[j];
            work[j--]           = swap;
        }
        const uint32_t split = rank_of(value, work[i]) < pivot ? i + 1 : i;
        if (n_pick <= split && split < hi) {
            hi = split;
        } else if (split > lo) {
            lo = split;
        } else {
            ++lo;
        }
    }
    // Ascending by index: insertion, the set is small
    for (uint32_t i = 1; i < n_pick && i < n; ++i) {
        const uint16_t x = work[i];
        uint32_t       j = i;
        for (; j > 0 && work[j - 1] > x; --j) {
            work[j] = work[j - 1];
        }
        work[j] = x;
    }
}

uint32_t
rv_align_otsu(const float *const score, const uint32_t n, uint16_t *const work)
{
    double total = 0.0;
    for (uint32_t i = 0; i < n; ++i) {
        uint32_t k = i; // insertion: the tones of one frame are few
        for (; k > 0 && rank_of(score, work[k - 1]) > rank_of(score, (uint16_t)i);
             --k) {
            work[k] = work[k - 1];
        }
        work[k] = (uint16_t)i;
        total += (double)score[i];
    }
    double   best = 0.0, below = 0.0;
    uint32_t cut = n;
    for (uint32_t k = 1; k < n; ++k) {
        below += (double)score[work[k - 1]];
        if (!(score[work[k]] > score[work[k - 1]])) {
            continue; // equal scores stay together
        }
        const double low  = below / (double)k;
        const double high = (total - below) / (double)(n - k);
        const double between =
            (double)k * (double)(n - k) * (high - low) * (high - low);
        if (between > best) {
            best = between;
            cut  = k;
        }
    }
    return n - cut;
}

static void
learn(rv_align *const self, const rv_csi *const csi)
{
    const float dt =
        csi->t_us > self->last_us ? (float)(csi->t_us - self->last_us) : 0.0F;
    const float even =
        1.0F / (float)(self->frames < 1000000 ? self->frames + 1 : 1000000);
    const float alpha = rv_max_f32(dt / (dt + self->cfg.follow_us), even);
    for (uint32_t k = 0; k < csi->n_tones; ++k) {
        const float a = rv_hypot_f32(csi->re[k], csi->im[k]);
        const float d = a - self->mean[k];
        self->mean[k] += alpha * d;
        self->var[k] += alpha * (d * d * (1.0F - alpha) - self->var[k]);
    }
    self->last_us = csi->t_us;
    ++self->frames;
}

static void
choose_static(rv_align *const self)
{
    const uint32_t n_tones = self->cfg.n_tones;
    uint32_t n = (uint32_t)rv_to_i32(self->cfg.static_share * (float)n_tones + 0.999F);
    n          = n < self->cfg.min_static ? self->cfg.min_static : n;
    n          = n < n_tones ? n : n_tones;
    rv_align_pick(self->var, n_tones, n, self->index);
    // The still tones weigh 1; the others less, by how much more they move
    float limit = 1.0e-12F;
    for (uint32_t i = 0; i < n; ++i) {
        limit = rv_max_f32(limit, self->var[self->index[i]]);
    }
    for (uint32_t k = 0; k < n_tones; ++k) {
        const float var = self->var[k];
        self->weight[k] = var <= limit ? 1.0F : limit / var;
    }
}

rv_status
rv_align_push(rv_align *const self, rv_csi *const *const frames, const uint32_t n,
              rv_align_result *const results)
{
    if (n == 0) {
        return RV_ERR_EMPTY;
    }
    for (uint32_t i = 0; i < n; ++i) {
        if (frames[i]->n_tones != self->cfg.n_tones ||
            frames[i]->n_streams != frames[0]->n_streams) {
            return RV_ERR_SHAPE;
        }
    }
    learn(self, frames[0]);
    if (results) {
        results[0] = (rv_align_result){.match = 1.0F};
    }
    if (n > 1) {
        choose_static(self);
    }
    for (uint32_t i = 1; i < n; ++i) {
        rv_align_result result = {0};
        if (frames[i]->amplitude_only || frames[0]->amplitude_only) {
            result.reason = RV_REASON_UNSUPPORTED;
        } else {
            const rv_rotation fit =
                rv_rotation_fit(frames[i], frames[0]->re, frames[0]->im, self->weight);
            result.match  = fit.coherence;
            result.reason = fit.coherence < self->cfg.min_match ? RV_REASON_LOW_QUALITY
                                                                : RV_REASON_NONE;
            if (result.reason == RV_REASON_NONE) {
                rv_rotation_remove(frames[i], fit.phase_rad, fit.slope_rad);
                result.phase_rad = fit.phase_rad;
                result.delay_ns =
                    rv_rotation_delay_ns(fit.slope_rad, frames[i]->spacing_hz);
                result.delay_sigma_ns = rv_abs_f32(
                    rv_rotation_delay_ns(fit.slope_sigma, frames[i]->spacing_hz));
                frames[i]->phase_rad += fit.phase_rad;
                frames[i]->sto_ns += result.delay_ns;
            }
        }
        if (results) {
            results[i] = result;
        }
    }
    return RV_OK;
}
