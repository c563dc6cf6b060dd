// SPDX-License-Identifier: MIT
/**
   @file paths.h
   What the paths from the grid and the refined ones share.
*/
#ifndef RV_SRC_CIR_PATHS_H
#define RV_SRC_CIR_PATHS_H

#include <ruview/cir/taps.h>

/// Least gain per tone of a path for a deviation of re and of im of `sigma` [per tone]
float rv_cir_least_gain(const rv_cir_plan *plan, const rv_cir_taps_config *config,
                        float sigma);

/// Drop the paths below the threshold for taps->noise, order the rest, and derive
/// everything else from them, the deviations too unless they are there; LOW_QUALITY
/// when none is left
void rv_cir_finish_paths(const rv_cir_plan *plan, const rv_cir_taps_config *config,
                         rv_cir_taps *taps, bool has_deviations);

/// A power of two that brings the largest of |re|, |im| into [1, 4); 0 when all are
/// zero, -1 when one is not finite
float rv_cir_scale_of(const float *re, const float *im, uint32_t n);

#endif // RV_SRC_CIR_PATHS_H
