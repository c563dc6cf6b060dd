// SPDX-License-Identifier: MIT
#include "math/reduce.h"

#include "base/exact.h"
#include "math/elementary_tables.h"

#include <ruview/math/elementary.h>

enum { n_words = 8, n_limbs = n_words + 2, chunk_bits = 26, n_chunks = 4 };

// pi/2 in parts of 26 bits: a product of two such parts is exact in f64
static const double half_pi_chunks[n_chunks] = {0x1.921fb58p+0, -0x1.dde974p-27,
                                                0x1.1a6263p-54, 0x1.8a2e038p-81};

// Fraction of a turn's quarter, times pi/2. The chunks a[i] hold 26 bits each, the
// first one with its leading bit set, so the sums below lose nothing above 2^-78 of the
// result.
static void
times_half_pi(const double a[n_chunks], double *const hi, double *const lo)
{
    const double *const p = half_pi_chunks;
    const double        s = a[0] * p[0];
    const double        t = a[0] * p[1] + a[1] * p[0];
    const double        u = (a[0] * p[2] + a[1] * p[1]) + a[2] * p[0];
    const double        v = ((a[0] * p[3] + a[1] * p[2]) + a[2] * p[1]) + a[3] * p[0];
    const double        w = t + (u + v);
    *hi                   = s + w;
    *lo                   = (s - *hi) + w;
}

// Bit `at` (0 is the lowest) and the 25 below it of a number in 32-bit limbs, low first
static uint32_t
bits_below(const uint32_t limb[n_limbs], const int at)
{
    uint32_t value = 0;
    for (int i = at; i > at - chunk_bits; --i) {
        const uint32_t bit = i < 0 ? 0 : limb[i / 32] >> (i % 32) & 1U;
        value              = value << 1 | bit;
    }
    return value;
}

// |x| = mantissa 2^exponent. The product with 2/pi is needed modulo 4 only, so the
// words of 2/pi that give multiples of 4 are left out, and 256 bits follow: at least
// 100 good ones after the worst cancellation of an f64 (62 bits).
static rv_reduced
reduce_large(const uint64_t mantissa, const int exponent)
{
    const int first = exponent >= 34 ? (exponent - 34) / 32 + 1 : 0;
    const int point = 32 * (first + n_words) - exponent; // bits after the point

    uint32_t       limb[n_limbs] = {0};
    const uint64_t half[2]       = {mantissa & 0xFFFFFFFFU, mantissa >> 32};
    for (int k = 0; k < 2; ++k) {
        uint64_t carry = 0;
        for (int i = 0; i < n_words; ++i) {
            const uint64_t word = two_over_pi_bits[first + n_words - 1 - i];
            const uint64_t sum  = half[k] * word + limb[i + k] + carry;
            limb[i + k]         = (uint32_t)sum;
            carry               = sum >> 32;
        }
        limb[n_words + k] = (uint32_t)carry;
    }

    int32_t       n = 0;
    const int32_t negative =
        (int32_t)(limb[(point - 1) / 32] >> ((point - 1) % 32) & 1U);
    for (int b = 1; b >= 0; --b) {
        const int at = point + b;
        n            = n << 1 |
            (at >= 32 * n_limbs ? 0 : (int32_t)(limb[at / 32] >> (at % 32) & 1U));
    }
    n += negative;
    if (negative) { // the nearer multiple lies above: take the distance to it
        uint64_t carry = 1;
        for (int i = 0; i < n_limbs; ++i) {
            const uint64_t sum = (uint64_t)(uint32_t)~limb[i] + carry;
            limb[i]            = (uint32_t)sum;
            carry              = sum >> 32;
        }
    }
    int top = point - 1;
    while (top > 0 && (limb[top / 32] >> (top % 32) & 1U) == 0) {
        --top;
    }
    double a[n_chunks];
    for (int i = 0; i < n_chunks; ++i) {
        const int    low   = top - chunk_bits * (i + 1) + 1;
        const double scale = rv_from_bits_f64((uint64_t)(1023 + low - point) << 52);
        a[i]               = (double)bits_below(limb, top - chunk_bits * i) * scale;
    }
    rv_reduced r = {.n = n};
    times_half_pi(a, &r.hi, &r.lo);
    if (negative) {
        r.hi = -r.hi;
        r.lo = -r.lo;
    }
    return r;
}

rv_reduced
rv_reduce_half_pi(const double x)
{
    const double magnitude = rv_abs_f64(x);
    if (magnitude < 1.0e6) { // n < 2^20, so that n times 33 bits is exact
        const double *const part = half_pi_parts;
        const double        fn   = (x * two_over_pi + round_shift) - round_shift;
        const double        t1   = x - fn * part[0];
        const double        w1   = fn * part[1];
        const double        t2   = t1 - w1;
        const double        w2   = fn * part[2] - ((t1 - t2) - w1);
        const double        t3   = t2 - w2;
        const double        w3   = fn * part[3] - ((t2 - t3) - w2);
        rv_reduced          r    = {.n = (int32_t)fn};
        r.hi                     = t3 - w3;
        r.lo                     = (t3 - r.hi) - w3;
        return r;
    }
    const uint64_t bits     = rv_bits_f64(magnitude);
    const int      exponent = (int)(bits >> 52) - 1075;
    rv_reduced     r =
        reduce_large((bits & 0xFFFFFFFFFFFFFU) | 0x10000000000000U, exponent);
    if (x < 0.0) {
        r = (rv_reduced){.hi = -r.hi, .lo = -r.lo, .n = -r.n};
    }
    return r;
}
