// SPDX-License-Identifier: MIT
#include <ruview/cir/tap_motion.h>

#include "base/exact.h"

#include <ruview/math/elementary.h>

#include <string.h>

enum { settled = 16 }; ///< Frames before anything is said

void
rv_tap_motion_config_default(rv_tap_motion_config *const config)
{
    const rv_tap_motion_config defaults = {.mean_s       = 10.0F,
                                           .recent_s     = 1.0F,
                                           .least_rate   = 10.0F,
                                           .gap_s        = 2.0F,
                                           .significance = 4.0F};
    *config                             = defaults;
}

static float
power_at(const float *const re, const float *const im, const uint32_t tap)
{
    return re[tap] * re[tap] + im[tap] * im[tap];
}

static uint32_t
around(const rv_cir_plan *const plan, const uint32_t tap, const int32_t offset)
{
    const int32_t n = (int32_t)plan->n_taps;
    return (uint32_t)((((int32_t)tap + offset) % n + n) % n);
}

/// Taps per resolution cell, times the cell number, to the nearest
static int32_t
offset_of(const rv_cir_plan *const plan, const int32_t cell)
{
    const int32_t twice = 2 * cell * (int32_t)plan->n_taps;
    const int32_t k     = 2 * (int32_t)plan->n_tones;
    return (twice + (twice < 0 ? -k / 2 : k / 2)) / k;
}

/// The strongest tap of all, or, where it is strong enough still, near the last one
static uint32_t
find_reference(const rv_tap_motion *const self, const rv_cir_plan *const plan,
               const float *const re, const float *const im)
{
    uint32_t best = 0;
    for (uint32_t g = 1; g < plan->n_taps; ++g) {
        best = power_at(re, im, g) > power_at(re, im, best) ? g : best;
    }
    if (!self->has_last) {
        return best;
    }
    const int32_t reach = offset_of(plan, 1);
    uint32_t      near  = self->reference;
    for (int32_t d = -reach; d <= reach; ++d) {
        const uint32_t g = around(plan, self->reference, d);
        near             = power_at(re, im, g) > power_at(re, im, near) ? g : near;
    }
    return power_at(re, im, near) >= 0.25F * power_at(re, im, best) ? near : best;
}

static bool
is_near(const rv_cir_plan *const plan, const uint32_t a, const uint32_t b)
{
    const uint32_t there = a > b ? a - b : b - a;
    const uint32_t back  = plan->n_taps - there;
    return (int32_t)(there < back ? there : back) <= offset_of(plan, 1);
}

/// Weight of a new value after `dt_s` for a time constant
static float
weight(const float dt_s, const float constant_s)
{
    return dt_s / (constant_s + dt_s);
}

static void
take_in(rv_tap_motion *const self, const rv_tap_motion_config *const config,
        const rv_cir_plan *const plan, const float *const re, const float *const im,
        const float dt_s, const float noise)
{
    const float norm     = 1.0F / power_at(re, im, self->reference);
    const float ref_re   = re[self->reference] * norm;
    const float ref_im   = im[self->reference] * norm;
    const float first    = 1.0F / (float)(self->n + 1);
    const float by_mean  = weight(dt_s, config->mean_s);
    const float slow     = first > by_mean ? first : by_mean;
    const float by_power = weight(dt_s, config->recent_s);
    const float quick    = first > by_power ? first : by_power;
    for (uint32_t i = 0; i < RV_TAP_CELLS; ++i) {
        const uint32_t g    = around(plan, self->reference,
                                     offset_of(plan, (int32_t)i - RV_TAP_CELLS_BEFORE));
        const float    z_re = re[g] * ref_re + im[g] * ref_im;
        const float    z_im = im[g] * ref_re - re[g] * ref_im;
        const float    d_re = self->n ? z_re - self->static_re[i] : 0.0F;
        const float    d_im = self->n ? z_im - self->static_im[i] : 0.0F;
        self->static_re[i]  = self->n ? self->static_re[i] + slow * d_re : z_re;
        self->static_im[i]  = self->n ? self->static_im[i] + slow * d_im : z_im;
        self->power[i] += quick * (d_re * d_re + d_im * d_im - self->power[i]);
        const float c_re = d_re * self->last_re[i] + d_im * self->last_im[i];
        const float c_im = d_im * self->last_re[i] - d_re * self->last_im[i];
        self->lag_re[i] += quick * (c_re - self->lag_re[i]);
        self->lag_im[i] += quick * (c_im - self->lag_im[i]);
        self->last_re[i] = d_re;
        self->last_im[i] = d_im;
    }
    self->noise += quick * (noise * norm - self->noise);
    self->interval_s += first * (dt_s - self->interval_s);
}

static rv_estimate
doppler_of(const rv_tap_motion *const self, const rv_tap_motion_config *const config,
           const uint32_t i, const bool moves)
{
    if (!moves) {
        return rv_unknown(RV_REASON_NOBODY);
    }
    if (!(self->interval_s * config->least_rate <= 1.0F)) {
        return rv_unknown(RV_REASON_RATE_TOO_LOW);
    }
    const float size   = rv_hypot_f32(self->lag_re[i], self->lag_im[i]);
    const float like   = size / self->power[i];
    const float turn   = rv_atan2_f32(self->lag_im[i], self->lag_re[i]);
    const float per_hz = 6.28318530717958647693F * self->interval_s;
    // Width of the spectrum, over the frames that the mean holds
    const float inside = like < 1.0F ? 1.0F - like * like : 0.0F;
    const float frames = config->recent_s / self->interval_s;
    const float sigma = rv_sqrt_f32(inside / (2.0F * (frames > 1.0F ? frames : 1.0F))) /
                        (like > 0.1F ? like : 0.1F) / per_hz;
    if (like < 0.3F) {
        return rv_unknown(RV_REASON_AMBIGUOUS);
    }
    return rv_known(turn / per_hz, sigma, like < 1.0F ? like : 1.0F);
}

static void
tell(const rv_tap_motion *const self, const rv_tap_motion_config *const config,
     const rv_cir_plan *const plan, rv_tap_motion_result *const out)
{
    float total = 0.0F;
    for (uint32_t i = 0; i < RV_TAP_CELLS; ++i) {
        rv_tap_cell *const cell   = &out->cell[i];
        const int32_t      offset = offset_of(plan, (int32_t)i - RV_TAP_CELLS_BEFORE);
        const float        extra  = self->power[i] - self->noise;
        const bool         moves =
            extra > 0.0F && self->power[i] > config->significance * self->noise;
        cell->delay_ns     = (float)((double)offset * plan->tap_ns);
        cell->static_power = self->static_re[i] * self->static_re[i] +
                             self->static_im[i] * self->static_im[i];
        if (i == RV_TAP_CELLS_BEFORE) { // the strongest path over itself
            cell->doppler_hz = rv_unknown(RV_REASON_UNSUPPORTED);
            continue;
        }
        cell->dynamic_power = moves ? extra : 0.0F;
        cell->doppler_hz    = doppler_of(self, config, i, moves);
        out->dynamic += cell->dynamic_power;
        total += cell->static_power + cell->dynamic_power;
        if (cell->dynamic_power > out->cell[out->busiest].dynamic_power) {
            out->busiest = (uint16_t)i;
        }
    }
    out->share = total > 0.0F ? out->dynamic / total : 0.0F;
}

void
rv_tap_motion_push(rv_tap_motion *const self, const rv_tap_motion_config *const config,
                   const rv_cir_plan *const plan, const float *const b_re,
                   const float *const b_im, const rv_cir_result *const result,
                   const uint64_t t_us, rv_tap_motion_result *const out)
{
    memset(out, 0, sizeof *out);
    out->reason = result->reason;
    if (out->reason == RV_REASON_NONE && self->has_last && t_us <= self->t_us) {
        out->reason = RV_REASON_TIME_BACKWARDS;
    }
    if (out->reason != RV_REASON_NONE) {
        return;
    }
    const uint32_t reference = find_reference(self, plan, b_re, b_im);
    const float    dt_s = self->has_last ? (float)(t_us - self->t_us) * 1e-6F : 0.0F;
    if (self->has_last &&
        (dt_s > config->gap_s || !is_near(plan, reference, self->reference))) {
        memset(self, 0, sizeof *self);
    }
    self->reference = (uint16_t)reference;
    // Noise of a cell and of the reference, both in units of b: its scale is found from
    // the peak, which the result has in units of y
    const float ratio = result->peak > 0.0F ? result->noise / result->peak : 0.0F;
    float       peak  = 0.0F;
    for (uint32_t g = 0; g < plan->n_taps; ++g) {
        peak = power_at(b_re, b_im, g) > peak ? power_at(b_re, b_im, g) : peak;
    }
    take_in(self, config, plan, b_re, b_im, self->n ? dt_s : 0.0F,
            2.0F * ratio * ratio * peak);
    self->has_last = true;
    self->t_us     = t_us;
    ++self->n;
    if (self->n < settled) {
        out->reason = RV_REASON_WARMING_UP;
        return;
    }
    tell(self, config, plan, out);
}
