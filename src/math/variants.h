// SPDX-License-Identifier: MIT
/**
   @file variants.h
   The copies of each *_lanes.c that this build has; cmake/variants.cmake makes them.
*/
#ifndef RV_MATH_VARIANTS_H
#define RV_MATH_VARIANTS_H

#include "math/blake3_ops.h"
#include "math/fft_ops.h"

#include <ruview/math/kernels.h>

/// Number of the variant to use among RV_VARIANTS, from the `needs` of each: the last
/// that the mask allows, and never the plain one unless it is asked for
#define RV_VARIANT_CHOOSE(all, n_all, cpu_mask, chosen)                                \
    do {                                                                               \
        (chosen) = (n_all)-1;                                                          \
        while ((chosen) > 1 && ((all)[chosen]->needs & ~(cpu_mask)) != 0) {            \
            --(chosen);                                                                \
        }                                                                              \
        (chosen) = (cpu_mask)&RV_CPU_PLAIN ? 0 : (chosen);                             \
    } while (0)

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
#ifdef RV_ONLY_PLAIN // where code is dearer than time
#define RV_VARIANTS(X) X(plain)
#else
#define RV_VARIANTS(X) X(plain) X(base) RV_VARIANT_ROW_AVX2(X) RV_VARIANT_ROW_AVX512(X)
#endif

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

/// rv_fuses_*: what the contraction probe of each source found
#define RV_VARIANT_DECLARE(name)                                                       \
    extern const rv_kernels    rv_kernels_##name;                                      \
    extern const rv_fft_ops    rv_fft_ops_##name;                                      \
    extern const rv_blake3_ops rv_blake3_ops_##name;                                   \
    int                        rv_fuses_kernels_##name(void);                          \
    int                        rv_fuses_kernels_16_##name(void);                       \
    int                        rv_fuses_elementary_##name(void);                       \
    int                        rv_fuses_fft_##name(void);
RV_VARIANTS(RV_VARIANT_DECLARE)
#undef RV_VARIANT_DECLARE

#endif // RV_MATH_VARIANTS_H
