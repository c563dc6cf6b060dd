// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "vital/breathing_look.h"
#include "vital/look.h"

#include <ruview/math/elementary.h>

#include <string.h>

#define SAMPLE_S RV_BREATHING_SAMPLE_S

enum {
    agree_looks  = 4,  ///< Looks that must agree, 4.8 s
    lost_looks   = 5,  ///< Looks that must fail before an answer ends, 6 s
    short_window = 75, ///< Samples: a breath that wanders is seen in half a minute
};

/// F(2, 8) of a line test at a chance of 0.001 (theory: 4 (p^-1/4 - 1)): drift that all
/// bands share makes peaks, but no lines
#define LINE_LEAST 18.5F

/// Looks agree within that share of the rate (theory: the half width of the main lobe
/// of a 30 s Hann window is 4 per minute at most, of its centre a quarter)
#define AGREE_SHARE 0.08F
#define AGREE_BPM   0.8F

/// Energy that does not fit a to-and-fro over that which does. Theory: a chest has none
/// but noise; simulation: below 0.1 for people who sit, above 0.2 for most fans.
#define MISFIT_SHARE 0.15F

/// The slowest search and twice the fastest rate; chests drift below 0.3 Hz (theory:
/// the sway of people who stand lies below 0.5 Hz)
static const rv_spectrum_range range = {0.08F, 1.1F, 0.3F, 0.65F, false};

rv_breathing_config
rv_breathing_config_default(void)
{
    const rv_breathing_config config = {60.0F, 15.0F, 6.0F, 36.0F, 0.1F, 0};
    return config;
}

static bool
is_good(const rv_breathing_config *const c)
{
    return c->window_s >= 15.0F && c->window_s <= 60.0F && c->least_s >= 12.0F &&
           c->least_s <= c->window_s && c->low_bpm >= 5.0F &&
           c->low_bpm < c->high_bpm && c->high_bpm <= 40.0F &&
           c->false_per_hour >= 1e-4F && c->false_per_hour <= 100.0F;
}

static void
say(rv_breathing *const self, const rv_reason reason)
{
    self->result.bpm       = rv_unknown(reason);
    self->result.peak      = 0.0F;
    self->result.threshold = 0.0F;
    self->result.energy    = (rv_breath_energy){0};
    self->result.fast      = (rv_breath_fast){.order = 0.0F};
}

rv_status
rv_breathing_init(rv_breathing *const self, const rv_breathing_config *const config)
{
    if (!is_good(config)) {
        return RV_ERR_CONFIG;
    }
    memset(self, 0, sizeof *self);
    self->config = *config;
    say(self, RV_REASON_NO_DATA);
    return RV_OK;
}

void
rv_breathing_forget(rv_breathing *const self, const rv_reason reason)
{
    self->earlier_bpm = 0.0F;
    self->agreed      = 0;
    self->failed      = 0;
    self->answering   = false;
    say(self, reason);
}

bool
rv_breathing_is_near(const float a, const float b)
{
    return rv_abs_f32(a - b) <= AGREE_BPM + AGREE_SHARE * b;
}

/// Does the peak belong to something that turns rather than goes to and fro?
static bool
turns(const rv_spectrum_peak *const peak)
{
    return peak->misfit > peak->misfit_threshold &&
           peak->misfit > MISFIT_SHARE * peak->power;
}

/// An answer lasts while a peak stays near it
static void
keep(rv_breathing *const self, const rv_spectrum_peak *const peak, const float window_s)
{
    if (peak->hz > 0.0F && peak->power >= peak->hold && !turns(peak)) {
        self->failed      = 0;
        self->earlier_bpm = 60.0F * peak->hz;
        self->result.bpm  = rv_look_rate(peak, window_s);
        return;
    }
    self->result.bpm = rv_unknown(RV_REASON_LOW_QUALITY);
    if (++self->failed >= lost_looks) {
        rv_breathing_forget(self, RV_REASON_LOW_QUALITY);
    }
}

/// Looks in a row at the same rate become an answer
static void
agree(rv_breathing *const self, const rv_spectrum_peak *const peak, const float line,
      const float window_s, const float still_s)
{
    const bool high = peak->power >= peak->threshold;
    const bool strong =
        high && !turns(peak) && (line >= LINE_LEAST || peak->power >= peak->sole);
    const float bpm   = 60.0F * peak->hz;
    self->agreed      = !strong                                        ? 0
                        : rv_breathing_is_near(bpm, self->earlier_bpm) ? self->agreed + 1
                                                                       : 1;
    self->earlier_bpm = bpm;
    self->answering   = self->agreed >= agree_looks;
    if (self->answering) {
        self->failed     = 0;
        self->result.bpm = rv_look_rate(peak, window_s);
    } else {
        self->result.bpm = rv_unknown(high && !strong ? RV_REASON_INTERFERENCE
                                      : still_s < self->config.least_s + 10.0F
                                          ? RV_REASON_WARMING_UP
                                          : RV_REASON_LOW_QUALITY);
    }
}

void
rv_breathing_judge(rv_breathing *const self, const rv_spectrum_peak *const peak,
                   const float line, const float window_s, const float still_s)
{
    self->result.peak      = peak->power;
    self->result.threshold = peak->threshold;
    if (self->answering) {
        keep(self, peak, window_s);
    } else {
        agree(self, peak, line, window_s, still_s);
    }
}

rv_spectrum_peak
rv_breathing_search(const rv_breathing *const self, const rv_spectrum *const s,
                    const float share)
{
    // A line through drift leaves about two cycles per window that look periodic
    // (Nelson and Kang, "Spurious periodicity in inappropriately detrended time
    // series", Econometrica 1981): four cycles at least. Chance per look: looks of one
    // window are not independent, so about four per window.
    const float              low     = self->config.low_bpm / 60.0F;
    const float              slowest = 4.0F / s->length_s;
    const float              looks   = 3600.0F / s->length_s * 4.0F;
    const float              edge    = 0.75F / s->length_s; // a lobe's half width
    const rv_spectrum_search what    = {.low_hz  = rv_max_f32(slowest, low - edge),
                                        .high_hz = self->config.high_bpm / 60.0F + edge,
                                        .chance  = share * RV_BREATHING_LINE_RELIEF *
                                                  self->config.false_per_hour / looks};
    if (!self->answering) {
        return rv_spectrum_find(s, &what);
    }
    const float              near = AGREE_BPM + AGREE_SHARE * self->earlier_bpm;
    const rv_spectrum_search here = {
        .low_hz  = rv_max_f32(what.low_hz, (self->earlier_bpm - near) / 60.0F),
        .high_hz = rv_min_f32(what.high_hz, (self->earlier_bpm + near) / 60.0F),
        .chance  = what.chance};
    return rv_spectrum_find(s, &here);
}

/// What one window shows
typedef struct {
    rv_spectrum_peak peak;
    float            line, length_s;
} view;

static view
view_of(const rv_breathing *const self, const rv_sampler *const sampler,
        const rv_fft *const fft, const float (*const x)[RV_SAMPLER_BANDS],
        const uint32_t n, const float share, rv_spectrum *const seen)
{
    float work[RV_BREATHING_SAMPLES][RV_SAMPLER_BANDS];
    memcpy(work, x, sizeof work[0] * n);
    rv_spectrum_take(seen, fft, work, n, sampler->n_bands, SAMPLE_S, &range);
    view v = {rv_breathing_search(self, seen, share), 0.0F, seen->length_s};
    if (!self->answering && v.peak.power >= v.peak.threshold) {
        v.line = rv_spectrum_line(seen, x, n, sampler->n_bands, SAMPLE_S, v.peak.hz);
    }
    return v;
}

static void
look(rv_breathing *const self, const rv_sampler *const sampler, const rv_fft *const fft,
     const uint64_t end, rv_spectrum *const seen)
{
    float          x[RV_BREATHING_SAMPLES][RV_SAMPLER_BANDS];
    uint32_t       empty = 0;
    const uint32_t most = (uint32_t)rv_to_i32(self->config.window_s / SAMPLE_S + 0.01F);
    const uint32_t n =
        rv_sampler_read(sampler, end, RV_BREATHING_SAMPLE_SLOTS, most, x, &empty);
    const float still_s  = (float)n * SAMPLE_S;
    self->result.still_s = still_s;
    self->result.t_us    = end * RV_SAMPLER_SLOT_US;
    seen->n_bins         = 0;
    if (still_s < self->config.least_s || sampler->n_bands == 0) {
        rv_breathing_forget(self, RV_REASON_WARMING_UP);
        return;
    }
    if (empty * 4 > n) {
        rv_breathing_forget(self, RV_REASON_RATE_TOO_LOW);
        return;
    }
    const float(*const past)[RV_SAMPLER_BANDS] = (const float(*)[RV_SAMPLER_BANDS])x;
    const bool both                            = n > short_window + short_window / 3;
    view       v = view_of(self, sampler, fft, past, n, both ? 0.5F : 1.0F, seen);
    if (both && v.peak.power < (self->answering ? v.peak.hold : v.peak.threshold)) {
        rv_spectrum half;
        const view  other = view_of(self, sampler, fft, past + n - short_window,
                                    short_window, 0.5F, &half);
        const bool  wins =
            other.peak.power * v.peak.threshold > v.peak.power * other.peak.threshold;
        v = wins ? other : v;
    }
    self->result.energy = (rv_breath_energy){0};
    if (self->answering) {
        rv_breath_pause(seen, past, n, sampler->n_bands, self->earlier_bpm / 60.0F,
                        &self->result.energy);
    }
    rv_breath_fast fast = {.order = 0.0F};
    if (v.peak.hz > 0.0F && v.peak.power >= v.peak.hold) {
        fast = rv_breath_fast_lines(sampler, fft, end, v.peak.hz);
    }
    if (rv_breath_is_thrice_a_fast_line(&fast)) {
        rv_breathing_forget(self, RV_REASON_INTERFERENCE);
    } else {
        rv_breathing_judge(self, &v.peak, v.line, v.length_s, still_s);
    }
    self->result.fast = fast;
}

bool
rv_breathing_look(rv_breathing *const self, const rv_sampler *const sampler,
                  const rv_fft *const fft, const uint64_t t_us, rv_spectrum *const seen)
{
    // The window ends at the same slot on every link; links take turns at looking
    const uint64_t end  = rv_look_end(t_us, self->config.turn % RV_BREATHING_LOOK_SLOTS,
                                      RV_BREATHING_LOOK_SLOTS);
    rv_spectrum    none = {.n_bins = 0};
    if (rv_sampler_reason(sampler, t_us) != RV_REASON_NONE) {
        rv_breathing_forget(self, rv_sampler_reason(sampler, t_us));
        if (seen) {
            seen->n_bins = 0;
        }
        return false;
    }
    if (end <= self->looked || end > sampler->slot) {
        return false;
    }
    self->looked = end;
    look(self, sampler, fft, end, seen ? seen : &none);
    if (seen) {
        seen->end = end;
    }
    return true;
}

void
rv_breathing_result_at(const rv_breathing *const self, const rv_sampler *const sampler,
                       const uint64_t t_us, rv_breathing_result *const out)
{
    *out     = self->result;
    out->bpm = rv_look_at(sampler, self->result.bpm, t_us);
}
