// SPDX-License-Identifier: MIT
/**
   @file pose.h
   The pose of each track: features, network, memory of the last second, filter.

   Place      After the tracker, once per cycle and active track.
   Method     The network's joints are measurements of the keypoint filter, about the
              track. Its errors last for about `correlation_s`, so that neighbouring
              cycles do not count as independent; the uncertainty that is given is the
              network's own, which was scaled to be true. Where the network knows no
              more than the usual pose at the track's place (mean logarithm of its
              sigmas over the usual ones below `least_gain`), there is no skeleton.
   Exactness  As pose_model.h and keypoints.h.
*/
#ifndef RV_PEOPLE_POSE_H
#define RV_PEOPLE_POSE_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/people/keypoints.h>
#include <ruview/people/pose_model.h>
#include <ruview/people/tracker.h>

RV_BEGIN_DECLS

enum { RV_POSE_RING = 25 }; ///< Cycles whose embedding is kept: lags 0 .. 24

/// Start from rv_pose_config_default()
typedef struct {
    uint32_t period_us;     ///< Of a cycle; the network knows 50000 and no other
    float    correlation_s; ///< How long an error of the network lasts, > 0 (0.8)
    float    least_gain;    ///< Below it the network knows no more than the usual pose
                            ///< [nats per joint and axis] (0.05)
    uint32_t cpu_mask;      ///< math/kernels.h (0)
} rv_pose_config;

/// One link in this cycle
typedef struct {
    const rv_pose_link *frames;
    rv_room_link        ends; ///< Not located: left out
    rv_room_sample      level;
    float               wavelength_m;
} rv_pose_seen;

/// The pose of one track, or why there is none
typedef struct {
    rv_reason reason; ///< NONE; NO_DATA, NO_GEOMETRY, WARMING_UP, LOW_QUALITY,
                      ///< UNSUPPORTED (another period or band)
    float          position_m[RV_POSE_JOINTS][3]; ///< Room frame
    float          sigma_m[RV_POSE_JOINTS];       ///< Root of the mean axis variance
    float          gain;     ///< Nats per joint and axis over the usual pose
    float          jitter_m; ///< As keypoints.h
    rv_pose_output network;  ///< What the network said, about the track
} rv_pose_result;

/// One track; private
typedef struct {
    uint32_t        id; ///< 0 empty
    uint64_t        t_us;
    rv_pose_heading heading;
    uint32_t        n, next; ///< n stops at RV_POSE_RING
    float           ring[RV_POSE_RING][RV_POSE_EMBEDDING];
    float           memory[RV_POSE_MEMORIES][RV_POSE_EMBEDDING];
    rv_keypoints    filter;
} rv_pose_slot;

/// State; fields are private
typedef struct {
    rv_pose_config       cfg;
    const rv_pose_model *model;
    float                share[RV_POSE_MEMORIES];
    rv_pose_slot         slot[RV_TRACKER_MAX_TRACKS];
} rv_pose;

RV_API rv_pose_config rv_pose_config_default(void);

/// The model is lent until the last use. ERR_CONFIG; then unchanged.
RV_API RV_NODISCARD rv_status rv_pose_init(rv_pose *self, const rv_pose_config *cfg,
                                           const rv_pose_model *model);

/**
   One cycle of one track. About 50 us for 12 links.

   @param slot  Of rv_track; a new id in it begins anew.
   @param seen  I  [n] every link of the room.
   @return ERR_RANGE for a slot or id that cannot be; then nothing has changed.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_pose_push(rv_pose *self, uint32_t slot,
                                                       uint32_t id, uint64_t t_us,
                                                       const rv_pose_track_state *track,
                                                       const rv_pose_seen        *seen,
                                                       uint32_t n, rv_pose_result *out);

RV_END_DECLS

#endif // RV_PEOPLE_POSE_H
