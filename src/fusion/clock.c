// SPDX-License-Identifier: MIT
// What is learnt from each packet; clock_read.c gives the answers.
#include <ruview/fusion/clock.h>

#include <ruview/math/elementary.h>
#include <ruview/math/order.h>
#include <ruview/math/stats.h>

#include "base/exact.h"
#include "fusion/clock_private.h"

#include <string.h>

enum {
    reorder_window = 64,      // a counter that falls farther back has started again
    device_back_us = 1000000, // as has a clock
    early_blocks   = 2,       // of stamps that no delay explains
    few_blocks     = 8,
    late_blocks    = 8,
};

static const double apart_us = 50000.0; // a set clock is farther off than that

rv_clock_config
rv_clock_config_default(void)
{
    return (rv_clock_config){.block_us      = 1000000,
                             .sync_max_us   = 9000000,
                             .absent_us     = 100000,
                             .silent_us     = 1000000,
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

static void
drop_line(rv_clock *const self)
{
    self->n_blocks       = 0;
    self->next_block     = 0;
    self->open.n         = 0;
    self->has_line       = false;
    self->n_delays       = 0;
    self->delay_us       = 0.0;
    self->apart_since_us = 0;
}

// The node started again: what was learnt of its counter and clock is worth nothing
static void
forget(rv_clock *const self, const uint64_t arrival_us)
{
    drop_line(self);
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

// Standard deviation about a fitted line, n > 2
static double
deviation_of(const double *const rest, const uint32_t n)
{
    double mean = 0.0, sum = 0.0;
    for (uint32_t i = 0; i < n; ++i) {
        mean += rest[i] / (double)n;
    }
    for (uint32_t i = 0; i < n; ++i) {
        sum += (rest[i] - mean) * (rest[i] - mean);
    }
    return rv_sqrt_f64(sum / (double)(n - 2));
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
        const rv_clock_block *const a = rv_clock_block_at(self, i);
        for (uint32_t j = i + 1; j < n; ++j) {
            const rv_clock_block *const b  = rv_clock_block_at(self, j);
            const int64_t               dx = b->device_us - a->device_us;
            if (dx > 0) {
                slope[n_pairs++] = (double)(b->delta_us - a->delta_us) / (double)dx;
            }
        }
    }
    if (n < RV_CLOCK_LEAST_BLOCKS || n_pairs == 0) {
        const rv_clock_block *const newest = rv_clock_block_at(self, n - 1);
        self->origin_us                    = newest->device_us;
        self->offset_us                    = (double)newest->delta_us;
        self->drift                        = 0.0;
        self->sigma_us                     = 0.0;
        self->has_line                     = true;
        return;
    }
    const rv_clock_block *const first = rv_clock_block_at(self, 0);
    self->origin_us                   = first->device_us;
    self->drift                       = rv_nth_f64(slope, n_pairs, n_pairs / 2);
    for (uint32_t i = 0; i < n; ++i) {
        const rv_clock_block *const a = rv_clock_block_at(self, i);
        rest[i]                       = (double)(a->delta_us - first->delta_us) -
                  self->drift * (double)(a->device_us - first->device_us);
    }
    const double middle = rv_median_f64(rest, n, work);
    const double robust = RV_SIGMA_PER_MAD_F64 * rv_mad_f64(rest, n, middle, work);
    self->sigma_us      = robust;
    if (n < few_blocks) { // so few that the median of their distances may be nothing
        const double plain = deviation_of(rest, n);
        self->sigma_us     = plain > robust ? plain : robust;
    }
    // Delays only add: the line lies under most blocks
    self->offset_us = (double)first->delta_us + rv_nth_f64(rest, n, n / 5);
    self->has_line  = true;
}

// A clock that was set: every stamp of so long lies far from the line, on one side.
// Early soon suffices, since delays only add; a queue may make packets late for long
static bool
was_set(rv_clock *const self, const int64_t device, const int64_t delta,
        const uint64_t arrival_us)
{
    const double off = (double)delta - rv_clock_line_at(self, device);
    if (!self->has_line || rv_abs_f64(off) < apart_us) {
        self->apart_since_us = 0;
        return false;
    }
    if (self->apart_since_us == 0 || (off > 0.0) != self->apart_late) {
        self->apart_since_us = arrival_us;
        self->apart_late     = off > 0.0;
    }
    const uint64_t blocks = off > 0.0 ? late_blocks : early_blocks;
    return arrival_us - self->apart_since_us >= blocks * self->cfg.block_us;
}

// One stamped packet; the fastest of each block counts
static void
push_stamp(rv_clock *const self, const uint64_t device_us, const uint64_t arrival_us)
{
    const int64_t device = (int64_t)device_us;
    const int64_t delta  = (int64_t)arrival_us - device;
    if (was_set(self, device, delta, arrival_us)) {
        drop_line(self);
        ++self->n_set;
    }
    if (self->has_line) {
        const double above = rv_abs_f64((double)delta - rv_clock_line_at(self, device));
        const double cap   = 10.0 * self->delay_us + 1000.0;
        self->n_delays += self->n_delays < UINT32_MAX;
        self->delay_us +=
            (1.2533 * (above < cap ? above : cap) - self->delay_us) /
            (double)rv_min_f32((float)self->n_delays, (float)RV_CLOCK_DELAYS);
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
    const uint64_t number = arrival_us / RV_CLOCK_BIN_US;
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
    if (self->n_gaps < RV_CLOCK_LEAST_GAPS) {
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
