// SPDX-License-Identifier: MIT
/**
   @file tones.h
   A frame as the detectors of this folder want it: at most 64 amplitudes over their
   RMS, so that gain steps cancel, about 312.5 kHz apart.
*/
#ifndef RV_VITAL_TONES_H
#define RV_VITAL_TONES_H

#include <ruview/frame/csi.h>

#include <stdbool.h>
#include <stdint.h>

enum { RV_VITAL_TONES = 64 };

/// How frames of one shape are thinned out
typedef struct {
    uint16_t n_in, n_streams; ///< Shape that it was made for
    uint16_t stride;
    uint16_t n; ///< Amplitudes that come out
} rv_tones;

/// Thinning for this frame's shape
rv_tones rv_tones_for(const rv_csi *csi);

/// The frame has the shape that `self` was made for
bool rv_tones_fit(const rv_tones *self, const rv_csi *csi);

/// @param x  O  [RV_VITAL_TONES], `self->n` of them set.
/// @return false: not finite, or all zero
bool rv_tones_take(const rv_tones *self, const rv_csi *csi, float *x);

#endif // RV_VITAL_TONES_H
