// SPDX-License-Identifier: MIT
#include <ruview/prep/calibrate.h>

#include <ruview/base/arena.h>
#include <ruview/frame/layout.h>
#include <ruview/math/elementary.h>
#include <ruview/prep/rotate.h>

#include "base/exact.h"
#include "base/try.h"
#include "prep/calibrate_private.h"
#include "prep/phasor.h"

#include <string.h>

enum { min_block = 8, wide = 512 };

static const float slow_follow_us = 60.0e6F;
static const float least_match    = 0.3F;

rv_calibrate_config
rv_calibrate_config_default(const uint16_t n_tones, const uint16_t n_streams)
{
    return (rv_calibrate_config){.n_tones     = n_tones,
                                 .n_streams   = n_streams,
                                 .min_frames  = 200,
                                 .min_us      = 8000000,
                                 .clean_share = 0.7F,
                                 .motion      = 0.35F,
                                 .apart       = 6.0F,
                                 .max_age_us  = UINT64_C(7) * 86400 * 1000000};
}

static rv_status
lay_out(const rv_calibrate_config *const cfg, rv_calibrate *const self,
        rv_arena *const arena)
{
    if (cfg->n_tones < 4 || cfg->n_tones > RV_MAX_TONES || cfg->n_streams < 1 ||
        cfg->n_streams > RV_MAX_STREAMS || cfg->min_frames < 32 ||
        !(cfg->clean_share >= 0.0F && cfg->clean_share <= 1.0F) ||
        !(cfg->motion > 0.0F) || !(cfg->apart > 0.0F)) {
        return RV_ERR_CONFIG;
    }
    const size_t  n      = (size_t)cfg->n_tones * cfg->n_streams;
    float **const rows[] = {
        &self->static_re,  &self->static_im, &self->amp_mean,   &self->amp_sd,
        &self->phase_mean, &self->kappa,     &self->sigma,      &self->slow_re,
        &self->slow_im,    &self->inverse,   &self->inverse_sd, &self->ref_re,
        &self->ref_im,     &self->prev_re,   &self->prev_im,    &self->now_re,
        &self->now_im,
    };
    self->cfg = *cfg;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
        *rows[i] = rv_arena_take(arena, n, sizeof(float));
    }
    // Wide channels get half the blocks, so that a link stays within reason
    self->max_blocks = n <= wide ? RV_CALIBRATE_BLOCKS : RV_CALIBRATE_BLOCKS / 2;
    self->weight     = rv_arena_take(arena, cfg->n_tones, sizeof(float));
    self->sums = rv_arena_take(arena, n * RV_CALIBRATE_FIELDS * self->max_blocks + 64,
                               sizeof(float));
    return arena->failed ? RV_ERR_MEMORY : RV_OK;
}

rv_status
rv_calibrate_size(const rv_calibrate_config *const cfg, size_t *const n_bytes)
{
    rv_calibrate ghost = {0};
    rv_arena     arena = {0};
    RV_TRY(lay_out(cfg, &ghost, &arena));
    *n_bytes = arena.used;
    return RV_OK;
}

rv_status
rv_calibrate_init(rv_calibrate *const self, const rv_calibrate_config *const cfg,
                  void *const mem, const size_t n_bytes)
{
    rv_arena arena  = {0};
    size_t   needed = 0;
    RV_TRY(rv_calibrate_size(cfg, &needed));
    RV_TRY(rv_arena_open(&arena, mem, n_bytes, needed));
    memset(mem, 0, needed);
    *self = (rv_calibrate){0};
    RV_TRY(lay_out(cfg, self, &arena));
    self->verdict.reason = RV_REASON_NOT_CALIBRATED;
    return RV_OK;
}

void
rv_calibrate_begin(rv_calibrate *const self, const uint64_t session)
{
    memset(self->block, 0, sizeof self->block);
    self->recording = true;
    self->session   = session;
    self->frames    = 0;
    self->unfit     = 0;
    self->n_blocks  = 0;
    self->first_us  = 0;
    self->last_us   = 0;
    self->per_block = self->cfg.min_frames / self->max_blocks;
    self->per_block = self->per_block < min_block ? min_block : self->per_block;
    if (self->verdict.state != RV_CALIBRATE_READY) {
        self->verdict.state  = RV_CALIBRATE_RECORDING;
        self->verdict.reason = RV_REASON_WARMING_UP;
    }
}

// This frame over the reference: phase, slope and gain taken out, into now_re, now_im
static void
align_to_reference(rv_calibrate *const self, const rv_csi *const csi,
                   const rv_rotation *const fit)
{
    const uint32_t n     = (uint32_t)csi->n_tones * csi->n_streams;
    const float    scale = 1.0F / fit->gain;
    rv_csi         now   = *csi;
    now.re               = self->now_re;
    now.im               = self->now_im;
    for (uint32_t i = 0; i < n; ++i) {
        now.re[i] = scale * csi->re[i];
        now.im[i] = scale * csi->im[i];
    }
    rv_rotation_remove(&now, fit->phase_rad, fit->slope_rad);
}

static rv_calibrate_block *
open_block(rv_calibrate *const self, const uint64_t t_us)
{
    const uint32_t n = (uint32_t)self->cfg.n_tones * self->cfg.n_streams;
    if (self->n_blocks > 0 &&
        self->block[self->n_blocks - 1].frames < self->per_block) {
        return &self->block[self->n_blocks - 1];
    }
    if (self->n_blocks == self->max_blocks) {
        rv_calibrate_halve(self);
    }
    const uint32_t b = self->n_blocks++;
    memset(rv_calibrate_field(self, b, 0), 0, sizeof(float) * n * RV_CALIBRATE_FIELDS);
    self->block[b] = (rv_calibrate_block){.first_us = t_us};
    return &self->block[b];
}

// One more row for the block's running sums
static void
gather_row(rv_calibrate *const self, rv_calibrate_block *const block)
{
    const uint32_t b       = (uint32_t)(block - self->block);
    const uint32_t n       = (uint32_t)self->cfg.n_tones * self->cfg.n_streams;
    float *const   re      = rv_calibrate_field(self, b, RV_CALIBRATE_RE);
    float *const   im      = rv_calibrate_field(self, b, RV_CALIBRATE_IM);
    float *const   rest    = rv_calibrate_field(self, b, RV_CALIBRATE_REST);
    float *const   amp     = rv_calibrate_field(self, b, RV_CALIBRATE_AMP);
    float *const   amp_m2  = rv_calibrate_field(self, b, RV_CALIBRATE_AMP_M2);
    float *const   sum_cos = rv_calibrate_field(self, b, RV_CALIBRATE_COS);
    float *const   sum_sin = rv_calibrate_field(self, b, RV_CALIBRATE_SIN);
    const float    inverse = 1.0F / (float)(block->frames + 1);
    const float    whole   = block->frames > 0 ? 1.0F / (1.0F - inverse) : 0.0F;
    float          energy = 0.0F, step = 0.0F, lag_re = 0.0F, lag_im = 0.0F;
    float          last_x = 0.0F, last_y = 0.0F;
    for (uint32_t i = 0; i < n; ++i) {
        const float x  = self->now_re[i];
        const float y  = self->now_im[i];
        const float dx = x - re[i];
        const float dy = y - im[i];
        re[i] += dx * inverse;
        im[i] += dy * inverse;
        const float far = dx * (x - re[i]) + dy * (y - im[i]);
        rest[i] += far;
        energy += far;
        if (i % self->cfg.n_tones != 0) {
            lag_re += dx * last_x + dy * last_y;
            lag_im += dy * last_x - dx * last_y;
        }
        last_x         = dx;
        last_y         = dy;
        const float a  = rv_sqrt_f32(x * x + y * y);
        const float da = a - amp[i];
        amp[i] += da * inverse;
        amp_m2[i] += da * (a - amp[i]);
        sum_cos[i] += a > 0.0F ? x / a : 0.0F;
        sum_sin[i] += a > 0.0F ? y / a : 0.0F;
        const float px = x - self->prev_re[i];
        const float py = y - self->prev_im[i];
        step += px * px + py * py;
    }
    if (block->frames > 0) {
        // `far` is the deviation from the old mean times that from the new one, which
        // lacks 1/n; the deviations in `lag` are from the old mean, which adds 1/(n-1)
        const double e = (double)(energy * whole);
        block->step += (double)step;
        block->rest += e;
        block->rest2 += e * e;
        block->lag_re += (double)(lag_re * (1.0F - inverse));
        block->lag_im += (double)(lag_im * (1.0F - inverse));
    }
    ++block->frames;
}

rv_status
rv_calibrate_record(rv_calibrate *const self, const rv_csi *const csi)
{
    if (!self->recording) {
        return RV_ERR_STATE;
    }
    if (csi->n_tones != self->cfg.n_tones || csi->n_streams != self->cfg.n_streams) {
        return RV_ERR_SHAPE;
    }
    const size_t bytes = sizeof(float) * self->cfg.n_tones * self->cfg.n_streams;
    if (self->frames == 0) {
        memcpy(self->ref_re, csi->re, bytes);
        memcpy(self->ref_im, csi->im, bytes);
        self->first_us = csi->t_us;
    }
    rv_rotation fit = rv_rotation_fit(csi, self->ref_re, self->ref_im, NULL);
    if (csi->amplitude_only) { // there is nothing to turn
        fit.phase_rad = 0.0F;
        fit.slope_rad = 0.0F;
    }
    ++self->frames;
    self->last_us = csi->t_us;
    if (fit.coherence < least_match || !(fit.gain > 0.0F)) {
        ++self->unfit;
        return RV_OK;
    }
    align_to_reference(self, csi, &fit);
    rv_calibrate_block *const block = open_block(self, csi->t_us);
    gather_row(self, block);
    block->last_us = csi->t_us;
    block->gain_db += (double)csi->gain_db;
    memcpy(self->prev_re, self->now_re, bytes);
    memcpy(self->prev_im, self->now_im, bytes);
    return RV_OK;
}

rv_calibrate_verdict
rv_calibrate_get(const rv_calibrate *const self)
{
    rv_calibrate_verdict v = self->verdict;
    if (self->recording) {
        const float frames = (float)self->frames / (float)self->cfg.min_frames;
        const float time   = (float)(self->last_us - self->first_us) /
                           (float)(self->cfg.min_us > 0 ? self->cfg.min_us : 1);
        v.progress    = rv_clamp_f32(rv_min_f32(frames, time), 0.0F, 1.0F);
        v.frames      = self->frames;
        v.duration_us = self->last_us - self->first_us;
        v.blocks      = (uint16_t)self->n_blocks;
    }
    return v;
}

const float *
rv_calibrate_static_re(const rv_calibrate *const self)
{
    return self->verdict.state == RV_CALIBRATE_READY ? self->static_re : NULL;
}

const float *
rv_calibrate_static_im(const rv_calibrate *const self)
{
    return self->verdict.state == RV_CALIBRATE_READY ? self->static_im : NULL;
}

// Energy of the residual in now_re, now_im that neighbouring tones share: the size of
// its lag-1 correlation, per stream
static float
shared_energy(const rv_calibrate *const self)
{
    const uint32_t n_tones = self->cfg.n_tones;
    float          sum     = 0.0F;
    for (uint32_t s = 0; s < self->cfg.n_streams; ++s) {
        const float *const x = self->now_re + (size_t)s * n_tones;
        const float *const y = self->now_im + (size_t)s * n_tones;
        const float        re =
            rv_phasor_dot(x + 1, x, n_tones - 1) + rv_phasor_dot(y + 1, y, n_tones - 1);
        const float im =
            rv_phasor_dot(y + 1, x, n_tones - 1) - rv_phasor_dot(x + 1, y, n_tones - 1);
        sum += rv_sqrt_f32(re * re + im * im);
    }
    return sum * (float)n_tones / (float)(n_tones - 1);
}

// The shared energy S = |sum r[k+1] conj(r[k])| over the static energy. With noise of
// energy v on each of n samples, each of which stands in two products,
// var S = 2 S v + n v^2 / 2
static rv_estimate
echo_of(const rv_calibrate *const self, const float echo, const float n,
        const float match)
{
    const float v        = self->noise / n;
    const float variance = 2.0F * echo * v + 0.5F * n * v * v;
    return rv_known(echo / self->still, rv_sqrt_f32(variance) / self->still, match);
}

// The frame, its slow mean and the baseline: residual, amplitude, slow change
static void
compare(rv_calibrate *const self, const rv_csi *const csi, const float gain,
        rv_calibrate_result *const out)
{
    enum { chi, rest, amp, slow, n_sums };
    const uint32_t n = (uint32_t)csi->n_tones * csi->n_streams;
    const float    dt =
        csi->t_us > self->slow_us ? (float)(csi->t_us - self->slow_us) : 0.0F;
    const float even  = 1.0F / (float)(self->slow_frames + 1);
    const float alpha = rv_max_f32(dt / (dt + slow_follow_us), even);
    const float scale = 1.0F / gain;
    float       lane[n_sums][RV_PHASOR_LANES] = {{0.0F}};
    for (uint32_t i = 0; i < n; i += RV_PHASOR_LANES) {
        const uint32_t left = n - i < RV_PHASOR_LANES ? n - i : RV_PHASOR_LANES;
        for (uint32_t l = 0; l < left; ++l) {
            const float sx = self->static_re[i + l];
            const float sy = self->static_im[i + l];
            const float x  = csi->re[i + l] * scale;
            const float y  = csi->im[i + l] * scale;
            const float dx = x - sx;
            const float dy = y - sy;
            const float e  = dx * dx + dy * dy;
            const float da = rv_sqrt_f32(x * x + y * y) - self->amp_mean[i + l];
            const float mx = self->slow_re[i + l] + alpha * (x - self->slow_re[i + l]);
            const float my = self->slow_im[i + l] + alpha * (y - self->slow_im[i + l]);
            const float fx = mx - sx;
            const float fy = my - sy;
            self->now_re[i + l]  = dx;
            self->now_im[i + l]  = dy;
            self->slow_re[i + l] = mx;
            self->slow_im[i + l] = my;
            lane[chi][l] += self->inverse[i + l] * e;
            lane[rest][l] += e;
            lane[amp][l] += rv_abs_f32(da) * self->inverse_sd[i + l];
            lane[slow][l] += self->inverse[i + l] * (fx * fx + fy * fy);
        }
    }
    float sum[n_sums];
    for (uint32_t f = 0; f < n_sums; ++f) {
        sum[f] = rv_phasor_sum(lane[f], RV_PHASOR_LANES);
    }
    const float m = (float)n;
    const float z = (sum[chi] / m - self->null_mean) / self->null_sd;
    self->slow_us = csi->t_us;
    self->slow_frames += self->slow_frames < 1000000;
    // One robust sigma by definition; that sigma itself comes from as many frames
    const uint32_t n_null  = self->verdict.frames > 2 ? self->verdict.frames : 2;
    const float    of_null = z * z / (2.0F * (float)(n_null - 1));
    out->deviation         = rv_known(z, rv_sqrt_f32(1.0F + of_null), out->match);
    out->residual_db =
        10.0F * rv_log10_f32(rv_max_f32(sum[rest] / self->still, 1.0e-12F));
    const float echo = shared_energy(self);
    out->echo        = echo_of(self, echo, m, out->match);
    out->echo_db     = 10.0F * rv_log10_f32(rv_max_f32(echo / self->still, 1.0e-12F));
    out->amplitude_z = sum[amp] / m;
    out->drift       = rv_sqrt_f32(sum[slow] / m);
    out->drift_sigma = rv_sqrt_f32(0.5F * alpha / ((2.0F - alpha) * m));
}

rv_status
rv_calibrate_apply(rv_calibrate *const self, rv_csi *const csi,
                   rv_calibrate_result *const result)
{
    if (csi->n_tones != self->cfg.n_tones || csi->n_streams != self->cfg.n_streams) {
        return RV_ERR_SHAPE;
    }
    *result = (rv_calibrate_result){.reason    = self->verdict.reason,
                                    .deviation = rv_unknown(self->verdict.reason),
                                    .echo      = rv_unknown(self->verdict.reason)};
    if (self->verdict.state != RV_CALIBRATE_READY) {
        return RV_OK;
    }
    const rv_rotation fit =
        rv_rotation_fit(csi, self->static_re, self->static_im, self->weight);
    result->match = fit.coherence;
    if (fit.coherence < least_match || !(fit.gain > 0.0F)) {
        result->reason    = RV_REASON_LOW_QUALITY;
        result->deviation = rv_unknown(RV_REASON_LOW_QUALITY);
        result->echo      = rv_unknown(RV_REASON_LOW_QUALITY);
        return RV_OK;
    }
    if (!csi->amplitude_only) {
        rv_rotation_remove(csi, fit.phase_rad, fit.slope_rad);
        csi->phase_rad += fit.phase_rad;
        csi->sto_ns += rv_rotation_delay_ns(fit.slope_rad, csi->spacing_hz);
    }
    result->gain_db = 20.0F * rv_log10_f32(fit.gain);
    compare(self, csi, fit.gain, result);
    result->old = csi->t_us > self->verdict.captured_us &&
                  csi->t_us - self->verdict.captured_us > self->cfg.max_age_us;
    return RV_OK;
}

rv_status
rv_calibrate_subtract(const rv_calibrate *const self, const rv_csi *const csi,
                      float *const out_re, float *const out_im)
{
    if (self->verdict.state != RV_CALIBRATE_READY) {
        return RV_ERR_STATE;
    }
    if (csi->n_tones != self->cfg.n_tones || csi->n_streams != self->cfg.n_streams) {
        return RV_ERR_SHAPE;
    }
    const uint32_t n_tones = csi->n_tones;
    const uint32_t n       = n_tones * csi->n_streams;
    float          up = 0.0F, down = 0.0F;
    for (uint32_t i = 0, k = 0; i < n; ++i, k = k + 1 == n_tones ? 0 : k + 1) {
        const float sx = self->static_re[i];
        const float sy = self->static_im[i];
        up += self->weight[k] * (sx * csi->re[i] + sy * csi->im[i]);
        down += self->weight[k] * (sx * sx + sy * sy);
    }
    const float g = up / down;
    for (uint32_t i = 0; i < n; ++i) {
        out_re[i] = csi->re[i] - g * self->static_re[i];
        out_im[i] = csi->im[i] - g * self->static_im[i];
    }
    return RV_OK;
}

uint32_t
rv_calibrate_modal(const uint64_t *const session, const uint32_t n,
                   uint64_t *const modal)
{
    enum { kinds = 64 };
    uint64_t seen[kinds];
    uint32_t count[kinds] = {0};
    uint32_t n_seen = 0, total = 0;
    for (uint32_t i = 0; i < n; ++i) {
        if (session[i] == 0) {
            continue;
        }
        ++total;
        uint32_t j = 0;
        while (j < n_seen && seen[j] != session[i]) {
            ++j;
        }
        if (j == n_seen && n_seen < kinds) {
            seen[n_seen++] = session[i];
        }
        count[j < kinds ? j : kinds - 1] += j < kinds;
    }
    uint32_t best = 0;
    for (uint32_t j = 1; j < n_seen; ++j) {
        best = count[j] > count[best] ? j : best;
    }
    *modal = n_seen > 0 ? seen[best] : 0;
    return n_seen > 0 ? total - count[best] : 0;
}
