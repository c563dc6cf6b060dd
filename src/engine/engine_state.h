// SPDX-License-Identifier: MIT
/**
   @file engine_state.h
   The inside of the engine, shared by the files of this folder and nobody else.
*/
#ifndef RV_ENGINE_ENGINE_STATE_H
#define RV_ENGINE_ENGINE_STATE_H

#include "engine/link_table.h"

#include <ruview/base/arena.h>
#include <ruview/engine/cycle_clock.h>
#include <ruview/engine/engine.h>
#include <ruview/fusion/array.h>
#include <ruview/fusion/clock.h>
#include <ruview/fusion/cross.h>
#include <ruview/fusion/geometry.h>
#include <ruview/fusion/measure.h>
#include <ruview/math/blake3.h>
#include <ruview/math/fft.h>
#include <ruview/people/tracker.h>
#include <ruview/room/localise.h>
#include <ruview/room/tomography.h>
#include <ruview/room/zones.h>
#include <ruview/trust/advisor.h>
#include <ruview/trust/attestation.h>
#include <ruview/trust/privacy.h>
#include <ruview/trust/quality.h>
#include <ruview/trust/witness.h>
#include <ruview/vital/fall.h>
#include <ruview/vital/presence.h>

enum {
    RV_JSON_BYTES      = 1 << 19, ///< One record as text, at most
    RV_CANONICAL_BYTES = 1 << 19, ///< One record as canonical bytes, at most
    RV_INPUT_HEADER    = 64,      ///< What the input digest covers beside the bytes
    RV_MAX_ATTESTED    = 16,      ///< Decisions about privacy in one cycle
};

/// A receiver that has spoken, or that the configuration names
typedef struct {
    uint8_t               node;
    const rv_node_config *config; ///< NULL: not configured
    rv_clock              clock;
    bool                  has_spoken;
    bool                  was_present;
    rv_running            rssi_dbm;
    uint64_t              newest_us;
} rv_node;

/// A recording of the empty room in progress
typedef struct {
    bool     active;
    uint64_t session; ///< Time stamp of the command that began it
    uint64_t end_us;
} rv_calibration_run;

struct rv_engine {
    rv_engine_config config;
    rv_cycle_clock   clock;
    rv_wire          decoder;

    rv_node       node[RV_MAX_NODES];
    uint8_t       n_nodes; ///< Ascending by number
    rv_link_table links;

    rv_calibration_run calibration;
    uint64_t           calibration_id; ///< Of all baselines together; 0 none
    bool               synthetic;
    bool               from_file; ///< RV_COMMAND_FROM_FILE was read
    bool               heard;     ///< A frame was taken, ever
    uint64_t           newest_us; ///< Of any frame
    uint64_t           spread_first_us, spread_last_us; ///< Frames of the open cycle

    rv_array    array;
    rv_cross    cross;
    rv_estimate geometry; ///< Of the links in geometry_mask
    uint64_t    geometry_mask;
    float      *band_samples; ///< [RV_MAX_BANDS][2][RV_RECORD_TONES]

    rv_tomography       tomography;
    rv_localise         localise;
    rv_tracker          tracker;
    rv_zones            zones;
    rv_presence         presence;
    rv_breathing_room   breathing;
    rv_fft              vital_fft;
    rv_fall             fall;
    bool                has_room;
    uint16_t            room_links; ///< Links that the room knows
    rv_tomography_frame image;
    rv_localise_result  found;
    rv_tracker_frame    tracks;

    rv_privacy          privacy;
    rv_attestation_head attestation;
    rv_attestation      attested[RV_MAX_ATTESTED]; ///< Since the cycle before
    uint8_t             n_attested;
    rv_quality_config   quality_config;
    rv_quality          quality;
    rv_advisor          advisor;
    rv_witness          witness;
    rv_witness          unsealed; ///< Before this cycle
    rv_run_header       run_header;
    rv_stage_digests    digests;
    rv_stage_row        digest_row;
    rv_blake3           input_hash;

    rv_world *world;
    void     *world_memory;
    size_t    n_world;

    rv_record        record;
    rv_record_node   record_node[RV_MAX_NODES];
    rv_record_link   record_link[RV_MAX_LINKS];
    rv_record_person record_person[RV_MAX_PERSONS];
    rv_record_event  record_event[RV_MAX_EVENTS];
    uint16_t         n_events;

    uint8_t *canonical;   ///< [RV_CANONICAL_BYTES]
    size_t   n_canonical; ///< Of this cycle; 0: it failed
    char    *json;        ///< [RV_JSON_BYTES]

    rv_engine_sink     *sink;
    void               *sink_context;
    rv_engine_parallel *parallel;
    void               *parallel_context;
    rv_engine_clock    *now_ns;
    void               *now_context;
    rv_engine_counters  counters;
    rv_histogram        histogram[RV_N_STAGES];
};

/// Stages 1 to 3 for one decoded frame
void rv_engine_take_frame(rv_engine *self, const rv_frame *frame);

/// Stages 4 to 10 for the open cycle, which is then closed
void rv_engine_close_cycle(rv_engine *self);

/// Parts of a cycle, in the order in which they run; each fills its part of the record
void rv_cycle_fuse(rv_engine *self, uint64_t end_us);
void rv_cycle_cir(rv_engine *self);
void rv_cycle_gate(rv_engine *self, uint64_t end_us);
void rv_cycle_bands(rv_engine *self, uint64_t end_us);
void rv_cycle_array(rv_engine *self, uint64_t end_us);
void rv_cycle_dilution(rv_engine *self);
void rv_cycle_vital(rv_engine *self, uint64_t end_us);
void rv_cycle_room(rv_engine *self, uint64_t end_us);
void rv_cycle_people(rv_engine *self, uint64_t end_us);
void rv_cycle_trust(rv_engine *self, uint64_t end_us);
void rv_cycle_publish(rv_engine *self);

/// How near the mesh of nodes is to falling apart: 0 whole, 1 in two pieces; unknown
/// for fewer than three nodes
rv_estimate rv_cycle_partition(const rv_engine *self);

/// The node with that number, made when it is new; NULL when the table is full
rv_node *rv_engine_node(rv_engine *self, uint8_t number);

/// Put an event into the open cycle's record; dropped when it holds its full number
void rv_engine_add_event(rv_engine *self, rv_event_kind kind, uint64_t t_us,
                         uint32_t subject, float confidence, rv_reason reason);

/// Decide about privacy from now on, and put it on the attestation chain. ERR_RANGE;
/// ERR_FULL: too many in one cycle
rv_status rv_engine_decide_privacy(rv_engine *self, const rv_attestation *decision);

/// Carry out a command of the input log
void rv_engine_take_command(rv_engine *self, const rv_input *input);

/// Count something that was not taken
void rv_engine_refuse(rv_engine *self, rv_reason reason, bool is_frame);

/// Put the zones of the configuration where persons are located
void rv_engine_place_zones(rv_engine *self);

/// Put them into the world, and take out those that are gone
rv_status rv_engine_show_zones(rv_engine *self);

/// Begin, end and cancel a recording of the empty room
void rv_engine_calibrate_begin(rv_engine *self, uint64_t t_us, uint64_t seconds);
void rv_engine_calibrate_end(rv_engine *self, uint64_t t_us);

/// Use a baseline that was recorded before; ERR_NOT_FOUND when no link fits it
rv_status rv_engine_take_baseline(rv_engine *self, const uint8_t *bytes, size_t n);

/// What the configuration says about the world
rv_world_config rv_engine_world_config(const rv_engine_config *config);

/// Time for the histograms; 0 without a clock
static inline uint64_t
rv_engine_now(const rv_engine *const self)
{
    return self->now_ns ? self->now_ns(self->now_context) : 0;
}

/// Count the time since `start` for a stage and return the time now
static inline uint64_t
rv_engine_lap(rv_engine *const self, const rv_stage stage, const uint64_t start)
{
    if (!self->now_ns) {
        return 0;
    }
    const uint64_t now = self->now_ns(self->now_context);
    rv_histogram_add(&self->histogram[stage], now - start);
    return now;
}

/// Add numbers to a stage's digest; costs one comparison when digests are off
static inline void
rv_engine_digest(rv_engine *const self, const rv_stage stage, const char *const name,
                 const uint32_t index, const float *const values, const size_t n)
{
    if (self->digests.is_on) {
        rv_stage_add_f32(&self->digests, (unsigned)stage, name, index, values, n);
    }
}

#endif // RV_ENGINE_ENGINE_STATE_H
