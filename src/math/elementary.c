// SPDX-License-Identifier: MIT
#include <ruview/math/elementary.h>

#include "math/elementary_tables.h"
#include "math/lanes.h"
#include "math/reduce.h"

#define D       double
#define U       uint64_t
#define NAME(x) x##_one

RV_INLINE double
splat_one(const double x)
{
    return x;
}

RV_INLINE uint64_t
bits_one(const double x)
{
    return rv_bits_f64(x);
}

RV_INLINE double
real_one(const uint64_t bits)
{
    return rv_from_bits_f64(bits);
}

RV_INLINE uint64_t
above_one(const double a, const double b)
{
    return 0 - (uint64_t)(a > b);
}

RV_INLINE uint64_t
same_one(const double a, const double b)
{
    return 0 - (uint64_t)(a == b);
}

#include "math/elementary_core.h"

static float
quiet_nan(void)
{
    return rv_from_bits_f32(0x7FC00000U);
}

// 10^6 and more: sine and cosine of what is left of the angle after quarter turns
static void
sincos_large(const float x, float *const s, float *const c)
{
    const rv_reduced r      = rv_reduce_half_pi((double)x);
    double           sine   = 0.0;
    double           cosine = 0.0;
    sincos_one(r.hi, &sine, &cosine);
    const double along  = r.n & 1 ? cosine : sine;
    const double across = r.n & 1 ? sine : cosine;
    *s                  = (float)(r.n & 2 ? -along : along);
    *c                  = (float)((r.n + 1) & 2 ? -across : across);
}

void
rv_sincos_f32(const float x, float *restrict const s, float *restrict const c)
{
    if (!(rv_abs_f32(x) < 1.0e6F)) {
        if (rv_is_finite_f32(x)) {
            sincos_large(x, s, c);
        } else {
            *s = quiet_nan();
            *c = quiet_nan();
        }
        return;
    }
    double sine   = 0.0;
    double cosine = 0.0;
    sincos_one((double)x, &sine, &cosine);
    *s = (float)sine;
    *c = (float)cosine;
}

float
rv_sin_f32(const float x)
{
    float s = 0.0F;
    float c = 0.0F;
    rv_sincos_f32(x, &s, &c);
    return s;
}

float
rv_cos_f32(const float x)
{
    float s = 0.0F;
    float c = 0.0F;
    rv_sincos_f32(x, &s, &c);
    return c;
}

// Of a pair with an infinite one: the infinite one counts as 1, a finite one as 0
static double
as_direction(const float x, const int unbounded)
{
    if (!unbounded) {
        return (double)x;
    }
    return (double)rv_copysign_f32(rv_is_finite_f32(x) ? 0.0F : 1.0F, x);
}

float
rv_atan2_f32(const float y, const float x)
{
    if (x != x || y != y) {
        return quiet_nan();
    }
    const int unbounded = !rv_is_finite_f32(y) || !rv_is_finite_f32(x);
    return (float)atan2_one(as_direction(y, unbounded), as_direction(x, unbounded));
}

float
rv_exp_f32(const float x)
{
    return x == x ? (float)exp_one((double)x) : quiet_nan();
}

float
rv_pow2_f32(const float x)
{
    if (x != x) {
        return quiet_nan();
    }
    const double wide    = (double)rv_clamp_f32(x, -170.0F, 170.0F);
    const double shifted = wide + round_shift;
    return (float)exp_scaled_one((wide - (shifted - round_shift)) * ln2, shifted);
}

static float
log_special(const float x)
{
    return x == 0.0F  ? rv_from_bits_f32(0xFF800000U)
           : x > 0.0F ? x // +inf
                      : quiet_nan();
}

static int
has_log(const float x)
{
    return x > 0.0F && rv_is_finite_f32(x);
}

float
rv_log_f32(const float x)
{
    return has_log(x) ? (float)log_one((double)x) : log_special(x);
}

float
rv_log10_f32(const float x)
{
    return has_log(x) ? (float)(log_one((double)x) * log10_e) : log_special(x);
}

float
rv_cbrt_f32(const float x)
{
    if (!rv_is_finite_f32(x) || x == 0.0F) {
        return rv_canonical_f32(x);
    }
    // A third of the exponent by integer division; two steps of Halley triple the
    // digits
    const double a = (double)rv_abs_f32(x);
    double       t = rv_from_bits_f64(rv_bits_f64(a) / 3 + 0x2A9F7893782DA1CEU);
    for (int i = 0; i < 2; ++i) {
        const double cube = t * t * t;
        t                 = t * ((cube + (a + a)) / ((cube + cube) + a));
    }
    return rv_copysign_f32((float)t, x);
}
