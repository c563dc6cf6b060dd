// SPDX-License-Identifier: MIT
#include <ruview/math/random.h>

#include "base/exact.h"

#include <ruview/math/elementary.h>

static uint64_t
split_mix(uint64_t *const state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15U);
    z          = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z          = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

static uint64_t
rotate_left(const uint64_t x, const int n)
{
    return x << n | x >> (64 - n);
}

void
rv_random_init(rv_random *const self, const uint64_t seed, const uint64_t stream)
{
    uint64_t state = seed;
    uint64_t apart = stream;
    state          = split_mix(&state) ^ split_mix(&apart);
    for (int i = 0; i < 4; ++i) {
        self->s[i] = split_mix(&state);
    }
    self->spare     = 0.0;
    self->has_spare = 0;
}

static inline uint64_t
next(uint64_t s[4])
{
    const uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
    const uint64_t t      = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t
rv_random_u64(rv_random *const self)
{
    return next(self->s);
}

void
rv_random_row(rv_random *const self, uint64_t *const out, const uint32_t n)
{
    uint64_t s[4] = {self->s[0], self->s[1], self->s[2], self->s[3]};
    for (uint32_t i = 0; i < n; ++i) {
        out[i] = next(s);
    }
    for (int i = 0; i < 4; ++i) {
        self->s[i] = s[i];
    }
}

uint32_t
rv_random_u32(rv_random *const self)
{
    return (uint32_t)(rv_random_u64(self) >> 32);
}

// "Fast Random Integer Generation in an Interval", ACM TOMACS 29 (2019)
uint32_t
rv_random_below(rv_random *const self, const uint32_t n)
{
    if (n == 0) {
        return 0;
    }
    const uint32_t reject = (0U - n) % n;
    uint64_t       m      = 0;
    do {
        m = (uint64_t)rv_random_u32(self) * n;
    } while ((uint32_t)m < reject);
    return (uint32_t)(m >> 32);
}

float
rv_random_uniform_f32(rv_random *const self)
{
    return (float)(rv_random_u64(self) >> 40) * 0x1p-24F;
}

double
rv_random_uniform_f64(rv_random *const self)
{
    return (double)(rv_random_u64(self) >> 11) * 0x1p-53;
}

float
rv_random_range_f32(rv_random *const self, const float lo, const float hi)
{
    return rv_clamp_f32(lo + (hi - lo) * rv_random_uniform_f32(self), lo, hi);
}

double
rv_random_normal_f64(rv_random *const self)
{
    if (self->has_spare) {
        self->has_spare = 0;
        return self->spare;
    }
    const double u      = rv_random_uniform_f64(self) + 0x1p-54; // never 0
    const double v      = rv_random_uniform_f64(self);
    const double radius = rv_sqrt_f64(-2.0 * rv_log_f64(u));
    double       s      = 0.0;
    double       c      = 0.0;
    rv_sincos_f64(2.0 * RV_PI_F64 * v, &s, &c);
    self->spare     = radius * s;
    self->has_spare = 1;
    return radius * c;
}

float
rv_random_normal_f32(rv_random *const self)
{
    return (float)rv_random_normal_f64(self);
}
