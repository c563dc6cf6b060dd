// SPDX-License-Identifier: MIT
/**
   @file record.h
   The cycle record: everything that one cycle publishes. The engine fills it, the
   privacy gate thins it out, the witness hashes its canonical bytes, publish/ turns it
   into JSON. Every number is measured, or unknown with a reason.

   Lists point into engine memory and live until the next cycle; the privacy gate thins
   them out where they lie.
*/
#ifndef RV_TRUST_RECORD_H
#define RV_TRUST_RECORD_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/gate/decision.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_MAX_NODES       = 16,
    RV_MAX_LINKS       = 64,
    RV_MAX_PERSONS     = 8,
    RV_N_KEYPOINTS     = 17, ///< COCO order
    RV_MAX_ZONES       = 16,
    RV_RECORD_TAPS     = 32,  ///< CIR taps shown per link
    RV_RECORD_TONES    = 512, ///< Amplitudes shown per link, at most
    RV_MAX_EVENTS      = 16,  ///< New events in one cycle
    RV_DIGEST_BYTES    = 32,
    RV_MAX_VOXELS      = 1 << 16, ///< Of the map
    RV_RECORD_BINS     = 8,       ///< Of the occupied cells
    RV_OCCUPIED_FULL   = 101,     ///< Steps of a cell in full, in percent
    RV_OCCUPIED_COARSE = 4,       ///< Steps of a cell where identity is protected
    RV_MAX_ANCHORS     = 16,      ///< Reflectors in one record
};

typedef enum {
    RV_CLASS_RAW,
    RV_CLASS_DERIVED,
    RV_CLASS_ANONYMOUS,
    RV_CLASS_RESTRICTED
} rv_privacy_class;

typedef enum {
    RV_MODE_RAW_RESEARCH,
    RV_MODE_PRIVATE_HOME,
    RV_MODE_ENTERPRISE_ANONYMOUS,
    RV_MODE_CARE_WITH_CONSENT,
    RV_MODE_STRICT_NO_IDENTITY,
} rv_privacy_mode;

/// What the persons in the room agreed to
typedef enum {
    RV_CONSENT_NONE,
    RV_CONSENT_VITALS, ///< Breathing and heart rate, nothing else
    RV_CONSENT_FULL,   ///< Also pose, tracks and places
    RV_CONSENT_COUNT,
} rv_consent;

/// What kind of radio the run listens to
typedef enum {
    RV_SOURCE_ESP32,
    RV_SOURCE_RADIO,     ///< Any other
    RV_SOURCE_RECORDING, ///< None: a file that no run of ours recorded
} rv_source;

/// A question with three answers
typedef enum { RV_NO, RV_YES, RV_UNKNOWN } rv_tristate;

/// Quality flags, one bit each; each is reachable and tested in both states
enum {
    RV_FLAG_CLOCK_SPREAD    = 1 << 0, ///< Frames of one cycle lie too far apart
    RV_FLAG_NODE_ABSENT     = 1 << 1, ///< A registered node sent nothing for 2 cycles
    RV_FLAG_LOSS            = 1 << 2, ///< Too many packets missing
    RV_FLAG_UNCALIBRATED    = 1 << 3, ///< A link has no qualified baseline
    RV_FLAG_CALIBRATION_OLD = 1 << 4,
    RV_FLAG_CALIBRATION_MIX = 1 << 5, ///< Links hold baselines of different sessions
    RV_FLAG_INCOHERENT      = 1 << 6,
    RV_FLAG_DRIFT           = 1 << 7,
    RV_FLAG_GEOMETRY        = 1 << 8, ///< Too few directions
    RV_FLAG_PARTITION       = 1 << 9, ///< The mesh is about to fall apart
    RV_FLAG_CONTRADICTION   = 1 << 10,
    RV_FLAG_PHASE           = 1 << 11, ///< Phase without delay structure
    RV_FLAG_NO_DATA         = 1 << 12,
    RV_FLAG_CHANGE_POINT    = 1 << 13,
    RV_FLAG_ONE_SIDED       = 1 << 14, ///< Motion in one direction of paths only
};

/// A node as the mesh sees it
typedef struct {
    uint8_t     node;
    bool        present; ///< A frame of any layout within two cycles, or two intervals
    rv_reason   reason;  ///< Why it is absent or doubted
    rv_estimate rate_hz; ///< Frames per second, all layouts
    rv_estimate loss;    ///< Share of frames missing, 0..1
    rv_estimate clock_offset_us; ///< Node clock minus host clock
    rv_estimate clock_drift_ppm;
    rv_estimate jitter_us; ///< Arrival scatter, robust sigma
    rv_estimate rssi_dbm;
    float       array_weight;  ///< Share in the array of nodes, 0..1; 0 not taking part
    rv_reason   array_reason;  ///< NONE, or why it is watched or left out
    float       position_m[3]; ///< East, north, up
    bool        has_position;
} rv_record_node;

/// A link: (transmitter, receiver, channel, layout)
typedef struct {
    uint16_t         link;     ///< Index, stable for the run
    uint8_t          node;     ///< Receiver
    uint64_t         tx;       ///< RV_TX_UNKNOWN: not known
    uint32_t         freq_mhz; ///< 0 unknown
    uint16_t         layout;   ///< rv_layout id
    bool             stale;    ///< Older than three of its own median intervals
    uint32_t         frames;   ///< In this cycle
    rv_estimate      rate_hz;
    rv_estimate      age_ms;    ///< Of its newest frame at the end of the cycle
    float            weight;    ///< Attention weight in the fused view, 0..1
    rv_estimate      coherence; ///< 0..1
    rv_gate_decision gate;
    rv_reason        gate_reason;
    bool             calibrated;
    rv_estimate      deviation;  ///< From the baseline, in units of prep/calibrate.h
    rv_estimate      echo_ratio; ///< Energy of the change against the baseline that
                                 ///< tones share / energy of the baseline
    rv_estimate motion;          ///< Motion statistic, null has mean 0 and sigma 1
    rv_estimate field;    ///< Energy outside the modes of the empty room, in its own
                          ///< empty-room scatter, against the designed threshold: > 1
                          ///< is somebody
    rv_estimate level_db; ///< Strength against its slow baseline [dB]
    bool        changed;  ///< Its level stepped and stayed
    rv_estimate delay_spread_ns; ///< RMS
    rv_estimate dominant_ratio;  ///< Energy share of the strongest tap
    rv_estimate sto_ns;          ///< Sampling-time offset removed
    uint16_t    bands; ///< Channels in the snapshot that it is part of; 1 alone
    rv_estimate band_coherence; ///< Likeness of those channels' profiles, 0..1
    rv_estimate
              band_match; ///< The same of samples, each hop's phase and delay taken out
    rv_reason cir_reason; ///< NONE: taps below
    uint16_t  n_taps;     ///< Below; 0 when withheld or none
    uint16_t  cir_iterations;
    float     cir_gap;                      ///< Relative duality gap
    float     tap_delay_ns[RV_RECORD_TAPS]; ///< Relative to the strongest tap
    float     tap_power_db[RV_RECORD_TAPS]; ///< Relative to the strongest tap
    rv_reason amplitude_reason;             ///< NONE: amplitude below
    uint16_t  n_tones;                      ///< Of `amplitude`; 0 when withheld
    const float *amplitude; ///< [n_tones] newest frame, gain-normalised (class Raw)
} rv_record_link;

/// State of somebody being tracked
typedef enum { RV_TRACK_TENTATIVE, RV_TRACK_ACTIVE, RV_TRACK_LOST } rv_track_state;

typedef struct {
    uint32_t       id; ///< Of observed tracks only, never reused in a run
    rv_track_state state;
    float          confidence; ///< 0..1
    float          position_m[3];
    float          velocity_mps[3];
    float          covariance_m2[3]; ///< xx, xy, yy of the position
    rv_reason      keypoint_reason;  ///< NONE: keypoints below; NO_MODEL, PRIVACY, …
    float          keypoint_m[RV_N_KEYPOINTS][3];
    float          keypoint_sigma_m[RV_N_KEYPOINTS];
    rv_estimate    gdop;       ///< Dilution of the links' geometry there [m per m]
    bool           ambiguous;  ///< The id may have been swapped with another
    int16_t        zone;       ///< Index into the configuration; -1 none
    rv_reason identity_reason; ///< NONE: known again as `identity`; WARMING_UP, …
    uint32_t  identity;        ///< Number that this person had before; 0 unknown
    float     identity_cosine; ///< Of the nearest known signature, 0..1
    float     identity_margin; ///< By which it beats the next, 0..1
} rv_record_person;

/// Something that happened, as opposed to something that is
typedef enum {
    RV_EVENT_CHANGE_POINT,
    RV_EVENT_FALL_CANDIDATE,
    RV_EVENT_FALL_CONFIRMED,
    RV_EVENT_APNOEA,
    RV_EVENT_NODE_ABSENT,
    RV_EVENT_NODE_BACK,
    RV_EVENT_RECALIBRATE,
    RV_EVENT_MODE_CHANGED,
    RV_EVENT_PERSON_ENTERED,
    RV_EVENT_PERSON_LEFT,
    RV_EVENT_COUNT,
} rv_event_kind;

typedef struct {
    rv_event_kind kind;
    uint64_t      t_us;
    uint32_t      subject;    ///< Node, link or track, as the kind says
    float         confidence; ///< 0..1
    rv_reason     reason;
    rv_reason     place_reason;  ///< NONE: place below; NO_GEOMETRY, PRIVACY, …
    float         position_m[2]; ///< East, north
    float         sigma_m;       ///< Of the place, root of the mean axis variance
} rv_record_event;

/// What a reflector seems to be, by how it drifts
typedef enum {
    RV_ANCHOR_UNKNOWN,
    RV_ANCHOR_WALL,
    RV_ANCHOR_FURNITURE,
    RV_ANCHOR_MOBILE
} rv_anchor_class;

/// Something that reflects and stays
typedef struct {
    uint32_t        id; ///< Never used again in a run
    rv_anchor_class kind;
    uint32_t        sightings;
    float           position_m[2]; ///< East, north
    float           sigma_m;
    rv_estimate     drift_m_per_day;
} rv_record_anchor;

/// One published cycle
typedef struct {
    uint64_t         cycle;     ///< 0, 1, …
    uint64_t         t_us;      ///< End of the cycle on the input's own timeline
    bool             synthetic; ///< Any input of this run came from a simulator
    bool             live;      ///< Frames arrived in the last 2 s; false: offline
    rv_source        source;
    rv_privacy_class privacy_class;
    rv_privacy_mode  privacy_mode;
    rv_consent       consent; ///< In force for this cycle
    bool             demoted; ///< Tightened because the evidence weakened
    rv_reason        demoted_reason;

    rv_tristate      presence;
    rv_reason        presence_reason; ///< Set when unknown
    float            presence_quality;
    rv_estimate      motion; ///< 0 still .. 1 strong
    rv_tristate      moving;
    rv_reason        moving_reason;      ///< Set when unknown
    rv_estimate      occupancy;          ///< Number of persons
    bool             occupancy_at_least; ///< The number is a lower bound
    rv_estimate      breathing_bpm;
    rv_estimate      heart_bpm;
    rv_estimate      coherence; ///< Over time and across links, 0..1
    rv_gate_decision gate;
    rv_reason        gate_reason;
    float            quality;       ///< 0..1
    uint32_t         flags;         ///< RV_FLAG_*
    bool             recalibrate;   ///< Recommended
    uint64_t         calibration;   ///< Content hash of the baselines; 0 none
    rv_estimate      variance;      ///< Amplitude variance over the tones of the view
    rv_estimate      rssi_dbm;      ///< Mean over nodes
    rv_estimate      shared_change; ///< Part of the links' changes common to all, 0..1
    rv_estimate geometry; ///< Directions from which links see the room, 0 one .. 1 even
    rv_reason   falls_reason; ///< NONE: a fall would be told; RATE_TOO_LOW, WARMING_UP
                            ///< (nobody has walked yet), NO_DATA, …: why it would not

    uint16_t          n_nodes, n_links, n_persons, n_events, n_zones;
    rv_reason         persons_reason; ///< Why nobody is listed, when nobody is
    rv_reason         zones_reason;   ///< Why zones are unknown or withheld
    rv_record_node   *nodes;          ///< [n_nodes] ascending
    rv_record_link   *links;          ///< [n_links] ascending
    rv_record_person *persons;        ///< [n_persons]
    rv_record_event  *events;         ///< [n_events] in order of time
    rv_tristate       zone_occupied[RV_MAX_ZONES];
    rv_reason         anchors_reason; ///< Why no reflector is listed: BANDWIDTH, …
    uint16_t          n_anchors;
    rv_record_anchor *anchors; ///< [n_anchors] ascending by id

    rv_reason    map_reason; ///< NONE: map below
    uint16_t     map_nx, map_ny, map_nz;
    float        map_origin_m[3]; ///< Centre of voxel 0
    float        map_step_m[3];
    const float *map;       ///< [nz][ny][nx] change [dB]
    const float *map_sigma; ///< [nz][ny][nx], or NULL

    rv_reason occupied_reason;             ///< NONE: bins below, and cells if any
    uint8_t occupied_bins[RV_RECORD_BINS]; ///< Cells by eighths of occupancy, share [%]
    uint8_t occupied_levels;               ///< Steps of a cell: 101, 4; 0 no cells
    const uint8_t *occupied;        ///< On the grid of the map: gathered over time [%]
    const uint8_t *occupied_coarse; ///< The same in 4 steps; what the gate may show
                                    ///< instead. Not part of the encoding

    uint8_t input_digest[RV_DIGEST_BYTES]; ///< Of the inputs of this cycle
    uint8_t witness[RV_DIGEST_BYTES];      ///< w[n]; not part of what it hashes
} rv_record;

/**
   Canonical little-endian bytes of a record, without the witness field: the fields in
   the order of record_fields.c, an unknown estimate as its reason and zeros, lists as
   u16 count and items, the map last.

   @param out      O  The bytes; may be NULL to measure.
   @param n_bytes  I/O  Room at `out`; then bytes written or needed.
   @return OK; ERR_FULL with `n_bytes` set when `out` is too small; ERR_NONFINITE when a
           number is NaN or infinite; ERR_RANGE when a list is longer than its limit.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_record_encode(const rv_record *record,
                                                           uint8_t         *out,
                                                           size_t          *n_bytes);

/// Bytes of memory that `rv_record_decode` wants for the lists of any record of n bytes
RV_API RV_NODISCARD rv_status rv_record_decode_size(size_t n_bytes, size_t *n_memory);

/**
   A record from its canonical bytes; lists and map lie in `memory`. The witness is not
   among the bytes and comes out as zeros.

   @return OK; ERR_TRUNCATED, ERR_TRAILING, ERR_VALUE (an enumeration, flag or number
           that no record can hold), ERR_RANGE (a list too long), ERR_MEMORY.
*/
RV_API RV_NODISCARD rv_status rv_record_decode(const uint8_t *bytes, size_t n_bytes,
                                               void *memory, size_t n_memory,
                                               rv_record *record);

RV_END_DECLS

#endif // RV_TRUST_RECORD_H
