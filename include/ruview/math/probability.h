// SPDX-License-Identifier: MIT
/**
   @file probability.h
   Tails and quantiles that turn a stated rate of false alarms into a limit, and a
   measured number into its surprise. All f64, the same bits everywhere.
*/
#ifndef RV_MATH_PROBABILITY_H
#define RV_MATH_PROBABILITY_H

#include <ruview/base/attributes.h>

#include <stdint.h>

RV_BEGIN_DECLS

/**
   z such that P(Z <= z) = p for a standard normal Z.

   @param p  I  0 < p < 1; outside -inf, +inf or NaN.
   @return relative error below 1e-15 of the exact value where p is exact.

   Source: M. J. Wichura, "Algorithm AS 241: The Percentage Points of the Normal
   Distribution", Applied Statistics 37 (1988), PPND16.
*/
RV_API RV_CONST double rv_normal_quantile_f64(double p);

/**
   P(T > t) for Student's t with `dof` degrees of freedom.

   @param dof  I  1..1000000; the cost grows with dof / 2 terms.
   @return absolute error below 1e-15 times the number of terms; NaN for dof 0.

   Source: M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions", 1964,
   26.7.3 and 26.7.4.
*/
RV_API RV_CONST double rv_student_tail_f64(double t, uint32_t dof);

RV_END_DECLS

#endif // RV_MATH_PROBABILITY_H
