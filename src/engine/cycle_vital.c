// SPDX-License-Identifier: MIT
// Motion, presence and breathing of a cycle.
#include "engine/engine_state.h"

#include "base/exact.h"

// Both lists keep no, yes and unknown in the same order
_Static_assert((int)RV_PRESENCE_NO == (int)RV_NO, "presence");
_Static_assert((int)RV_PRESENCE_YES == (int)RV_YES, "presence");
_Static_assert((int)RV_PRESENCE_UNKNOWN == (int)RV_UNKNOWN, "presence");

static uint32_t
ask_links(rv_engine *const self, const uint64_t end_us,
          rv_presence_link said[RV_MAX_LINKS])
{
    uint32_t n = 0;
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
        rv_breathing_result_at(&link->breathing, end_us, &breath);
        said_here->breathing = breath.bpm;
        if (rv_is_known(breath.bpm)) {
            rv_engine_digest(self, RV_STAGE_VITAL, "breathing", link->id,
                             &breath.bpm.value, 1);
        }
        ++n;
    }
    return n;
}

// The link that is surest speaks for the room; without any, the reason that comes
// nearest to an answer: a link too weak says more than one that has not begun
static rv_estimate
surest_breathing(const rv_presence_link *const said, const uint32_t n)
{
    rv_estimate best = rv_unknown(RV_REASON_NO_DATA);
    for (uint32_t i = 0; i < n; ++i) {
        const rv_estimate one = said[i].breathing;
        if (rv_is_known(one)) {
            if (!rv_is_known(best) || one.quality > best.quality) {
                best = one;
            }
        } else if (!rv_is_known(best) && (best.reason == RV_REASON_NO_DATA ||
                                          one.reason == RV_REASON_LOW_QUALITY ||
                                          one.reason == RV_REASON_MOVING)) {
            best = one;
        }
    }
    return best;
}

void
rv_cycle_vital(rv_engine *const self, const uint64_t end_us)
{
    rv_record *const   record = &self->record;
    rv_presence_link   said[RV_MAX_LINKS];
    rv_presence_result fused;
    const uint32_t     n = ask_links(self, end_us, said);
    rv_presence_update(&self->presence, end_us, said, n, &fused);
    record->presence           = (rv_tristate)fused.presence;
    record->presence_reason    = fused.presence_reason;
    record->presence_quality   = fused.quality;
    record->moving             = (rv_tristate)fused.moving;
    record->moving_reason      = fused.moving_reason;
    record->motion             = fused.motion;
    record->occupancy          = fused.occupancy;
    record->occupancy_at_least = fused.at_least;
    record->breathing_bpm      = surest_breathing(said, n);
    if (fused.moving == RV_PRESENCE_YES) {
        record->breathing_bpm = rv_unknown(RV_REASON_MOVING);
    } else if (fused.presence == RV_PRESENCE_NO) {
        record->breathing_bpm = rv_unknown(RV_REASON_NOBODY);
    }
}
