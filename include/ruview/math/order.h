// SPDX-License-Identifier: MIT
/**
   @file order.h
   Sorting and selection under one total order: -inf < ... < -0 < +0 < ... < +inf < NaN,
   and the lower index first among equals. So results do not depend on the algorithm.
*/
#ifndef RV_MATH_ORDER_H
#define RV_MATH_ORDER_H

#include <ruview/base/attributes.h>

#include <stddef.h>
#include <stdint.h>
#include <string.h>

RV_BEGIN_DECLS

/// An integer that stands in the same order as the number; every NaN is the largest
static inline uint32_t
rv_order_key(const float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if ((bits & 0x7FFFFFFFU) > 0x7F800000U) {
        return 0xFFFFFFFFU;
    }
    return bits >> 31 ? ~bits : bits | 0x80000000U;
}

/// Ascending, in place
RV_API void rv_sort_f32(float *x, size_t n);
RV_API void rv_sort_f64(double *x, size_t n);
RV_API void rv_sort_u32(uint32_t *x, size_t n);
RV_API void rv_sort_u64(uint64_t *x, size_t n);

/// index[0..n-1] such that x[index[0]] is the smallest; stable
RV_API void rv_argsort_f32(const float *x, uint32_t *index, size_t n);

/// index[0..k-1] of the k largest, largest first, NaN last; k <= n, index has room for
/// n
RV_API void rv_top_f32(const float *x, size_t n, size_t k, uint32_t *index);

/// The k-th smallest (0 first) of x, which is rearranged; k < n. A NaN may come out as
/// another one.
RV_API float  rv_nth_f32(float *x, size_t n, size_t k);
RV_API double rv_nth_f64(double *x, size_t n, size_t k);

/// Median of x [n], n >= 1: the middle one, or (lower + upper) / 2; `work` [n] apart
RV_API float  rv_median_f32(const float *x, size_t n, float *work);
RV_API double rv_median_f64(const double *x, size_t n, double *work);

/// Median of |x - centre|; `work` [n] apart
RV_API float  rv_mad_f32(const float *x, size_t n, float centre, float *work);
RV_API double rv_mad_f64(const double *x, size_t n, double centre, double *work);

/// Quantile q in 0..1 of x [n], n >= 1, linear between order statistics at q (n-1)
RV_API float rv_quantile_f32(const float *x, size_t n, float q, float *work);

RV_END_DECLS

#endif // RV_MATH_ORDER_H
