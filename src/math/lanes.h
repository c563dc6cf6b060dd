// SPDX-License-Identifier: MIT
/**
   @file lanes.h
   Vectors of the width that the instruction set has, and the virtual vector of 16 x f32
   made of them. Sources named *_lanes.c are compiled once per instruction set
   (cmake/variants.cmake) and include this.

   Exactness  Only element-wise + - x / sqrt, comparisons and bit operations: every
   width gives the same bits. Sums keep 16 lanes and fold by halves (rv_fold). Traps
   Load and store go through memcpy: no alignment is assumed. Everything here is
   inlined: no vector crosses a call, whose convention depends on the flags. Selection
   is by bit mask. Square roots are IEEE-754 instructions, one per element. 32-bit ARM
   gets width 1: its NEON flushes subnormals.
*/
#ifndef RV_MATH_LANES_H
#define RV_MATH_LANES_H

#include "base/exact.h"

#include <ruview/math/elementary.h>

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define RV_INLINE static inline __attribute__((always_inline, unused))

/// f32 per hardware vector
#if defined(RV_LANES_PLAIN)
#define RV_WIDTH 1
#elif defined(__AVX512F__)
#define RV_WIDTH 16
#include <immintrin.h>
#elif defined(__AVX2__)
#define RV_WIDTH 8
#include <immintrin.h>
#elif defined(__SSE2__)
#define RV_WIDTH 4
#include <emmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON)
#define RV_WIDTH 4
#include <arm_neon.h>
#elif defined(__wasm_simd128__)
#define RV_WIDTH 4
#include <wasm_simd128.h>
#else
#define RV_WIDTH 1
#endif

enum { RV_PARTS = 16 / RV_WIDTH }; ///< Hardware vectors per virtual vector

#if RV_WIDTH > 1
typedef float    rv_vf __attribute__((vector_size(4 * RV_WIDTH)));
typedef int32_t  rv_vi __attribute__((vector_size(4 * RV_WIDTH)));
typedef uint32_t rv_vu __attribute__((vector_size(4 * RV_WIDTH)));
#else
typedef float    rv_vf;
typedef int32_t  rv_vi;
typedef uint32_t rv_vu;
#endif

/// Sixteen f32
typedef struct {
    rv_vf p[RV_PARTS];
} rv_f32x16;

/// Run a statement for each part I of a virtual vector
#if RV_WIDTH == 16
#define RV_EACH_PART(...)                                                              \
    {                                                                                  \
        enum { I = 0 };                                                                \
        __VA_ARGS__                                                                    \
    }
#elif RV_WIDTH == 8
#define RV_EACH_PART(...)                                                              \
    {                                                                                  \
        enum { I = 0 };                                                                \
        __VA_ARGS__                                                                    \
    }                                                                                  \
    {                                                                                  \
        enum { I = 1 };                                                                \
        __VA_ARGS__                                                                    \
    }
#elif RV_WIDTH == 4
#define RV_EACH_PART(...)                                                              \
    {                                                                                  \
        enum { I = 0 };                                                                \
        __VA_ARGS__                                                                    \
    }                                                                                  \
    {                                                                                  \
        enum { I = 1 };                                                                \
        __VA_ARGS__                                                                    \
    }                                                                                  \
    {                                                                                  \
        enum { I = 2 };                                                                \
        __VA_ARGS__                                                                    \
    }                                                                                  \
    {                                                                                  \
        enum { I = 3 };                                                                \
        __VA_ARGS__                                                                    \
    }
#else
#define RV_EACH_PART(...)                                                              \
    for (size_t I = 0; I < 16; ++I) {                                                  \
        __VA_ARGS__                                                                    \
    }
#endif

/// k = 1..RV_WIDTH elements from p; the others are +0
RV_INLINE rv_vf
rv_load(const float *const p, const size_t k)
{
    rv_vf v;
    if (k == RV_WIDTH) {
        memcpy(&v, p, sizeof v);
    } else {
        float part[RV_WIDTH] = {0};
        for (size_t i = 0; i < k; ++i) {
            part[i] = p[i];
        }
        memcpy(&v, part, sizeof v);
    }
    return v;
}

/// The first k = 1..RV_WIDTH elements to p
RV_INLINE void
rv_store(float *const p, const size_t k, const rv_vf v)
{
    if (k == RV_WIDTH) {
        memcpy(p, &v, sizeof v);
    } else {
        float part[RV_WIDTH];
        memcpy(part, &v, sizeof v);
        for (size_t i = 0; i < k; ++i) {
            p[i] = part[i];
        }
    }
}

/// The same number in every element
RV_INLINE rv_vf
rv_splat(const float x)
{
#if RV_WIDTH > 1
    rv_vf v;
    for (int i = 0; i < RV_WIDTH; ++i) {
        v[i] = x;
    }
    return v;
#else
    return x;
#endif
}

RV_INLINE rv_vi
rv_as_bits(const rv_vf x)
{
    rv_vi bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

RV_INLINE rv_vf
rv_as_float(const rv_vi bits)
{
    rv_vf x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/// All ones where a > b, else zero; NaN is never above
RV_INLINE rv_vi
rv_above(const rv_vf a, const rv_vf b)
{
#if RV_WIDTH > 1
    return a > b;
#else
    return -(a > b);
#endif
}

/// All ones where a == b, else zero
RV_INLINE rv_vi
rv_equal(const rv_vf a, const rv_vf b)
{
#if RV_WIDTH > 1
    return a == b;
#else
    return -(a == b);
#endif
}

/// a where the mask is all ones, b where it is zero
RV_INLINE rv_vf
rv_select(const rv_vi mask, const rv_vf a, const rv_vf b)
{
    return rv_as_float((mask & rv_as_bits(a)) | (~mask & rv_as_bits(b)));
}

RV_INLINE rv_vf
rv_vabs(const rv_vf x)
{
    return rv_as_float(rv_as_bits(x) & 0x7FFFFFFF);
}

/// Correctly rounded square roots
RV_INLINE rv_vf
rv_vsqrt(const rv_vf x)
{
#if defined(RV_LANES_PLAIN) || RV_WIDTH == 1
    return rv_sqrt_f32(x);
#elif RV_WIDTH == 16
    return (rv_vf)_mm512_sqrt_ps((__m512)x);
#elif RV_WIDTH == 8
    return (rv_vf)_mm256_sqrt_ps((__m256)x);
#elif defined(__SSE2__)
    return (rv_vf)_mm_sqrt_ps((__m128)x);
#elif defined(__aarch64__)
    return (rv_vf)vsqrtq_f32((float32x4_t)x);
#else
    return (rv_vf)wasm_f32x4_sqrt((v128_t)x);
#endif
}

RV_INLINE rv_f32x16
rv_zero_16(void)
{
    rv_f32x16 z;
    RV_EACH_PART(z.p[I] = rv_splat(0.0F);)
    return z;
}

RV_INLINE rv_f32x16
rv_load_16(const float *const p)
{
    rv_f32x16 v;
    memcpy(&v, p, sizeof v);
    return v;
}

RV_INLINE void
rv_store_16(float *const p, const rv_f32x16 v)
{
    memcpy(p, &v, sizeof v);
}

/// Lane k += lane k+8, then +4, +2, +1; every NaN is 0x7FC00000
RV_INLINE float
rv_fold(const rv_f32x16 v)
{
    float s[16];
    rv_store_16(s, v);
    for (size_t half = 8; half >= 1; half /= 2) {
        for (size_t k = 0; k < half; ++k) {
            s[k] += s[k + half];
        }
    }
    return rv_canonical_f32(s[0]);
}

#endif // RV_MATH_LANES_H
