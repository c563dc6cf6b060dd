// SPDX-License-Identifier: MIT
/**
   @file variants.h
   The copies of each *_lanes.c that this build has; cmake/variants.cmake makes them.
*/
#ifndef RV_MATH_VARIANTS_H
#define RV_MATH_VARIANTS_H

#include "math/fft_ops.h"

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

/// Inside a *_lanes.c: a name of this copy, and what it needs of the CPU
#ifdef RV_VARIANT
#define RV_VARIANT_JOIN2(stem, name) stem##_##name
#define RV_VARIANT_JOIN(stem, name)  RV_VARIANT_JOIN2(stem, name)
#define RV_VARIANT_NAME(stem)        RV_VARIANT_JOIN(stem, RV_VARIANT)
#define RV_VARIANT_TEXT2(name)       #name
#define RV_VARIANT_TEXT1(name)       RV_VARIANT_TEXT2(name)
#define RV_VARIANT_TEXT              RV_VARIANT_TEXT1(RV_VARIANT)
#if defined(__AVX512F__)
#define RV_VARIANT_NEEDS (RV_CPU_AVX2 | RV_CPU_AVX512)
#elif defined(__AVX2__)
#define RV_VARIANT_NEEDS RV_CPU_AVX2
#else
#define RV_VARIANT_NEEDS 0
#endif
#endif

#define RV_VARIANT_DECLARE(name)                                                       \
    extern const rv_kernels rv_kernels_##name;                                         \
    extern const rv_fft_ops rv_fft_ops_##name;
RV_VARIANTS(RV_VARIANT_DECLARE)
#undef RV_VARIANT_DECLARE

#endif // RV_MATH_VARIANTS_H
