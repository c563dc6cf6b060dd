// SPDX-License-Identifier: MIT
#include <ruview/math/text.h>

#include "math/text_tables.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

size_t
rv_text_u64(char *const out, uint64_t value)
{
    char   reversed[20];
    size_t n = 0;
    do {
        reversed[n++] = digits[value % 10];
        value /= 10;
    } while (value);
    for (size_t i = 0; i < n; ++i) {
        out[i] = reversed[n - 1 - i];
    }
    return n;
}

size_t
rv_text_i64(char *const out, const int64_t value)
{
    if (value >= 0) {
        return rv_text_u64(out, (uint64_t)value);
    }
    out[0] = '-';
    return 1 + rv_text_u64(out + 1, 0U - (uint64_t)value);
}

size_t
rv_text_hex(char *const out, const uint64_t value, const uint32_t n_digits)
{
    for (uint32_t i = 0; i < n_digits; ++i) {
        out[i] = digits[value >> (4 * (n_digits - 1 - i)) & 15];
    }
    return n_digits;
}

size_t
rv_text_hex_bytes(char *const out, const uint8_t *const bytes, const size_t n_bytes)
{
    for (size_t i = 0; i < n_bytes; ++i) {
        out[2 * i]     = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    return 2 * n_bytes;
}

// ---- shortest digits
// ------------------------------------------------------------------

// value = digits x 10^exponent, without trailing zeros
typedef struct {
    uint64_t digits;
    int32_t  exponent;
} decimal;

static int32_t
floor_div_pow2(const int32_t x, const int n)
{
    return x >= 0 ? x >> n : ~(~x >> n);
}

static uint64_t
mul_64(const uint64_t a, const uint64_t b, uint64_t *const high)
{
    const uint64_t al  = a & 0xFFFFFFFFU;
    const uint64_t ah  = a >> 32;
    const uint64_t bl  = b & 0xFFFFFFFFU;
    const uint64_t bh  = b >> 32;
    const uint64_t ll  = al * bl;
    const uint64_t lh  = al * bh;
    const uint64_t hl  = ah * bl;
    const uint64_t mid = (ll >> 32) + (lh & 0xFFFFFFFFU) + (hl & 0xFFFFFFFFU);
    *high              = ah * bh + (lh >> 32) + (hl >> 32) + (mid >> 32);
    return mid << 32 | (ll & 0xFFFFFFFFU);
}

// The upper part of g x cp with the lowest bit standing for everything below it
static uint64_t
round_to_odd_f32(const uint64_t g, const uint64_t cp)
{
    uint64_t       high = 0;
    const uint64_t low  = mul_64(g, cp, &high);
    return (high & 0xFFFFFFFFU) | (low >> 32 > 1);
}

static uint64_t
round_to_odd_f64(const uint64_t g[2], const uint64_t cp)
{
    uint64_t x_high = 0;
    uint64_t y_high = 0;
    (void)mul_64(g[1], cp, &x_high);
    const uint64_t y_low = mul_64(g[0], cp, &y_high) + x_high;
    return (y_high + (y_low < x_high)) | (y_low > 1);
}

// Schubfach, section 9: the shortest decimal in the rounding interval of c 2^q; of the
// shortest ones the closest; of two as close the even one
static decimal
shortest(const uint64_t c, const int32_t q, const int lower_is_closer, const int is_f32)
{
    const uint64_t open = c & 1;
    const uint64_t cbl  = 4 * c - 2 + (uint64_t)lower_is_closer;
    const int32_t  k = floor_div_pow2(q * 1262611 - (lower_is_closer ? 524031 : 0), 22);
    const int32_t  h = q + floor_div_pow2(-k * 1741647, 19) + 1;
    uint64_t       vbl;
    uint64_t       vb;
    uint64_t       vbr;
    if (is_f32) {
        const uint64_t g = pow10_f32[31 - k];
        vbl              = round_to_odd_f32(g, cbl << h);
        vb               = round_to_odd_f32(g, 4 * c << h);
        vbr              = round_to_odd_f32(g, (4 * c + 2) << h);
    } else {
        const uint64_t *const g = pow10_f64[292 - k];
        vbl                     = round_to_odd_f64(g, cbl << h);
        vb                      = round_to_odd_f64(g, 4 * c << h);
        vbr                     = round_to_odd_f64(g, (4 * c + 2) << h);
    }
    const uint64_t lower = vbl + open;
    const uint64_t upper = vbr - open;
    const uint64_t s     = vb / 4;
    if (s >= 10) {
        const uint64_t sp    = s / 10;
        const int      below = lower <= 40 * sp;
        const int      above = 40 * sp + 40 <= upper;
        if (below != above) {
            return (decimal){sp + (uint64_t)above, k + 1};
        }
    }
    const int below = lower <= 4 * s;
    const int above = 4 * s + 4 <= upper;
    if (below != above) {
        return (decimal){s + (uint64_t)above, k};
    }
    const uint64_t mid = 4 * s + 2;
    const int      up  = vb > mid || (vb == mid && (s & 1));
    return (decimal){s + (uint64_t)up, k};
}

static decimal
trim(decimal d)
{
    while (d.digits != 0 && d.digits % 10 == 0) {
        d.digits /= 10;
        ++d.exponent;
    }
    return d;
}

// A number taken apart
typedef struct {
    uint64_t fraction;
    int32_t  biased; ///< Exponent field
    int      negative;
    int      is_f32;
} parts;

static parts
take_f32(const float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (parts){bits & 0x7FFFFFU, (int32_t)(bits >> 23 & 0xFF), (int)(bits >> 31),
                   1};
}

static parts
take_f64(const double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (parts){bits & 0xFFFFFFFFFFFFFU, (int32_t)(bits >> 52 & 0x7FF),
                   (int)(bits >> 63), 0};
}

static int
is_finite(const parts p)
{
    return p.biased != (p.is_f32 ? 0xFF : 0x7FF);
}

static decimal
digits_of(const parts p)
{
    if (p.biased == 0 && p.fraction == 0) {
        return (decimal){0, 0};
    }
    const int      bits  = p.is_f32 ? 23 : 52;
    const int32_t  bias  = p.is_f32 ? 150 : 1075;
    const uint64_t c     = p.biased ? p.fraction | (uint64_t)1 << bits : p.fraction;
    const int32_t  q     = (p.biased ? p.biased : 1) - bias;
    const int      close = p.fraction == 0 && p.biased > 1;
    return trim(shortest(c, q, close, p.is_f32));
}

static size_t
put(char *const out, const char *const text)
{
    size_t n = 0;
    for (; text[n]; ++n) {
        out[n] = text[n];
    }
    return n;
}

// d.digits has `n` digits and the point stands after the first `point` of them
static size_t
put_plain(char *const out, const char *const text, const int32_t n, const int32_t point)
{
    size_t at = 0;
    if (point <= 0) {
        out[at++] = '0';
        out[at++] = '.';
        for (int32_t i = point; i < 0; ++i) {
            out[at++] = '0';
        }
    }
    for (int32_t i = 0; i < n || i < point; ++i) {
        if (i == point && point > 0) {
            out[at++] = '.';
        }
        out[at++] = i < n ? text[i] : '0';
    }
    if (n <= point) {
        out[at++] = '.';
        out[at++] = '0';
    }
    return at;
}

static size_t
put_exponent(char *const out, const char *const text, const int32_t n,
             const int32_t point)
{
    size_t at = 0;
    out[at++] = text[0];
    if (n > 1) {
        out[at++] = '.';
    }
    for (int32_t i = 1; i < n; ++i) {
        out[at++] = text[i];
    }
    out[at++] = 'e';
    return at + rv_text_i64(out + at, point - 1);
}

// Plain when low < point <= high, where 0.001 has point -2, 1 has 1, 10 has 2
static size_t
put_number(char *const out, const parts p, const int32_t low, const int32_t high)
{
    char          text[24];
    const decimal d     = digits_of(p);
    const int32_t n     = (int32_t)rv_text_u64(text, d.digits);
    const int32_t point = d.digits ? n + d.exponent : 1;
    size_t        at    = 0;
    if (p.negative) {
        out[at++] = '-';
    }
    return at + (point > low && point <= high ? put_plain(out + at, text, n, point)
                                              : put_exponent(out + at, text, n, point));
}

static size_t
put_not_finite(char *const out, const parts p)
{
    return put(out, p.fraction ? "NaN" : p.negative ? "-inf" : "inf");
}

size_t
rv_text_f32(char *const out, const float value)
{
    const parts p = take_f32(value);
    return is_finite(p) ? put_number(out, p, -6, 13) : put(out, "null");
}

size_t
rv_text_f64(char *const out, const double value)
{
    const parts p = take_f64(value);
    return is_finite(p) ? put_number(out, p, -5, 16) : put(out, "null");
}

size_t
rv_text_debug_f32(char *const out, const float value)
{
    const parts p = take_f32(value);
    return is_finite(p) ? put_number(out, p, -4, 16) : put_not_finite(out, p);
}

size_t
rv_text_debug_f64(char *const out, const double value)
{
    const parts p = take_f64(value);
    return is_finite(p) ? put_number(out, p, -4, 16) : put_not_finite(out, p);
}

// ---- fixed point
// ----------------------------------------------------------------------

static uint64_t
power_of_ten(const uint32_t n)
{
    uint64_t p = 1;
    for (uint32_t i = 0; i < n; ++i) {
        p *= 10;
    }
    return p;
}

static size_t
put_fixed(char *const out, const int negative, const uint64_t whole,
          const uint64_t fraction, const uint32_t n_decimals)
{
    size_t at = 0;
    if (negative) {
        out[at++] = '-';
    }
    at += rv_text_u64(out + at, whole);
    if (n_decimals > 0) {
        out[at++]  = '.';
        uint64_t f = fraction;
        for (uint32_t i = n_decimals; i-- > 0;) {
            out[at + i] = digits[f % 10];
            f /= 10;
        }
        at += n_decimals;
    }
    return at;
}

// c 2^shift < 2^128 in decimal
static size_t
put_large(char *const out, const uint64_t c, const int32_t shift)
{
    uint32_t limb[5] = {0}; // low first
    char     reversed[40];
    size_t   n = 0;
    for (int32_t i = 0; i < 53; ++i) {
        const int32_t at = i + shift;
        limb[at / 32] |= (uint32_t)(c >> i & 1) << (at % 32);
    }
    do {
        uint64_t rest = 0;
        uint32_t any  = 0;
        for (int i = 4; i >= 0; --i) {
            rest    = rest << 32 | limb[i];
            limb[i] = (uint32_t)(rest / 10);
            rest %= 10;
            any |= limb[i];
        }
        reversed[n++] = digits[rest];
        if (any == 0) {
            break;
        }
    } while (n < sizeof reversed);
    for (size_t i = 0; i < n; ++i) {
        out[i] = reversed[n - 1 - i];
    }
    return n;
}

// A whole number c 2^shift with n_decimals zeros after the point
static size_t
put_whole(char *const out, const int negative, const uint64_t c, const int32_t shift,
          const uint32_t n_decimals)
{
    size_t at = 0;
    if (negative) {
        out[at++] = '-';
    }
    at += put_large(out + at, c, shift);
    if (n_decimals > 0) {
        out[at++] = '.';
        memset(out + at, '0', n_decimals);
        at += n_decimals;
    }
    return at;
}

size_t
rv_text_fixed(char *const out, const double value, const uint32_t n_decimals)
{
    const parts p = take_f64(value);
    if (!is_finite(p)) {
        return put_not_finite(out, p);
    }
    if (value >= 0x1p128 || value <= -0x1p128) {
        return put_number(out, p, -4, 16);
    }
    // |value| = c 2^-s; for s <= 0 it is whole
    const uint64_t c     = p.biased ? p.fraction | (uint64_t)1 << 52 : p.fraction;
    const int32_t  s     = 1075 - (p.biased ? p.biased : 1);
    const uint64_t scale = power_of_ten(n_decimals);
    if (s <= 0) {
        return put_whole(out, p.negative, c, -s, n_decimals);
    }
    const uint64_t whole = s < 64 ? c >> s : 0;
    const uint64_t rest  = s < 64 ? c - (whole << s) : c; // the fraction, times 2^s
    // fraction = rest x scale / 2^s, rounded half to even: rest < 2^53, scale <= 10^9
    uint64_t       high     = 0;
    const uint64_t low      = mul_64(rest, scale, &high);
    uint64_t       fraction = 0;
    int            up       = 0;
    if (s < 64) {
        const uint64_t below = low & (((uint64_t)1 << s) - 1);
        const uint64_t tie   = (uint64_t)1 << (s - 1);
        fraction             = low >> s | high << (64 - s);
        up = below > tie || (below == tie && ((fraction + whole * scale) & 1));
    } else if (s <= 84) { // the product has at most 83 bits
        const int      t     = s - 64;
        const uint64_t below = t ? high & (((uint64_t)1 << t) - 1) : 0;
        fraction             = t ? high >> t : high;
        if (t == 0) {
            up =
                low > (uint64_t)1 << 63 || (low == (uint64_t)1 << 63 && (fraction & 1));
        } else {
            const uint64_t tie = (uint64_t)1 << (t - 1);
            up = below > tie || (below == tie && (low != 0 || (fraction & 1)));
        }
    }
    fraction += (uint64_t)up;
    return put_fixed(out, p.negative, whole + fraction / scale, fraction % scale,
                     n_decimals);
}

size_t
rv_text_decimal(char *const out, const int64_t value, const uint32_t n_decimals)
{
    const uint64_t magnitude = value < 0 ? 0U - (uint64_t)value : (uint64_t)value;
    const uint64_t scale     = power_of_ten(n_decimals);
    return put_fixed(out, value < 0, magnitude / scale, magnitude % scale, n_decimals);
}
