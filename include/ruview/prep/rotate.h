// SPDX-License-Identifier: MIT
/**
   @file rotate.h
   The two nuisance numbers of every WiFi packet: a common phase and a phase slope over
   the tones (sampling-time offset). Estimate them against a reference, take them out.

   Model      H[k] = g R[k] exp(j (phase + slope tone[k])) + noise, g > 0.
   Estimate   slope from the lag-1 correlation of conj(R) H over neighbouring tones
              (wrap-safe), then Newton steps on |sum w conj(R) H exp(-j slope tone)|,
              which is the weighted least-squares solution. Source: "A fast and accurate
              single frequency estimator", IEEE T-ASSP 37 (1989), 1987-1990; the joint
              fit over antennas as in "SpotFi", SIGCOMM 2015, algorithm 1.
   Exactness  sums over tones in sixteen lanes, folded by halves; over streams in order.
*/
#ifndef RV_PREP_ROTATE_H
#define RV_PREP_ROTATE_H

#include <ruview/base/attributes.h>
#include <ruview/frame/csi.h>

#include <stdint.h>

RV_BEGIN_DECLS

/// Phase and slope between two sets of samples, and how well they fit
typedef struct {
    float phase_rad;   ///< At tone 0, (-pi, pi]
    float slope_rad;   ///< Per tone number
    float gain;        ///< Weighted least-squares amplitude ratio H/R
    float coherence;   ///< |<R,H>| / (|R| |H|) after rotation, 0..1
    float phase_sigma; ///< Standard error [rad] of the phase at the mean tone of the
                       ///< weighted energy, from the residual; 0 from rv_rotation_own()
    float slope_sigma; ///< Standard error [rad per tone]; 0 from rv_rotation_own()
} rv_rotation;

/**
   Fit H to R over all streams at once.

   @param csi     I  H.
   @param ref_re  I  [n_streams][K] R.
   @param weight  I  [K] >= 0; NULL: all 1.
   @return The fit; all zero when either side has no energy.
*/
RV_API RV_REALTIME rv_rotation rv_rotation_fit(const rv_csi *csi, const float *ref_re,
                                               const float *ref_im,
                                               const float *weight);

/**
   Phase and slope of a frame by itself: the slope is the energy-weighted mean delay
   (angle of the lag-1 correlation over neighbouring tones), the phase that of the sum
   after it. `coherence` is |lag-1 correlation| / energy: 1 for one path, about
   n^(-1/2) for random phases.
*/
RV_API RV_REALTIME rv_rotation rv_rotation_own(const rv_csi *csi, const float *weight);

/// H[k] *= exp(-j (phase + slope tone[k])) on all streams, in place
RV_API RV_REALTIME void rv_rotation_remove(rv_csi *csi, float phase_rad,
                                           float slope_rad);

/// Delay in ns of a slope in rad per tone number: -slope / (2 pi spacing)
RV_API float rv_rotation_delay_ns(float slope_rad, uint32_t spacing_hz);

RV_END_DECLS

#endif // RV_PREP_ROTATE_H
