// SPDX-License-Identifier: MIT
/**
   @file refine.h
   Paths off the grid: delays and gains that fit the measured tones best, started from
   the paths of a sparse solution.

   The sparse solution puts every path on a tap or between two and shrinks its gain.
   Here each path in turn is freed of all others (y minus what they explain), moved by a
   Newton step to where it correlates best, and given its least-squares gain; a few
   rounds over all paths. The residual that is left is what the noise is judged by.

   Method     cyclic refinement of "Newtonized Orthogonal Matching Pursuit: Frequency
              Estimation over the Continuum", IEEE Trans. Signal Process. 2016, alg. 1.
   Exactness  sums keep 16 lanes; phases are reduced in f64.
*/
#ifndef RV_CIR_REFINE_H
#define RV_CIR_REFINE_H

#include <ruview/base/attributes.h>
#include <ruview/cir/operator.h>
#include <ruview/cir/taps.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// Floats of work area that rv_cir_refine needs
RV_API size_t rv_cir_refine_floats(const rv_cir_plan *plan);

/**
   Move the paths of `taps` to where they fit y best and test them again, against the
   noise that is left when all of them are taken away.

   @param re,im  [K] the channel that `taps` was made from, finite.
   @param taps   IO; unchanged when it has a reason. Afterwards positions, delays,
   gains, their deviations and everything derived from them belong together, and `noise`
   is the deviation of re and of im that remains.
   @param work   rv_cir_refine_floats floats, aligned for float.
*/
RV_API RV_REALTIME void rv_cir_refine(const rv_cir_plan        *plan,
                                      const rv_cir_taps_config *config, const float *re,
                                      const float *im, rv_cir_taps *taps, float *work);

RV_END_DECLS

#endif // RV_CIR_REFINE_H
