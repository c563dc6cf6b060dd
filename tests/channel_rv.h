// SPDX-License-Identifier: MIT
// Channels for tests, straight from the definition: a sum of paths, noise, and what a
// packet does to them. Independent of src/sim.
#ifndef RV_TESTS_CHANNEL_RV_H
#define RV_TESTS_CHANNEL_RV_H

#include <ruview/frame/csi.h>
#include <ruview/frame/layout.h>

#include "platform/lend.h"

#include <complex.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CH_PI 3.14159265358979323846

/// SplitMix64 ("Fast splittable pseudorandom number generators", OOPSLA 2014)
typedef struct {
    uint64_t state;
} ch_random;

static inline uint64_t
ch_bits(ch_random *const r)
{
    uint64_t z = (r->state += 0x9E3779B97F4A7C15u);
    z          = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z          = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/// Uniform in [0, 1)
static inline double
ch_uniform(ch_random *const r)
{
    return (double)(ch_bits(r) >> 11) * 0x1p-53;
}

/// Standard normal
static inline double
ch_normal(ch_random *const r)
{
    const double u = 1.0 - ch_uniform(r);
    return sqrt(-2.0 * log(u)) * cos(2.0 * CH_PI * ch_uniform(r));
}

/// HT20 data and pilot tones, -28..-1, 1..28
static inline const int16_t *
ch_tones56(void)
{
    static int16_t tone[56];
    for (int k = 0; k < 28; ++k) {
        tone[k]      = (int16_t)(k - 28);
        tone[k + 28] = (int16_t)(k + 1);
    }
    return tone;
}

/// L-LTF tones, -26..-1, 1..26
static inline const int16_t *
ch_tones52(void)
{
    static int16_t tone[52];
    for (int k = 0; k < 26; ++k) {
        tone[k]      = (int16_t)(k - 26);
        tone[k + 26] = (int16_t)(k + 1);
    }
    return tone;
}

/// One propagation path
typedef struct {
    double         delay_ns;
    double complex gain;
} ch_path;

/// Channel of `n` paths at tone number k
static inline double complex
ch_at(const ch_path *const path, const int n, const int k, const double spacing_hz)
{
    double complex h = 0;
    for (int p = 0; p < n; ++p) {
        h += path[p].gain *
             cexp(-2.0 * I * CH_PI * k * spacing_hz * path[p].delay_ns * 1e-9);
    }
    return h;
}

/// A CSI slot with its own memory
typedef struct {
    rv_csi csi;
    float  re[RV_MAX_STREAMS * 64], im[RV_MAX_STREAMS * 64];
} ch_slot;

static inline void
ch_slot_init(ch_slot *const s, const int16_t *const tone, const int n_tones,
             const int n_streams)
{
    memset(s, 0, sizeof *s);
    s->csi = (rv_csi){.n_tones    = (uint16_t)n_tones,
                      .n_streams  = (uint16_t)n_streams,
                      .spacing_hz = 312500,
                      .tone       = tone,
                      .re         = s->re,
                      .im         = s->im};
}

/// What a packet does: sampling-time offset, common phase, amplitude, noise sigma of re
/// and of im
typedef struct {
    double sto_ns, phase, gain, noise;
} ch_packet;

/// Fill stream `stream` of a slot
static inline void
ch_fill(ch_slot *const s, const int stream, const ch_path *const path, const int n,
        const ch_packet *const p, ch_random *const r)
{
    for (int k = 0; k < s->csi.n_tones; ++k) {
        const int            t = s->csi.tone[k];
        const double complex h =
            p->gain * cexp(I * p->phase) *
            cexp(-2.0 * I * CH_PI * t * 312500.0 * p->sto_ns * 1e-9) *
            ch_at(path, n, t, 312500.0);
        s->re[stream * s->csi.n_tones + k] =
            (float)(creal(h) + p->noise * ch_normal(r));
        s->im[stream * s->csi.n_tones + k] =
            (float)(cimag(h) + p->noise * ch_normal(r));
    }
}

/// Bring the RMS to 1, as normalise does
static inline void
ch_normalise(ch_slot *const s)
{
    const int n   = s->csi.n_tones * s->csi.n_streams;
    double    sum = 0;
    for (int i = 0; i < n; ++i) {
        sum += (double)s->re[i] * s->re[i] + (double)s->im[i] * s->im[i];
    }
    const float g = (float)(1.0 / sqrt(sum / n));
    for (int i = 0; i < n; ++i) {
        s->re[i] *= g;
        s->im[i] *= g;
    }
}

/// Memory aligned for an arena
static inline void *
ch_memory(const size_t n)
{
    void *const p = rv_lend(n + 64);
    memset(p, 0xA5, (n + 63) / 64 * 64 + 64);
    return p;
}

#endif // RV_TESTS_CHANNEL_RV_H
