// SPDX-License-Identifier: MIT
#include <ruview/fusion/clock.h>

#include <ruview/math/elementary.h>
#include <ruview/math/order.h>
#include <ruview/math/stats.h>

#include "base/exact.h"

#include <string.h>

enum {
    bin_us          = 500000,
    reorder_window  = 64,      // a counter that falls farther back has started again
    device_back_us  = 1000000, // as has a clock
    gaps_for_median = 9,
    blocks_for_line = 3,
};

static const float irregular = 0.25F; // scatter of intervals over interval
static const float of_mad = 1.17F; // standard error of a robust sigma x sqrt(n) / sigma
static const float of_fold       = 0.756F;               // the same for 1.2533 mean |x|
static const double rounding_us  = 0.288675134594812882; // of a stamp: 1 / sqrt(12)
static const float  delay_memory = 20.0F; // packets behind the scatter of delays
static const double coarse_us    = 1.0e9; // where a float no longer resolves 100 us

rv_clock_config
rv_clock_config_default(void)
{
    return (rv_clock_config){.block_us      = 1000000,
                             .sync_max_us   = 9000000,
                             .absent_us     = 100000,
                             .gap_max_us    = 30000000,
                             .max_loss      = 0.2F,
                             .max_drift_ppm = 500.0F,
                             .max_spread_us = 20000.0F};
}

rv_status
rv_clock_size(const rv_clock_config *const cfg, size_t *const n_bytes)
{
    if (cfg->block_us < 1000 || !(cfg->max_loss >= 0.0F) ||
        !(cfg->max_drift_ppm > 0.0F) || !(cfg->max_spread_us > 0.0F)) {
        return RV_ERR_CONFIG;
    }
    *n_bytes = 0;
    return RV_OK;
}

rv_status
rv_clock_init(rv_clock *const self, const rv_clock_config *const cfg, void *const mem,
              const size_t n_bytes)
{
    (void)mem;
    (void)n_bytes;
    size_t          needed = 0;
    const rv_status status = rv_clock_size(cfg, &needed);
    if (status == RV_OK) {
        memset(self, 0, sizeof *self);
        self->cfg = *cfg;
    }
    return status;
}

// The node started again: what was learnt of its counter and clock is worth nothing
static void
forget(rv_clock *const self, const uint64_t arrival_us)
{
    self->n_blocks     = 0;
    self->next_block   = 0;
    self->open.n       = 0;
    self->has_line     = false;
    self->n_delays     = 0;
    self->delay_us     = 0.0;
    self->device_us    = 0;
    self->has_sequence = false;
    self->n_gaps       = 0;
    self->next_gap     = 0;
    self->interval_us  = 0.0F;
    self->period_us    = 0.0;
    self->has_sync     = false;
    self->reboot_us    = arrival_us;
    ++self->n_reboots;
}

// ---- device stamps -------------------------------------------------------------

static const rv_clock_block *
block_at(const rv_clock *const self, const uint32_t i)
{
    const uint32_t oldest = (self->next_block + RV_CLOCK_BLOCKS - self->n_blocks);
    return &self->block[(oldest + i) % RV_CLOCK_BLOCKS];
}

// Theil-Sen line through the blocks' fastest packets
static void
fit_line(rv_clock *const self)
{
    enum { max_pairs = RV_CLOCK_BLOCKS * (RV_CLOCK_BLOCKS - 1) / 2 };
    double         slope[max_pairs], rest[RV_CLOCK_BLOCKS], work[RV_CLOCK_BLOCKS];
    size_t         n_pairs = 0;
    const uint32_t n       = self->n_blocks;
    for (uint32_t i = 0; i < n; ++i) {
        const rv_clock_block *const a = block_at(self, i);
        for (uint32_t j = i + 1; j < n; ++j) {
            const rv_clock_block *const b  = block_at(self, j);
            const int64_t               dx = b->device_us - a->device_us;
            if (dx > 0) {
                slope[n_pairs++] = (double)(b->delta_us - a->delta_us) / (double)dx;
            }
        }
    }
    if (n < blocks_for_line || n_pairs == 0) {
        const rv_clock_block *const newest = block_at(self, n - 1);
        self->origin_us                    = newest->device_us;
        self->offset_us                    = (double)newest->delta_us;
        self->drift                        = 0.0;
        self->sigma_us                     = 0.0;
        self->has_line                     = true;
        return;
    }
    const rv_clock_block *const first = block_at(self, 0);
    self->origin_us                   = first->device_us;
    self->drift                       = rv_nth_f64(slope, n_pairs, n_pairs / 2);
    for (uint32_t i = 0; i < n; ++i) {
        const rv_clock_block *const a = block_at(self, i);
        rest[i]                       = (double)(a->delta_us - first->delta_us) -
                  self->drift * (double)(a->device_us - first->device_us);
    }
    const double middle = rv_median_f64(rest, n, work);
    self->sigma_us      = RV_SIGMA_PER_MAD_F64 * rv_mad_f64(rest, n, middle, work);
    // Delays only add: the line lies under most blocks
    self->offset_us = (double)first->delta_us + rv_nth_f64(rest, n, n / 5);
    self->has_line  = true;
}

static double
line_at(const rv_clock *const self, const int64_t device_us)
{
    return self->offset_us + self->drift * (double)(device_us - self->origin_us);
}

// One stamped packet; the fastest of each block counts
static void
push_stamp(rv_clock *const self, const uint64_t device_us, const uint64_t arrival_us)
{
    const int64_t device = (int64_t)device_us;
    const int64_t delta  = (int64_t)arrival_us - device;
    if (self->has_line) {
        const double above = rv_abs_f64((double)delta - line_at(self, device));
        const double cap   = 10.0 * self->delay_us + 1000.0;
        self->n_delays += self->n_delays < UINT32_MAX;
        self->delay_us += (1.2533 * (above < cap ? above : cap) - self->delay_us) /
                          (double)rv_min_f32((float)self->n_delays, delay_memory);
    }
    rv_clock_block *const open = &self->open;
    if (open->n > 0 && arrival_us - open->start_us >= self->cfg.block_us) {
        self->block[self->next_block] = *open;
        self->next_block              = (self->next_block + 1) % RV_CLOCK_BLOCKS;
        self->n_blocks += self->n_blocks < RV_CLOCK_BLOCKS;
        open->n = 0;
        fit_line(self);
    }
    const double lean = self->has_line ? self->drift : 0.0;
    if (open->n == 0) {
        *open = (rv_clock_block){
            .start_us = arrival_us, .device_us = device, .delta_us = delta, .n = 1};
    } else {
        const double gain = (double)(delta - open->delta_us) -
                            lean * (double)(device - open->device_us);
        if (gain < 0.0) {
            open->device_us = device;
            open->delta_us  = delta;
        }
        ++open->n;
    }
    if (!self->has_line) {
        self->origin_us = open->device_us;
        self->offset_us = (double)open->delta_us;
        self->drift     = 0.0;
    }
    self->device_us = device_us;
}

// ---- sequence numbers ----------------------------------------------------------

static void
count(rv_clock *const self, const uint64_t arrival_us, const uint32_t lost)
{
    const uint64_t number = arrival_us / bin_us;
    if (self->n_bins == 0 || number - self->bin_number >= RV_CLOCK_LOSS_RING) {
        memset(self->bin_got, 0, sizeof self->bin_got);
        memset(self->bin_lost, 0, sizeof self->bin_lost);
        self->bin_number = number;
        self->n_bins     = 1;
    }
    while (self->bin_number < number) {
        ++self->bin_number;
        self->bin_got[self->bin_number % RV_CLOCK_LOSS_RING]  = 0;
        self->bin_lost[self->bin_number % RV_CLOCK_LOSS_RING] = 0;
        self->n_bins += self->n_bins < RV_CLOCK_LOSS_RING;
    }
    ++self->bin_got[number % RV_CLOCK_LOSS_RING];
    self->bin_lost[number % RV_CLOCK_LOSS_RING] += lost;
    self->n_lost += lost;
}

static void
push_gap(rv_clock *const self, const float gap_us)
{
    float work[RV_CLOCK_GAPS];
    self->gap_us[self->next_gap] = gap_us;
    self->next_gap               = (self->next_gap + 1) % RV_CLOCK_GAPS;
    self->n_gaps += self->n_gaps < RV_CLOCK_GAPS;
    if (self->n_gaps < gaps_for_median) {
        return;
    }
    self->interval_us  = rv_median_f32(self->gap_us, self->n_gaps, work);
    self->gap_sigma_us = RV_SIGMA_PER_MAD_F32 * rv_mad_f32(self->gap_us, self->n_gaps,
                                                           self->interval_us, work);
}

// Arrivals of a regular sender lie on a line with delays above it: a phase-locked loop
// that early packets pull four times as hard as late ones
static void
follow_regular(rv_clock *const self, const uint64_t arrival_us, const uint32_t steps)
{
    const double at = (double)(arrival_us - self->first_us);
    if (!(self->period_us > 0.0)) {
        self->regular_us = at;
        self->period_us  = (double)self->interval_us;
        return;
    }
    const double expected = self->regular_us + (double)steps * self->period_us;
    const double late     = at - expected;
    const double far      = 5.0 * self->period_us;
    if (late > far || late < -far) {
        self->regular_us = at;
        self->period_us  = (double)self->interval_us;
        return;
    }
    const double gain = late < 0.0 ? 0.12 : 0.03;
    self->regular_us  = expected + gain * late;
    self->period_us += 0.05 * gain * late / (double)steps;
}

static rv_reason
push_sequence(rv_clock *const self, const uint32_t sequence, const uint64_t arrival_us)
{
    const uint64_t gap_us = arrival_us - self->last_us;
    if (!self->has_sequence) {
        self->has_sequence = true;
        self->sequence     = sequence;
        self->regular_us   = (double)(arrival_us - self->first_us);
        count(self, arrival_us, 0);
        return RV_REASON_NONE;
    }
    const int32_t d = (int32_t)(sequence - self->sequence);
    if (d < -reorder_window) {
        forget(self, arrival_us);
        (void)push_sequence(self, sequence, arrival_us);
        return RV_REASON_REBOOT;
    }
    if (d <= 0) {
        self->n_duplicate += d == 0;
        self->n_reordered += d < 0;
        if (d < 0 && self->n_bins > 0) { // it had been counted as lost
            uint32_t *const lost =
                &self->bin_lost[self->bin_number % RV_CLOCK_LOSS_RING];
            *lost -= *lost > 0;
            self->n_lost -= self->n_lost > 0;
            count(self, arrival_us, 0);
        }
        return d == 0 ? RV_REASON_DUPLICATE : RV_REASON_REORDERED;
    }
    const bool blind = gap_us > self->cfg.gap_max_us;
    count(self, arrival_us, blind ? 0 : (uint32_t)d - 1);
    if (!blind) {
        push_gap(self, (float)gap_us / (float)d);
    }
    follow_regular(self, arrival_us, (uint32_t)d);
    self->sequence = sequence;
    return RV_REASON_NONE;
}

rv_reason
rv_clock_push_frame(rv_clock *const self, const uint32_t sequence,
                    const bool has_sequence, const uint64_t device_us,
                    const uint64_t arrival_us)
{
    if (self->n_frames > 0 && arrival_us < self->last_us) {
        ++self->n_backwards;
        return RV_REASON_TIME_BACKWARDS;
    }
    if (self->n_frames == 0) {
        self->first_us = arrival_us;
        self->last_us  = arrival_us;
    }
    rv_reason reason = RV_REASON_NONE;
    if (device_us != 0 && self->device_us != 0 &&
        device_us + device_back_us < self->device_us) {
        forget(self, arrival_us);
        reason = RV_REASON_REBOOT;
    }
    if (has_sequence) {
        const rv_reason found = push_sequence(self, sequence, arrival_us);
        reason                = reason == RV_REASON_NONE ? found : reason;
    } else {
        count(self, arrival_us, 0);
        if (self->n_frames > 0) {
            push_gap(self, (float)(arrival_us - self->last_us));
        }
    }
    if (device_us != 0 && reason != RV_REASON_DUPLICATE) {
        push_stamp(self, device_us, arrival_us);
    }
    self->last_us = arrival_us;
    ++self->n_frames;
    return reason;
}

rv_reason
rv_clock_push_sync(rv_clock *const self, const rv_clock_sync *const sync,
                   const uint64_t arrival_us)
{
    if (self->has_sync && arrival_us < self->sync_us) {
        ++self->n_backwards;
        return RV_REASON_TIME_BACKWARDS;
    }
    rv_reason reason = RV_REASON_NONE;
    if (self->has_sync && sync->local_us + device_back_us < self->sync.local_us) {
        forget(self, arrival_us);
        reason = RV_REASON_REBOOT;
    }
    self->sync     = *sync;
    self->sync_us  = arrival_us;
    self->has_sync = true;
    push_stamp(self, sync->local_us, arrival_us);
    return reason;
}

// ---- answers -------------------------------------------------------------------

// Square root of the effective number of packets behind the scatter of delays, which
// for a memory of m is 2m - 1
static float
root_of_delays(const rv_clock *const self)
{
    return rv_sqrt_f32(rv_min_f32((float)self->n_delays, 2.0F * delay_memory - 1.0F));
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
    if (self->has_line && self->n_blocks >= blocks_for_line) {
        const double s = self->sigma_us;
        const float  v = (float)rv_sqrt_f64(s * s + rounding_us * rounding_us);
        return rv_known(v, v * of_mad / rv_sqrt_f32((float)self->n_blocks), filled);
    }
    if (self->has_line && self->n_delays >= gaps_for_median) {
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
            (int64_t)device_us + rv_to_i64(line_at(self, (int64_t)device_us));
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
    const uint64_t number = now_us / bin_us;
    for (uint32_t i = 0; i < RV_CLOCK_LOSS_RING && i < self->n_bins; ++i) {
        const uint64_t bin = self->bin_number - i;
        if (number - bin < RV_CLOCK_LOSS_RING) {
            got += self->bin_got[bin % RV_CLOCK_LOSS_RING];
            lost += self->bin_lost[bin % RV_CLOCK_LOSS_RING];
        }
    }
    const uint64_t since  = now_us - self->first_us;
    const uint64_t window = (uint64_t)RV_CLOCK_LOSS_RING * bin_us;
    const uint64_t span   = since < window ? since : window;
    // Counts as of a Poisson process; quality: how much of the window has passed
    const float filled = (float)span / (float)window;
    if (span >= bin_us) {
        const float s = (float)span / 1.0e6F;
        out->rate_hz =
            rv_known((float)got / s, rv_sqrt_f32((float)(got + 1)) / s, filled);
    }
    if (self->has_sequence && got + lost >= gaps_for_median) {
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
    const double da = line_at(a, (int64_t)a->device_us) +
                      a->drift * (double)(int64_t)(now_us - a->last_us);
    const double db = line_at(b, (int64_t)b->device_us) +
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
        if (!c->has_sync || c->n_blocks < blocks_for_line ||
            (now_us > c->sync_us && now_us - c->sync_us > c->cfg.sync_max_us)) {
            continue;
        }
        // Mesh minus host = (mesh - local) - (host - local); both may be years
        const int64_t mesh = (int64_t)(c->sync.epoch_us - c->sync.local_us);
        base               = count == 0 ? mesh : base;
        const double offset =
            (double)(mesh - base) - line_at(c, (int64_t)c->sync.local_us);
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
    if (self->n_blocks < blocks_for_line) {
        return rv_unknown(RV_REASON_WARMING_UP);
    }
    const rv_estimate place = by_stamp(self);
    const double      n     = (double)self->n_blocks;
    const double      span  = (double)(block_at(self, self->n_blocks - 1)->device_us -
                                 block_at(self, 0)->device_us);
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
    if (self->n_delays < gaps_for_median) {
        return rv_unknown(RV_REASON_WARMING_UP);
    }
    const float v = (float)self->delay_us;
    return rv_known(v,
                    rv_max_f32(v * of_fold / root_of_delays(self), (float)rounding_us),
                    rv_min_f32((float)self->n_delays / delay_memory, 1.0F));
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
    };
    if (self->n_frames == 0 || now_us < self->first_us) {
        return state;
    }
    state.present =
        now_us <= self->last_us || now_us - self->last_us <= self->cfg.absent_us;
    read_counts(self, now_us, &state);
    if (self->has_line) {
        const double delta    = line_at(self, (int64_t)self->device_us);
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
