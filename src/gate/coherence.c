// SPDX-License-Identifier: MIT
#include <ruview/gate/coherence.h>

#include <ruview/base/arena.h>
#include <ruview/frame/layout.h>
#include <ruview/fusion/measure.h>
#include <ruview/math/elementary.h>
#include <ruview/prep/align.h>

#include "base/exact.h"
#include "base/try.h"

#include <string.h>

enum { frames_per_pick = 32, suspect_max_us = 30000000 };

static const float huber     = 4.5F; // cap on |z|^2/2; under the null 1.1 % reach it
static const float least_var = 1.0e-8F;
static const float least_lag = 0.3F; // null correlation of successive frames, at least
static const float fast_us   = 1.0e6F;
static const float agree_factor = 3.0F;  // residual about the fast mean over the null
static const float cusum_cap    = 10.0F; // one frame counts no more than this

rv_coherence_config
rv_coherence_config_default(const uint16_t n_tones, const uint16_t n_streams)
{
    return (rv_coherence_config){.n_tones      = n_tones,
                                 .n_streams    = n_streams,
                                 .warm_frames  = 16,
                                 .follow_us    = 10.0e6F,
                                 .static_share = 0.5F,
                                 .drift_slack  = 1.5F,
                                 .drift_limit  = 60.0F,
                                 .settle_us    = 3000000};
}

static rv_status
lay_out(const rv_coherence_config *const cfg, rv_coherence *const self,
        rv_arena *const arena)
{
    if (cfg->n_tones < 4 || cfg->n_tones > RV_MAX_TONES || cfg->n_streams < 1 ||
        cfg->n_streams > RV_MAX_STREAMS || cfg->warm_frames < 4 ||
        !(cfg->follow_us > 0.0F) ||
        !(cfg->static_share > 0.0F && cfg->static_share <= 1.0F) ||
        !(cfg->drift_limit > 0.0F)) {
        return RV_ERR_CONFIG;
    }
    const size_t n = (size_t)cfg->n_tones * cfg->n_streams;
    self->cfg      = *cfg;
    self->ref_re   = rv_arena_take(arena, n, sizeof(float));
    self->ref_im   = rv_arena_take(arena, n, sizeof(float));
    self->var      = rv_arena_take(arena, n, sizeof(float));
    self->prev_re  = rv_arena_take(arena, n, sizeof(float));
    self->prev_im  = rv_arena_take(arena, n, sizeof(float));
    self->fast_re  = rv_arena_take(arena, n, sizeof(float));
    self->fast_im  = rv_arena_take(arena, n, sizeof(float));
    self->index    = rv_arena_take(arena, cfg->n_tones, sizeof(uint16_t));
    self->work     = rv_arena_take(arena, cfg->n_tones, sizeof(uint16_t));
    return arena->failed ? RV_ERR_MEMORY : RV_OK;
}

rv_status
rv_coherence_size(const rv_coherence_config *const cfg, size_t *const n_bytes)
{
    rv_coherence ghost = {0};
    rv_arena     arena = {0};
    RV_TRY(lay_out(cfg, &ghost, &arena));
    *n_bytes = arena.used;
    return RV_OK;
}

rv_status
rv_coherence_init(rv_coherence *const self, const rv_coherence_config *const cfg,
                  void *const mem, const size_t n_bytes)
{
    rv_arena arena  = {0};
    size_t   needed = 0;
    RV_TRY(rv_coherence_size(cfg, &needed));
    RV_TRY(rv_arena_open(&arena, mem, n_bytes, needed));
    memset(mem, 0, needed);
    *self = (rv_coherence){0};
    RV_TRY(lay_out(cfg, self, &arena));
    rv_coherence_reset(self);
    return RV_OK;
}

void
rv_coherence_reset(rv_coherence *const self)
{
    const float share = self->cfg.static_share * (float)self->cfg.n_tones;
    self->n_static    = (uint32_t)rv_to_i32(share);
    self->n_static    = self->n_static < 4 ? 4 : self->n_static;
    for (uint32_t k = 0; k < self->cfg.n_tones; ++k) {
        self->index[k] = (uint16_t)k;
    }
    self->frames     = 0;
    self->cusum      = 0.0F;
    self->step_us    = 0;
    self->suspect_us = 0;
    self->fit_mean   = 1.0F;
    self->fit_var    = 0.0F;
    self->until_pick = frames_per_pick;
}

static void
start_template(rv_coherence *const self, const float *const re, const float *const im)
{
    const uint32_t n     = (uint32_t)self->cfg.n_tones * self->cfg.n_streams;
    const size_t   bytes = sizeof(float) * n;
    memmove(self->ref_re, re, bytes);
    memmove(self->ref_im, im, bytes);
    memmove(self->fast_re, re, bytes);
    memmove(self->fast_im, im, bytes);
}

static void
remember(rv_coherence *const self, const rv_csi *const csi)
{
    const size_t bytes = sizeof(float) * csi->n_tones * csi->n_streams;
    memcpy(self->prev_re, csi->re, bytes);
    memcpy(self->prev_im, csi->im, bytes);
    self->last_us = csi->t_us;
    ++self->frames;
}

// The first frames: an even mean, and the spread from successive differences, which a
// moving mean cannot spoil
static void
warm_up(rv_coherence *const self, const rv_csi *const csi)
{
    const uint32_t n    = (uint32_t)csi->n_tones * csi->n_streams;
    const float    even = 1.0F / (float)(self->frames + 1);
    const float    rate = 1.0F / (float)self->frames;
    for (uint32_t i = 0; i < n; ++i) {
        const float dx = csi->re[i] - self->prev_re[i];
        const float dy = csi->im[i] - self->prev_im[i];
        const float v  = 0.25F * (dx * dx + dy * dy);
        self->var[i] = self->frames == 1 ? v : self->var[i] + rate * (v - self->var[i]);
        self->ref_re[i] += even * (csi->re[i] - self->ref_re[i]);
        self->ref_im[i] += even * (csi->im[i] - self->ref_im[i]);
    }
    memcpy(self->fast_re, self->ref_re, sizeof(float) * n);
    memcpy(self->fast_im, self->ref_im, sizeof(float) * n);
}

// Sums over the tones that count
typedef struct {
    float score; ///< Mean of exp(-|z|^2/2), times 2
    float error; ///< Standard error of that mean, from the tones' own scatter
    float chi;   ///< Mean of |z|^2/2 about the template
    float near;  ///< The same about the fast mean
    float snr;
} scores;

static scores
score_static(const rv_coherence *const self, const rv_csi *const csi)
{
    scores   s     = {0};
    uint32_t count = 0;
    float    power = 0.0F, noise = 0.0F, square = 0.0F;
    for (uint32_t j = 0; j < self->n_static; ++j) {
        for (uint32_t r = 0; r < csi->n_streams; ++r) {
            const uint32_t i    = r * csi->n_tones + self->index[j];
            const float    half = 0.5F / rv_max_f32(self->var[i], least_var);
            const float    dx   = csi->re[i] - self->ref_re[i];
            const float    dy   = csi->im[i] - self->ref_im[i];
            const float    fx   = csi->re[i] - self->fast_re[i];
            const float    fy   = csi->im[i] - self->fast_im[i];
            const float    e    = half * (dx * dx + dy * dy);
            const float    p    = 2.0F * rv_exp_f32(-e);
            s.score += p;
            square += p * p;
            s.chi += rv_min_f32(e, 100.0F);
            s.near += rv_min_f32(half * (fx * fx + fy * fy), 100.0F);
            power +=
                self->ref_re[i] * self->ref_re[i] + self->ref_im[i] * self->ref_im[i];
            noise += 2.0F * self->var[i];
            ++count;
        }
    }
    const float inverse = 1.0F / (float)count;
    s.score *= inverse;
    s.error =
        rv_sqrt_f32(rv_max_f32(square * inverse - s.score * s.score, 0.0F) * inverse);
    s.chi *= inverse;
    s.near *= inverse;
    s.snr = power / rv_max_f32(noise, least_var);
    return s;
}

// Correlation with the frame before, over what the noise allows. Its standard error is
// (1 - rho^2) / sqrt(samples)
static float
score_lag(const rv_coherence *const self, const rv_csi *const csi, float *const error)
{
    const uint32_t n   = (uint32_t)csi->n_tones * csi->n_streams;
    float          dot = 0.0F, a = 0.0F, b = 0.0F, noise = 0.0F;
    for (uint32_t i = 0; i < n; ++i) {
        dot += csi->re[i] * self->prev_re[i] + csi->im[i] * self->prev_im[i];
        a += csi->re[i] * csi->re[i] + csi->im[i] * csi->im[i];
        b += self->prev_re[i] * self->prev_re[i] + self->prev_im[i] * self->prev_im[i];
        noise += 2.0F * self->var[i];
    }
    if (!(a > 0.0F) || !(b > 0.0F)) {
        *error = 1.0F;
        return 0.0F;
    }
    const float null = rv_max_f32(1.0F - noise / a, least_lag);
    const float rho  = dot / rv_sqrt_f32(a * b);
    *error           = rv_abs_f32(1.0F - rho * rho) / rv_sqrt_f32((float)n) / null;
    return rho / null;
}

// While a step is suspected the template and the spread wait, so that the question
// stays the same until it is answered; but not for ever
static bool
is_waiting(const rv_coherence *const self, const uint64_t t_us)
{
    return self->suspect_us != 0 && t_us - self->suspect_us < suspect_max_us;
}

static void
learn(rv_coherence *const self, const rv_csi *const csi, const float dt)
{
    const uint32_t n = (uint32_t)csi->n_tones * csi->n_streams;
    const float    even =
        1.0F / (float)(self->frames < 1000000 ? self->frames + 1 : 1000000);
    const float alpha = rv_max_f32(dt / (dt + self->cfg.follow_us), even);
    const float fast  = dt / (dt + fast_us);
    for (uint32_t i = 0; i < n; ++i) {
        self->fast_re[i] += fast * (csi->re[i] - self->fast_re[i]);
        self->fast_im[i] += fast * (csi->im[i] - self->fast_im[i]);
    }
    if (is_waiting(self, csi->t_us)) {
        return;
    }
    for (uint32_t i = 0; i < n; ++i) {
        const float dx  = csi->re[i] - self->ref_re[i];
        const float dy  = csi->im[i] - self->ref_im[i];
        const float v   = 0.5F * (dx * dx + dy * dy);
        const float cap = huber * rv_max_f32(self->var[i], least_var);
        // Under the null E[min(v, 4.5 var)] = 0.989 var
        self->var[i] += alpha * (rv_min_f32(v, cap) * 1.0112F - self->var[i]);
        // Far residuals move the template no faster than near ones
        const float pull = v > cap ? rv_sqrt_f32(cap / v) : 1.0F;
        self->ref_re[i] += alpha * pull * dx;
        self->ref_im[i] += alpha * pull * dy;
    }
}

static void
pick_static(rv_coherence *const self)
{
    if (--self->until_pick > 0 || self->suspect_us != 0) {
        self->until_pick += self->until_pick == 0;
        return;
    }
    self->until_pick = frames_per_pick;
    // Spread summed over streams would need room; the first stream speaks for the tone
    rv_align_pick(self->var, self->cfg.n_tones, self->n_static, self->work);
    memcpy(self->index, self->work, sizeof(uint16_t) * self->n_static);
}

// CUSUM on the residual; a step is a CUSUM at its limit while successive seconds agree
static void
watch_step(rv_coherence *const self, const rv_csi *const csi, const scores *const s,
           rv_coherence_result *const result)
{
    const float n    = (float)(self->n_static * csi->n_streams);
    const float sd   = rv_sqrt_f32(rv_max_f32(self->fit_var, 1.0F / n));
    const float z    = (s->chi - self->fit_mean) / sd;
    const float step = rv_clamp_f32(z - self->cfg.drift_slack, -cusum_cap, cusum_cap);
    self->cusum      = rv_clamp_f32(self->cusum + step, 0.0F, self->cfg.drift_limit);
    if (z < 6.0F) { // the null learns its own spread from what is not far out
        const float d = s->chi - self->fit_mean;
        self->fit_var += 0.01F * (d * d - self->fit_var);
    }
    result->residual   = s->chi / rv_max_f32(self->fit_mean, 1.0e-6F);
    result->residual_z = z;
    result->cusum      = self->cusum;
    if (self->cusum >= self->cfg.drift_limit && self->suspect_us == 0) {
        self->suspect_us = csi->t_us;
    } else if (!(self->cusum > 0.0F)) {
        self->suspect_us = 0;
    }
    if (self->suspect_us == 0 || !(s->near < agree_factor)) {
        self->step_us = 0;
        return;
    }
    if (self->step_us == 0) {
        self->step_us = csi->t_us;
    }
    result->step = csi->t_us - self->step_us >= self->cfg.settle_us;
}

// How much of the template's memory lies behind it
static float
memory_filled(const rv_coherence *const self, const uint64_t t_us)
{
    const float since = t_us > self->start_us ? (float)(t_us - self->start_us) : 0.0F;
    return rv_min_f32(since / self->cfg.follow_us, 1.0F);
}

rv_status
rv_coherence_push(rv_coherence *const self, const rv_csi *const csi,
                  rv_coherence_result *const result)
{
    if (csi->n_tones != self->cfg.n_tones || csi->n_streams != self->cfg.n_streams) {
        return RV_ERR_SHAPE;
    }
    *result = (rv_coherence_result){.score = rv_unknown(RV_REASON_WARMING_UP)};
    if (self->frames < self->cfg.warm_frames) {
        if (self->frames == 0) {
            self->start_us = csi->t_us;
            start_template(self, csi->re, csi->im);
            memset(self->var, 0, sizeof(float) * csi->n_tones * csi->n_streams);
        } else {
            warm_up(self, csi);
        }
        remember(self, csi);
        return RV_OK;
    }
    const float dt =
        csi->t_us > self->last_us ? (float)(csi->t_us - self->last_us) : 0.0F;
    const scores s         = score_static(self, csi);
    result->template_score = s.score;
    float lag_error        = 0.0F;
    result->lag_score      = score_lag(self, csi, &lag_error);
    result->snr_db         = 10.0F * rv_log10_f32(rv_max_f32(s.snr, 1.0e-9F));
    // The frame before is asked only where the template is left: the better of two
    // numbers that scatter about 1 would lie above 1
    const bool still = s.score >= result->lag_score || s.score + 2.0F * s.error >= 1.0F;
    result->score =
        rv_bounded_share(still ? s.score : result->lag_score,
                         still ? s.error : lag_error, memory_filled(self, csi->t_us));
    watch_step(self, csi, &s, result);
    if (result->step) {
        start_template(self, self->fast_re, self->fast_im);
        self->start_us    = csi->t_us;
        self->cusum       = 0.0F;
        self->step_us     = 0;
        self->suspect_us  = 0;
        result->restarted = true;
    }
    learn(self, csi, dt);
    pick_static(self);
    remember(self, csi);
    return RV_OK;
}
