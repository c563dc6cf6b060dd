// SPDX-License-Identifier: MIT
/**
   @file tracker.h
   From detections to people who keep their number: prediction, gating, one assignment
   for all, birth and death.

   Place   After localise. Tracks map field by field to rv_record_person.
   Model   Position and velocity in the plan with their full 4 x 4 covariance, white
           acceleration; height as a slow scalar.
   Meetings  Two who come nearer than they can be told apart walk on along the lines
   that they came on, held by what is seen of either; one detection is of both, and of
   their middle. When they have parted, the lines after are compared with the lines
   before in both permutations: clear enough, and the ids stay or are exchanged; else
   both are `ambiguous` until rv_tracker_identify(). Meanwhile both are `ambiguous`,
   too. Source  "Estimation with Applications to Tracking and Navigation" (2001), ch. 6
           (discrete white-noise acceleration); "The Hungarian method for the assignment
           problem", Nav. Res. Logist. Q. 2 (1955), in the shortest-augmenting-path form
           of "A shortest augmenting path algorithm for dense and sparse linear
           assignment problems", Computing 38 (1987); M-of-N confirmation: "Design and
           Analysis of Modern Tracking Systems" (1999), ch. 6.
   Exactness  f64 in a written order; equal costs go to the lower track, then the lower
           detection.
*/
#ifndef RV_PEOPLE_TRACKER_H
#define RV_PEOPLE_TRACKER_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>
#include <ruview/room/localise.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_TRACKER_MAX_TRACKS   = 8,
    RV_TRACKER_MAX_MEETINGS = 8,
    RV_TRACKER_TRAIL        = 48, ///< Sightings kept for a line
};

/// Numbered as rv_track_state of the record, then what is never published
typedef enum {
    RV_TRACKER_TENTATIVE,
    RV_TRACKER_ACTIVE,
    RV_TRACKER_LOST,
    RV_TRACKER_FREE,
} rv_tracker_state;

typedef struct {
    uint32_t max_tracks;    ///< 1..8 (8)
    float    accel_mps2;    ///< Scatter of the acceleration, anew each cycle (3)
    float    speed_mps;     ///< Scatter of the speed at birth (0.8)
    float    gate;          ///< Chi-square gate, 2 degrees of freedom (13.8: 99.9 %)
    float    noise_cycles;  ///< Errors of detections stay this many updates (4):
                            ///< covariances are multiplied by it
    float    miss_evidence; ///< Cost of leaving a track without detection [nats] (3)
    uint32_t birth_hits;    ///< M of M-of-N (8)
    uint32_t birth_window;  ///< N of M-of-N, 1..32 (12)
    uint64_t lost_us;       ///< Active without detection for longer: lost (1 s)
    uint64_t forget_us;     ///< Lost for longer: terminated (10 s)
    float    merge_m;       ///< Tentative tracks this near an older one die (0.5)
    uint64_t max_dt_us;     ///< Longest prediction at once; more splits it (500 ms)
    float    resolution_m;  ///< Nearer than this two may be one detection (0.8)
    float    wander;        ///< Of the velocity of who walks on [m^2/s^3] (0.0025)
    float    unsteady;      ///< Chance that who meets stops or turns, 0..1 (0.05)
    float    decide_nats;   ///< Odds at which a meeting is decided (4.6: 99 %)
    uint64_t line_us;       ///< A line is drawn through so much (2.4 s)
    uint64_t stop_us;       ///< Together for longer: nobody knows (5 s)
    uint64_t judge_us;   ///< Undecided for longer after parting: nobody knows (2.4 s)
    float    lower_m[2]; ///< Where people can be (-100, -100)
    float    upper_m[2]; ///< (100, 100)
} rv_tracker_config;

typedef struct {
    uint32_t         id; ///< 1, 2, …; 0 while tentative and never published
    rv_tracker_state state;
    float            confidence; ///< 0..1
    float            existence; ///< Probability that somebody is there: the evidence as
                                ///< log-odds, even before any
    float    position_m[3];
    float    velocity_mps[3];
    float    covariance_m2[3]; ///< xx, xy, yy of the position
    float    velocity_sigma_mps;
    bool     observed;  ///< Took a detection in this cycle
    bool     ambiguous; ///< The id may have been swapped
    int16_t  zone;      ///< -1; kept here for rv_zones_locate()
    uint8_t  slot;      ///< Stable place in the tracker while it lives
    int8_t   detection; ///< Index taken in this cycle; -1 none
    uint64_t born_us, seen_us;
} rv_track;

/// What one cycle gave: active and lost tracks, by id. `published` leaves out the lost.
typedef struct {
    uint32_t n_tracks;
    rv_track track[RV_TRACKER_MAX_TRACKS];
    uint32_t n_active; ///< Active tracks
    uint32_t n_born;   ///< Confirmed in this cycle
    uint32_t n_ended;  ///< Terminated in this cycle
    uint32_t ended_id[RV_TRACKER_MAX_TRACKS];
} rv_tracker_frame;

/// A sighting; private
typedef struct {
    uint64_t t_us;
    float    at_m[2], var_m2;
} rv_track_point;

/// The newest sightings of a track; private
typedef struct {
    rv_track_point point[RV_TRACKER_TRAIL];
    uint32_t       count, next;
} rv_track_trail;

/// A straight line in time; place and velocity at `t_us` are independent; private
typedef struct {
    bool     valid;
    uint64_t t_us;
    double   at_m[2], velocity_mps[2];
    double   place_var, velocity_var; ///< Per axis
} rv_track_line;

typedef enum {
    RV_MEETING_NONE,
    RV_MEETING_TOGETHER,
    RV_MEETING_PARTED,
    RV_MEETING_STOPPED, ///< Nobody will know who was who
} rv_meeting_state;

/// Two who are nearer than can be told apart; private
typedef struct {
    rv_meeting_state state;
    uint8_t          slot[2];
    bool             blurred; ///< Some detection was of either
    uint32_t         apart; ///< Cycles in a row in which both were seen for themselves
    uint64_t         since_us, parted_us;
    rv_track_line    in[2]; ///< How each came
} rv_track_meeting;

/// One slot; private
typedef struct {
    rv_tracker_state state;
    uint32_t         id;
    double           x[4];  ///< x, y, vx, vy
    double           p[10]; ///< Upper triangle of the covariance
    double           z, z_var;
    double           evidence; ///< Running log-likelihood ratio, bounded
    uint32_t         hits;     ///< Bit per recent cycle, newest lowest
    uint32_t         age;      ///< Cycles, stops at 2^31
    uint64_t         born_us, seen_us, lost_us;
    uint8_t          mates;  ///< Slots with which the id may have been swapped
    bool             orphan; ///< Such a slot ended, and took with it who is who
    int16_t          zone;
    int8_t           detection;
    rv_track_trail   trail;
} rv_tracker_slot;

typedef struct {
    rv_tracker_config cfg;
    uint32_t          next_id;
    uint64_t          t_us;
    bool              started;
    rv_tracker_slot   slot[RV_TRACKER_MAX_TRACKS];
    rv_track_meeting  meeting[RV_TRACKER_MAX_MEETINGS];
} rv_tracker;

RV_API rv_tracker_config rv_tracker_config_default(void);

/// The tracker holds its tracks itself: no memory is lent. ERR_CONFIG; then unchanged.
RV_API RV_NODISCARD rv_status rv_tracker_init(rv_tracker              *self,
                                              const rv_tracker_config *cfg);

/**
   One cycle.

   @param t_us        Event time, not before the last one (else ERR_RANGE, unchanged).
   @param detections  I  [n]; those not finite are left out.
   @param n           0..RV_MAX_DETECTIONS; 0 when nobody was seen.
   @param blind       No detection was possible (no data, gate): tracks age, but a miss
                      does not count against them.
   @param out         O  Tracks that have an id.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status
rv_tracker_push(rv_tracker *self, uint64_t t_us, const rv_detection *detections,
                uint32_t n, bool blind, rv_tracker_frame *out);

/// The line that slot `slot` walked in the last seconds; not valid while it meets
/// somebody, or when there is too little
RV_API RV_NODISCARD rv_track_line rv_tracker_line(const rv_tracker *self,
                                                  uint32_t          slot);

/**
   Re-identification settled who is who: slot `slot` carries identity `id` of a track
   that was ambiguous with it; both stop being ambiguous, ids are exchanged when needed.

   @return ERR_NOT_FOUND when no ambiguous mate carries that id.
*/
RV_API RV_NODISCARD rv_status rv_tracker_identify(rv_tracker *self, uint32_t slot,
                                                  uint32_t id);

RV_END_DECLS

#endif // RV_PEOPLE_TRACKER_H
