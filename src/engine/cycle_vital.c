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
        said_here->deviation = out->deviation;
        said_here->breathing = rv_unknown(RV_REASON_WARMING_UP);
        ++n;
    }
    return n;
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
    record->breathing_bpm =
        rv_unknown(record->live ? RV_REASON_WARMING_UP : RV_REASON_NO_DATA);
}
