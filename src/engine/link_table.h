// SPDX-License-Identifier: MIT
/**
   @file link_table.h
   The links of a run: (transmitter, receiver, channel, layout), found by key, numbered
   in the order in which they first spoke. What a link needs is laid out in the pool
   when it appears; nothing is allocated.
*/
#ifndef RV_ENGINE_LINK_TABLE_H
#define RV_ENGINE_LINK_TABLE_H

#include <ruview/base/arena.h>
#include <ruview/base/reason.h>
#include <ruview/base/ring.h>
#include <ruview/base/status.h>
#include <ruview/cir/solver.h>
#include <ruview/cir/tap_gate.h>
#include <ruview/cir/taps.h>
#include <ruview/engine/engine_config.h>
#include <ruview/frame/csi.h>
#include <ruview/frame/frame.h>
#include <ruview/fusion/measure.h>
#include <ruview/gate/coherence.h>
#include <ruview/gate/gate.h>
#include <ruview/people/pose_features.h>
#include <ruview/people/stride.h>
#include <ruview/prep/align.h>
#include <ruview/prep/calibrate.h>
#include <ruview/prep/normalise.h>
#include <ruview/prep/resample.h>
#include <ruview/prep/sanitise.h>
#include <ruview/room/field_model.h>
#include <ruview/room/link_level.h>
#include <ruview/vital/heart.h>
#include <ruview/vital/motion.h>

enum {
    RV_LINK_GAPS        = 15,      ///< Newest intervals behind a link's median interval
    RV_MAX_TONE_SETS    = 12,      ///< Different tone lists in one run
    RV_LINK_RING_BYTES  = 1 << 18, ///< Samples kept per link, at most
    RV_LINK_RING_MIN    = 4,       ///< Frames kept per link, at least
    RV_LINK_FIELD_TONES = 32,      ///< Tones of the field model, at most
};

/// What all links of one tone list share
typedef struct {
    const rv_segment *segment;
    rv_resample_plan  resample;
    rv_cir_plan       plan;
    rv_cir_solver     solver[RV_MAX_WORKERS]; ///< One per worker
    bool              has_cir;
} rv_tone_set;

/// What tells links apart
typedef struct {
    uint64_t         tx;
    const rv_layout *layout;
    uint32_t         freq_mhz;
    uint8_t          node;
    uint8_t          n_rx, n_tx;
} rv_link_key;

/// One link: its frames, the state of its stages, and what they last said
typedef struct {
    rv_link_key  key;
    uint16_t     id;
    rv_tone_set *tones;

    rv_ring ring;
    rv_csi *slot; ///< [ring.capacity]

    rv_normalise   normalise;
    rv_sanitise    sanitise;
    rv_align       align; ///< Of the channels that it hops over
    rv_calibrate   calibrate;
    rv_coherence   coherence;
    rv_gate        gate;
    rv_tap_gate    tap_gate;
    rv_cir_state   cir_state;
    rv_link_level  level;
    rv_motion      motion;
    rv_breathing   breathing;
    rv_pose_link   pose;
    rv_stride_link stride;
    rv_heart       heart;

    rv_field_model field;
    rv_field_frame field_now;
    uint32_t       field_stride; ///< Every so many-th tone
    uint8_t       *spiky;        ///< [streams * tones] of the despiker
    bool           displaced;    ///< The room changed since this link was calibrated

    bool                has_frame; ///< Ever
    uint64_t            newest_us;
    uint32_t            n_gaps, next_gap;
    uint32_t            gap_us[RV_LINK_GAPS];
    uint32_t            frames; ///< Taken since the last cycle was closed
    int8_t              rssi_dbm;
    rv_sanitise_result  sanitised;
    rv_calibrate_result calibrated;
    rv_coherence_result coherent;
    bool                stepped;   ///< Any frame of this cycle said so
    bool                restarted; ///< Any frame of this cycle said so

    rv_cir_result  cir;
    rv_cir_taps    taps;
    rv_tap_verdict tap_verdict;
    rv_gate_output gated;
    float          weight;
    float          profile[RV_CANONICAL_TONES]; ///< Amplitude on the canonical grid
    rv_sampler    *sampler;
    rv_spectrum   *seen;          ///< That breathing last looked at
    rv_running     profile_noise; ///< Half the mean square of successive differences
    bool           has_profile;
    float         *amplitude; ///< [K] of the newest frame, stream 0
} rv_link;

typedef struct {
    const rv_engine_config *config;
    rv_arena                pool;
    rv_link                *link; ///< [config->max_links]
    uint16_t                n_links;
    uint16_t                n_tone_sets;
    rv_tone_set             tone_set[RV_MAX_TONE_SETS];
} rv_link_table;

/**
   The link of a frame, made when it is new.

   @return NONE with `link`; TABLE_FULL when there is no number or memory left;
           UNKNOWN_LAYOUT when the stages cannot work on its tones.
*/
rv_reason rv_link_table_find(rv_link_table *self, const rv_frame *frame,
                             rv_link **link);

/// Slot for the next frame, and the note that it came at `t_us`
rv_csi *rv_link_next_slot(rv_link *link);
void    rv_link_note_frame(rv_link *link, uint64_t t_us);

/// Median interval between frames [us]; 0 unknown
uint32_t rv_link_interval_us(const rv_link *link);

/// Older than three of its own median intervals (and one cycle) at `now_us`
bool rv_link_is_stale(const rv_link *link, uint64_t now_us, uint32_t period_us);

/// Newest frame, NULL before the first
const rv_csi *rv_link_newest(const rv_link *link);

#endif // RV_ENGINE_LINK_TABLE_H
