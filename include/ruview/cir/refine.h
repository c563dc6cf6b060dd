// SPDX-License-Identifier: MIT
/**
   @file refine.h
   Paths off the grid: delays and gains that fit the measured tones best, started from
   the paths of a sparse solution.

   The sparse solution puts every path on a tap or between two and shrinks its gain.
   Gauss-Newton steps on all delays and gains at once undo both: with y = sum_p a_p
   exp(-2 pi j n tau_p spacing) they minimise the squared error, and the inverse of the
   normal matrix, times the noise that is left, is what the paths are known to: the
   Cramer-Rao bound at the estimate, all paths unknown together.

   Method     maximum likelihood by scoring: Kay, "Fundamentals of Statistical Signal
              Processing: Estimation Theory", 1993, sec. 7.7; the same model as in
              "Newtonized Orthogonal Matching Pursuit", IEEE Trans. Signal Process.
              2016, which moves one path at a time.
   Exactness  sums over tones keep 16 lanes, the normal equations are f64.
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
   @param work   rv_cir_refine_floats floats, aligned for double.
*/
RV_API RV_REALTIME void rv_cir_refine(const rv_cir_plan        *plan,
                                      const rv_cir_taps_config *config, const float *re,
                                      const float *im, rv_cir_taps *taps, float *work);

RV_END_DECLS

#endif // RV_CIR_REFINE_H
