// SPDX-License-Identifier: MIT
/**
   @file pose_model.h
   The network that turns link features into seventeen joints with their uncertainty.

   Place      After the features; before the keypoint filter. The weights are a view of
              memory that platform/pose_file.h or the caller filled.
   Method     The same small network looks at every link; its answers are pooled by mean
              and maximum, so that neither the number nor the order of links matters. A
              cycle becomes 64 numbers; the head sees them at six moments of the last
              1.2 s and in two forgetting means, and gives a normal distribution for
              each joint.
   Source     "Deep Sets", NeurIPS 2017, theorem 2 (pooling over a set); "What
              Uncertainties Do We Need in Bayesian Deep Learning for Computer Vision?",
              NeurIPS 2017, eq. (5) (learnt variance).
   Exactness  Sums as in math/kernels.h: the same bits on every machine.
*/
#ifndef RV_PEOPLE_POSE_MODEL_H
#define RV_PEOPLE_POSE_MODEL_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>
#include <ruview/people/pose_features.h>

#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_POSE_JOINTS    = 17, ///< COCO order
    RV_POSE_EMBEDDING = 64, ///< Numbers that stand for one cycle
    RV_POSE_LAGS      = 6,
    RV_POSE_MEMORIES  = 2,
    RV_POSE_HIDDEN    = 128,
    RV_POSE_OUTPUTS   = RV_POSE_JOINTS * 5,
    RV_POSE_DIGEST    = 32,
    RV_POSE_WIDE      = 64, ///< First layer over links
    RV_POSE_POOLED    = 48, ///< Second layer over links
    RV_POSE_CYCLE_IN  = 2 * RV_POSE_POOLED + RV_POSE_TRACK_FEATURES,
    RV_POSE_HEAD_IN   = (RV_POSE_LAGS + RV_POSE_MEMORIES) * RV_POSE_EMBEDDING,
};

/// A named array of a weights file
typedef struct {
    const char  *name;
    uint32_t     n_rows, n_columns; ///< One row for a vector
    const float *values;            ///< [n_rows][n_columns]
} rv_pose_tensor;

/// One dense layer
typedef struct {
    const float *weight; ///< [n_out][n_in]
    const float *bias;   ///< [n_out]
} rv_pose_layer;

/// A view of weights; what it points to outlives it
typedef struct {
    rv_pose_layer link[2], cycle, head[3];
    const float  *mean_position;    ///< [17][3] usual pose in the heading frame
    const float  *mean_sigma;       ///< [17][2] scatter about it, plan and height, with
                                    ///< the hips as origin in plan
    uint8_t digest[RV_POSE_DIGEST]; ///< BLAKE3 of the file
} rv_pose_model;

/// Joints in the heading frame of the track: forward, left, up from the floor
typedef struct {
    float position_m[RV_POSE_JOINTS][3];
    float sigma_m[RV_POSE_JOINTS][2]; ///< Per axis: in plan, in height
} rv_pose_output;

/// Links of one cycle being pooled
typedef struct {
    float    sum[RV_POSE_POOLED], most[RV_POSE_POOLED];
    uint32_t n;
} rv_pose_pool;

/**
   A model from named tensors.

   @return OK; ERR_NOT_FOUND when one is missing; ERR_SHAPE; ERR_NONFINITE. On error
           `self` is unchanged.
*/
RV_API RV_NODISCARD rv_status rv_pose_model_init(rv_pose_model        *self,
                                                 const rv_pose_tensor *tensors,
                                                 uint32_t              n_tensors,
                                                 const uint8_t digest[RV_POSE_DIGEST]);

/// Add one link to an all-zero pool
RV_API RV_REALTIME void rv_pose_pool_add(const rv_pose_model *self, uint32_t cpu_mask,
                                         const float   features[RV_POSE_LINK_FEATURES],
                                         rv_pose_pool *pool);

/// The numbers that stand for the cycle
RV_API RV_REALTIME void rv_pose_embed(const rv_pose_model *self, uint32_t cpu_mask,
                                      const rv_pose_pool *pool,
                                      const float         track[RV_POSE_TRACK_FEATURES],
                                      float               out[RV_POSE_EMBEDDING]);

/// @param in  I  [6] embeddings by lag, newest first, then [2] memories
RV_API RV_REALTIME void rv_pose_answer(const rv_pose_model *self, uint32_t cpu_mask,
                                       const float     in[RV_POSE_HEAD_IN],
                                       rv_pose_output *out);

RV_END_DECLS

#endif // RV_PEOPLE_POSE_MODEL_H
