// SPDX-License-Identifier: MIT
#include "base/exact.h"

#include <ruview/math/elementary.h>
#include <ruview/math/order.h>
#include <ruview/vital/fall.h>

#include <string.h>

enum {
    slot_us      = 100000,
    floor_least  = 32, ///< Frames before a link's floor is known
    active_least = 10, ///< Active slots before walking is known
    edge_slots   = 2,  ///< That the burst's peak lies before stillness, at most
    rise_slots   = 5,  ///< That the rise to it takes, at most: half a second of falling
    before_slots = 10, ///< Before the rise, that the peak is compared with
    still_slots  = 4,  ///< That make a candidate, 0.4 s
    look_slots   = still_slots + rise_slots + before_slots,
    fast_slots   = 5, ///< The fifth fastest of walking is what a burst must reach
    cancel_slots = 3, ///< Of activity within a second
};

/// Change over the floor below which a slot is quiet, and above which it is active. A
/// body that only lies elsewhere changes the floor by that much (simulation); on few
/// links noise does, and then so many sigmas are taken (theory: one quiet slot in a
/// hundred, in 10^4).
#define QUIET         0.08F
#define ACTIVE        0.12F
#define QUIET_SIGMAS  2.5F
#define ACTIVE_SIGMAS 4.0F

/// Change over the floor that one frame counts at most: who crosses the line of sight
/// of one link is not faster for that (simulation)
#define CHANGE_MOST 2.0F

/// The peak over what was before the rise (simulation)
#define RISE 1.3F

rv_fall_config
rv_fall_config_default(void)
{
    const rv_fall_config config = {1.5F, 5.0F, 40.0F};
    return config;
}

rv_status
rv_fall_init(rv_fall *const self, const rv_fall_config *const c)
{
    if (!(c->burst >= 1.0F && c->burst <= 10.0F) ||
        !(c->confirm_s >= 3.0F && c->confirm_s <= 10.0F) ||
        !(c->rate_hz >= 10.0F && c->rate_hz <= 1000.0F)) {
        return RV_ERR_CONFIG;
    }
    memset(self, 0, sizeof *self);
    self->config        = *c;
    self->result.reason = RV_REASON_NO_DATA;
    return RV_OK;
}

static float
past(const rv_fall *const self, const uint32_t age)
{
    return self->past[(self->n_past - 1 - age) % RV_FALL_SLOTS];
}

static bool
is_active(const rv_fall *const self, const float excess)
{
    return excess > rv_max_f32(ACTIVE, ACTIVE_SIGMAS * self->sigma);
}

static bool
is_quiet(const rv_fall *const self, const float excess)
{
    return rv_abs_f32(excess) < rv_max_f32(QUIET, QUIET_SIGMAS * self->sigma);
}

/// Highest slot of those that old
static float
highest(const rv_fall *const self, const uint32_t from, const uint32_t to)
{
    float most = 0.0F;
    for (uint32_t age = from; age < to; ++age) {
        most = rv_max_f32(most, past(self, age));
    }
    return most;
}

/// What walking changes: the median of the active slots remembered
static float
walking(const rv_fall *const self)
{
    float          work[RV_FALL_ACTIVE];
    const uint32_t n =
        self->n_active < RV_FALL_ACTIVE ? self->n_active : (uint32_t)RV_FALL_ACTIVE;
    return rv_median_f32(self->active, n, work);
}

/// What this person does when he is fast: the fifth highest of the active slots
/// remembered. The median alone is too uncertain where few links see him; an earlier
/// fall has four slots at most.
static float
fast(const rv_fall *const self)
{
    float          most[fast_slots] = {0};
    const uint32_t n =
        self->n_active < RV_FALL_ACTIVE ? self->n_active : (uint32_t)RV_FALL_ACTIVE;
    for (uint32_t i = 0; i < n; ++i) {
        float x = self->active[i];
        for (int k = 0; k < fast_slots; ++k) { // descending
            const float lower = rv_min_f32(x, most[k]);
            most[k]           = rv_max_f32(x, most[k]);
            x                 = lower;
        }
    }
    return most[fast_slots - 1];
}

static void
tell(rv_fall *const self, const rv_fall_event event, const uint64_t slot)
{
    self->result.event     = event;
    self->result.impact_us = slot * slot_us;
    // how far the burst stood over the limit; stillness cannot tell a bed from a floor
    self->result.confidence = self->ratio / (1.0F + self->ratio);
}

static void
look_for_candidate(rv_fall *const self)
{
    if (self->n_active < active_least || self->n_past < look_slots) {
        return;
    }
    for (uint32_t age = 0; age < still_slots; ++age) {
        const uint32_t i = (self->n_past - 1 - age) % RV_FALL_SLOTS;
        if (!is_quiet(self, self->past[i]) || !is_quiet(self, self->all[i])) {
            return;
        }
    }
    const float peak   = highest(self, still_slots, still_slots + edge_slots);
    const float before = highest(self, still_slots + rise_slots - 1, look_slots);
    const float limit  = self->config.burst * walking(self);
    if (is_active(self, 0.5F * peak) && peak >= limit && peak >= RISE * before &&
        peak >= fast(self)) {
        self->pending      = true;
        self->pending_slot = self->slot - still_slots;
        self->ratio        = peak / limit;
        tell(self, RV_FALL_CANDIDATE, self->pending_slot);
    }
}

static void
follow_candidate(rv_fall *const self)
{
    uint32_t active = 0;
    for (uint32_t age = 0; age < 10 && age < self->slot - self->pending_slot; ++age) {
        active += is_active(self, past(self, age));
    }
    const float still_s = (float)(self->slot - self->pending_slot) * 0.1F;
    if (active >= cancel_slots) {
        self->pending = false;
        tell(self, RV_FALL_CANCELLED, self->pending_slot);
    } else if (still_s >= self->config.confirm_s) {
        self->pending = false;
        tell(self, RV_FALL_CONFIRMED, self->pending_slot);
    }
}

/// What the links saw in this slot: the mean of all but the highest, and of all. Who
/// crosses the line of sight of one link is not faster for that; a fall is seen by
/// others as well, and the stillness after it by every one.
static float
excess_of(rv_fall *const self, float *const all)
{
    float    mean[RV_FALL_LINKS];
    uint32_t n = 0;
    for (uint32_t i = 0; i < RV_FALL_LINKS; ++i) {
        if (self->link[i].n_now > 0) {
            const float one = self->link[i].sum / (float)self->link[i].n_now;
            uint32_t    at  = n++;
            for (; at > 0 && mean[at - 1] > one; --at) { // ascending
                mean[at] = mean[at - 1];
            }
            mean[at] = one;
        }
        self->link[i].sum   = 0.0F;
        self->link[i].n_now = 0;
    }
    const uint32_t kept = n > 2 ? n - 1 : n;
    float          sum  = 0.0F;
    for (uint32_t i = 0; i < kept; ++i) {
        sum += mean[i];
    }
    *all = n > 0 ? (sum + (kept < n ? mean[kept] : 0.0F)) / (float)n : 0.0F;
    return kept > 0 ? sum / (float)kept : 0.0F;
}

/// A slot is over
static void
close_slot(rv_fall *const self)
{
    float       all    = 0.0F;
    const bool  empty  = self->n == 0;
    const float excess = excess_of(self, &all);
    if (empty) {
        return;
    }
    self->all[self->n_past % RV_FALL_SLOTS]  = all;
    self->past[self->n_past % RV_FALL_SLOTS] = excess;
    ++self->n_past;
    if (self->pending) {
        follow_candidate(self);
    } else {
        look_for_candidate(self);
    }
    // learned after it was judged. Walking lies some time back, so that the burst does
    // not raise what it is compared with.
    const float quiet = rv_abs_f32(excess);
    if (quiet < ACTIVE && !self->stirred) {
        const float gain = self->n_past < 50 ? 0.1F : 0.01F;
        self->sigma += gain * (1.2533F * quiet - self->sigma); // mean of |normal|
    }
    const uint32_t back = still_slots + rise_slots;
    if (self->n_past > back && is_active(self, past(self, back))) {
        self->active[self->n_active % RV_FALL_ACTIVE] = past(self, back);
        ++self->n_active;
    }
}

void
rv_fall_push(rv_fall *const self, const uint32_t link, const uint64_t t_us,
             const float change, const float interval_s, const bool quiet)
{
    const uint64_t slot = t_us / slot_us;
    if (link >= RV_FALL_LINKS || !(change >= 0.0F) || !(change < 1e3F)) {
        return;
    }
    if (slot > self->slot) {
        if (slot - self->slot == 1) {
            close_slot(self);
        } else { // a pause: what came before is not just before
            self->n_past  = 0;
            self->pending = false;
            float all     = 0.0F;
            (void)excess_of(self, &all);
        }
        self->slot    = slot;
        self->stirred = false;
        self->n       = 0;
        self->slow    = false;
    }
    if (interval_s * self->config.rate_hz > 1.0F) {
        self->slow = true;
        return;
    }
    float *const    floor = &self->link[link].floor;
    uint32_t *const n     = &self->link[link].n;
    self->stirred         = self->stirred || !quiet;
    if (quiet) {
        const float gain = *n < 1000 ? 1.0F / (1.0F + (float)*n) : 0.001F;
        *floor += gain * (change - *floor);
        ++*n;
    }
    if (*n >= floor_least && *floor > 0.0F) {
        self->link[link].sum += rv_min_f32((change - *floor) / *floor, CHANGE_MOST);
        ++self->link[link].n_now;
        ++self->n;
    }
}

rv_fall_result
rv_fall_step(rv_fall *const self, const uint64_t t_us)
{
    rv_fall_result r   = self->result;
    const uint64_t now = t_us / slot_us;
    self->result.event = RV_FALL_NONE;
    r.reason           = self->slot == 0 || now > self->slot + 20 ? RV_REASON_NO_DATA
                         : self->n == 0 && self->slow    ? RV_REASON_RATE_TOO_LOW
                         : self->n_active < active_least ? RV_REASON_WARMING_UP
                                                         : RV_REASON_NONE;
    return r;
}
