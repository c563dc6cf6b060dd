// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "vital/spectrum.h"
#include "vital/tones.h"

#include <ruview/math/elementary.h>
#include <ruview/vital/heart.h>

#include <string.h>

/// Four samples per beat at 150 a minute
#define SAMPLE_S  0.1
#define SAMPLE_US 100000U

enum {
    most_missing = 8,  ///< Samples in a row: longer gaps start anew
    look_every   = 20, ///< Samples between looks: 2 s
    agree_looks  = 4,  ///< Looks that must agree: a third of the window is new
};

/// F(2, 8) of a line test at a chance of 0.001, one independent band (theory)
#define LINE_LEAST 18.5F

/// A peak within that many cells (1/T) of a harmonic of the breath belongs to it: the
/// half width of a Hann window's main lobe is two, of the breath's own wander one
#define HARMONIC_CELLS 1.5F

/// Harmonics of a chest's motion that reach the band of the heart; the field of a point
/// that moves by a tenth of a wavelength has none above the sixth (Bessel functions)
#define HARMONICS 6

rv_heart_config
rv_heart_config_default(void)
{
    const rv_heart_config config = {20.0F, 42.0F, 150.0F, 0.02F};
    return config;
}

static void
say(rv_heart *const self, const rv_reason reason)
{
    self->result.bpm       = rv_unknown(reason);
    self->result.peak      = 0.0F;
    self->result.threshold = 0.0F;
}

rv_status
rv_heart_init(rv_heart *const self, const rv_heart_config *const c)
{
    if (!(c->least_s >= 15.0F && c->least_s <= 25.0F) || !(c->low_bpm >= 36.0F) ||
        !(c->low_bpm < c->high_bpm) || !(c->high_bpm <= 180.0F) ||
        !(c->false_per_hour >= 1e-4F && c->false_per_hour <= 100.0F)) {
        return RV_ERR_CONFIG;
    }
    memset(self, 0, sizeof *self);
    self->config = *c;
    say(self, RV_REASON_NO_DATA);
    return RV_OK;
}

static void
start_anew(rv_heart *const self, const rv_reason reason)
{
    self->n           = 0;
    self->next        = 0;
    self->missing     = 0;
    self->thin        = 0.0F;
    self->earlier_bpm = 0.0F;
    self->agreed      = 0;
    self->since_look  = 0;
    say(self, reason);
}

/// Is `hz` a harmonic of a breath that is known?
static bool
is_harmonic(const float hz, const rv_estimate *const breathing, const float window_s)
{
    if (!rv_is_known(*breathing)) {
        return false;
    }
    const float base = breathing->value / 60.0F;
    for (int k = 2; k <= HARMONICS; ++k) {
        const float wander = 0.5F * (float)k * breathing->sigma / 60.0F;
        const float near   = HARMONIC_CELLS / window_s + wander;
        if (rv_abs_f32(hz - (float)k * base) < near) {
            return true;
        }
    }
    return false;
}

static void
agree(rv_heart *const self, const rv_spectrum_peak *const peak,
      const rv_estimate *const breathing, const float window_s)
{
    rv_heart_result *const r   = &self->result;
    const float            bpm = 60.0F * peak->hz;
    r->peak                    = peak->power;
    r->threshold               = peak->threshold;
    const bool strong = peak->power >= peak->threshold && peak->line >= LINE_LEAST;
    const bool same   = rv_abs_f32(bpm - self->earlier_bpm) <= 3.0F;
    self->agreed      = !strong ? 0 : self->agreed == 0 || same ? self->agreed + 1 : 1;
    self->earlier_bpm = bpm;
    if (strong && is_harmonic(peak->hz, breathing, window_s)) {
        self->agreed = 0;
        r->bpm       = rv_unknown(RV_REASON_AMBIGUOUS);
    } else if (self->agreed < agree_looks) {
        r->bpm = rv_unknown(RV_REASON_LOW_QUALITY);
    } else {
        // as in breathing.c
        const float sigma =
            1.5F * 23.4F / (window_s * rv_sqrt_f32(peak->power)) + 0.01F * bpm;
        const float excess = peak->power / peak->threshold;
        r->bpm             = rv_known(bpm, sigma, excess / (1.0F + excess));
    }
}

static void
look(rv_heart *const self, const rv_estimate *const breathing)
{
    const uint32_t n        = self->n < 250 ? self->n : 250;
    const float    window_s = (float)n * (float)SAMPLE_S;
    self->result.t_us       = self->sample_us;
    if (window_s < self->config.least_s) {
        say(self, RV_REASON_WARMING_UP);
        return;
    }
    if (self->thin > 0.25F) {
        say(self, RV_REASON_RATE_TOO_LOW);
        self->agreed = 0;
        return;
    }
    // without a breath there is nobody whose heart could be seen
    if (!rv_is_known(*breathing)) {
        say(self, RV_REASON_LOW_QUALITY);
        self->agreed = 0;
        return;
    }
    const rv_spectrum_series series = {.x       = &self->x[0][0],
                                       .pitch   = RV_HEART_BANDS,
                                       .n_tones = self->n_bands,
                                       .n       = n,
                                       .slots   = RV_HEART_SAMPLES,
                                       .newest  = self->next,
                                       .step_s  = (float)SAMPLE_S};
    const float              looks  = 3600.0F / window_s * 4.0F;
    const rv_spectrum_search search = {.low_hz        = self->config.low_bpm / 60.0F,
                                       .high_hz       = self->config.high_bpm / 60.0F,
                                       .floor_low_hz  = 0.65F,
                                       .floor_high_hz = 2.7F,
                                       .chance = self->config.false_per_hour / looks};
    rv_spectrum_peak         peak;
    rv_spectrum_find(&series, &search, &peak);
    agree(self, &peak, breathing, window_s);
}

static void
take_sample(rv_heart *const self, const rv_estimate *const breathing)
{
    const bool empty = self->n_sum == 0;
    if (empty && (self->n == 0 || self->missing >= most_missing)) {
        start_anew(self, self->n == 0 ? self->result.bpm.reason : RV_REASON_WARMING_UP);
        return;
    }
    const uint32_t before = (self->next + RV_HEART_SAMPLES - 1) % RV_HEART_SAMPLES;
    float *const   to     = self->x[self->next];
    for (uint16_t i = 0; i < self->n_bands; ++i) {
        to[i] = empty ? self->x[before][i] : self->sum[i] / (float)self->n_sum;
    }
    self->missing = empty ? self->missing + 1 : 0;
    self->thin += 0.01F * ((empty ? 1.0F : 0.0F) - self->thin);
    self->next = (self->next + 1) % RV_HEART_SAMPLES;
    self->n += self->n < RV_HEART_SAMPLES;
    if (++self->since_look >= look_every) {
        self->since_look = 0;
        look(self, breathing);
    }
}

static void
begin_sample(rv_heart *const self)
{
    self->n_sum = 0;
    memset(self->sum, 0, sizeof self->sum);
}

void
rv_heart_push(rv_heart *const self, const rv_csi *const csi, const bool moving,
              const rv_estimate *const breathing)
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
        self->n_bands       = tones.n < RV_HEART_BANDS ? tones.n : RV_HEART_BANDS;
        self->sample_us     = 0;
        start_anew(self, RV_REASON_WARMING_UP);
    }
    if (!rv_tones_take(&tones, csi, x)) {
        return;
    }
    const uint64_t gap_us = csi->t_us - self->last_us;
    self->last_us         = csi->t_us;
    if (moving || self->sample_us == 0 || gap_us > 10U * SAMPLE_US) {
        if (moving || self->sample_us != 0) {
            start_anew(self, moving ? RV_REASON_MOVING : RV_REASON_WARMING_UP);
        }
        // links that begin together look at different times
        self->sample_us  = csi->t_us + 1U + csi->t_us * 40503U % SAMPLE_US;
        self->since_look = (uint32_t)(csi->t_us * 48271U / 1024U % look_every);
        begin_sample(self);
        if (moving) {
            return;
        }
    }
    while (csi->t_us >= self->sample_us) {
        take_sample(self, breathing);
        self->sample_us += SAMPLE_US;
        begin_sample(self);
    }
    for (uint16_t i = 0; i < self->n_tones; ++i) {
        self->sum[(uint32_t)i * self->n_bands / self->n_tones] += x[i];
    }
    ++self->n_sum;
}

void
rv_heart_result_at(const rv_heart *const self, const uint64_t t_us,
                   rv_heart_result *const out)
{
    *out = self->result;
    if (self->last_us == 0 ||
        (t_us > self->last_us && t_us - self->last_us > 2000000U)) {
        out->bpm = rv_unknown(RV_REASON_NO_DATA);
    } else if (out->bpm.reason == RV_REASON_NO_DATA) {
        out->bpm = rv_unknown(RV_REASON_WARMING_UP);
    }
}
