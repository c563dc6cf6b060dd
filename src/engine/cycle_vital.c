// SPDX-License-Identifier: MIT
// Motion, presence, breathing and heart rate of a cycle.
#include "engine/engine_state.h"

#include "base/exact.h"

// Both lists keep no, yes and unknown in the same order
_Static_assert((int)RV_PRESENCE_NO == (int)RV_NO, "presence");
_Static_assert((int)RV_PRESENCE_YES == (int)RV_YES, "presence");
_Static_assert((int)RV_PRESENCE_UNKNOWN == (int)RV_UNKNOWN, "presence");

/// Ends of links closer than that are one antenna: a tenth of a breath's reach, and
/// more than what a node's place is known to
#define SAME_PLACE_M 0.02F

// The link that is surest speaks for the room; without any, the reason that comes
// nearest to an answer: a link too weak says more than one that has not begun
static void
surest(rv_estimate *const best, const rv_estimate one)
{
    if (rv_is_known(one)) {
        if (!rv_is_known(*best) || one.quality > best->quality) {
            *best = one;
        }
    } else if (!rv_is_known(*best) &&
               (best->reason == RV_REASON_NO_DATA ||
                one.reason == RV_REASON_LOW_QUALITY ||
                one.reason == RV_REASON_AMBIGUOUS || one.reason == RV_REASON_MOVING)) {
        *best = one;
    }
}

// Links take turns at looking, so that no cycle looks at more than its share of them
static void
look_at_links(rv_engine *const self, const uint64_t end_us)
{
    for (int i = 0; i < self->links.n_links; ++i) {
        rv_link *const      link = &self->links.link[i];
        rv_breathing_result breath;
        (void)rv_breathing_look(&link->breathing, link->sampler, &self->vital_fft,
                                end_us, link->seen);
        rv_breathing_result_at(&link->breathing, link->sampler, end_us, &breath);
        (void)rv_heart_look(&link->heart, link->sampler, &self->vital_fft, end_us,
                            &breath.bpm);
    }
}

static bool
is_same_place(const float *const a, const float *const b)
{
    float d2 = 0.0F;
    for (int axis = 0; axis < 3; ++axis) {
        d2 += (a[axis] - b[axis]) * (a[axis] - b[axis]);
    }
    return d2 < SAME_PLACE_M * SAME_PLACE_M;
}

// Does one go where the other comes from, and the other way round?
static bool
is_back(const rv_engine_config *const config, const rv_link *const a,
        const rv_link *const b)
{
    const rv_node_config *const at_a = rv_engine_config_node(config, a->key.node);
    const rv_node_config *const at_b = rv_engine_config_node(config, b->key.node);
    const float *const from_a        = rv_engine_config_tx_position(config, a->key.tx);
    const float *const from_b        = rv_engine_config_tx_position(config, b->key.tx);
    return at_a && at_b && from_a && from_b && at_a->has_position &&
           at_b->has_position && a->key.freq_mhz == b->key.freq_mhz &&
           is_same_place(at_a->position_m, from_b) &&
           is_same_place(at_b->position_m, from_a);
}

// Links that go both ways between the same two places; a place is known for each end or
// there are none
static void
pair_links(const rv_engine *const self, const rv_link *const *const link,
           const uint32_t n, rv_breathing_seen *const seen)
{
    for (uint32_t i = 0; i < n; ++i) {
        for (uint32_t j = i + 1; j < n && seen[i].back == 0; ++j) {
            if (seen[j].back == 0 && is_back(&self->config, link[i], link[j])) {
                seen[i].back = j + 1;
                seen[j].back = i + 1;
            }
        }
    }
}

static uint32_t
ask_links(rv_engine *const self, const uint64_t end_us,
          rv_presence_link said[RV_MAX_LINKS], rv_breathing_seen seen[RV_MAX_LINKS])
{
    const rv_link *asked[RV_MAX_LINKS];
    uint32_t       n = 0;
    for (int i = 0; i < self->links.n_links; ++i) {
        rv_link *const        link      = &self->links.link[i];
        rv_record_link *const out       = &self->record_link[i];
        rv_presence_link     *said_here = &said[n];
        rv_motion_result_at(&link->motion, end_us, &said_here->motion);
        out->motion = said_here->motion.statistic;
        if (rv_is_known(out->motion)) {
            rv_engine_digest(self, RV_STAGE_VITAL, "motion", link->id,
                             &out->motion.value, 1);
        }
        if (out->stale) {
            out->motion = rv_unknown(RV_REASON_STALE);
            continue;
        }
        // A baseline of a room that has changed says nothing about people
        said_here->deviation =
            link->displaced ? rv_unknown(RV_REASON_STEP) : out->deviation;
        said_here->field = link->displaced ? rv_unknown(RV_REASON_STEP) : out->field;
        rv_breathing_result breath;
        rv_heart_result     heart;
        rv_breathing_result_at(&link->breathing, link->sampler, end_us, &breath);
        rv_heart_result_at(&link->heart, link->sampler, end_us, &heart);
        said_here->breathing = breath.bpm;
        asked[n]             = link;
        seen[n] = (rv_breathing_seen){link->seen,    breath.bpm, breath.energy,
                                      link->sampler, 0,          breath.fast};
        surest(&self->record.heart_bpm, heart.bpm);
        if (rv_is_known(breath.bpm)) {
            rv_engine_digest(self, RV_STAGE_VITAL, "breathing", link->id,
                             &breath.bpm.value, 1);
        }
        if (rv_is_known(heart.bpm)) {
            rv_engine_digest(self, RV_STAGE_VITAL, "heart", link->id, &heart.bpm.value,
                             1);
        }
        ++n;
    }
    pair_links(self, asked, n, seen);
    return n;
}

// What the room's breathing says about the links: a line that is nobody's breath is no
// sign of life, one that only all links together show is
static void
share_breathing(const rv_estimate room, rv_presence_link *const said, const uint32_t n)
{
    for (uint32_t i = 0; i < n && !rv_is_known(room); ++i) {
        said[i].breathing = room;
    }
    if (n > 0 && rv_is_known(room) && !rv_is_known(said[0].breathing)) {
        said[0].breathing = room;
    }
}

// Who moves in reach of two links is in the windows of the others as well, below what
// they call motion
static void
forget_before_motion(rv_engine *const self)
{
    for (int i = 0; i < self->links.n_links; ++i) {
        rv_sampler_interrupt(self->links.link[i].sampler);
    }
}

// Nobody is named: which track fell or pauses is not measured
static void
tell_events(rv_engine *const self, const uint64_t end_us, const bool apnoea)
{
    const rv_fall_result fall = rv_fall_step(&self->fall, end_us);
    self->record.falls_reason = fall.reason;
    if (fall.event == RV_FALL_CANDIDATE) {
        rv_engine_add_event(self, RV_EVENT_FALL_CANDIDATE, end_us, 0, fall.confidence,
                            RV_REASON_NONE);
    } else if (fall.event == RV_FALL_CONFIRMED) {
        rv_engine_add_event(self, RV_EVENT_FALL_CONFIRMED, end_us, 0, fall.confidence,
                            RV_REASON_NONE);
    }
    if (apnoea) {
        rv_engine_add_event(self, RV_EVENT_APNOEA, end_us, 0,
                            self->record.breathing_bpm.quality, RV_REASON_NONE);
    }
}

void
rv_cycle_vital(rv_engine *const self, const uint64_t end_us)
{
    rv_record *const   record = &self->record;
    rv_presence_link   said[RV_MAX_LINKS];
    rv_breathing_seen  seen[RV_MAX_LINKS];
    rv_presence_result fused;
    record->heart_bpm = rv_unknown(RV_REASON_NO_DATA);
    bool apnoea       = false;
    look_at_links(self, end_us);
    const uint32_t n = ask_links(self, end_us, said, seen);
    record->breathing_bpm =
        rv_breathing_room_look(&self->breathing, seen, n, end_us, &apnoea);
    share_breathing(record->breathing_bpm, said, n);
    if (record->breathing_bpm.reason == RV_REASON_INTERFERENCE) {
        record->heart_bpm = record->breathing_bpm;
    }
    tell_events(self, end_us, apnoea);
    rv_presence_update(&self->presence, end_us, said, n, &fused);
    record->presence           = (rv_tristate)fused.presence;
    record->presence_reason    = fused.presence_reason;
    record->presence_quality   = fused.quality;
    record->moving             = (rv_tristate)fused.moving;
    record->moving_reason      = fused.moving_reason;
    record->motion             = fused.motion;
    record->occupancy          = fused.occupancy;
    record->occupancy_at_least = fused.at_least;
    if (fused.moving == RV_PRESENCE_YES) {
        forget_before_motion(self);
        record->breathing_bpm = rv_unknown(RV_REASON_MOVING);
        record->heart_bpm     = rv_unknown(RV_REASON_MOVING);
    } else if (fused.presence == RV_PRESENCE_NO) {
        record->breathing_bpm = rv_unknown(RV_REASON_NOBODY);
        record->heart_bpm     = rv_unknown(RV_REASON_NOBODY);
    }
}
