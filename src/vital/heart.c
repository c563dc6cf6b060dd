// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "vital/look.h"

#include <ruview/math/elementary.h>
#include <ruview/vital/heart.h>

#include <string.h>

/// Four samples per beat at 150 a minute
#define SAMPLE_S 0.1F

enum {
    look_slots  = 20, ///< Between looks: 2 s
    agree_looks = 4,  ///< Looks that must agree: a quarter of the window is new
    lost_looks  = 3,  ///< Looks that must fail before an answer ends
};

/// F(2, 8) of a line test at a chance of 0.001, one independent band (theory:
/// 4 (p^-1/4 - 1))
#define LINE_LEAST 18.5F

/// A peak within that many cells (1/T) of a harmonic of the breath belongs to it: the
/// half width of a Hann window's main lobe is two, of the breath's own wander one
#define HARMONIC_CELLS 1.5F

/// Harmonics of a chest's motion that reach the band of the heart; the field of a point
/// that moves by a tenth of a wavelength has none above the sixth (Bessel functions).
/// Of one that moves further they follow each other without a gap.
#define HARMONICS     6
#define HARMONICS_FAR 24

/// Beats of successive looks lie within that [1/min]
#define AGREE_BPM 3.0F

/// The search and a cell beside it; harmonics of the breath below, noise above
static const rv_spectrum_range range = {0.65F, 2.7F, 1.2F, 2.6F, true};

rv_heart_config
rv_heart_config_default(void)
{
    const rv_heart_config config = {20.0F, 42.0F, 150.0F, 0.02F, 0};
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
    if (!(c->least_s >= 15.0F && c->least_s <= 30.0F) || !(c->low_bpm >= 42.0F) ||
        !(c->low_bpm < c->high_bpm) || !(c->high_bpm <= 150.0F) ||
        !(c->false_per_hour >= 1e-4F && c->false_per_hour <= 100.0F)) {
        return RV_ERR_CONFIG;
    }
    memset(self, 0, sizeof *self);
    self->config = *c;
    say(self, RV_REASON_NO_DATA);
    return RV_OK;
}

static void
forget(rv_heart *const self, const rv_reason reason)
{
    self->earlier_bpm = 0.0F;
    self->agreed      = 0;
    self->failed      = 0;
    self->answering   = false;
    say(self, reason);
}

static float
near_harmonic(const rv_estimate *const breathing, const float window_s, const int k)
{
    return HARMONIC_CELLS / window_s + 0.5F * (float)k * breathing->sigma / 60.0F;
}

/// Does `hz` lie on a high harmonic of the breath, with the one below it in sight?
static bool
is_far_harmonic(const rv_spectrum *const s, const rv_spectrum_peak *const peak,
                const rv_estimate *const breathing)
{
    const float base = breathing->value / 60.0F;
    for (int k = HARMONICS + 1; k <= HARMONICS_FAR; ++k) {
        const float apart = rv_abs_f32(peak->hz - (float)k * base);
        if (apart < near_harmonic(breathing, s->length_s, k) &&
            rv_spectrum_at(s, (float)(k - 1) * base).largest >= peak->hold) {
            return true;
        }
    }
    return false;
}

static void
answer(rv_heart *const self, const rv_spectrum_peak *const peak, const float window_s)
{
    self->earlier_bpm = 60.0F * peak->hz;
    self->failed      = 0;
    self->result.bpm  = rv_look_rate(peak, window_s);
}

static void
agree(rv_heart *const self, const rv_spectrum_peak *const peak, const float line,
      const float window_s)
{
    const float bpm    = 60.0F * peak->hz;
    const bool  strong = peak->power >= peak->threshold && line >= LINE_LEAST;
    const bool  same   = rv_abs_f32(bpm - self->earlier_bpm) <= AGREE_BPM;
    self->agreed       = !strong ? 0 : same ? self->agreed + 1 : 1;
    self->earlier_bpm  = bpm;
    self->answering    = self->agreed >= agree_looks;
    if (self->answering) {
        answer(self, peak, window_s);
    } else {
        self->result.bpm = rv_unknown(RV_REASON_LOW_QUALITY);
    }
}

/// An answer lasts while a peak stays near it
static void
keep(rv_heart *const self, const rv_spectrum_peak *const peak, const float window_s)
{
    if (peak->hz > 0.0F && peak->power >= peak->hold) {
        answer(self, peak, window_s);
        return;
    }
    self->result.bpm = rv_unknown(RV_REASON_LOW_QUALITY);
    if (++self->failed >= lost_looks) {
        forget(self, RV_REASON_LOW_QUALITY);
    }
}

static rv_spectrum_peak
search(const rv_heart *const self, const rv_spectrum *const s,
       const rv_estimate *const breathing)
{
    const float        looks = 3600.0F / s->length_s * 4.0F;
    rv_spectrum_search what  = {.low_hz         = self->config.low_bpm / 60.0F,
                                .high_hz        = self->config.high_bpm / 60.0F,
                                .chance         = self->config.false_per_hour / looks,
                                .comb_hz        = breathing->value / 60.0F,
                                .comb_near_hz   = HARMONIC_CELLS / s->length_s,
                                .comb_spread_hz = 0.5F * breathing->sigma / 60.0F,
                                .comb_last      = HARMONICS};
    if (self->answering) {
        what.low_hz = rv_max_f32(what.low_hz, (self->earlier_bpm - AGREE_BPM) / 60.0F);
        what.high_hz =
            rv_min_f32(what.high_hz, (self->earlier_bpm + AGREE_BPM) / 60.0F);
    }
    return rv_spectrum_find(s, &what);
}

static void
look(rv_heart *const self, const rv_sampler *const sampler, const rv_fft *const fft,
     const uint64_t end, const rv_estimate *const breathing)
{
    float          x[RV_HEART_SAMPLES][RV_SAMPLER_BANDS];
    float          kept[RV_HEART_SAMPLES][RV_SAMPLER_BANDS];
    rv_spectrum    s;
    uint32_t       empty = 0;
    const uint32_t n = rv_sampler_read(sampler, end, 1, RV_HEART_SAMPLES, x, &empty);
    const float    window_s = (float)n * SAMPLE_S;
    self->result.t_us       = end * RV_SAMPLER_SLOT_US;
    if (window_s < self->config.least_s || sampler->n_bands == 0) {
        forget(self, RV_REASON_WARMING_UP);
        return;
    }
    if (empty * 4 > n) {
        forget(self, RV_REASON_RATE_TOO_LOW);
        return;
    }
    // without a breath there is nobody whose heart could be seen
    if (!rv_is_known(*breathing)) {
        forget(self, RV_REASON_LOW_QUALITY);
        return;
    }
    memcpy(kept, x, sizeof x[0] * n);
    rv_spectrum_take(&s, fft, x, n, sampler->n_bands, SAMPLE_S, &range);
    const rv_spectrum_peak peak = search(self, &s, breathing);
    self->result.peak           = peak.power;
    self->result.threshold      = peak.threshold;
    if (peak.power >= peak.hold && is_far_harmonic(&s, &peak, breathing)) {
        forget(self, RV_REASON_AMBIGUOUS);
    } else if (self->answering) {
        keep(self, &peak, window_s);
    } else {
        const bool  high = peak.power >= peak.threshold;
        const float line =
            high ? rv_spectrum_line(&s, (const float(*)[RV_SAMPLER_BANDS])kept, n,
                                    sampler->n_bands, SAMPLE_S, peak.hz)
                 : 0.0F;
        agree(self, &peak, line, window_s);
    }
    if (!rv_is_known(self->result.bpm) && peak.combed >= peak.threshold) {
        self->result.bpm = rv_unknown(RV_REASON_AMBIGUOUS);
    }
}

bool
rv_heart_look(rv_heart *const self, const rv_sampler *const sampler,
              const rv_fft *const fft, const uint64_t t_us,
              const rv_estimate *const breathing)
{
    const uint64_t end =
        rv_look_end(t_us, (self->config.turn * 3 + 1) % look_slots, look_slots);
    if (rv_sampler_reason(sampler, t_us) != RV_REASON_NONE) {
        forget(self, rv_sampler_reason(sampler, t_us));
        return false;
    }
    if (end <= self->looked || end > sampler->slot) {
        return false;
    }
    self->looked = end;
    look(self, sampler, fft, end, breathing);
    return true;
}

void
rv_heart_result_at(const rv_heart *const self, const rv_sampler *const sampler,
                   const uint64_t t_us, rv_heart_result *const out)
{
    *out     = self->result;
    out->bpm = rv_look_at(sampler, self->result.bpm, t_us);
}
