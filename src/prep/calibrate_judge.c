// SPDX-License-Identifier: MIT
// Ends a recording: which blocks are clean, whether they are enough, what they say.
#include <ruview/math/blake3.h>
#include <ruview/math/elementary.h>
#include <ruview/math/order.h>
#include <ruview/prep/calibrate.h>

#include "base/exact.h"
#include "prep/calibrate_private.h"

#include <string.h>

static const float  least_sigma  = 1.0e-4F; // of RMS 1: below any receiver's resolution
static const double noisy_factor = 3.0;     // residual above that of the quieter blocks
static const double least_motion = 3.0e-4;  // of RMS 1 squared: -35 dB does not matter

void
rv_calibrate_merge(rv_calibrate *const self, const uint32_t into, const uint32_t from)
{
    const uint32_t            n = (uint32_t)self->cfg.n_tones * self->cfg.n_streams;
    rv_calibrate_block *const a = &self->block[into];
    rv_calibrate_block *const b = &self->block[from];
    float                    *fa[RV_CALIBRATE_FIELDS], *fb[RV_CALIBRATE_FIELDS];
    for (uint32_t f = 0; f < RV_CALIBRATE_FIELDS; ++f) {
        fa[f] = rv_calibrate_field(self, into, f);
        fb[f] = rv_calibrate_field(self, from, f);
    }
    const float na    = (float)a->frames;
    const float nb    = (float)b->frames;
    const float share = nb / (na + nb);
    for (uint32_t i = 0; i < n; ++i) {
        const float dx = fb[RV_CALIBRATE_RE][i] - fa[RV_CALIBRATE_RE][i];
        const float dy = fb[RV_CALIBRATE_IM][i] - fa[RV_CALIBRATE_IM][i];
        const float da = fb[RV_CALIBRATE_AMP][i] - fa[RV_CALIBRATE_AMP][i];
        fa[RV_CALIBRATE_RE][i] += share * dx;
        fa[RV_CALIBRATE_IM][i] += share * dy;
        fa[RV_CALIBRATE_AMP][i] += share * da;
        fa[RV_CALIBRATE_REST][i] +=
            fb[RV_CALIBRATE_REST][i] + na * share * (dx * dx + dy * dy);
        fa[RV_CALIBRATE_AMP_M2][i] +=
            fb[RV_CALIBRATE_AMP_M2][i] + na * share * (da * da);
        fa[RV_CALIBRATE_COS][i] += fb[RV_CALIBRATE_COS][i];
        fa[RV_CALIBRATE_SIN][i] += fb[RV_CALIBRATE_SIN][i];
    }
    a->last_us = b->last_us;
    a->frames += b->frames;
    a->step += b->step;
    a->rest += b->rest;
    a->rest2 += b->rest2;
    a->gain_db += b->gain_db;
    a->lag_re += b->lag_re;
    a->lag_im += b->lag_im;
}

void
rv_calibrate_halve(rv_calibrate *const self)
{
    const size_t n = (size_t)self->cfg.n_tones * self->cfg.n_streams;
    for (uint32_t b = 0; 2 * b + 1 < self->n_blocks; ++b) {
        rv_calibrate_merge(self, 2 * b, 2 * b + 1);
        if (b > 0) {
            memcpy(rv_calibrate_field(self, b, 0), rv_calibrate_field(self, 2 * b, 0),
                   sizeof(float) * n * RV_CALIBRATE_FIELDS);
            self->block[b] = self->block[2 * b];
        }
    }
    self->n_blocks /= 2;
    self->per_block *= 2;
}

// What is known about one block
typedef struct {
    double level;  ///< Residual per sample
    double motion; ///< Correlation of successive residuals
    double apart;  ///< Squared distance of its mean from the median of the means
    bool   clean, moving;
} judged;

static void
judge_level(const rv_calibrate *const self, const uint32_t b, judged *const j)
{
    const rv_calibrate_block *const block = &self->block[b];
    const double n     = (double)self->cfg.n_tones * (double)self->cfg.n_streams;
    const double steps = (double)block->frames - 1.0;
    j->level           = block->rest / (steps * n);
    if (!(block->rest > 0.0)) {
        return;
    }
    // Successive differences hold 2 (1 - rho) of the residual (von Neumann's ratio)
    const double in_time = rv_abs_f64(1.0 - block->step / (2.0 * block->rest));
    const double in_tones =
        rv_sqrt_f64(block->lag_re * block->lag_re + block->lag_im * block->lag_im) /
        block->rest;
    j->motion = in_time > in_tones ? in_time : in_tones;
}

// Squared distance between two blocks' means, per sample
static double
distance(rv_calibrate *const self, const uint32_t a, const uint32_t b)
{
    const uint32_t     n   = (uint32_t)self->cfg.n_tones * self->cfg.n_streams;
    const float *const ax  = rv_calibrate_field(self, a, RV_CALIBRATE_RE);
    const float *const ay  = rv_calibrate_field(self, a, RV_CALIBRATE_IM);
    const float *const bx  = rv_calibrate_field(self, b, RV_CALIBRATE_RE);
    const float *const by  = rv_calibrate_field(self, b, RV_CALIBRATE_IM);
    double             sum = 0.0;
    for (uint32_t i = 0; i < n; ++i) {
        const double dx = (double)(ax[i] - bx[i]);
        const double dy = (double)(ay[i] - by[i]);
        sum += dx * dx + dy * dy;
    }
    return sum / (double)n;
}

// Distance of each block's mean from the block in the middle of most of them, and what
// neighbours differ by: half their distance, which one step in the recording cannot
// spoil
static double
judge_apart(rv_calibrate *const self, judged *const j, const uint32_t n_blocks)
{
    double   between[RV_CALIBRATE_BLOCKS][RV_CALIBRATE_BLOCKS] = {{0.0}};
    double   step[RV_CALIBRATE_BLOCKS] = {0.0}, work[RV_CALIBRATE_BLOCKS];
    uint32_t middle                    = 0;
    double   best                      = 0.0;
    for (uint32_t a = 0; a < n_blocks; ++a) {
        for (uint32_t b = a + 1; b < n_blocks; ++b) {
            between[a][b] = distance(self, a, b);
            between[b][a] = between[a][b];
        }
    }
    for (uint32_t a = 0; a < n_blocks; ++a) {
        const double reach = rv_median_f64(between[a], n_blocks, work);
        if (a == 0 || reach < best) {
            best   = reach;
            middle = a;
        }
        step[a] = a + 1 < n_blocks ? 0.5 * between[a][a + 1] : 0.0;
    }
    for (uint32_t a = 0; a < n_blocks; ++a) {
        j[a].apart = between[middle][a];
    }
    return rv_median_f64(step, n_blocks - 1, work);
}

static double
quantile(const judged *const j, const uint32_t n, const uint32_t rank, const int which)
{
    double work[RV_CALIBRATE_BLOCKS];
    for (uint32_t b = 0; b < n; ++b) {
        work[b] = which == 0 ? j[b].level : j[b].motion;
    }
    return rv_nth_f64(work, n, rank);
}

// Marks the blocks that the baseline may rest on; returns how many
static uint32_t
judge_blocks(rv_calibrate *const self, judged *const j, const uint32_t n,
             uint32_t *const n_moving)
{
    for (uint32_t b = 0; b < n; ++b) {
        j[b] = (judged){0};
        judge_level(self, b, &j[b]);
    }
    const double typical = judge_apart(self, j, n);
    const double quiet   = quantile(j, n, n / 4, 0);
    const double frames  = (double)self->block[0].frames;
    // A mean of n frames scatters by level / n even when nothing moves
    const double scatter = typical > quiet / frames ? typical : quiet / frames;
    const double wide    = (double)self->cfg.apart * (double)self->cfg.apart * scatter;
    const double far     = wide > least_motion ? wide : least_motion;
    uint32_t     n_clean = 0;
    *n_moving            = 0;
    for (uint32_t b = 0; b < n; ++b) {
        j[b].moving = j[b].motion > (double)self->cfg.motion &&
                      j[b].motion * j[b].level > least_motion;
        j[b].clean =
            !j[b].moving && j[b].level <= noisy_factor * quiet && j[b].apart <= far;
        n_clean += j[b].clean;
        *n_moving += j[b].moving;
    }
    return n_clean;
}

static float
concentration(const float r)
{
    // "Statistical Analysis of Circular Data" (1993), eq. 4.40: approximations of
    // A^-1(r)
    if (r < 0.53F) {
        return 2.0F * r + r * r * r + 5.0F / 6.0F * (r * r) * (r * r * r);
    }
    if (r < 0.85F) {
        return -0.4F + 1.39F * r + 0.43F / (1.0F - r);
    }
    const float d = r * r * r - 4.0F * (r * r) + 3.0F * r;
    return d > 1.0e-6F ? 1.0F / d : 1.0e6F;
}

// The merged block 0 becomes the baseline
static void
settle(rv_calibrate *const self)
{
    const uint32_t n = (uint32_t)self->cfg.n_tones * self->cfg.n_streams;
    const rv_calibrate_block *const block  = &self->block[0];
    const float                     frames = (float)block->frames;
    const float *const              re = rv_calibrate_field(self, 0, RV_CALIBRATE_RE);
    const float *const              im = rv_calibrate_field(self, 0, RV_CALIBRATE_IM);
    const float *const rest            = rv_calibrate_field(self, 0, RV_CALIBRATE_REST);
    const float *const amp             = rv_calibrate_field(self, 0, RV_CALIBRATE_AMP);
    const float *const m2     = rv_calibrate_field(self, 0, RV_CALIBRATE_AMP_M2);
    const float *const sc     = rv_calibrate_field(self, 0, RV_CALIBRATE_COS);
    const float *const ss     = rv_calibrate_field(self, 0, RV_CALIBRATE_SIN);
    float              signal = 0.0F, noise = 0.0F;
    for (uint32_t i = 0; i < n; ++i) {
        const float var    = rest[i] / (2.0F * (frames - 1.0F));
        const float length = rv_sqrt_f32(sc[i] * sc[i] + ss[i] * ss[i]) / frames;
        self->static_re[i] = re[i];
        self->static_im[i] = im[i];
        self->sigma[i]     = rv_max_f32(rv_sqrt_f32(var), least_sigma);
        self->amp_mean[i]  = amp[i];
        self->amp_sd[i] = rv_max_f32(rv_sqrt_f32(m2[i] / (frames - 1.0F)), least_sigma);
        self->phase_mean[i] = rv_atan2_f32(ss[i], sc[i]);
        self->kappa[i]      = concentration(rv_min_f32(length, 1.0F));
        signal += re[i] * re[i] + im[i] * im[i];
        noise += 2.0F * self->sigma[i] * self->sigma[i];
    }
    // Null of the mean squared residual: 1 by construction; its spread from the frames'
    // own scatter, never below that of independent samples
    const double mean = block->rest / (double)block->frames;
    const double var  = block->rest2 / (double)block->frames - mean * mean;
    const float  ratio =
        mean > 0.0 && var > 0.0 ? (float)(rv_sqrt_f64(var) / mean) : 0.0F;
    self->null_mean      = 1.0F;
    self->null_sd        = rv_max_f32(ratio, rv_sqrt_f32(1.0F / (float)n));
    self->verdict.snr_db = 10.0F * rv_log10_f32(rv_max_f32(signal / noise, 1.0e-6F));
}

void
rv_calibrate_weigh(rv_calibrate *const self)
{
    const uint32_t n_tones = self->cfg.n_tones;
    float          sum     = 0.0F;
    for (uint32_t k = 0; k < n_tones; ++k) {
        float power = 0.0F;
        for (uint32_t s = 0; s < self->cfg.n_streams; ++s) {
            const float sigma = self->sigma[s * n_tones + k];
            power += sigma * sigma;
        }
        self->weight[k] = 1.0F / power;
        sum += self->weight[k];
    }
    for (uint32_t k = 0; k < n_tones; ++k) {
        self->weight[k] *= (float)n_tones / sum;
    }
    self->still = 0.0F;
    self->noise = 0.0F;
    for (uint32_t i = 0; i < n_tones * self->cfg.n_streams; ++i) {
        self->inverse[i]    = 0.5F / (self->sigma[i] * self->sigma[i]);
        self->inverse_sd[i] = 1.0F / self->amp_sd[i];
        self->noise += 2.0F * self->sigma[i] * self->sigma[i];
        self->still += self->static_re[i] * self->static_re[i] +
                       self->static_im[i] * self->static_im[i];
    }
    const size_t bytes = sizeof(float) * n_tones * self->cfg.n_streams;
    memcpy(self->slow_re, self->static_re, bytes);
    memcpy(self->slow_im, self->static_im, bytes);
    self->slow_frames = 64; // the baseline counts as that many frames of the slow mean
}

static rv_reason
refusal(const rv_calibrate *const self, const uint32_t n, const uint32_t n_clean,
        const uint32_t n_moving)
{
    if (n_clean > 0 && (float)n_clean >= self->cfg.clean_share * (float)n) {
        return RV_REASON_NONE;
    }
    return 2 * n_moving >= n - n_clean ? RV_REASON_MOVING : RV_REASON_NOT_STATIONARY;
}

rv_calibrate_verdict
rv_calibrate_finish(rv_calibrate *const self, rv_reason *const refused)
{
    const uint64_t duration = self->last_us - self->first_us;
    uint32_t       n        = self->n_blocks;
    if (n > 1 && 2 * self->block[n - 1].frames < self->per_block) {
        --n; // too short to be judged
    }
    *refused = !self->recording                         ? RV_REASON_NO_DATA
               : self->frames < self->cfg.min_frames    ? RV_REASON_TOO_SHORT
               : duration < self->cfg.min_us            ? RV_REASON_TOO_SHORT
               : 4 * self->unfit > self->frames         ? RV_REASON_PHASE_GARBAGE
               : n < 4 || self->block[n - 1].frames < 4 ? RV_REASON_TOO_SHORT
                                                        : RV_REASON_NONE;
    judged   j[RV_CALIBRATE_BLOCKS];
    uint32_t n_clean = 0, n_moving = 0;
    if (*refused == RV_REASON_NONE) {
        n_clean  = judge_blocks(self, j, n, &n_moving);
        *refused = refusal(self, n, n_clean, n_moving);
    }
    self->recording               = false;
    rv_calibrate_verdict *const v = &self->verdict;
    if (*refused != RV_REASON_NONE) {
        if (v->state != RV_CALIBRATE_READY) {
            v->state        = RV_CALIBRATE_REFUSED;
            v->reason       = *refused;
            v->frames       = self->frames;
            v->duration_us  = duration;
            v->blocks       = (uint16_t)n;
            v->blocks_clean = (uint16_t)n_clean;
        }
        return *v;
    }
    const float motion = (float)quantile(j, n, n / 2, 1);
    uint32_t    into   = 0;
    while (!j[into].clean) {
        ++into;
    }
    for (uint32_t b = into + 1; b < n; ++b) {
        if (j[b].clean) {
            rv_calibrate_merge(self, into, b);
        }
    }
    if (into > 0) {
        const size_t count = (size_t)self->cfg.n_tones * self->cfg.n_streams;
        memcpy(rv_calibrate_field(self, 0, 0), rv_calibrate_field(self, into, 0),
               sizeof(float) * count * RV_CALIBRATE_FIELDS);
        self->block[0] = self->block[into];
    }
    *v = (rv_calibrate_verdict){.state        = RV_CALIBRATE_READY,
                                .frames       = self->frames,
                                .duration_us  = duration,
                                .progress     = 1.0F,
                                .blocks       = (uint16_t)n,
                                .blocks_clean = (uint16_t)n_clean,
                                .motion       = motion,
                                .captured_us  = self->last_us,
                                .session      = self->session};
    settle(self);
    rv_calibrate_weigh(self);
    self->slow_us = self->last_us;
    // The sums are spent: their memory holds the bytes that are hashed
    size_t n_bytes = rv_calibrate_bytes(self);
    if (rv_calibrate_export(self, (uint8_t *)self->sums, &n_bytes) == RV_OK) {
        rv_blake3_hash(self->sums, n_bytes, v->id);
        v->id64 = rv_calibrate_id64(v->id);
    }
    return *v;
}
