// SPDX-License-Identifier: MIT
/**
   @file random.h
   Seeded random numbers, the same sequence everywhere.

   Place      simulator, random tests, bootstrap intervals; never in a live estimate.
   Source     "Scrambled Linear Pseudorandom Number Generators" (xoshiro256++), ACM
              Trans. Math. Softw. 47 (2021), seeded by splitmix64. Normal numbers: "A
              Note on the Generation of Random Normal Deviates", Ann. Math. Stat. 29
              (1958).
*/
#ifndef RV_MATH_RANDOM_H
#define RV_MATH_RANDOM_H

#include <ruview/base/attributes.h>

#include <stdint.h>

RV_BEGIN_DECLS

/// A generator, copyable; fields are private
typedef struct {
    uint64_t s[4];
    double   spare;     ///< The other one of a pair of normal numbers
    uint32_t has_spare; ///< Whether it is there
} rv_random;

/// Streams of different (seed, stream) are apart
RV_API void rv_random_init(rv_random *self, uint64_t seed, uint64_t stream);

RV_API uint64_t rv_random_u64(rv_random *self); ///< 64 random bits
RV_API void     rv_random_row(rv_random *self, uint64_t *out,
                              uint32_t n);      ///< The next `n` of rv_random_u64()
RV_API uint32_t rv_random_u32(rv_random *self); ///< The upper half of a u64

/// 0..n-1, each as likely; 0 for n = 0
RV_API uint32_t rv_random_below(rv_random *self, uint32_t n);

RV_API float  rv_random_uniform_f32(rv_random *self); ///< In [0, 1), multiples of 2^-24
RV_API double rv_random_uniform_f64(rv_random *self); ///< In [0, 1), multiples of 2^-53
RV_API float  rv_random_range_f32(rv_random *self, float lo, float hi); ///< In lo..hi
RV_API float  rv_random_normal_f32(rv_random *self); ///< Mean 0, deviation 1
RV_API double rv_random_normal_f64(rv_random *self);

RV_END_DECLS

#endif // RV_MATH_RANDOM_H
