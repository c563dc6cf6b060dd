// SPDX-License-Identifier: MIT
/**
   @file variants.h
   The copies of each *_lanes.c that this build has; cmake/variants.cmake makes them.
*/
#ifndef RV_MATH_VARIANTS_H
#define RV_MATH_VARIANTS_H

#include <ruview/math/kernels.h>

#ifdef RV_HAVE_VARIANT_avx2
#define RV_VARIANT_ROW_AVX2(X) X(avx2)
#else
#define RV_VARIANT_ROW_AVX2(X)
#endif
#ifdef RV_HAVE_VARIANT_avx512
#define RV_VARIANT_ROW_AVX512(X) X(avx512)
#else
#define RV_VARIANT_ROW_AVX512(X)
#endif

/// X(name) for each variant, slowest first
#define RV_VARIANTS(X) X(plain) X(base) RV_VARIANT_ROW_AVX2(X) RV_VARIANT_ROW_AVX512(X)

#define RV_VARIANT_DECLARE(name) extern const rv_kernels rv_kernels_##name;
RV_VARIANTS(RV_VARIANT_DECLARE)
#undef RV_VARIANT_DECLARE

#endif // RV_MATH_VARIANTS_H
