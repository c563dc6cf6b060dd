// SPDX-License-Identifier: MIT
/**
   @file look.h
   What every look at a sampler does: when it is due, what a peak is worth, what is
   known between looks.
*/
#ifndef RV_VITAL_LOOK_H
#define RV_VITAL_LOOK_H

#include "vital/spectrum.h"

#include <ruview/base/reason.h>
#include <ruview/vital/sampler.h>

#include <stdint.h>

/// Slot before which the newest window ends: every `apart` slots, `late` slots after
/// the full ones, so that links take turns; 0: none yet
uint64_t rv_look_end(uint64_t t_us, uint64_t late, uint64_t apart);

/// A rate per minute from a peak in a window of that length, its uncertainty and
/// quality
rv_estimate rv_look_rate(const rv_spectrum_peak *peak, float window_s);

/// What was answered by the last look, or why it does not hold at `t_us`
rv_estimate rv_look_at(const rv_sampler *sampler, rv_estimate answer, uint64_t t_us);

#endif // RV_VITAL_LOOK_H
