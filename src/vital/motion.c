// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "vital/motion_window.h"
#include "vital/statistics.h"
#include "vital/tones.h"

#include <ruview/math/elementary.h>
#include <ruview/math/order.h>
#include <ruview/vital/motion.h>

#include <string.h>

/**
   Independent groups of tones in one 20 MHz frame. Theory: the occupied 17.5 MHz over a
   coherence bandwidth of 1/(5 x 50 ns) = 4 MHz, with 50 ns the RMS delay spread of
   residential rooms (Recommendation ITU-R P.1238-10, 2019, Table 5: 20 .. 70 ns).
*/
#define TONE_GROUPS 4.0

/**
   Frames that come further apart than this have lost most of their correlation when
   somebody walks: the autocorrelation of the field is sin(kvt)/(kvt) ("WiSpeed: A
   Statistical Electromagnetic Approach for Device-Free Indoor Speed Estimation", IEEE
   IoT-J 2018, eq. 16), one half at vt = 0.30 wavelengths; 1 m/s at 2.4 GHz.
*/
#define LOSE_TOUCH_S 0.037

/// Window: 64 frames, so that the null's sigma is 1/16, within 0.5 .. 2 s; never less
/// than 16 frames, below which an estimated variance says little (theory)
#define WINDOW_FRAMES 64.0
#define WINDOW_LEAST  16.0
#define WINDOW_OWN    8.0 ///< Of them from the link's own sender: half
#define WINDOW_MIN_S  0.5
#define WINDOW_MAX_S  2.0
#define WINDOW_END_S  4.0 ///< Even for 16 frames: slower links are refused

/// Motion that outweighs the receiver's noise is called motion; the sigma of the joint
/// statistic is at least this over the threshold (theory: signal-to-noise ratio of 0
/// dB)
#define JOINT_LEAST 1.0F

/// Share of neighbouring tones in the variance above which a window is no candidate for
/// the quiet past before anything is known of it: motion above noise (theory: 0 dB
/// gives 1/2; somewhat above)
#define JOINT_SHARE 0.6F

/**
   Share of a window's variance that somebody who walks causes at least: a quarter as
   much as the noise (-6 dB). Recordings: espectre, whose quiet windows stay below 0.16
   and whose movement windows begin at 0.16 to 0.51 (tenth percentile per file). Where
   the test in time is blind it must outweigh the noise (theory: 0 dB). ruview eval
   prints what other values and leaving recordings out do to the figures.
*/
#define SHARE        0.2F
#define SHARE_SPARSE 0.5F

enum {
    past_least   = 4,  ///< Quiet windows before the past can be judged by
    steady_least = 24, ///< Windows that a steady interferer must last
};

/// A walker's statistic wanders by factors; an interferer that repeats itself stays
/// within +-20 % (theory: the window's own scatter is 18 % at 64 frames)
#define STEADY_SPREAD 0.2F

rv_motion_config
rv_motion_config_default(void)
{
    const rv_motion_config config = {1e-3F, SHARE, 1.0F, 1.0F};
    return config;
}

static bool
is_good(const rv_motion_config *const c)
{
    return c->false_alarm >= 1e-9F && c->false_alarm <= 0.1F && c->share >= 0.0F &&
           c->share < 1.0F && c->hold_s >= 0.0F && c->hold_s <= 3600.0F &&
           c->max_gap_s >= 0.05F && c->max_gap_s <= 60.0F;
}

rv_status
rv_motion_size(const rv_motion_config *const config, size_t *const n_bytes)
{
    if (!is_good(config)) {
        return RV_ERR_CONFIG;
    }
    *n_bytes = 0;
    return RV_OK;
}

rv_status
rv_motion_init(rv_motion *const self, const rv_motion_config *const config,
               void *const memory, const size_t n_bytes)
{
    (void)memory;
    (void)n_bytes;
    if (!is_good(config)) {
        return RV_ERR_CONFIG;
    }
    memset(self, 0, sizeof *self);
    self->config           = *config;
    self->threshold        = rv_normal_quantile(config->false_alarm);
    self->result.reason    = RV_REASON_NO_DATA;
    self->result.statistic = rv_unknown(RV_REASON_NO_DATA);
    self->result.level     = rv_unknown(RV_REASON_NO_DATA);
    self->result.rate_hz   = rv_unknown(RV_REASON_NO_DATA);
    return RV_OK;
}

static void
clear_window(rv_motion *const self)
{
    memset(self->block, 0, sizeof self->block);
    self->n_blocks  = 0;
    self->current   = 0;
    self->n_last    = 0;
    self->strangers = (rv_strangers){.typical = self->strangers.typical};
}

/// Another number of tones is another signal: forget what was learned
static void
take_shape(rv_motion *const self, const rv_csi *const csi)
{
    const rv_tones tones = {self->shape_tones, self->shape_streams, self->stride,
                            self->n_tones};
    if (rv_tones_fit(&tones, csi)) {
        return;
    }
    const rv_tones made = rv_tones_for(csi);
    self->shape_tones   = made.n_in;
    self->shape_streams = made.n_streams;
    self->stride        = made.stride;
    self->n_tones       = made.n;
    // next but one: neighbours share the receiver's interpolation and leakage
    self->apart             = self->n_tones > 8 ? 2 : 1;
    self->n_past            = 0;
    self->next_past         = 0;
    self->n_steady          = 0;
    self->next_steady       = 0;
    self->null_lag          = 0.0F;
    self->calibrated        = false;
    self->interference      = false;
    self->n_intervals       = 0;
    self->last_us           = 0;
    self->taken_us          = 0;
    self->has_heard         = false;
    self->strangers.typical = 0.0F;
    clear_window(self);
}

static void
note_interval(rv_motion *const self, const double dt)
{
    if (self->n_intervals == 0) {
        self->interval_s = dt;
    } else {
        // a pause counts as four intervals at most
        const double most = 4.0 * self->interval_s;
        const double gain =
            self->n_intervals < 32 ? 1.0 / (self->n_intervals + 1.0) : 1.0 / 32.0;
        self->interval_s += gain * ((dt < most ? dt : most) - self->interval_s);
    }
    self->n_intervals += self->n_intervals < 32;
}

static double
window_length(const rv_motion *const self)
{
    double       w     = WINDOW_FRAMES * self->interval_s;
    const double least = WINDOW_LEAST * self->interval_s;
    w = w < WINDOW_MIN_S ? WINDOW_MIN_S : w > WINDOW_MAX_S ? WINDOW_MAX_S : w;
    return w < least ? least : w;
}

/// Median and robust sigma of a ring's content
static void
centre_of(const float *const x, const uint32_t n, float *const median,
          float *const sigma)
{
    float work[RV_MOTION_PAST];
    *median = rv_median_f32(x, n, work);
    *sigma  = 1.48260222F * rv_mad_f32(x, n, *median, work);
}

static void
learn(rv_motion *const self, const rv_motion_moments *const m)
{
    self->past_noise[self->next_past] = (float)m->variance;
    self->past_joint[self->next_past] = (float)m->joint;
    self->next_past                   = (self->next_past + 1) % RV_MOTION_PAST;
    self->n_past += self->n_past < RV_MOTION_PAST;
    if (self->n_past >= past_least) {
        float sigma;
        centre_of(self->past_noise, self->n_past, &self->noise, &sigma);
        centre_of(self->past_joint, self->n_past, &self->joint, &self->joint_sigma);
        self->calibrated = self->noise > 0.0F;
    }
}

/// In all windows, not only in most, which is all that the robust sigma asks: who walks
/// to and fro turns in some
static bool
is_close(const float *const x, const uint32_t n, const float middle)
{
    float sum = 0.0F;
    for (uint32_t i = 0; i < n; ++i) {
        sum += (x[i] - middle) * (x[i] - middle);
    }
    return sum < STEADY_SPREAD * STEADY_SPREAD * (float)n;
}

/**
   Something that moves the same way all the time, a fan, is part of the room: when the
   statistics of the last windows hardly differ, they become the null.
*/
static void
watch_steadiness(rv_motion *const self, const rv_motion_moments *const m,
                 const float correlation)
{
    const float v = (float)(m->variance > 1e-12 ? m->variance : 1e-12);
    self->steady_log[self->next_steady] = (float)(m->joint > 0.0 ? m->joint : 0.0) / v;
    self->steady_lag[self->next_steady] = correlation;
    self->steady_noise[self->next_steady] = rv_log_f32(v);
    self->next_steady                     = (self->next_steady + 1) % steady_least;
    self->n_steady += self->n_steady < steady_least;
    if (self->n_steady < steady_least) {
        return;
    }
    float lag, lag_sigma, noise, noise_sigma, share, share_sigma;
    centre_of(self->steady_lag, steady_least, &lag, &lag_sigma);
    centre_of(self->steady_noise, steady_least, &noise, &noise_sigma);
    centre_of(self->steady_log, steady_least, &share, &share_sigma);
    const bool steady = noise_sigma < STEADY_SPREAD &&
                        lag_sigma < 0.5F * STEADY_SPREAD &&
                        share_sigma < 0.5F * STEADY_SPREAD &&
                        is_close(self->steady_noise, steady_least, noise);
    self->interference = steady && (lag > 0.3F || share > JOINT_SHARE);
    if (steady) { // noise alone has a negative one, which judge() knows
        self->null_lag = self->interference && lag > 0.0F ? lag : 0.0F;
    }
    if (steady) {
        self->noise       = rv_exp_f32(noise);
        self->joint       = share * self->noise;
        self->joint_sigma = share_sigma * self->noise;
        self->calibrated  = true;
    }
}

/// Upper threshold to begin, half of it to go on; an end needs quiet for a while
static void
decide(rv_motion *const self, const float z, const float share, const uint64_t t_us)
{
    rv_motion_result *const r      = &self->result;
    const float             set    = self->config.share;
    const bool              sparse = self->interval_s > LOSE_TOUCH_S;
    const float             need   = sparse && set < SHARE_SPARSE ? SHARE_SPARSE : set;
    const bool              high   = z >= self->threshold && share >= need;
    const bool              low    = z < 0.5F * self->threshold || share < 0.5F * need;
    if (high || !low) {
        self->low_since_us = t_us;
    }
    const bool   was     = r->moving && r->reason == RV_REASON_NONE;
    const double quiet_s = (double)(t_us - self->low_since_us) * 1e-6;
    const bool   now     = high || (was && quiet_s < (double)self->config.hold_s);
    if (now != was || r->since_us == 0) {
        r->since_us = t_us;
    }
    r->moving   = now;
    r->stirring = z >= self->threshold;
}

/// The statistic of a window and the share of its variance that moves
typedef struct {
    float z, share;
    bool  known;
} verdict;

/**
   Frames that come close together are judged by time. Others by the past of the link
   or, until that is known, by what cannot be anything but motion.
*/
static verdict
judge(const rv_motion *const self, const rv_motion_moments *const m)
{
    const float n           = (float)m->n;
    const float correlation = (float)(m->lag / m->variance) - self->null_lag;
    verdict     v           = {
                      (correlation + 1.0F / n) * rv_sqrt_f32(n * (float)TONE_GROUPS),
                      correlation,
                      true,
    };
    if (self->interval_s <= LOSE_TOUCH_S) {
        return v;
    }
    const float share = (float)(m->joint / m->variance);
    if (!self->calibrated) {
        v.known = share > JOINT_SHARE;
        v.z     = v.known && v.z < self->threshold ? self->threshold : v.z;
        v.share = share;
        return v;
    }
    const float least = JOINT_LEAST / self->threshold;
    const float sigma = self->joint_sigma / self->noise;
    const float joint = ((float)m->joint - self->joint) / self->noise;
    const float z     = joint / (sigma > least ? sigma : least);
    if (z > v.z) {
        v.z     = z;
        v.share = joint / (joint + 1.0F);
    }
    return v;
}

static void
give_up(rv_motion_result *const r, const rv_reason reason)
{
    r->reason    = reason;
    r->statistic = rv_unknown(reason);
    r->level     = rv_unknown(reason);
    r->moving    = false;
    r->stirring  = false;
}

static void
evaluate(rv_motion *const self)
{
    const rv_motion_moments m = rv_motion_measure(self);
    rv_motion_result *const r = &self->result;
    r->t_us                   = m.to_us;
    r->window_s               = (float)((double)(m.to_us - m.from_us) * 1e-6);
    r->rate_hz                = rv_known((float)(1.0 / self->interval_s),
                                         (float)(0.18 / self->interval_s), 1.0F);
    if (window_length(self) > WINDOW_END_S) {
        give_up(r, RV_REASON_RATE_TOO_LOW);
        return;
    }
    if (m.heard < (uint32_t)WINDOW_LEAST || m.n < (uint32_t)WINDOW_OWN ||
        !(m.variance > 0.0)) {
        give_up(r, RV_REASON_WARMING_UP);
        return;
    }
    const verdict v     = judge(self, &m);
    const float   share = (float)(m.joint / m.variance);
    if (self->n_blocks == RV_MOTION_BLOCKS &&
        m.to_us - self->past_us >= m.to_us - m.from_us) { // windows that do not overlap
        self->past_us = m.to_us;
        if (v.z < self->threshold && (self->calibrated || share < JOINT_SHARE)) {
            learn(self, &m);
        }
        watch_steadiness(self, &m, (float)(m.lag / m.variance));
    }
    if (!v.known) {
        give_up(r, RV_REASON_WARMING_UP);
        return;
    }
    r->statistic = rv_known(v.z, 1.0F, 1.0F);
    r->level     = rv_known(v.share < 0.0F   ? 0.0F
                            : v.share > 1.0F ? 1.0F
                                             : v.share,
                        0.5F / rv_sqrt_f32((float)m.n), 1.0F);
    decide(self, v.z, v.share, m.to_us);
    r->reason = RV_REASON_NONE;
}

/// Begin the next block when this one covers its share of the window
static void
turn_block(rv_motion *const self)
{
    const rv_motion_block *const b = &self->block[self->current];
    const double covered = (double)(b->to_us - b->from_us) * 1e-6 + self->interval_s;
    if (covered + 0.25 * self->interval_s < window_length(self) / RV_MOTION_BLOCKS) {
        return;
    }
    self->current = (self->current + 1) % (RV_MOTION_BLOCKS + 1);
    memset(&self->block[self->current], 0, sizeof self->block[self->current]);
    self->n_blocks += self->n_blocks < RV_MOTION_BLOCKS;
    evaluate(self);
}

/// Frames back whose correlation, or that of the next, must hold as well: as many as
/// come within half of the time that a body needs, where even a fast one has hardly
/// lost any
static uint32_t
far_lag(const rv_motion *const self)
{
    const double lags = 0.5 * LOSE_TOUCH_S / self->interval_s + 0.999;
    return lags < 2.0                   ? 1
           : lags >= RV_MOTION_LAGS - 1 ? RV_MOTION_LAGS - 1
                                        : (uint32_t)lags;
}

/// The frame so many before
static const float *
frame_before(const rv_motion *const self, const uint32_t n)
{
    return self->last[(self->newest + RV_MOTION_LAGS + 1 - n) % RV_MOTION_LAGS];
}

/// A frame of the link's own sender
static void
take(rv_motion *const self, const float *const x, const uint64_t t_us)
{
    if (self->taken_us != 0) {
        const double dt = (double)(t_us - self->taken_us) * 1e-6;
        if (dt <= (double)self->config.max_gap_s) {
            note_interval(self, dt);
        }
    }
    self->taken_us     = t_us;
    const uint32_t far = self->n_intervals > 0 ? far_lag(self) : 1;
    if (self->n_last > far) {
        const float *const before[3] = {frame_before(self, 1), frame_before(self, far),
                                        frame_before(self, far + 1)};
        rv_motion_block *const b     = &self->block[self->current];
        b->from_us                   = b->n == 0 ? t_us : b->from_us;
        b->to_us                     = t_us;
        rv_motion_block_add(b, x, before, self->n_tones, self->apart);
        turn_block(self);
    }
    self->newest = (self->newest + 1) % RV_MOTION_LAGS;
    memcpy(self->last[self->newest], x, self->n_tones * sizeof *x);
    rv_strangers_took(&self->strangers, x, self->n_tones);
    self->n_last += self->n_last < RV_MOTION_LAGS;
}

/// Where frames come close together, those of other senders are told by their jumps
static void
judge_sender(rv_motion *const self, const float *const x, const uint64_t t_us)
{
    rv_strangers *const s = &self->strangers;
    if (self->n_last > 0 &&
        (double)(t_us - self->taken_us) * 1e-6 > (double)self->config.max_gap_s) {
        clear_window(self); // and what was there before says nothing about now
    }
    if (self->n_last == 0) {
        rv_strangers_clear(s);
        take(self, x, t_us);
        return;
    }
    const uint32_t    held = s->n_held;
    const rv_stranger what =
        rv_strangers_judge(s, x, self->last[self->newest], self->n_tones, t_us);
    for (uint32_t i = 0; what == RV_STRANGER_OURS && i < s->n_held; ++i) {
        take(self, s->held[i], s->held_us[i]);
    }
    if (what == RV_STRANGER_NONE) {
        self->block[self->current].strangers += held;
    }
    if (what == RV_STRANGER_NEXT) {
        clear_window(self);
    }
    if (what != RV_STRANGER_HELD) {
        rv_strangers_clear(s);
        take(self, x, t_us);
    }
}

void
rv_motion_push(rv_motion *const self, const rv_csi *const csi)
{
    float x[RV_MOTION_TONES];
    if (csi->n_tones == 0 || csi->n_streams == 0 ||
        (self->last_us != 0 && csi->t_us <= self->last_us)) {
        return;
    }
    take_shape(self, csi);
    const rv_tones tones = {self->shape_tones, self->shape_streams, self->stride,
                            self->n_tones};
    if (!rv_tones_take(&tones, csi, x)) {
        return;
    }
    const double dt     = (double)(csi->t_us - self->last_us) * 1e-6;
    self->result.change = -1.0F;
    if (self->has_heard && dt <= (double)self->config.max_gap_s) {
        self->result.change     = rv_mean_square_change(x, self->heard, self->n_tones);
        self->result.interval_s = (float)dt;
    }
    self->last_us   = csi->t_us;
    self->has_heard = true;
    memcpy(self->heard, x, sizeof x);
    judge_sender(self, x, csi->t_us);
}

void
rv_motion_result_at(const rv_motion *const self, const uint64_t t_us,
                    rv_motion_result *const out)
{
    *out = self->result;
    // silence: the last window says nothing about now
    const double silent_s =
        t_us > self->last_us ? (double)(t_us - self->last_us) * 1e-6 : 0.0;
    if (self->last_us == 0 || silent_s > 2.0 * (double)self->config.max_gap_s) {
        out->reason    = RV_REASON_NO_DATA;
        out->moving    = false;
        out->statistic = rv_unknown(RV_REASON_NO_DATA);
        out->level     = rv_unknown(RV_REASON_NO_DATA);
    } else if (out->reason == RV_REASON_NO_DATA) {
        out->reason    = RV_REASON_WARMING_UP;
        out->statistic = rv_unknown(RV_REASON_WARMING_UP);
        out->level     = rv_unknown(RV_REASON_WARMING_UP);
    }
}
