// SPDX-License-Identifier: MIT
/**
   @file motion_window.h
   The sums of a window of motion, and what they come to.
*/
#ifndef RV_VITAL_MOTION_WINDOW_H
#define RV_VITAL_MOTION_WINDOW_H

#include <ruview/vital/motion.h>

/// What one window comes to
typedef struct {
    double   variance; ///< Mean over tones
    double   lag;      ///< Covariance with frames before, mean over tones: the smaller
    double   joint;    ///< Covariance of neighbouring tones
    uint32_t n;        ///< Frames
    uint32_t heard;    ///< With those of other senders
    uint64_t from_us, to_us;
} rv_motion_moments;

/// Add a frame `x` [n]; `last` is the frame before, `far` one further back, and `apart`
/// the distance of tones that are neighbours
void rv_motion_block_add(rv_motion_block *self, const float *x, const float *last,
                         const float *far, uint16_t n, uint16_t apart);

/// The window that `self` holds
rv_motion_moments rv_motion_measure(const rv_motion *self);

#endif // RV_VITAL_MOTION_WINDOW_H
