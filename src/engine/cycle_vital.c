// SPDX-License-Identifier: MIT
// Motion, presence and breathing of a cycle.
#include "engine/engine_state.h"

#include "base/exact.h"

void
rv_cycle_vital(rv_engine *const self, const uint64_t end_us)
{
    (void)end_us;
    rv_record *const record = &self->record;
    const rv_reason  why    = record->live ? RV_REASON_CANNOT_TELL : RV_REASON_NO_DATA;
    record->motion          = rv_unknown(why);
    record->moving          = RV_UNKNOWN;
    record->moving_reason   = why;
    record->presence        = RV_UNKNOWN;
    record->presence_reason = why;
    record->occupancy       = rv_unknown(why);
    record->breathing_bpm   = rv_unknown(why);
    for (int i = 0; i < record->n_links; ++i) {
        self->record_link[i].motion = rv_unknown(why);
    }
}
