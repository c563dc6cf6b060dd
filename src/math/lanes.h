// SPDX-License-Identifier: MIT
/**
   @file lanes.h
   Vectors of the width that the instruction set has, and the virtual vector of 16 x f32
   made of them. Sources named *_lanes.c are compiled once per instruction set
   (cmake/variants.cmake) and include this.

   Exactness  Only element-wise + - x / sqrt, comparisons and bit operations: every
              width gives the same bits. Sums keep 16 lanes and fold by halves
              (rv_fold).
   Traps      Load and store go through memcpy: no alignment is assumed. Everything
              here is inlined: no vector crosses a call, whose convention depends on the
              flags. Selection is by bit mask. Square roots are IEEE-754 instructions,
              one per element. 32-bit ARM gets width 1: its NEON flushes subnormals.
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

#if RV_WIDTH == 8
// Ones in the first k of eight elements, from 8 - k on
static const int32_t rv_first_ones[16] = {-1, -1, -1, -1, -1, -1, -1, -1};

RV_INLINE __m256i
rv_first(const size_t k)
{
    __m256i mask;
    memcpy(&mask, rv_first_ones + (8 - k), sizeof mask);
    return mask;
}
#endif

/// k = 1..RV_WIDTH elements from p; the others are +0
RV_INLINE rv_vf
rv_load(const float *const p, const size_t k)
{
    rv_vf v;
    if (k == RV_WIDTH) {
        memcpy(&v, p, sizeof v);
        return v;
    }
#if RV_WIDTH == 16
    return (rv_vf)_mm512_maskz_loadu_ps((__mmask16)((1U << k) - 1U), p);
#elif RV_WIDTH == 8
    return (rv_vf)_mm256_maskload_ps(p, rv_first(k));
#else
    float part[RV_WIDTH] = {0};
    for (size_t i = 0; i < k; ++i) {
        part[i] = p[i];
    }
    memcpy(&v, part, sizeof v);
    return v;
#endif
}

/// The first k = 1..RV_WIDTH elements to p
RV_INLINE void
rv_store(float *const p, const size_t k, const rv_vf v)
{
    if (k == RV_WIDTH) {
        memcpy(p, &v, sizeof v);
        return;
    }
#if RV_WIDTH == 16
    _mm512_mask_storeu_ps(p, (__mmask16)((1U << k) - 1U), (__m512)v);
#elif RV_WIDTH == 8
    _mm256_maskstore_ps(p, rv_first(k), (__m256)v);
#else
    float part[RV_WIDTH];
    memcpy(part, &v, sizeof v);
    for (size_t i = 0; i < k; ++i) {
        p[i] = part[i];
    }
#endif
}

/// The same number in every element
RV_INLINE rv_vf
rv_splat(const float x)
{
#if RV_WIDTH == 16
    return (rv_vf){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
#elif RV_WIDTH == 8
    return (rv_vf){x, x, x, x, x, x, x, x};
#elif RV_WIDTH == 4
    return (rv_vf){x, x, x, x};
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

/// b where it is below a, else a: also for NaN and zeros, of which neither is below
RV_INLINE rv_vf
rv_lower(const rv_vf a, const rv_vf b)
{
#if defined(RV_LANES_PLAIN) || RV_WIDTH == 1
    return b < a ? b : a;
#elif RV_WIDTH == 16
    return (rv_vf)_mm512_min_ps((__m512)b, (__m512)a);
#elif RV_WIDTH == 8
    return (rv_vf)_mm256_min_ps((__m256)b, (__m256)a);
#elif defined(__SSE2__)
    return (rv_vf)_mm_min_ps((__m128)b, (__m128)a);
#elif defined(__wasm__)
    return (rv_vf)wasm_f32x4_pmin((v128_t)a, (v128_t)b);
#else
    return rv_select(rv_above(a, b), b, a);
#endif
}

/// a where it is above b, else b
RV_INLINE rv_vf
rv_upper(const rv_vf a, const rv_vf b)
{
#if defined(RV_LANES_PLAIN) || RV_WIDTH == 1
    return a > b ? a : b;
#elif RV_WIDTH == 16
    return (rv_vf)_mm512_max_ps((__m512)a, (__m512)b);
#elif RV_WIDTH == 8
    return (rv_vf)_mm256_max_ps((__m256)a, (__m256)b);
#elif defined(__SSE2__)
    return (rv_vf)_mm_max_ps((__m128)a, (__m128)b);
#elif defined(__wasm__)
    return (rv_vf)wasm_f32x4_pmax((v128_t)b, (v128_t)a);
#else
    return rv_select(rv_above(a, b), a, b);
#endif
}

/// Whether any bit of a mask is set
RV_INLINE int
rv_any(const rv_vi mask)
{
    int32_t element[RV_WIDTH];
    int32_t any = 0;
    memcpy(element, &mask, sizeof element);
    for (int i = 0; i < RV_WIDTH; ++i) {
        any |= element[i];
    }
    return any != 0;
}

/// The same whole number in every element
RV_INLINE rv_vi
rv_splat_i32(const int32_t x)
{
#if RV_WIDTH == 16
    return (rv_vi){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
#elif RV_WIDTH == 8
    return (rv_vi){x, x, x, x, x, x, x, x};
#elif RV_WIDTH == 4
    return (rv_vi){x, x, x, x};
#else
    return x;
#endif
}

/// Ones among 64 bits
RV_INLINE uint32_t
rv_ones(uint64_t x)
{
#if defined(__POPCNT__) || defined(__aarch64__) || defined(__wasm__)
    return (uint32_t)__builtin_popcountll(x); // one instruction there, no library call
#else
    x = x - (x >> 1 & 0x5555555555555555U);
    x = (x & 0x3333333333333333U) + (x >> 2 & 0x3333333333333333U);
    x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0FU;
    return (uint32_t)(x * 0x0101010101010101U >> 56);
#endif
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
#if RV_WIDTH > 1
    typedef float four __attribute__((vector_size(16)));
    four          q[4];
    memcpy(q, &v, sizeof q);
    const four  f = (q[0] + q[2]) + (q[1] + q[3]);
    const float s = (f[0] + f[2]) + (f[1] + f[3]);
    return rv_canonical_f32(s);
#else
    float s[16];
    rv_store_16(s, v);
    for (size_t half = 8; half >= 1; half /= 2) {
        for (size_t k = 0; k < half; ++k) {
            s[k] += s[k + half];
        }
    }
    return rv_canonical_f32(s[0]);
#endif
}

/// Contraction probe: whether this source was compiled to fused multiply-adds. With
/// a = 1 + 2^-12 (2^-27 in f64), a^2 loses its last term when it is rounded alone.
RV_INLINE int
rv_lanes_fuse(void)
{
    volatile float  a  = 1.0F + 0x1p-12F;
    volatile float  c  = -(1.0F + 0x1p-11F);
    volatile double wa = 1.0 + 0x1p-27;
    volatile double wc = -(1.0 + 0x1p-26);
    const rv_vf     va = rv_splat(a);
    const rv_vf     vr = va * va + rv_splat(c);
    const float     x  = a;
    const double    y  = wa;
    return rv_any(rv_as_bits(vr)) || x * x + c != 0.0F || y * y + wc != 0.0;
}

#endif // RV_MATH_LANES_H
