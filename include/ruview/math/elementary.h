// SPDX-License-Identifier: MIT
/**
   @file elementary.h
   Sine, arc tangent, exponential, logarithm and their like, the same bits everywhere.

   Place      under every stage; no stage calls libm.
   Source     Argument reduction: "A Continued-Fraction Analysis of Trigonometric
              Argument Reduction", IEEE Trans. Comput. 44 (1995), and "Radian Reduction
              for Trigonometric Functions", SIGNUM Newsl. 18 (1983). Polynomials:
              tools/gen_elementary.py.
   Exactness  + - x / sqrt and integers only, in a written order. The f32 functions
              compute in f64 and round once: at most 0.51 ulp for every f32 argument
              (docs/determinism.md has the table). The f64 functions stay below 1 ulp,
              atan2 below 2 ulp.

   Symmetry is exact: sin, atan2 in y and cbrt are odd, cos is even. Every NaN that
   comes out is 0x7FC00000 (f32) or 0x7FF8000000000000 (f64).
*/
#ifndef RV_MATH_ELEMENTARY_H
#define RV_MATH_ELEMENTARY_H

#include <ruview/base/attributes.h>

#include <stdint.h>
#include <string.h>

RV_BEGIN_DECLS

#define RV_PI_F32 3.14159274F          ///< pi rounded to f32
#define RV_PI_F64 3.141592653589793116 ///< pi rounded to f64

RV_API RV_CONST float rv_sin_f32(float x); ///< Sine [rad]; NaN for +-inf
RV_API RV_CONST float rv_cos_f32(float x); ///< Cosine [rad]; NaN for +-inf

/// Both at once, the same bits as each alone
RV_API void rv_sincos_f32(float x, float *RV_RESTRICT s, float *RV_RESTRICT c);

/// Angle of the point (x, y) [rad], -pi..pi, with the signed zeros of C11 F.10.1.4
RV_API RV_CONST float rv_atan2_f32(float y, float x);

RV_API RV_CONST float rv_exp_f32(float x);   ///< e^x
RV_API RV_CONST float rv_pow2_f32(float x);  ///< 2^x; exact for whole x
RV_API RV_CONST float rv_log_f32(float x);   ///< ln x; -inf at +-0, NaN below 0
RV_API RV_CONST float rv_log10_f32(float x); ///< log10 x; exact at powers of ten
RV_API RV_CONST float rv_cbrt_f32(float x);  ///< Cube root, odd

RV_API RV_CONST double rv_sin_f64(double x);
RV_API RV_CONST double rv_cos_f64(double x);
RV_API void rv_sincos_f64(double x, double *RV_RESTRICT s, double *RV_RESTRICT c);
RV_API RV_CONST double rv_atan2_f64(double y, double x);
RV_API RV_CONST double rv_exp_f64(double x);
RV_API RV_CONST double rv_log_f64(double x);

/// Correctly rounded by IEEE-754; NaN below 0
static inline float
rv_sqrt_f32(const float x)
{
    return __builtin_sqrtf(x);
}

/// Correctly rounded by IEEE-754; NaN below 0
static inline double
rv_sqrt_f64(const double x)
{
    return __builtin_sqrt(x);
}

static inline uint32_t
rv_bits_f32(const float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float
rv_from_bits_f32(const uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline uint64_t
rv_bits_f64(const double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double
rv_from_bits_f64(const uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline float
rv_abs_f32(const float x)
{
    return rv_from_bits_f32(rv_bits_f32(x) & 0x7FFFFFFFU);
}

static inline double
rv_abs_f64(const double x)
{
    return rv_from_bits_f64(rv_bits_f64(x) & 0x7FFFFFFFFFFFFFFFU);
}

/// Magnitude of the first, sign of the second
static inline float
rv_copysign_f32(const float x, const float sign)
{
    return rv_from_bits_f32((rv_bits_f32(x) & 0x7FFFFFFFU) |
                            (rv_bits_f32(sign) & 0x80000000U));
}

/// Neither infinite nor NaN
static inline int
rv_is_finite_f32(const float x)
{
    return (rv_bits_f32(x) & 0x7F800000U) != 0x7F800000U;
}

static inline int
rv_is_finite_f64(const double x)
{
    return (rv_bits_f64(x) >> 52 & 0x7FF) != 0x7FF;
}

/// NaN as 0x7FC00000, everything else unchanged
static inline float
rv_canonical_f32(const float x)
{
    return x == x ? x : rv_from_bits_f32(0x7FC00000U);
}

/// The larger; the first when they are equal; the other one when one is NaN
static inline float
rv_max_f32(const float a, const float b)
{
    return b > a || a != a ? b : a;
}

/// The smaller; the first when they are equal; the other one when one is NaN
static inline float
rv_min_f32(const float a, const float b)
{
    return b < a || a != a ? b : a;
}

/// x held to lo..hi; lo for NaN
static inline float
rv_clamp_f32(const float x, const float lo, const float hi)
{
    return !(x > lo) ? lo : x > hi ? hi : x;
}

/// Toward zero; NaN becomes 0; outside the range the nearest end of it
static inline int32_t
rv_to_i32(const float x)
{
    if (x != x) {
        return 0;
    }
    return x >= 2147483648.0F ? INT32_MAX : x < -2147483648.0F ? INT32_MIN : (int32_t)x;
}

/// Toward zero; NaN becomes 0; outside the range the nearest end of it
static inline int64_t
rv_to_i64(const double x)
{
    if (x != x) {
        return 0;
    }
    return x >= 9223372036854775808.0   ? INT64_MAX
           : x < -9223372036854775808.0 ? INT64_MIN
                                        : (int64_t)x;
}

/// The largest whole number not above x
static inline float
rv_floor_f32(const float x)
{
    if (!(rv_abs_f32(x) < 8388608.0F)) { // whole already, infinite or NaN
        return rv_canonical_f32(x);
    }
    const float whole = (float)(int32_t)x;
    return rv_copysign_f32(whole > x ? whole - 1.0F : whole, x);
}

/// The largest whole number not above x
static inline double
rv_floor_f64(const double x)
{
    if (!(rv_abs_f64(x) < 4503599627370496.0)) {
        return x;
    }
    const double whole = (double)(int64_t)x;
    const double down  = whole > x ? whole - 1.0 : whole;
    return rv_from_bits_f64((rv_bits_f64(down) & 0x7FFFFFFFFFFFFFFFU) |
                            (rv_bits_f64(x) & 0x8000000000000000U));
}

/// Nearest, halves to even; NaN becomes 0; outside the range the nearest end of it
static inline int32_t
rv_round_i32(const float x)
{
    if (!(rv_abs_f32(x) < 4194304.0F)) {
        return x == x && rv_abs_f32(x) < 8388608.0F
                   ? rv_to_i32(
                         (float)(((double)x + 6755399441055744.0) - 6755399441055744.0))
                   : rv_to_i32(x);
    }
    return (int32_t)((x + 12582912.0F) - 12582912.0F);
}

/// sqrt(x^2 + y^2) without overflow on the way; +inf when either is infinite
static inline float
rv_hypot_f32(const float x, const float y)
{
    const double dx = (double)x;
    const double dy = (double)y;
    if ((rv_bits_f32(x) & 0x7FFFFFFFU) == 0x7F800000U ||
        (rv_bits_f32(y) & 0x7FFFFFFFU) == 0x7F800000U) {
        return rv_from_bits_f32(0x7F800000U);
    }
    return rv_canonical_f32((float)rv_sqrt_f64(dx * dx + dy * dy));
}

RV_END_DECLS

#endif // RV_MATH_ELEMENTARY_H
