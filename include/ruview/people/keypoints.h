// SPDX-License-Identifier: MIT
/**
   @file keypoints.h
   Seventeen keypoints over time: position and velocity of each joint with a covariance,
   and a body that holds together.

   Place      After the pose model, one object per track. Without a model there is no
              skeleton: nothing is made up here.
   Method     Constant velocity per joint and axis; a chi-square gate; then bones as
              soft measurements: the distance of two joints is the bone's length, give
              or take `bone_sigma_m`, and a folded limb keeps its ends apart. Lengths
              are estimated per person, starting from body proportions.
   Source     "Estimation with Applications to Tracking and Navigation" (2001), ch. 6;
              smooth constraints: "Kalman filtering with state constraints: a survey of
              linear and nonlinear algorithms", IET Control Theory Appl. 4 (2010), sect.
              3.5; proportions: "Biomechanics and Motor Control of Human Movement"
              (2009), fig. 4.1.
   Exactness  f64, joints and bones in index order.
*/
#ifndef RV_PEOPLE_KEYPOINTS_H
#define RV_PEOPLE_KEYPOINTS_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_KEYPOINTS_N = 17, ///< COCO order: nose, eyes, ears, shoulders, elbows,
                         ///< wrists, hips, knees, ankles; left before right
    RV_KEYPOINTS_BONES = 14,
};

typedef struct {
    float    torso_mps2; ///< Scatter of the acceleration, head and torso, each axis (2)
    float    limb_mps2;  ///< The same of elbows, wrists, knees, ankles (8)
    float    gate;       ///< Chi-square gate, 3 degrees of freedom (16.3: 99.9 %)
    float    bone_sigma_m; ///< How exactly a bone keeps its length (0.03)
    float    height_m;     ///< Body height to begin with (1.7)
    float    lost_sigma_m; ///< A joint less certain than this is not given (0.4)
    uint64_t max_dt_us;    ///< A longer pause starts anew (1 s)
} rv_keypoints_config;

/// One joint from the model
typedef struct {
    float position_m[3];
    float sigma_m;    ///< Per axis, > 0
    float sigma_up_m; ///< Of the height; 0: as sigma_m
    bool  valid;
} rv_keypoint_seen;

typedef struct {
    rv_reason reason; ///< NONE; NO_DATA when no joint is certain enough
    float     position_m[RV_KEYPOINTS_N][3];
    float     sigma_m[RV_KEYPOINTS_N]; ///< Root of the mean axis variance
    bool      known[RV_KEYPOINTS_N];
    uint32_t  n_gated;  ///< Joints refused by the gate in this call
    float     jitter_m; ///< RMS of the second difference of the torso joints, 1 s
    float     bone_m;   ///< RMS misfit of the bones
} rv_keypoints_frame;

/// One joint and axis; private
typedef struct {
    double p, v, pp, pv, vv;
} rv_keypoint_axis;

typedef struct {
    rv_keypoints_config cfg;
    rv_keypoint_axis    axis[RV_KEYPOINTS_N][3];
    double              length[RV_KEYPOINTS_BONES], length_var[RV_KEYPOINTS_BONES];
    bool                alive[RV_KEYPOINTS_N];
    uint8_t             refused[RV_KEYPOINTS_N];
    double              past[2][4][3]; ///< Torso, one and two calls ago
    uint32_t            n_past;
    double              jitter2;
    uint64_t            t_us;
    bool                started;
} rv_keypoints;

RV_API rv_keypoints_config rv_keypoints_config_default(void);

/// The filter holds its joints itself: no memory is lent. ERR_CONFIG; then unchanged.
RV_API RV_NODISCARD rv_status rv_keypoints_init(rv_keypoints              *self,
                                                const rv_keypoints_config *cfg);

/**
   One cycle.

   @param seen  I  [17]; entries that are not valid or not finite are left out.
   @return ERR_RANGE when time runs backwards; then nothing has changed.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status
rv_keypoints_push(rv_keypoints *self, uint64_t t_us,
                  const rv_keypoint_seen seen[RV_KEYPOINTS_N], rv_keypoints_frame *out);

RV_END_DECLS

#endif // RV_PEOPLE_KEYPOINTS_H
