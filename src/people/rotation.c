// SPDX-License-Identifier: MIT
#include <ruview/people/rotation.h>

#include "base/exact.h"

#include <ruview/base/bytes.h>
#include <ruview/math/blake3.h>
#include <ruview/math/elementary.h>

#include <stdbool.h>
#include <string.h>

// The mixer of "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014. The wire
// format feeds the output back as state, which that generator does not.
static uint64_t
next_state(const uint64_t state)
{
    uint64_t z = state + UINT64_C(0x9E3779B97F4A7C15);
    z          = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z          = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

rv_status
rv_rotation_init(rv_site_rotation *const self, const uint64_t seed, const uint32_t dim,
                 const uint32_t rounds)
{
    if (dim > RV_ROTATION_MAX_DIM || rounds < 1 || rounds > RV_ROTATION_MAX_ROUNDS) {
        return RV_ERR_CONFIG;
    }
    memset(self, 0, sizeof *self);
    self->dim    = dim;
    self->rounds = rounds;
    self->padded = 1;
    while (self->padded < dim) {
        self->padded *= 2;
    }
    self->scale    = 1.0F / rv_sqrt_f32((float)self->padded);
    uint64_t state = seed;
    for (uint32_t r = 0; r < rounds; ++r) {
        for (uint32_t i = 0; i < self->padded; ++i) {
            state              = next_state(state);
            const uint32_t bit = (uint32_t)(state >> 63 ^ 1U) << (i % 8);
            uint8_t *const at  = &self->minus[r][i / 8];
            *at                = (uint8_t)(*at | bit);
        }
    }
    return RV_OK;
}

uint64_t
rv_rotation_site_seed(const uint8_t secret[32], const uint32_t version)
{
    static const char label[] = "ruview.rotation.v1";
    uint8_t           message[sizeof label + 4];
    uint8_t           digest[32];
    memcpy(message, label, sizeof label);
    rv_store_u32(message + sizeof label, version);
    rv_blake3_keyed(secret, message, sizeof message, digest);
    return rv_load_u64(digest);
}

static void
transform(float *const x, const uint32_t n)
{
    for (uint32_t h = 1; h < n; h *= 2) {
        for (uint32_t at = 0; at < n; at += 2 * h) {
            for (uint32_t k = at; k < at + h; ++k) {
                const float a = x[k];
                const float b = x[k + h];
                x[k]          = a + b;
                x[k + h]      = a - b;
            }
        }
    }
}

void
rv_rotation_apply(const rv_site_rotation *const self, const float *const x,
                  const uint32_t n, float *const out)
{
    const uint32_t used = n < self->dim ? n : self->dim;
    memset(out, 0, self->padded * sizeof *out);
    if (used != 0) {
        memcpy(out, x, used * sizeof *out);
    }
    for (uint32_t r = 0; r < self->rounds; ++r) {
        for (uint32_t i = 0; i < self->padded; ++i) {
            const bool minus = (self->minus[r][i / 8] >> (i % 8) & 1) != 0;
            out[i]           = minus ? -out[i] : out[i];
        }
        transform(out, self->padded);
        for (uint32_t i = 0; i < self->padded && self->padded > 1; ++i) {
            out[i] *= self->scale;
        }
    }
}
