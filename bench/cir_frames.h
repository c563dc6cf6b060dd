// SPDX-License-Identifier: MIT
/**
   @file cir_frames.h
   Channels of which everything is known: a few paths with delays off the grid, a stated
   signal-to-noise ratio, and how well any unbiased estimator could do on them.
*/
#ifndef RV_BENCH_CIR_FRAMES_H
#define RV_BENCH_CIR_FRAMES_H

#include <ruview/cir/operator.h>
#include <ruview/cir/solver.h>
#include <ruview/cir/taps.h>

#include <stdint.h>

enum { CIR_MAX_PATHS = 6, CIR_MAX_TONES = 512 };

/// Tone layout of one tier
typedef struct {
    const char *name;
    int         inner;      ///< Lowest tone number above DC
    int         outer;      ///< Highest
    uint32_t    spacing_hz; ///< 312500, or 78125 for HE
} cir_tier;

enum { CIR_N_TIERS = 4 };
extern const cir_tier cir_tiers[CIR_N_TIERS];

/// Tone numbers of a tier; returns their count
uint16_t cir_tier_tones(const cir_tier *tier, int16_t tone[CIR_MAX_TONES]);

/// One channel; delays apart by at least one resolution cell 1/(K spacing), the first
/// path the strongest, the others 0 to 15 dB below it
typedef struct {
    uint32_t n_paths;
    double   delay_ns[CIR_MAX_PATHS]; ///< 0..600
    double   re[CIR_MAX_PATHS];
    double   im[CIR_MAX_PATHS];
    double   sigma; ///< Noise of re and of im
    float    y_re[CIR_MAX_TONES];
    float    y_im[CIR_MAX_TONES];
} cir_frame;

/// Channel `seed` of a tier; n_paths 0: 1..6, snr_db < 0: 10..30 dB
void cir_frame_make(cir_frame *self, const cir_tier *tier, uint64_t seed,
                    uint32_t n_paths, double snr_db);

/// The same channel a moment later: one path turned by up to 0.3 rad, new noise
void cir_frame_next(const cir_frame *self, const cir_tier *tier, uint64_t seed,
                    cir_frame *next);

/// Found against true paths
typedef struct {
    uint32_t missed;               ///< True paths that nothing found is near to
    uint32_t false_alarms;         ///< Found paths that are near to none
    int32_t  match[CIR_MAX_PATHS]; ///< Found path of each true one, or -1
} cir_match;

/// One to one, nearest first, within half a resolution cell
void cir_frame_match(const cir_frame *self, const rv_cir_plan *plan,
                     const rv_cir_taps *found, cir_match *match);

/// Cramer-Rao bounds for the true paths: variance of each delay relative to path 0
/// [ns^2] (0 for path 0) and of each complex gain
void cir_frame_bounds(const cir_frame *self, const cir_tier *tier,
                      double delay[CIR_MAX_PATHS], double gain[CIR_MAX_PATHS]);

#endif // RV_BENCH_CIR_FRAMES_H
