// SPDX-License-Identifier: MIT
#include <ruview/math/elementary.h>

#include "base/exact.h"
#include "math/elementary_tables.h"
#include "math/reduce.h"

// The f32 functions. Each has a twin over lanes in elementary_lanes.c that takes the
// same steps in the same order.

static const double round_shift = 6755399441055744.0; // 1.5 x 2^52: adding it rounds

static float
quiet_nan(void)
{
    return rv_from_bits_f32(0x7FC00000U);
}

static double
horner(const double *const c, const int n, const double x)
{
    double p = c[n - 1];
    for (int i = n - 2; i >= 0; --i) {
        p = p * x + c[i];
    }
    return p;
}

static double
sin_core(const double r)
{
    const double u = r * r;
    return r + r * (u * horner(sin_f32, 5, u));
}

static double
cos_core(const double r)
{
    const double u = r * r;
    return (1.0 - 0.5 * u) + (u * u) * horner(cos_f32, 5, u);
}

// Parts 0 and 1 of pi/2 have 33 bits: below 2^20 half turns n times part 0 is exact and
// what is left out is below 2^-66 x 2^20, far under the nearest approach of an f32.
static double
reduce_f32(const float x, int32_t *const n)
{
    const double wide = (double)x;
    if (rv_abs_f32(x) < 1.0e6F) {
        const double fn = (wide * two_over_pi + round_shift) - round_shift;
        *n              = (int32_t)fn;
        return (wide - fn * half_pi_parts[0]) -
               fn * (half_pi_parts[1] + half_pi_parts[2]);
    }
    const rv_reduced r = rv_reduce_half_pi(wide);
    *n                 = r.n;
    return r.hi;
}

void
rv_sincos_f32(const float x, float *restrict const s, float *restrict const c)
{
    if (!rv_is_finite_f32(x)) {
        *s = quiet_nan();
        *c = quiet_nan();
        return;
    }
    int32_t      n        = 0;
    const double r        = reduce_f32(x, &n);
    const double sine     = sin_core(r);
    const double cosine   = cos_core(r);
    const double along    = n & 1 ? cosine : sine;
    const double across   = n & 1 ? sine : cosine;
    const int    turn_sin = n & 2;
    const int    turn_cos = (n + 1) & 2;
    *s = rv_bits_f32(x) << 1 == 0 ? x : (float)(turn_sin ? -along : along);
    *c = (float)(turn_cos ? -across : across);
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

// arc tangent of small / large, 0 <= small <= large, in 0..pi/4. Above tan(pi/8) it is
// pi/4 plus the arc tangent of (small - large) / (small + large).
static double
atan_core(const double small, const double large)
{
    const int    upper = small > 0.41421356237309503 * large;
    const double top   = upper ? small - large : small;
    const double base  = upper ? small + large : large;
    const double t     = base > 0.0 ? top / base : 0.0;
    const double u     = t * t;
    const double angle = t + t * (u * horner(atan_f32, 8, u));
    return upper ? 0.25 * pi_hi + angle : angle;
}

float
rv_atan2_f32(const float y, const float x)
{
    if (x != x || y != y) {
        return quiet_nan();
    }
    // Infinities become a ratio of 0, 1 or infinity by standing for one number
    const float  inf       = rv_from_bits_f32(0x7F800000U);
    const float  ay        = rv_abs_f32(y);
    const float  ax        = rv_abs_f32(x);
    const int    unbounded = ay == inf || ax == inf;
    const double wy        = unbounded ? (ay == inf ? 1.0 : 0.0) : (double)ay;
    const double wx        = unbounded ? (ax == inf ? 1.0 : 0.0) : (double)ax;
    const int    steep     = wy > wx;
    const double flat      = atan_core(steep ? wx : wy, steep ? wy : wx);
    const double quarter   = steep ? 0.5 * pi_hi - flat : flat;
    const double angle     = rv_bits_f32(x) >> 31 ? pi_hi - quarter : quarter;
    return rv_copysign_f32((float)angle, y);
}

// e^r for |r| <= ln 2 / 2, times 2^k, -1021 < k < 1024
static double
exp_core(const double r, const int32_t k)
{
    const double p = 1.0 + (r + (r * r) * horner(exp_f32, 8, r));
    return p * rv_from_bits_f64((uint64_t)(k + 1023) << 52);
}

float
rv_exp_f32(const float x)
{
    if (x != x) {
        return quiet_nan();
    }
    const double wide = (double)rv_clamp_f32(x, -120.0F, 120.0F);
    const double fk   = (wide * inv_ln2 + round_shift) - round_shift;
    const double r    = (wide - fk * ln2_parts[0]) - fk * ln2_parts[1];
    return (float)exp_core(r, (int32_t)fk);
}

float
rv_pow2_f32(const float x)
{
    if (x != x) {
        return quiet_nan();
    }
    const double wide = (double)rv_clamp_f32(x, -170.0F, 170.0F);
    const double fk   = (wide + round_shift) - round_shift;
    return (float)exp_core((wide - fk) * ln2, (int32_t)fk);
}

// ln of a finite x > 0: x = 2^k m, m in sqrt(1/2)..sqrt(2), s = (m - 1)/(m + 1)
static double
log_core(const double x)
{
    const uint64_t bits  = rv_bits_f64(x);
    const uint64_t shift = bits - 0x3FE6A09E667F3BCDU; // sqrt(1/2)
    const int32_t  k     = (int32_t)((int64_t)shift >> 52);
    const double   m     = rv_from_bits_f64(bits - ((uint64_t)(int64_t)k << 52));
    const double   s     = (m - 1.0) / (m + 1.0);
    const double   z     = s * s;
    const double   fk    = (double)k;
    const double   tail  = s * (z * horner(log_f32, 5, z));
    return fk * ln2_parts[0] + ((s + s) + (tail + fk * ln2_parts[1]));
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
    return has_log(x) ? (float)log_core((double)x) : log_special(x);
}

float
rv_log10_f32(const float x)
{
    return has_log(x) ? (float)(log_core((double)x) * log10_e) : log_special(x);
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
