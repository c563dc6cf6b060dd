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
#include <ruview/people/gait.h>
#include <ruview/people/identity.h>
#include <ruview/people/pose.h>
#include <ruview/people/tracker.h>
#include <ruview/room/change_point.h>
#include <ruview/room/localise.h>
#include <ruview/room/reciprocity.h>
#include <ruview/room/reflectors.h>
#include <ruview/room/tomography.h>
#include <ruview/room/voxel_map.h>
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
    bool                  was_silent;
    rv_running            rssi_dbm;
    uint64_t              newest_us;
} rv_node;

/// Who a track is, as far as its gait says
typedef struct {
    uint32_t    id; ///< Of the track when it was looked at; 0 nobody
    bool        ambiguous;
    bool        judged; ///< Compared with those who were known before
    float       next_s; ///< Walked this far, it is looked at again
    rv_identity answer;
} rv_engine_identity;

/// A recording of the empty room in progress
typedef struct {
    bool     active;
    uint64_t session; ///< Time stamp of the command that began it
    uint64_t end_us;
} rv_calibration_run;

/// Is it still the same room?
typedef struct {
    rv_change       change;
    rv_change_frame seen;       ///< Newest with links in alarm
    uint64_t        began_us;   ///< First sign of life of the present visit
    uint64_t        lived_us;   ///< Last sign of life; 0 none
    uint64_t        noticed_us; ///< When the change point in doubt was found
    bool            waiting;    ///< A change point is in doubt
    bool            told;       ///< One was reported in this cycle as the room's
} rv_watch;

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
    bool                has_pose; ///< Frames are kept for the pose model
    rv_pose             pose;
    uint16_t            room_links; ///< Links that the room knows
    rv_tomography_frame image;
    rv_localise_result  found;
    rv_tracker_frame    tracks;
    rv_watch            watch;
    rv_reflectors       reflectors;
    rv_voxel_map        voxels;
    void               *voxel_memory;
    size_t              n_voxel_memory;
    float              *voxel_view; ///< [voxels.cfg.n_voxels]
    uint8_t            *voxel_full, *voxel_coarse;
    uint8_t             voxel_bins[RV_RECORD_BINS];
    rv_record_anchor    record_anchor[RV_MAX_ANCHORS];
    uint16_t            n_anchors;
    uint64_t            looked_us;     ///< When the paths were last looked at; 0 never
    uint32_t            newest_person; ///< Id of the track that was confirmed last

    rv_reciprocity       reciprocity;
    uint16_t             paired_links; ///< Links that reciprocity knows
    rv_reciprocity_frame one_sided;
    rv_room_link         room_link[RV_MAX_LINKS]; ///< Ends of links, as far as known
    rv_gait              gait;
    rv_identity_store    known;
    rv_engine_identity   identity[RV_TRACKER_MAX_TRACKS]; ///< By slot of the tracker
    uint64_t             identity_us;                     ///< Looked at last
    bool                 strides; ///< Frames are taken apart for them
    bool                 strode;  ///< They were in the cycle before

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
void rv_cycle_pose(rv_engine *self, uint64_t end_us);
void rv_cycle_plausible(rv_engine *self, uint64_t end_us);
/// Part of rv_cycle_people: signatures of who walks, and who that is
void rv_cycle_identity(rv_engine *self, uint64_t end_us);
void rv_cycle_trust(rv_engine *self, uint64_t end_us);
void rv_cycle_publish(rv_engine *self);

/// The field model of a link takes a frame; recording the empty room begins; ends
void rv_watch_frame(rv_engine *self, rv_link *link, const rv_csi *csi);
void rv_watch_calibrate_begin(rv_engine *self);
void rv_watch_calibrated(rv_link *link, bool qualified);

/// Whether each link sees more than its empty room
void rv_watch_field(rv_engine *self);

/// Did the room change, in this cycle and once and for all? Fills the links' part
void rv_watch_room(rv_engine *self, uint64_t end_us);

/// Has the room left its calibration, or changed in this cycle? By which link
bool rv_watch_has_changed(const rv_engine *self, uint16_t *link);

/// Start and fill what is gathered over time: occupied cells and reflectors
rv_status rv_gather_start(rv_engine *self);
void      rv_gather_remember(rv_engine *self);
void      rv_gather_cells(rv_engine *self, uint64_t end_us);
void      rv_gather_anchors(rv_engine *self, uint64_t end_us);

/// How near the mesh of nodes is to falling apart: 0 whole, 1 in two pieces; unknown
/// for fewer than three nodes
rv_estimate rv_cycle_partition(const rv_engine *self, uint64_t end_us);

/// The node with that number, made when it is new; NULL when the table is full
rv_node *rv_engine_node(rv_engine *self, uint8_t number);

/// A node that the configuration names, or any where it names none. What a stranger
/// loses, or that it is gone, says nothing of the room's own mesh.
bool rv_engine_is_ours(const rv_engine *self, const rv_node *node);

/// Both ends of a link; false when one is not known
bool rv_engine_link_ends(const rv_engine *self, const rv_link *link,
                         rv_room_link *ends);

/// Every link as the pose model sees it; their number
uint32_t rv_engine_pose_links(const rv_engine *self, rv_pose_seen out[RV_MAX_LINKS]);

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
