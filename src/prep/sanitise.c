// SPDX-License-Identifier: MIT
#include <ruview/prep/sanitise.h>

#include <ruview/base/arena.h>
#include <ruview/frame/layout.h>
#include <ruview/math/elementary.h>
#include <ruview/math/order.h>
#include <ruview/prep/rotate.h>

#include "base/exact.h"
#include "base/try.h"

#include <string.h>

enum { frames_per_weights = 16 };

static const float anchor_pull = 1.0F / 64.0F; // of the template's own slope and phase
static const float many_tones  = 52.0F; // from here on the limit needs no correction
static const float noise_down  = 0.05F;
static const float noise_up    = 0.002F;

rv_sanitise_config
rv_sanitise_config_default(const uint16_t n_tones, const uint16_t n_streams)
{
    return (rv_sanitise_config){.n_tones       = n_tones,
                                .n_streams     = n_streams,
                                .follow_us     = 5.0e6F,
                                .structure     = 0.35F,
                                .match         = 0.5F,
                                .replace_after = 8,
                                .static_share  = 0.5F};
}

static rv_status
lay_out(const rv_sanitise_config *const cfg, rv_sanitise *const self,
        rv_arena *const arena)
{
    if (cfg->n_tones < 4 || cfg->n_tones > RV_MAX_TONES || cfg->n_streams < 1 ||
        cfg->n_streams > RV_MAX_STREAMS || !(cfg->follow_us > 0.0F) ||
        !(cfg->static_share > 0.0F && cfg->static_share <= 1.0F) ||
        cfg->replace_after < 1) {
        return RV_ERR_CONFIG;
    }
    const size_t n = (size_t)cfg->n_tones * cfg->n_streams;
    self->cfg      = *cfg;
    self->ref_re   = rv_arena_take(arena, n, sizeof(float));
    self->ref_im   = rv_arena_take(arena, n, sizeof(float));
    self->prev_re  = rv_arena_take(arena, n, sizeof(float));
    self->prev_im  = rv_arena_take(arena, n, sizeof(float));
    self->spread   = rv_arena_take(arena, cfg->n_tones, sizeof(float));
    self->weight   = rv_arena_take(arena, cfg->n_tones, sizeof(float));
    self->scratch  = rv_arena_take(arena, cfg->n_tones, sizeof(float));
    return arena->failed ? RV_ERR_MEMORY : RV_OK;
}

rv_status
rv_sanitise_size(const rv_sanitise_config *const cfg, size_t *const n_bytes)
{
    rv_sanitise ghost = {0};
    rv_arena    arena = {0};
    RV_TRY(lay_out(cfg, &ghost, &arena));
    *n_bytes = arena.used;
    return RV_OK;
}

rv_status
rv_sanitise_init(rv_sanitise *const self, const rv_sanitise_config *const cfg,
                 void *const mem, const size_t n_bytes)
{
    rv_arena arena  = {0};
    size_t   needed = 0;
    RV_TRY(rv_sanitise_size(cfg, &needed));
    RV_TRY(rv_arena_open(&arena, mem, n_bytes, needed));
    memset(mem, 0, needed);
    *self = (rv_sanitise){0};
    return lay_out(cfg, self, &arena);
}

const float *
rv_sanitise_template_re(const rv_sanitise *const self)
{
    return self->frames > 0 ? self->ref_re : NULL;
}

const float *
rv_sanitise_template_im(const rv_sanitise *const self)
{
    return self->frames > 0 ? self->ref_im : NULL;
}

static void
set_all(float *const x, const float value, const uint32_t n)
{
    for (uint32_t k = 0; k < n; ++k) {
        x[k] = value;
    }
}

static void
start_template(rv_sanitise *const self, const float *const re, const float *const im,
               const float *const alive)
{
    const uint32_t n_tones = self->cfg.n_tones;
    const size_t   bytes   = sizeof(float) * n_tones * self->cfg.n_streams;
    memcpy(self->ref_re, re, bytes);
    memcpy(self->ref_im, im, bytes);
    memcpy(self->prev_re, re, bytes);
    memcpy(self->prev_im, im, bytes);
    set_all(self->spread, 0.0F, n_tones);
    for (uint32_t k = 0; k < n_tones; ++k) {
        self->weight[k] = alive ? alive[k] : 1.0F;
    }
    self->frames        = 1;
    self->foreign       = 0;
    self->since_weights = 0;
}

void
rv_sanitise_set_template(rv_sanitise *const self, const float *const re,
                         const float *const im)
{
    start_template(self, re, im, NULL);
}

// Still tones weigh 1; the others less, by how much more they move
static void
update_weights(rv_sanitise *const self, const float *const alive)
{
    const uint32_t n_tones = self->cfg.n_tones;
    const float    share   = self->cfg.static_share * (float)n_tones;
    uint32_t       rank    = (uint32_t)rv_to_i32(share);
    rank                   = rank < n_tones ? rank : n_tones - 1;
    memcpy(self->scratch, self->spread, sizeof(float) * n_tones);
    const float limit = rv_max_f32(rv_nth_f32(self->scratch, n_tones, rank), 1.0e-12F);
    for (uint32_t k = 0; k < n_tones; ++k) {
        const float still = self->spread[k] <= limit ? 1.0F : limit / self->spread[k];
        self->weight[k]   = still * (alive ? alive[k] : 1.0F);
    }
}

// Pulls the template's own mean delay and phase towards zero, so that many small errors
// of the fit cannot add up to a walk
static void
anchor(rv_sanitise *const self, const rv_csi *const csi)
{
    rv_csi view           = *csi;
    view.re               = self->ref_re;
    view.im               = self->ref_im;
    const rv_rotation own = rv_rotation_own(&view, self->weight);
    rv_rotation_remove(&view, anchor_pull * own.phase_rad, anchor_pull * own.slope_rad);
}

static void
follow(rv_sanitise *const self, const rv_csi *const csi, const float *const alive)
{
    const uint32_t n_tones = self->cfg.n_tones;
    const uint32_t n       = n_tones * self->cfg.n_streams;
    const float    dt =
        csi->t_us > self->last_us ? (float)(csi->t_us - self->last_us) : 0.0F;
    // The first frames average evenly
    const float even =
        1.0F / (float)(self->frames < 1000000 ? self->frames + 1 : 1000000);
    const float alpha = rv_max_f32(dt / (dt + self->cfg.follow_us), even);
    float       step2 = 0.0F;
    for (uint32_t i = 0, k = 0; i < n; ++i, k = k + 1 == n_tones ? 0 : k + 1) {
        const float dx = csi->re[i] - self->ref_re[i];
        const float dy = csi->im[i] - self->ref_im[i];
        const float px = csi->re[i] - self->prev_re[i];
        const float py = csi->im[i] - self->prev_im[i];
        step2 += px * px + py * py;
        self->spread[k] += alpha * (dx * dx + dy * dy - self->spread[k]);
        self->ref_re[i] += alpha * dx;
        self->ref_im[i] += alpha * dy;
        self->prev_re[i] = csi->re[i];
        self->prev_im[i] = csi->im[i];
    }
    // The difference of two frames holds the noise of both, on re and im: 4 sigma^2
    const float var  = 0.25F * step2 / (float)n;
    const float rate = var < self->noise ? noise_down : noise_up;
    self->noise +=
        (self->frames < 8 ? 1.0F / (float)self->frames : rate) * (var - self->noise);
    ++self->frames;
    if (++self->since_weights == frames_per_weights) {
        self->since_weights = 0;
        update_weights(self, alive);
        anchor(self, csi);
    }
}

static void
take_out(rv_csi *const csi, const rv_rotation *const fit)
{
    rv_rotation_remove(csi, fit->phase_rad, fit->slope_rad);
    csi->phase_rad = fit->phase_rad;
    csi->sto_ns    = rv_rotation_delay_ns(fit->slope_rad, csi->spacing_hz);
}

// A frame that does not fit the template: kept apart, and when enough of them agree
// with one another, they make the new template
static void
meet_foreign(rv_sanitise *const self, const rv_csi *const csi, const float *const alive,
             rv_sanitise_result *const result)
{
    const size_t bytes = sizeof(float) * self->cfg.n_tones * self->cfg.n_streams;
    const bool   agrees =
        self->foreign > 0 &&
        rv_rotation_fit(csi, self->prev_re, self->prev_im, alive).coherence >=
            self->cfg.match;
    self->foreign = agrees ? self->foreign + 1 : 1;
    memcpy(self->prev_re, csi->re, bytes);
    memcpy(self->prev_im, csi->im, bytes);
    result->reason = RV_REASON_STEP;
    if (self->foreign >= self->cfg.replace_after) {
        start_template(self, csi->re, csi->im, alive);
        result->replaced = true;
    }
}

rv_status
rv_sanitise_push(rv_sanitise *const self, rv_csi *const csi, const float *const weight,
                 rv_sanitise_result *const result)
{
    if (csi->n_tones != self->cfg.n_tones || csi->n_streams != self->cfg.n_streams) {
        return RV_ERR_SHAPE;
    }
    *result = (rv_sanitise_result){0};
    if (csi->amplitude_only) {
        result->reason = RV_REASON_UNSUPPORTED;
        return RV_OK;
    }
    const rv_rotation own = rv_rotation_own(csi, weight);
    // Chance alone gives about n^(-1/2): few tones must agree better than many
    const float few   = rv_sqrt_f32((float)csi->n_tones / many_tones);
    result->structure = own.coherence * rv_min_f32(few, 1.0F);
    if (result->structure < self->cfg.structure) {
        result->reason = RV_REASON_PHASE_GARBAGE;
        return RV_OK;
    }
    if (self->frames == 0) {
        take_out(csi, &own);
        start_template(self, csi->re, csi->im, weight);
        self->last_us    = csi->t_us;
        result->match    = 1.0F;
        result->replaced = true;
        return RV_OK;
    }
    const rv_rotation fit =
        rv_rotation_fit(csi, self->ref_re, self->ref_im, self->weight);
    result->match = fit.coherence;
    if (fit.coherence < self->cfg.match) {
        take_out(csi, &own);
        meet_foreign(self, csi, weight, result);
    } else {
        take_out(csi, &fit);
        if (self->foreign > 0) { // `prev` holds a foreign frame: begin with this one
            const size_t bytes =
                sizeof(float) * self->cfg.n_tones * self->cfg.n_streams;
            memcpy(self->prev_re, csi->re, bytes);
            memcpy(self->prev_im, csi->im, bytes);
            self->foreign = 0;
        }
        result->phase_sigma = fit.phase_sigma;
        result->sto_sigma_ns =
            rv_abs_f32(rv_rotation_delay_ns(fit.slope_sigma, csi->spacing_hz));
        follow(self, csi, weight);
    }
    csi->noise    = rv_sqrt_f32(self->noise);
    self->last_us = csi->t_us;
    return RV_OK;
}

static const float *
stream_of(const float *const x, const rv_csi *const csi, const uint32_t s)
{
    return x + (size_t)s * csi->n_tones;
}

rv_status
rv_csi_product(const rv_csi *const csi, const uint32_t a, const uint32_t b,
               float *const out_re, float *const out_im)
{
    if (a >= csi->n_streams || b >= csi->n_streams) {
        return RV_ERR_RANGE;
    }
    const float *const ar = stream_of(csi->re, csi, a), *const ai =
                                                            stream_of(csi->im, csi, a);
    const float *const br = stream_of(csi->re, csi, b), *const bi =
                                                            stream_of(csi->im, csi, b);
    for (uint32_t k = 0; k < csi->n_tones; ++k) {
        out_re[k] = ar[k] * br[k] + ai[k] * bi[k];
        out_im[k] = ai[k] * br[k] - ar[k] * bi[k];
    }
    return RV_OK;
}

rv_status
rv_csi_ratio(const rv_csi *const csi, const uint32_t a, const uint32_t b,
             const float floor, float *const out_re, float *const out_im)
{
    if (a >= csi->n_streams || b >= csi->n_streams || !(floor > 0.0F)) {
        return RV_ERR_RANGE;
    }
    const float *const ar = stream_of(csi->re, csi, a), *const ai =
                                                            stream_of(csi->im, csi, a);
    const float *const br = stream_of(csi->re, csi, b), *const bi =
                                                            stream_of(csi->im, csi, b);
    const float least = floor * floor;
    for (uint32_t k = 0; k < csi->n_tones; ++k) {
        const float size = rv_max_f32(br[k] * br[k] + bi[k] * bi[k], least);
        out_re[k]        = (ar[k] * br[k] + ai[k] * bi[k]) / size;
        out_im[k]        = (ai[k] * br[k] - ar[k] * bi[k]) / size;
    }
    return RV_OK;
}
