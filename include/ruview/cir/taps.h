// SPDX-License-Identifier: MIT
/**
   @file taps.h
   What a sparse delay profile says: paths, their delays and gains with uncertainties,
   and a few numbers about the whole.

   A path that lies between two taps of the grid shows as two or three neighbouring
   non-zero taps. Neighbours are one cluster, a cluster above the detection threshold is
   one path. Its delay is relative to the strongest path: one-way CSI carries an unknown
   packet-detection delay, so **no range is ever derived** (`ranging`).

   Detection  power of a path against the noise: P(false alarm) = `false_alarm` per
   frame over G taps ("Radar detection and tracking", order-statistic CFAR: Rohling,
              IEEE Trans. Aerosp. Electron. Syst. 1983).
   Bounds     variance of a path's gain and delay: Stoica, Nehorai, "MUSIC, maximum
              likelihood, and Cramer-Rao bound", IEEE Trans. ASSP 1989, for one path.
*/
#ifndef RV_CIR_TAPS_H
#define RV_CIR_TAPS_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/cir/operator.h>
#include <ruview/cir/solver.h>

#include <stdint.h>

RV_BEGIN_DECLS

enum { RV_CIR_MAX_PATHS = 16 }; ///< Paths that are told apart, at most

/// One propagation path
typedef struct {
    uint16_t tap;            ///< Strongest tap of the cluster
    float    position;       ///< Delay in taps, with fraction, 0..G
    float    delay_ns;       ///< Relative to the strongest path
    float    delay_sigma_ns; ///< Its standard deviation (of the strongest: of its own
                             ///< delay), from the Cramer-Rao bound
    float re, im;            ///< Gain, units of y per tone
    float sigma;             ///< Standard deviation of re and of im
} rv_cir_path;

/// The delay profile in numbers
typedef struct {
    rv_reason reason;        ///< NONE, or why everything below is 0
    uint16_t  dominant_tap;  ///< Index of the strongest tap
    float dominant_ratio;    ///< Energy of that tap and its two neighbours (circular) /
                             ///< energy of all taps, 0..1
    float    rms_spread_ns;  ///< Power-weighted standard deviation of the paths' delays
    float    mean_excess_ns; ///< Power-weighted mean delay after the first path
    float    k_factor_db;    ///< Strongest path over all others; 60 at most
    float    noise;   ///< Deviation of re and of im that paths were tested against
    uint16_t n_paths; ///< Paths above the threshold
    rv_cir_path path[RV_CIR_MAX_PATHS]; ///< Ascending in delay
    rv_reason   ranging; ///< Always UNSUPPORTED: one-way CSI has no time of flight
} rv_cir_taps;

/// How paths are told from noise
typedef struct {
    float false_alarm; ///< Probability of one false path per frame; default 0.01
    float floor_ratio; ///< Least amplitude of a path / strongest; default 0.05
} rv_cir_taps_config;

RV_API void rv_cir_taps_config_default(rv_cir_taps_config *config);

/// Paths and numbers of a result; `taps` is always filled in
RV_API RV_REALTIME void rv_cir_taps_of(const rv_cir_plan        *plan,
                                       const rv_cir_taps_config *config,
                                       const rv_cir_result *result, rv_cir_taps *taps);

/**
   Indices of the k largest of |re + j im|^2, largest first; equal values in order of
   index. Keeps a heap of k: O(n log k), nothing is copied.

   @param index  [k], filled to the return value, min(k, n).
*/
RV_API RV_REALTIME uint32_t rv_cir_top_k(const float *re, const float *im, uint32_t n,
                                         uint32_t k, uint16_t *index);

RV_END_DECLS

#endif // RV_CIR_TAPS_H
