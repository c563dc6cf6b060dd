// SPDX-License-Identifier: MIT
// The answers: where a frame lies in time, and how the node stands.
#include <ruview/fusion/clock.h>

#include <ruview/math/elementary.h>

#include "base/exact.h"
#include "fusion/clock_private.h"

static const float  irregular   = 0.25F;  // scatter of intervals over interval
static const float  of_mad      = 1.17F;  // error of a robust sigma x sqrt(n) / sigma
static const float  of_fold     = 0.756F; // the same for 1.2533 mean |x|
static const double rounding_us = 0.288675134594812882; // of a stamp: 1 / sqrt(12)
static const double coarse_us   = 1.0e9; // where a float no longer resolves 100 us

// Square root of the effective number of packets behind the scatter of delays, which
// for a memory of m is 2m - 1
static float
root_of_delays(const rv_clock *const self)
{
    return rv_sqrt_f32(
        rv_min_f32((float)self->n_delays, 2.0F * (float)RV_CLOCK_DELAYS - 1.0F));
}

static bool
is_regular(const rv_clock *const self)
{
    return self->has_sequence && self->period_us > 0.0 &&
           self->gap_sigma_us < irregular * self->interval_us;
}

static bool
sync_is_fresh(const rv_clock *const self, const uint64_t now_us)
{
    return self->has_sync && self->sync.valid &&
           (now_us <= self->sync_us || now_us - self->sync_us <= self->cfg.sync_max_us);
}

// How well one frame's time is known by its stamp: as well as the blocks lie on their
// line; before there is a line, as the delays scatter. Quality, here and below: how
// full the window behind the number is
static rv_estimate
by_stamp(const rv_clock *const self)
{
    const float filled = (float)self->n_blocks / (float)RV_CLOCK_BLOCKS;
    if (self->has_line && self->n_blocks >= RV_CLOCK_LEAST_BLOCKS) {
        const double s = self->sigma_us;
        const float  v = (float)rv_sqrt_f64(s * s + rounding_us * rounding_us);
        return rv_known(v, v * of_mad / rv_sqrt_f32((float)self->n_blocks), filled);
    }
    if (self->has_line && self->n_delays >= RV_CLOCK_LEAST_GAPS) {
        const double s = self->delay_us;
        const float  v = (float)rv_sqrt_f64(s * s + rounding_us * rounding_us);
        return rv_known(v, v * of_fold / root_of_delays(self), filled);
    }
    return rv_unknown(RV_REASON_WARMING_UP);
}

// Without stamps: the network's delay is within the scatter of the intervals
static rv_estimate
by_intervals(const rv_clock *const self)
{
    if (!(self->interval_us > 0.0F)) {
        return rv_unknown(RV_REASON_WARMING_UP);
    }
    const float s = self->gap_sigma_us;
    const float r = (float)rounding_us;
    const float v = rv_sqrt_f32(s * s + r * r);
    return rv_known(v, v * of_mad / rv_sqrt_f32((float)self->n_gaps),
                    (float)self->n_gaps / (float)RV_CLOCK_GAPS);
}

rv_estimate
rv_clock_place(const rv_clock *const self, const uint32_t sequence,
               const bool has_sequence, const uint64_t device_us,
               const uint64_t arrival_us, uint64_t *const t_us)
{
    *t_us = arrival_us;
    if (device_us != 0 && self->has_line) {
        const int64_t t =
            (int64_t)device_us + rv_to_i64(rv_clock_line_at(self, (int64_t)device_us));
        *t_us = t > 0 && (uint64_t)t < arrival_us ? (uint64_t)t : arrival_us;
        return by_stamp(self);
    }
    if (has_sequence && is_regular(self)) {
        const int32_t d = (int32_t)(sequence - self->sequence);
        const double  t =
            (double)self->first_us + self->regular_us + (double)d * self->period_us;
        const uint64_t placed = t > 0.0 ? (uint64_t)rv_to_i64(t) : 0;
        const bool     sane   = placed + 5 * (uint64_t)self->interval_us > arrival_us;
        *t_us                 = sane && placed < arrival_us ? placed : arrival_us;
    }
    return self->interval_us > 0.0F ? by_intervals(self) : rv_unknown(RV_REASON_CLOCK);
}

bool
rv_clock_mesh_time(const rv_clock *const self, const uint32_t sequence,
                   const uint64_t device_us, const uint64_t arrival_us,
                   uint64_t *const mesh_us)
{
    if (!sync_is_fresh(self, arrival_us)) {
        return false;
    }
    if (device_us != 0) {
        *mesh_us = device_us + (self->sync.epoch_us - self->sync.local_us);
        return true;
    }
    if (!(self->period_us > 0.0)) {
        return false;
    }
    const int32_t d = (int32_t)(sequence - self->sync.sequence);
    *mesh_us = self->sync.epoch_us + (uint64_t)rv_to_i64((double)d * self->period_us);
    return true;
}

static void
read_counts(const rv_clock *const self, const uint64_t now_us,
            rv_clock_state *const out)
{
    uint64_t       got = 0, lost = 0;
    const uint64_t number = now_us / RV_CLOCK_BIN_US;
    for (uint32_t i = 0; i < RV_CLOCK_LOSS_RING && i < self->n_bins; ++i) {
        const uint64_t bin = self->bin_number - i;
        if (number - bin < RV_CLOCK_LOSS_RING) {
            got += self->bin_got[bin % RV_CLOCK_LOSS_RING];
            lost += self->bin_lost[bin % RV_CLOCK_LOSS_RING];
        }
    }
    const uint64_t since  = now_us - self->first_us;
    const uint64_t window = (uint64_t)RV_CLOCK_LOSS_RING * RV_CLOCK_BIN_US;
    const uint64_t span   = since < window ? since : window;
    // Counts as of a Poisson process; quality: how much of the window has passed
    const float filled = (float)span / (float)window;
    if (span >= RV_CLOCK_BIN_US) {
        const float s = (float)span / 1.0e6F;
        out->rate_hz =
            rv_known((float)got / s, rv_sqrt_f32((float)(got + 1)) / s, filled);
    }
    if (self->has_sequence && got + lost >= RV_CLOCK_LEAST_GAPS) {
        const float n = (float)(got + lost);
        const float p = (float)lost / n;
        out->loss = rv_known(p, rv_sqrt_f32((p * (1.0F - p) + 1.0F / n) / n), filled);
    }
}

static rv_reason
judge(const rv_clock *const self, const rv_clock_state *const state,
      const uint64_t now_us)
{
    if (!state->present) {
        return RV_REASON_NO_DATA;
    }
    if (self->reboot_us != 0 && now_us - self->reboot_us < 5000000) {
        return RV_REASON_REBOOT;
    }
    if (rv_is_known(state->loss) && state->loss.value > self->cfg.max_loss) {
        return RV_REASON_LOSS;
    }
    if (rv_is_known(state->drift_ppm) &&
        rv_abs_f32(state->drift_ppm.value) > self->cfg.max_drift_ppm) {
        return RV_REASON_CLOCK;
    }
    if (!rv_is_known(state->spread_us)) {
        return RV_REASON_WARMING_UP;
    }
    return state->spread_us.value > self->cfg.max_spread_us ? RV_REASON_CLOCK
                                                            : RV_REASON_NONE;
}

static rv_estimate
offset_of(const double offset_us, const rv_estimate place)
{
    if (rv_abs_f64(offset_us) > coarse_us) {
        return rv_unknown(RV_REASON_CLOCK);
    }
    return rv_is_known(place) ? rv_known((float)offset_us, place.value, place.quality)
                              : place;
}

// Of two clocks compared: both errors, the worse quality
static rv_estimate
both(const rv_estimate a, const rv_estimate b)
{
    if (!rv_is_known(a) || !rv_is_known(b)) {
        return rv_is_known(a) ? b : a;
    }
    return rv_known(rv_sqrt_f32(a.value * a.value + b.value * b.value), 0.0F,
                    rv_min_f32(a.quality, b.quality));
}

rv_estimate
rv_clock_between(const rv_clock *const a, const rv_clock *const b,
                 const uint64_t now_us)
{
    if (!a->has_line || !b->has_line) {
        return rv_unknown(RV_REASON_CLOCK);
    }
    // At one host instant each clock shows host - delta
    const double da = rv_clock_line_at(a, (int64_t)a->device_us) +
                      a->drift * (double)(int64_t)(now_us - a->last_us);
    const double db = rv_clock_line_at(b, (int64_t)b->device_us) +
                      b->drift * (double)(int64_t)(now_us - b->last_us);
    return offset_of(db - da, both(by_stamp(a), by_stamp(b)));
}

rv_estimate
rv_clock_mesh_spread(const rv_clock *const *const clock, const uint32_t n,
                     const uint64_t now_us)
{
    double      low = 0.0, high = 0.0;
    rv_estimate at_low = {0}, at_high = {0};
    uint32_t    count = 0;
    int64_t     base  = 0;
    for (uint32_t i = 0; i < n; ++i) {
        const rv_clock *const c = clock[i];
        if (!c->has_sync || c->n_blocks < RV_CLOCK_LEAST_BLOCKS ||
            (now_us > c->sync_us && now_us - c->sync_us > c->cfg.sync_max_us)) {
            continue;
        }
        // Mesh minus host = (mesh - local) - (host - local); both may be years
        const int64_t mesh = (int64_t)(c->sync.epoch_us - c->sync.local_us);
        base               = count == 0 ? mesh : base;
        const double offset =
            (double)(mesh - base) - rv_clock_line_at(c, (int64_t)c->sync.local_us);
        if (count == 0 || offset < low) {
            low    = offset;
            at_low = by_stamp(c);
        }
        if (count == 0 || offset > high) {
            high    = offset;
            at_high = by_stamp(c);
        }
        ++count;
    }
    const rv_estimate error = both(at_low, at_high);
    return count < 2 ? rv_unknown(RV_REASON_CLOCK)
                     : rv_known((float)(high - low), error.value, error.quality);
}

// Slope of n points, evenly spread over the span T, with deviation s:
// s sqrt(12 (n - 1) / (n (n + 1))) / T
static rv_estimate
drift_of(const rv_clock *const self)
{
    if (self->n_blocks < RV_CLOCK_LEAST_BLOCKS) {
        return rv_unknown(RV_REASON_WARMING_UP);
    }
    const rv_estimate place = by_stamp(self);
    const double      n     = (double)self->n_blocks;
    const double      span =
        (double)(rv_clock_block_at(self, self->n_blocks - 1)->device_us -
                 rv_clock_block_at(self, 0)->device_us);
    if (!(span > 0.0)) {
        return rv_unknown(RV_REASON_CLOCK);
    }
    const double s =
        (double)place.value * rv_sqrt_f64(12.0 * (n - 1.0) / (n * (n + 1.0))) / span;
    return rv_known((float)(-self->drift * 1.0e6), (float)(s * 1.0e6), place.quality);
}

static rv_estimate
jitter_of(const rv_clock *const self)
{
    if (self->n_delays < RV_CLOCK_LEAST_GAPS) {
        return rv_unknown(RV_REASON_WARMING_UP);
    }
    const float v = (float)self->delay_us;
    return rv_known(v,
                    rv_max_f32(v * of_fold / root_of_delays(self), (float)rounding_us),
                    rv_min_f32((float)self->n_delays / (float)RV_CLOCK_DELAYS, 1.0F));
}

// Quiet for longer than a time, and than so many intervals of a node that sends rarely
static bool
is_quiet(const rv_clock *const self, const uint64_t now_us, const uint64_t least_us,
         const uint64_t intervals)
{
    const uint64_t own   = intervals * (uint64_t)self->interval_us;
    const uint64_t limit = own > least_us ? own : least_us;
    return now_us > self->last_us && now_us - self->last_us > limit;
}

rv_clock_state
rv_clock_get(const rv_clock *const self, const uint64_t now_us)
{
    rv_clock_state state = {
        .rate_hz    = rv_unknown(RV_REASON_NO_DATA),
        .loss       = rv_unknown(RV_REASON_WARMING_UP),
        .offset_us  = rv_unknown(RV_REASON_CLOCK),
        .drift_ppm  = rv_unknown(RV_REASON_CLOCK),
        .jitter_us  = rv_unknown(RV_REASON_WARMING_UP),
        .spread_us  = rv_unknown(RV_REASON_WARMING_UP),
        .sync_valid = sync_is_fresh(self, now_us),
        .frames     = self->n_frames,
        .lost       = self->n_lost,
        .duplicates = self->n_duplicate,
        .reordered  = self->n_reordered,
        .reboots    = self->n_reboots,
        .reason     = RV_REASON_NO_DATA,
        .silent     = true,
    };
    if (self->n_frames == 0 || now_us < self->first_us) {
        return state;
    }
    state.present = !is_quiet(self, now_us, self->cfg.absent_us, 2);
    state.silent  = is_quiet(self, now_us, self->cfg.silent_us, 8);
    read_counts(self, now_us, &state);
    if (self->has_line) {
        const double delta    = rv_clock_line_at(self, (int64_t)self->device_us);
        state.offset_exact_us = rv_to_i64(-delta);
        state.spread_us       = by_stamp(self);
        state.offset_us       = offset_of(-delta, state.spread_us);
        state.jitter_us       = jitter_of(self);
        state.drift_ppm       = drift_of(self);
    } else {
        state.jitter_us = by_intervals(self);
        state.spread_us = state.jitter_us;
    }
    state.reason = judge(self, &state, now_us);
    return state;
}
