// SPDX-License-Identifier: MIT
// Empty-room recorder: Welford on amplitudes, mean direction on phases, in f64 over
// f32 samples.
#include "witness.h"

#include <math.h>
#include <string.h>

static const float pi = 3.14159274F;

/// 32-bit xorshift; the number after the step
static uint32_t
draw(uint32_t *const state)
{
    uint32_t x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

/// Box-Muller, the sine partner discarded
static float
gaussian(uint32_t *const state)
{
    const float range = 4294967296.0F;
    const float u1    = ((float)draw(state) + 1.0F) / range;
    const float u2    = ((float)draw(state) + 1.0F) / range;
    return sqrtf(-2.0F * logf(u1)) * cosf(2.0F * pi * u2);
}

typedef struct {
    uint64_t n;
    double   mean, m2, sine, cosine;
} running;

static void
record(running *const self, const float re, const float im)
{
    const double a     = (double)hypotf(re, im);
    const double theta = (double)atan2f(im, re);
    const double d     = a - self->mean;
    self->n += 1;
    self->mean += d / (double)self->n;
    self->m2 += d * (a - self->mean);
    self->sine += sin(theta);
    self->cosine += cos(theta);
}

static witness_tone
finish(const running *const self)
{
    const double n      = (double)self->n;
    const double length = sqrt(self->sine * self->sine + self->cosine * self->cosine);
    const witness_tone tone = {(float)self->mean, (float)(self->m2 / (n - 1.0)),
                               (float)atan2(self->sine, self->cosine),
                               (float)(1.0 - fmin(length / n, 1.0))};
    return tone;
}

void
witness_calibration(witness_tone tone[WITNESS_TONES], uint8_t bytes[WITNESS_CAL_BYTES])
{
    running  sums[WITNESS_TONES];
    uint32_t state = 42;
    memset(sums, 0, sizeof sums);
    memset(bytes, 0, WITNESS_CAL_BYTES);
    for (int frame = 0; frame < WITNESS_CAL_FRAMES; ++frame) {
        for (int k = 0; k < WITNESS_TONES; ++k) {
            const float a  = 0.3F + 0.7F * fabsf(sinf((float)k * pi / 52.0F));
            const float p  = fmodf(0.1F * (float)k, 2.0F * pi) - pi;
            const float re = a * cosf(p) + 0.01F * gaussian(&state);
            const float im = a * sinf(p) + 0.01F * gaussian(&state);
            record(&sums[k], re, im);
        }
    }
    bytes[1] = (uint8_t)WITNESS_CAL_FRAMES; // byte 0: tier 0; then u64
    bytes[2] = (uint8_t)(WITNESS_CAL_FRAMES >> 8);
    for (int k = 0; k < WITNESS_TONES; ++k) {
        uint8_t *const at = bytes + 9 + 8 * (size_t)k;
        tone[k]           = finish(&sums[k]);
        witness_put(at, tone[k].mean * 1e2F);
        witness_put(at + 2, tone[k].variance * 1e4F);
        witness_put(at + 4, (tone[k].phase + pi) * 1e3F);
        witness_put(at + 6, tone[k].dispersion * 1e3F);
    }
}
