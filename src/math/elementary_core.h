// SPDX-License-Identifier: MIT
// The f32 functions on f64 numbers D with 64-bit patterns U beside them, one at a time
// or a vector of them: elementary.c and elementary_lanes.c include this with D, U and
// NAME() set, so that both take the same steps. Needs NAME(splat), NAME(bits),
// NAME(real), NAME(above) (a mask where a > b), NAME(same) (where a == b). No include
// guard.

RV_INLINE D
NAME(select)(const U mask, const D a, const D b)
{
    return NAME(real)((mask & NAME(bits)(a)) | (~mask & NAME(bits)(b)));
}

RV_INLINE D
NAME(horner)(const double *const c, const int n, const D x)
{
    D p = NAME(splat)(c[n - 1]);
    for (int i = n - 2; i >= 0; --i) {
        p = p * x + c[i];
    }
    return p;
}

// |x| < 10^6. Parts 0 and 1 of pi/2 have 33 bits: n < 2^20, so n times part 0 is exact,
// and what is left out is below 2^-46, far under the nearest approach of an f32 to a
// multiple of pi/2.
RV_INLINE void
NAME(sincos)(const D x, D *const s, D *const c)
{
    const D shifted = x * two_over_pi + round_shift;
    const D fn      = shifted - round_shift;
    const U n       = NAME(bits)(shifted);
    const D r       = (x - fn * half_pi_parts[0]) - fn * half_pi_rest;
    const D u       = r * r;
    const D sine    = r + r * (u * NAME(horner)(sin_f32, 5, u));
    const D cosine  = (1.0 - 0.5 * u) + (u * u) * NAME(horner)(cos_f32, 5, u);
    const U odd     = 0 - (n & 1);
    const D along   = NAME(select)(odd, cosine, sine);
    const D across  = NAME(select)(odd, sine, cosine);
    const D turned  = NAME(real)(NAME(bits)(along) ^ ((n & 2) << 62));
    *s              = NAME(select)(NAME(same)(x, NAME(splat)(0.0)), x, turned);
    *c              = NAME(real)(NAME(bits)(across) ^ (((n + 1) & 2) << 62));
}

// Any finite x and y. The arc tangent of the smaller over the larger; above tan(pi/8)
// it is pi/4 plus the arc tangent of (small - large) / (small + large).
RV_INLINE D
NAME(atan2)(const D y, const D x)
{
    const U sign    = (NAME(bits)(NAME(splat)(-0.0)));
    const D ay      = NAME(real)(NAME(bits)(y) & ~sign);
    const D ax      = NAME(real)(NAME(bits)(x) & ~sign);
    const U steep   = NAME(above)(ay, ax);
    const D small   = NAME(select)(steep, ax, ay);
    const D large   = NAME(select)(steep, ay, ax);
    const U upper   = NAME(above)(small, 0.41421356237309503 * large);
    const D top     = NAME(select)(upper, small - large, small);
    const D base    = NAME(select)(upper, small + large, large);
    const D zero    = NAME(splat)(0.0);
    const D t       = NAME(select)(NAME(above)(base, zero), top / base, zero);
    const D u       = t * t;
    const D angle   = t + t * (u * NAME(horner)(atan_f32, 8, u));
    const D flat    = NAME(select)(upper, 0.25 * pi_hi + angle, angle);
    const D quarter = NAME(select)(steep, 0.5 * pi_hi - flat, flat);
    const U left    = 0 - (NAME(bits)(x) >> 63);
    const D half    = NAME(select)(left, pi_hi - quarter, quarter);
    return NAME(real)(NAME(bits)(half) | (NAME(bits)(y) & sign));
}

// e^r 2^k, |r| <= ln 2 / 2; the low bits of `shifted` hold k
RV_INLINE D
NAME(exp_scaled)(const D r, const D shifted)
{
    const D p = 1.0 + (r + (r * r) * NAME(horner)(exp_f32, 8, r));
    return p * NAME(real)((NAME(bits)(shifted) + 1023) << 52);
}

// Not NaN
RV_INLINE D
NAME(exp)(const D x)
{
    const D high    = NAME(splat)(120.0);
    const D low     = NAME(splat)(-120.0);
    const D held    = NAME(select)(NAME(above)(x, high), high,
                                NAME(select)(NAME(above)(low, x), low, x));
    const D shifted = held * inv_ln2 + round_shift;
    const D fk      = shifted - round_shift;
    return NAME(exp_scaled)((held - fk * ln2_parts[0]) - fk * ln2_parts[1], shifted);
}

// Finite x > 0: x = 2^k m, m in sqrt(1/2)..sqrt(2), s = (m - 1)/(m + 1)
RV_INLINE D
NAME(log)(const D x)
{
    const U bits   = NAME(bits)(x);
    const U biased = (bits + (0x3FF0000000000000U - 0x3FE6A09E667F3BCDU)) >> 52;
    const D m      = NAME(real)(bits - (biased << 52) + 0x3FF0000000000000U);
    const D fk     = NAME(real)(biased | 0x4330000000000000U) - (0x1p52 + 1023.0);
    const D s      = (m - 1.0) / (m + 1.0);
    const D z      = s * s;
    const D tail   = s * (z * NAME(horner)(log_f32, 5, z));
    return fk * ln2_parts[0] + ((s + s) + (tail + fk * ln2_parts[1]));
}
