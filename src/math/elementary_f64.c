// SPDX-License-Identifier: MIT
#include <ruview/math/elementary.h>

#include "base/exact.h"
#include "math/elementary_tables.h"
#include "math/reduce.h"

static double
quiet_nan(void)
{
    return rv_from_bits_f64(0x7FF8000000000000U);
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

// sin(r + t) for a tail t below half a unit of r
static double
sin_core(const double r, const double t)
{
    const double u = r * r;
    return r + (r * (u * horner(sin_f64, 7, u)) + t * (1.0 - 0.5 * u));
}

// cos(r + t): 1 - u/2 is rounded, and what it lost is added back
static double
cos_core(const double r, const double t)
{
    const double u    = r * r;
    const double half = 0.5 * u;
    const double w    = 1.0 - half;
    return w + (((1.0 - w) - half) + ((u * u) * horner(cos_f64, 7, u) - r * t));
}

void
rv_sincos_f64(const double x, double *restrict const s, double *restrict const c)
{
    if (!rv_is_finite_f64(x)) {
        *s = quiet_nan();
        *c = quiet_nan();
        return;
    }
    const rv_reduced r      = rv_reduce_half_pi(x);
    const double     sine   = sin_core(r.hi, r.lo);
    const double     cosine = cos_core(r.hi, r.lo);
    const double     along  = r.n & 1 ? cosine : sine;
    const double     across = r.n & 1 ? sine : cosine;
    *s                      = x == 0.0 ? x : r.n & 2 ? -along : along;
    *c                      = (r.n + 1) & 2 ? -across : across;
}

double
rv_sin_f64(const double x)
{
    double s = 0.0;
    double c = 0.0;
    rv_sincos_f64(x, &s, &c);
    return s;
}

double
rv_cos_f64(const double x)
{
    double s = 0.0;
    double c = 0.0;
    rv_sincos_f64(x, &s, &c);
    return c;
}

// Upper and lower part of a product (Veltkamp's split, Dekker's product)
static double
product_error(const double a, const double b, const double product)
{
    const double split = 134217729.0;
    const double ca    = split * a;
    const double ah    = ca - (ca - a);
    const double al    = a - ah;
    const double cb    = split * b;
    const double bh    = cb - (cb - b);
    const double bl    = b - bh;
    return ((ah * bh - product) + ah * bl + al * bh) + al * bl;
}

// small / large in 0..1 with both brought near 1 in size by a power of two
static double
atan_core(double small, double large)
{
    const uint64_t top = rv_bits_f64(large) >> 52;
    if (top > 1023 + 900 ||
        top < 1023 - 800) { // sums and Dekker's product stay in range
        const double scale = top > 1023 ? 0x1p-200 : 0x1p200;
        small              = small * scale;
        large              = large * scale;
    }
    if (!(large > 0.0)) {
        return 0.0;
    }
    if (small <= 0.41421356237309503 * large) {
        const double t = small / large;
        const double u = t * t;
        // What the division lost
        const double p    = t * large;
        const double lost = ((small - p) - product_error(t, large, p)) / large;
        const double tail = t > 0x1p-100 ? lost * (1.0 - u) : 0.0;
        return t + (t * (u * horner(atan_f64, 12, u)) + tail);
    }
    const double t = (small - large) / (small + large);
    const double u = t * t;
    return 0.25 * pi_hi + (t + (t * (u * horner(atan_f64, 12, u)) + 0.25 * pi_lo));
}

double
rv_atan2_f64(const double y, const double x)
{
    if (x != x || y != y) {
        return quiet_nan();
    }
    const double ay        = rv_abs_f64(y);
    const double ax        = rv_abs_f64(x);
    const int    y_inf     = !rv_is_finite_f64(y);
    const int    x_inf     = !rv_is_finite_f64(x);
    const int    unbounded = y_inf || x_inf;
    const double wy        = unbounded ? (y_inf ? 1.0 : 0.0) : ay;
    const double wx        = unbounded ? (x_inf ? 1.0 : 0.0) : ax;
    const int    steep     = wy > wx;
    const double flat      = atan_core(steep ? wx : wy, steep ? wy : wx);
    const double quarter   = steep ? 0.5 * pi_hi - (flat - 0.5 * pi_lo) : flat;
    const double angle     = rv_bits_f64(x) >> 63 ? pi_hi - (quarter - pi_lo) : quarter;
    return rv_bits_f64(y) >> 63 ? -angle : angle;
}

// Powers of two in two steps, so that results below the normal numbers round once
static double
scale_by_power(const double p, const int32_t k)
{
    if (k > 1000) {
        return p * 0x1p1000 * rv_from_bits_f64((uint64_t)(k - 1000 + 1023) << 52);
    }
    if (k < -1000) {
        return p * rv_from_bits_f64((uint64_t)(k + 1000 + 1023) << 52) * 0x1p-1000;
    }
    return p * rv_from_bits_f64((uint64_t)(k + 1023) << 52);
}

double
rv_exp_f64(const double x)
{
    if (x != x) {
        return quiet_nan();
    }
    const double held = x > 720.0 ? 720.0 : x < -760.0 ? -760.0 : x;
    const double fk   = (held * inv_ln2 + round_shift) - round_shift;
    const double r0   = held - fk * ln2_parts[0];
    const double w    = fk * ln2_parts[1];
    const double r    = r0 - w;
    const double t    = (r0 - r) - w;
    const double p    = 1.0 + (r + ((r * r) * horner(exp_f64, 11, r) + t));
    return scale_by_power(p, (int32_t)fk);
}

double
rv_log_f64(const double x)
{
    if (!(x > 0.0)) {
        return x == 0.0 ? rv_from_bits_f64(0xFFF0000000000000U) : quiet_nan();
    }
    if (!rv_is_finite_f64(x)) {
        return x;
    }
    const int      tiny  = x < 0x1p-1022;
    const uint64_t bits  = rv_bits_f64(tiny ? x * 0x1p54 : x);
    const uint64_t shift = bits - 0x3FE6A09E667F3BCDU; // sqrt(1/2)
    const int32_t  k     = (int32_t)((int64_t)shift >> 52);
    const double   m     = rv_from_bits_f64(bits - ((uint64_t)(int64_t)k << 52));
    const double   fk    = (double)(k - (tiny ? 54 : 0));
    const double   f     = m - 1.0;
    const double   s     = f / (2.0 + f);
    const double   z     = s * s;
    const double   half  = 0.5 * f * f;
    const double   tail  = s * (half + z * horner(log_f64, 8, z)) + fk * ln2_parts[1];
    return fk * ln2_parts[0] - ((half - tail) - f);
}
