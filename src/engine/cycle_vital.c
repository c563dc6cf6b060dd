// SPDX-License-Identifier: MIT
// Motion, presence, breathing and heart rate of a cycle.
#include "engine/engine_state.h"

#include "base/exact.h"

// Both lists keep no, yes and unknown in the same order
_Static_assert((int)RV_PRESENCE_NO == (int)RV_NO, "presence");
_Static_assert((int)RV_PRESENCE_YES == (int)RV_YES, "presence");
_Static_assert((int)RV_PRESENCE_UNKNOWN == (int)RV_UNKNOWN, "presence");

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

// Links that go both ways between the same two places, as the test of the receivers
// knows them (cycle_plausible.c); `at` is where each link of the table stands in
// `seen`, counted from 1, 0 for none
static void
pair_seen(const rv_engine *const self, const uint32_t at[RV_MAX_LINKS],
          rv_breathing_seen *const seen)
{
    const rv_reciprocity *const known = &self->reciprocity;
    for (uint32_t p = 0;
         self->paired_links == self->links.n_links && p < known->n_pairs; ++p) {
        const uint32_t link = known->pair[p].link, back = known->pair[p].back;
        if (at[link] && at[back] &&
            self->links.link[link].key.freq_mhz ==
                self->links.link[back].key.freq_mhz) {
            seen[at[link] - 1].back = at[back];
            seen[at[back] - 1].back = at[link];
        }
    }
}

static uint32_t
ask_links(rv_engine *const self, const uint64_t end_us,
          rv_presence_link said[RV_MAX_LINKS], rv_breathing_seen seen[RV_MAX_LINKS])
{
    uint32_t at[RV_MAX_LINKS] = {0}, n = 0;
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
        at[i]                = n + 1;
        seen[n] =
            (rv_breathing_seen){link->seen, breath.bpm, link->sampler, 0, breath.fast};
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
    pair_seen(self, at, seen);
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
