// SPDX-License-Identifier: MIT
// Elementary functions for the room stages.
#ifndef RV_SRC_ROOM_ROOM_MATH_H
#define RV_SRC_ROOM_ROOM_MATH_H

#include "base/exact.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline double
room_sqrt(const double x)
{
    return __builtin_sqrt(x);
}

static inline bool
room_finite(const float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (bits & 0x7F800000U) != 0x7F800000U;
}

static inline double
room_exp(const double x)
{
    if (x < -700.0) {
        return 0.0;
    }
    if (x > 700.0) {
        return room_exp(700.0);
    }
    const double  scaled = x * 1.4426950408889634;
    const int64_t k      = (int64_t)(scaled < 0.0 ? scaled - 0.5 : scaled + 0.5);
    const double  r      = (x - (double)k * 0.693147180369123816490) -
                     (double)k * 1.90821492927058770002e-10;
    double sum = 1.0;
    for (int i = 14; i > 0; --i) {
        sum = 1.0 + sum * r / i;
    }
    const uint64_t bits = (uint64_t)(k + 1023) << 52;
    double         two_k;
    memcpy(&two_k, &bits, sizeof two_k);
    return sum * two_k;
}

static inline double
room_log(const double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int64_t e = (int64_t)(bits >> 52) - 1023;
    bits      = (bits & 0xFFFFFFFFFFFFFU) | ((uint64_t)1023 << 52);
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m > 1.4142135623730951) {
        m *= 0.5;
        ++e;
    }
    const double s = (m - 1.0) / (m + 1.0);
    const double q = s * s;
    double       t = 0.0;
    for (int i = 21; i > 0; i -= 2) {
        t = t * q + 1.0 / i;
    }
    return 2.0 * s * t + (double)e * 0.6931471805599453;
}

#endif // RV_SRC_ROOM_ROOM_MATH_H
