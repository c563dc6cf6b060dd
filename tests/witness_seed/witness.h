// SPDX-License-Identifier: MIT
// The seed's estimators as their published formulas have them, for their witnesses.
#ifndef RV_TESTS_WITNESS_H
#define RV_TESTS_WITNESS_H

#include <stddef.h>
#include <stdint.h>

enum {
    WITNESS_TONES      = 52,
    WITNESS_CAL_FRAMES = 600,
    WITNESS_CAL_BYTES  = 1 + 8 + 4 * 2 * WITNESS_TONES,
    WITNESS_TAPS       = 156,
    WITNESS_CIR_FRAMES = 100,
    WITNESS_CIR_BYTES  = 2 * WITNESS_TAPS * WITNESS_CIR_FRAMES,
};

/// Mean, variance of the amplitude; direction, dispersion of the phase
typedef struct {
    float mean, variance, phase, dispersion;
} witness_tone;

/// Baseline of the synthetic link and its packed bytes
void witness_calibration(witness_tone tone[WITNESS_TONES],
                         uint8_t      bytes[WITNESS_CAL_BYTES]);

/// What the delay estimator says of one frame besides its taps
typedef struct {
    uint32_t dominant, iterations;
    float    ratio, change;
} witness_profile;

/// Packed taps of the frames, and the first frame's numbers
void witness_cir(uint8_t bytes[WITNESS_CIR_BYTES], witness_profile *first);

/// round(x), halves away from zero, kept in 0..65535, little-endian
static inline void
witness_put(uint8_t *const at, const float x)
{
    const double   whole = __builtin_floor((double)x + 0.5);
    const uint32_t v = !(whole > 0.0) ? 0U : whole > 65535.0 ? 65535U : (uint32_t)whole;
    at[0]            = (uint8_t)v;
    at[1]            = (uint8_t)(v >> 8);
}

#endif // RV_TESTS_WITNESS_H
