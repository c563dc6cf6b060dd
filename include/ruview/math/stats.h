// SPDX-License-Identifier: MIT
/**
   @file stats.h
   Means, variances, robust scale and circular means.

   Source     "Note on a Method for Calculating Corrected Sums of Squares and Products",
              Technometrics 4 (1962); "Statistical Analysis of Circular Data" (1993),
              ch. 2.
   Exactness  Sums run left to right in f64 unless said otherwise.
*/
#ifndef RV_MATH_STATS_H
#define RV_MATH_STATS_H

#include <ruview/base/attributes.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// 1 / Phi^-1(3/4): turns a median absolute deviation into the sigma of a normal
#define RV_SIGMA_PER_MAD_F32 1.48260222F
#define RV_SIGMA_PER_MAD_F64 1.482602218505602

/// Running mean and variance; start from {0}
typedef struct {
    uint64_t n;
    double   mean;
    double   m2; ///< Sum of squared distances from the mean
} rv_welford;

RV_API void   rv_welford_push(rv_welford *self, double x);
RV_API void   rv_welford_merge(rv_welford *self, const rv_welford *other);
RV_API double rv_welford_variance(const rv_welford *self);   ///< m2/(n-1); 0 for n < 2
RV_API double rv_welford_population(const rv_welford *self); ///< m2/n; 0 for n < 1

RV_API float rv_mean_f32(const float *x, size_t n);     ///< 0 for n = 0
RV_API float rv_variance_f32(const float *x, size_t n); ///< Sample; 0 for n < 2

/// 1.4826 x median |x - median|, n >= 1; `work` [n]; the median too unless NULL
RV_API float rv_robust_scale_f32(const float *x, size_t n, float *work, float *median);

/// Direction and length of a mean of unit vectors
typedef struct {
    float angle;  ///< [rad] -pi..pi; 0 when the length is 0
    float length; ///< Resultant length 0..1: 1 all alike, 0 no direction
} rv_circular;

RV_API rv_circular rv_circular_mean_f32(const float *angle, size_t n);

/// Correlation coefficient -1..1; 0 when either does not vary; n >= 1
RV_API float rv_correlation_f32(const float *a, const float *b, size_t n);

/// x brought to -pi..pi by whole turns
RV_API RV_CONST float rv_wrap_f32(float x);

RV_END_DECLS

#endif // RV_MATH_STATS_H
