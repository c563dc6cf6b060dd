// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "vital/spectrum.h"
#include "vital/tones.h"

#include <ruview/math/elementary.h>
#include <ruview/vital/breathing.h>

#include <string.h>

/// Four samples per breath at 37 a minute, and averaging over 0.4 s costs 1 dB there
/// (theory: sinc)
#define SAMPLE_S  0.4
#define SAMPLE_US 400000U

enum {
    most_missing = 3, ///< Samples in a row: longer gaps start anew
    look_every   = 3, ///< Samples between looks: 1.2 s
    sample_turns = 8, ///< Moments within a sample that links take turns at
    agree_looks  = 8, ///< Looks that must agree, 9.6 s: a quarter of the window is new
};

/// F(2, 8) of a line test at a chance of 0.001, one independent band (theory:
/// 4 (p^-1/4 - 1))
#define LINE_LEAST 18.5F

/// Looks agree within that share of the rate (theory: the half width of the main lobe
/// of a 30 s Hann window is 4 per minute at most, of its centre a quarter)
#define AGREE_SHARE 0.08F
#define AGREE_BPM   0.8F

rv_breathing_config
rv_breathing_config_default(void)
{
    const rv_breathing_config config = {40.0F, 15.0F, 6.0F, 36.0F, 0.1F, 0};
    return config;
}

static bool
is_good(const rv_breathing_config *const c)
{
    return c->window_s >= 15.0F && c->window_s <= 40.0F && c->least_s >= 12.0F &&
           c->least_s <= c->window_s && c->low_bpm >= 5.0F &&
           c->low_bpm < c->high_bpm && c->high_bpm <= 40.0F &&
           c->false_per_hour >= 1e-4F && c->false_per_hour <= 100.0F;
}

rv_status
rv_breathing_size(const rv_breathing_config *const config, size_t *const n_bytes)
{
    if (!is_good(config)) {
        return RV_ERR_CONFIG;
    }
    *n_bytes = 0;
    return RV_OK;
}

static void
say(rv_breathing *const self, const rv_reason reason)
{
    self->result.bpm       = rv_unknown(reason);
    self->result.peak      = 0.0F;
    self->result.threshold = 0.0F;
}

rv_status
rv_breathing_init(rv_breathing *const self, const rv_breathing_config *const config,
                  void *const memory, const size_t n_bytes)
{
    (void)memory;
    (void)n_bytes;
    if (!is_good(config)) {
        return RV_ERR_CONFIG;
    }
    memset(self, 0, sizeof *self);
    self->config = *config;
    say(self, RV_REASON_NO_DATA);
    return RV_OK;
}

static void
start_anew(rv_breathing *const self, const rv_reason reason)
{
    self->n           = 0;
    self->next        = 0;
    self->missing     = 0;
    self->thin        = 0;
    self->earlier_bpm = 0.0F;
    self->agreed      = 0;
    self->since_look  = self->config.turn / sample_turns % look_every;
    say(self, reason);
}

/// Looks in a row at the same rate become an answer
static void
agree(rv_breathing *const self, const rv_spectrum_peak *const peak, const float still_s)
{
    rv_breathing_result *const r = &self->result;
    r->peak                      = peak->power;
    r->threshold                 = peak->threshold;
    const float bpm              = 60.0F * peak->hz;
    const float apart            = rv_abs_f32(bpm - self->earlier_bpm);
    const float most             = AGREE_BPM + AGREE_SHARE * bpm;
    const bool  strong           = peak->power >= peak->threshold;
    self->agreed = strong && (self->agreed == 0 || apart <= most) ? self->agreed + 1
                   : strong                                       ? 1
                                                                  : 0;
    self->earlier_bpm = bpm;
    if (self->agreed < agree_looks) {
        r->bpm =
            rv_unknown(still_s < self->config.least_s + 10.0F ? RV_REASON_WARMING_UP
                                                              : RV_REASON_LOW_QUALITY);
        return;
    }
    // Rife and Boorstyn 1974: var(omega) = 6 / (gamma T^2) for a peak gamma over the
    // noise; a Hann window costs a factor of 1.5 in sigma; the breather's own wander is
    // not known here
    const float sigma =
        1.5F * 23.4F / (still_s * rv_sqrt_f32(peak->power)) + 0.01F * bpm;
    const float excess = peak->power / peak->threshold;
    r->bpm             = rv_known(bpm, sigma, excess / (1.0F + excess));
}

static void
look(rv_breathing *const self)
{
    const uint32_t most = (uint32_t)rv_to_i32(self->config.window_s / (float)SAMPLE_S);
    const uint32_t n    = self->n < most ? self->n : most;
    const float    still_s = (float)n * (float)SAMPLE_S;
    self->result.still_s   = still_s;
    self->result.t_us      = self->sample_us;
    if (still_s < self->config.least_s) {
        say(self, RV_REASON_WARMING_UP);
        return;
    }
    if (self->thin * 4 > self->n) {
        say(self, RV_REASON_RATE_TOO_LOW);
        self->agreed = 0;
        return;
    }
    const rv_spectrum_series series = {.x       = &self->x[0][0],
                                       .pitch   = RV_BREATHING_BANDS,
                                       .n_tones = self->n_bands,
                                       .n       = n,
                                       .slots   = RV_BREATHING_SAMPLES,
                                       .newest  = self->next,
                                       .step_s  = (float)SAMPLE_S};
    // A line through drift leaves about two cycles per window that look periodic
    // (Nelson and
    // Kang, "Spurious periodicity in inappropriately detrended time series",
    // Econometrica 1981): four cycles at least
    const float low     = self->config.low_bpm / 60.0F;
    const float slowest = 4.0F / still_s;
    // chance per look: looks of one window are not independent, so about four per
    // window
    const float              looks  = 3600.0F / still_s * 4.0F;
    const rv_spectrum_search search = {.low_hz        = slowest > low ? slowest : low,
                                       .high_hz       = self->config.high_bpm / 60.0F,
                                       .floor_low_hz  = 0.08F,
                                       .floor_high_hz = 1.1F,
                                       .chance = self->config.false_per_hour / looks};
    rv_spectrum_peak         peak;
    rv_spectrum_find(&series, &search, &peak);
    agree(self, &peak, still_s);
}

static void
take_sample(rv_breathing *const self)
{
    const bool empty = self->n_sum == 0;
    if (empty && (self->n == 0 || self->missing >= most_missing)) {
        start_anew(self, self->n == 0 ? self->result.bpm.reason : RV_REASON_WARMING_UP);
        return;
    }
    const uint32_t before =
        (self->next + RV_BREATHING_SAMPLES - 1) % RV_BREATHING_SAMPLES;
    float *const to = self->x[self->next];
    for (uint16_t i = 0; i < self->n_bands; ++i) {
        to[i] = empty ? self->x[before][i] : self->sum[i] / (float)self->n_sum;
    }
    self->missing = empty ? self->missing + 1 : 0;
    self->thin =
        empty ? self->thin + 1 : self->thin - (self->thin > 0 && self->n % 4 == 0);
    self->next = (self->next + 1) % RV_BREATHING_SAMPLES;
    self->n += self->n < RV_BREATHING_SAMPLES;
    if (++self->since_look >= look_every) {
        self->since_look = 0;
        look(self);
    }
}

void
rv_breathing_push(rv_breathing *const self, const rv_csi *const csi, const bool moving)
{
    rv_tones tones = {self->shape_tones, self->shape_streams, self->stride,
                      self->n_tones};
    float    x[RV_VITAL_TONES];
    if (csi->n_tones == 0 || csi->n_streams == 0 || csi->t_us <= self->last_us) {
        return;
    }
    if (!rv_tones_fit(&tones, csi)) {
        tones               = rv_tones_for(csi);
        self->shape_tones   = tones.n_in;
        self->shape_streams = tones.n_streams;
        self->stride        = tones.stride;
        self->n_tones       = tones.n;
        self->n_bands   = tones.n < RV_BREATHING_BANDS ? tones.n : RV_BREATHING_BANDS;
        self->sample_us = 0;
        start_anew(self, RV_REASON_WARMING_UP);
    }
    if (!rv_tones_take(&tones, csi, x)) {
        return;
    }
    const uint64_t gap_us = csi->t_us - self->last_us;
    self->last_us         = csi->t_us;
    self->moving          = moving;
    if (moving || self->sample_us == 0 || gap_us > 4U * SAMPLE_US) {
        if (moving || self->sample_us != 0) {
            start_anew(self, moving ? RV_REASON_MOVING : RV_REASON_WARMING_UP);
        }
        // The first sample is a little longer, so that links do not all look at once
        self->sample_us = csi->t_us + SAMPLE_US +
                          self->config.turn % sample_turns * (SAMPLE_US / sample_turns);
        self->n_sum = 0;
        memset(self->sum, 0, sizeof self->sum);
        if (moving) {
            return;
        }
    }
    while (csi->t_us >= self->sample_us) {
        take_sample(self);
        self->sample_us += SAMPLE_US;
        self->n_sum = 0;
        memset(self->sum, 0, sizeof self->sum);
    }
    for (uint16_t i = 0; i < self->n_tones; ++i) {
        self->sum[(uint32_t)i * self->n_bands / self->n_tones] += x[i];
    }
    ++self->n_sum;
}

void
rv_breathing_result_at(const rv_breathing *const self, const uint64_t t_us,
                       rv_breathing_result *const out)
{
    *out = self->result;
    if (self->last_us == 0 ||
        (t_us > self->last_us && t_us - self->last_us > 2000000U)) {
        out->bpm = rv_unknown(RV_REASON_NO_DATA);
    } else if (out->bpm.reason == RV_REASON_NO_DATA) {
        out->bpm = rv_unknown(RV_REASON_WARMING_UP);
    }
}
