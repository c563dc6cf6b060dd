// SPDX-License-Identifier: MIT
// Closing a cycle: stages 4 to 10 in order, each timed.
#include "engine/engine_state.h"

#include "base/exact.h"

#include <string.h>

static void
begin_record(rv_engine *const self, const uint64_t end_us)
{
    rv_record *const record = &self->record;
    memset(record, 0, sizeof *record);
    record->cycle     = self->clock.closed;
    record->t_us      = end_us;
    record->synthetic = self->synthetic;
    record->source    = RV_SOURCE_RADIO;
    record->live = self->heard && end_us <= self->newest_us + self->config.no_data_us;
    for (int i = 0; i < self->links.n_links; ++i) {
        const rv_chip chip = self->links.link[i].key.layout->chip;
        if (chip == RV_CHIP_ESP32 || chip == RV_CHIP_ESP32_C5_C6) {
            record->source = RV_SOURCE_ESP32;
        }
    }
    if (self->from_file) {
        record->source = RV_SOURCE_RECORDING;
    }
    record->nodes        = self->record_node;
    record->links        = self->record_link;
    record->persons      = self->record_person;
    record->events       = self->record_event;
    record->calibration  = self->calibration_id;
    record->zones_reason = RV_REASON_NO_GEOMETRY;
    record->anchors      = self->record_anchor;
}

static void
finish_inputs(rv_engine *const self)
{
    rv_blake3_final(&self->input_hash, self->record.input_digest);
    rv_blake3_init(&self->input_hash);
}

static void
forget_cycle(rv_engine *const self)
{
    for (int i = 0; i < self->links.n_links; ++i) {
        self->links.link[i].frames    = 0;
        self->links.link[i].stepped   = false;
        self->links.link[i].restarted = false;
    }
    self->n_events        = 0;
    self->spread_first_us = 0;
    self->spread_last_us  = 0;
}

void
rv_engine_close_cycle(rv_engine *const self)
{
    const uint64_t begin  = rv_engine_now(self);
    const uint64_t end_us = rv_cycle_clock_end(&self->clock);
    if (self->calibration.active && end_us >= self->calibration.end_us) {
        rv_engine_calibrate_end(self, end_us);
    }
    begin_record(self, end_us);
    finish_inputs(self);

    uint64_t lap = rv_engine_now(self);
    rv_cycle_fuse(self, end_us);
    rv_cycle_bands(self, end_us);
    lap = rv_engine_lap(self, RV_STAGE_FUSE, lap);
    rv_cycle_cir(self);
    lap = rv_engine_lap(self, RV_STAGE_CIR, lap);
    rv_cycle_gate(self, end_us);
    rv_watch_field(self);
    rv_cycle_array(self, end_us);
    lap = rv_engine_lap(self, RV_STAGE_GATE, lap);
    // What changed in the room is told from people, so vital speaks first
    rv_cycle_vital(self, end_us);
    lap = rv_engine_lap(self, RV_STAGE_VITAL, lap);
    rv_cycle_room(self, end_us);
    rv_cycle_plausible(self, end_us);
    lap = rv_engine_lap(self, RV_STAGE_ROOM, lap);
    rv_cycle_people(self, end_us);
    rv_cycle_pose(self, end_us);
    rv_cycle_dilution(self);
    lap = rv_engine_lap(self, RV_STAGE_PEOPLE, lap);
    rv_cycle_trust(self, end_us);
    lap = rv_engine_lap(self, RV_STAGE_TRUST, lap);
    rv_cycle_publish(self);
    rv_engine_lap(self, RV_STAGE_PUBLISH, lap);

    rv_cycle_clock_close(&self->clock);
    ++self->counters.cycles;
    forget_cycle(self);
    rv_engine_lap(self, RV_STAGE_CYCLE, begin);
}
