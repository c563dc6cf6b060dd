// SPDX-License-Identifier: MIT
/**
   @file tap_sigma.h
   The delay profile's numbers with their uncertainty, carried over from the bounds of
   the paths (taps.h) by the first derivative.

   Quality of both is the share of the frame's energy that the taps explain:
   1 - ||y - Phi x||^2 / ||y||^2.

   Place      cir, after taps.
   Source     propagation of errors; bounds of gain and delay: see taps.h.
*/
#ifndef RV_CIR_TAP_SIGMA_H
#define RV_CIR_TAP_SIGMA_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/cir/taps.h>

RV_BEGIN_DECLS

/**
   RMS delay spread S [ns] = sqrt(sum p (d - m)^2 / P), p the power and d the delay of
   the paths, P = sum p, m = sum p d / P:

       dS/dp = ((d - m)^2 - S^2) / (2 S P),   dS/dd = p (d - m) / (S P),
       var p = 4 p s^2,                        var d = delay_sigma_ns^2

   with s the deviation of a gain's re and im. Never below the smallest deviation of a
   delay: a spread, above all that of a lone path, is not known better than a delay.

   @return Unknown for the reason in `taps`.
*/
RV_API RV_REALTIME rv_estimate rv_cir_spread(const rv_cir_taps   *taps,
                                             const rv_cir_result *result);

/**
   Share R of the strongest tap and its neighbours in the energy T of all taps. With
   deviation s of each tap's re and im, sigma^2 = 4 s^2 R (1 - R) / T + (2 s^2 / T)^2;
   the second term, one empty tap's energy, is what is left where R is 0 or 1.

   @return Unknown for the reason in `taps`.
*/
RV_API RV_REALTIME rv_estimate rv_cir_dominance(const rv_cir_taps   *taps,
                                                const rv_cir_result *result);

RV_END_DECLS

#endif // RV_CIR_TAP_SIGMA_H
