// SPDX-License-Identifier: MIT
// A plan, a solver and synthetic channels for the tests of the delay domain.
#ifndef RV_TESTS_CIR_BED_H
#define RV_TESTS_CIR_BED_H

#include <ruview/cir/operator.h>
#include <ruview/cir/solver.h>

#include "platform/lend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BED_TONES = 512 };

typedef struct {
    int16_t       tone[BED_TONES];
    rv_cir_plan   plan;
    rv_cir_solver solver;
    void         *memory[2];
    float         re[BED_TONES];
    float         im[BED_TONES];
    uint64_t      seed;
} bed;

typedef struct {
    const char *name;
    int         inner, outer;
    uint32_t    spacing_hz;
    uint32_t    n_taps;
} bed_tier;

static const bed_tier bed_tiers[] = {
    {"legacy 52", 1, 26, 312500, 156}, {"ht20 56", 1, 28, 312500, 168},
    {"ht40", 2, 58, 312500, 342},      {"he20", 2, 122, 78125, 726},
    {"he40", 3, 244, 78125, 1452},
};
enum { BED_N_TIERS = sizeof bed_tiers / sizeof *bed_tiers };

static inline void *
bed_take(const size_t bytes)
{
    return rv_lend(bytes);
}

static inline uint16_t
bed_tones(const bed_tier *const tier, int16_t *const tone)
{
    uint16_t n = 0;
    for (int t = -tier->outer; t <= tier->outer; ++t) {
        if (t <= -tier->inner || t >= tier->inner) {
            tone[n++] = (int16_t)t;
        }
    }
    return n;
}

static inline void
bed_open_list(bed *const b, const int16_t *const tone, const uint16_t n_tones,
              const uint32_t spacing_hz, const rv_cir_config *const config)
{
    memset(b, 0, sizeof *b);
    b->seed = 1;
    memcpy(b->tone, tone, n_tones * sizeof *tone);
    const rv_cir_layout layout = {.tone       = b->tone,
                                  .n_tones    = n_tones,
                                  .spacing_hz = spacing_hz,
                                  .dense      = config->kind == RV_CIR_DENSE_ISTA,
                                  .cpu_mask   = config->cpu_mask};
    size_t              bytes  = 0;
    assert_int_equal(rv_cir_plan_size(&layout, &bytes), RV_OK);
    b->memory[0] = bed_take(bytes);
    assert_int_equal(rv_cir_plan_init(&b->plan, &layout, b->memory[0], bytes), RV_OK);
    assert_int_equal(rv_cir_solver_size(&b->plan, config, &bytes), RV_OK);
    b->memory[1] = bed_take(bytes);
    assert_int_equal(
        rv_cir_solver_init(&b->solver, &b->plan, config, b->memory[1], bytes), RV_OK);
}

static inline void
bed_open(bed *const b, const bed_tier *const tier, const rv_cir_config *const config)
{
    int16_t        tone[BED_TONES];
    const uint16_t n = bed_tones(tier, tone);
    bed_open_list(b, tone, n, tier->spacing_hz, config);
}

static inline void
bed_close(bed *const b)
{
    free(b->memory[0]);
    free(b->memory[1]);
}

static inline void
bed_clear(bed *const b)
{
    memset(b->re, 0, sizeof b->re);
    memset(b->im, 0, sizeof b->im);
}

/// Adds a path
static inline void
bed_path(bed *const b, const double gain, const double phase, const double delay_ns)
{
    for (uint32_t k = 0; k < b->plan.n_tones; ++k) {
        const double a = phase - 6.283185307179586 * b->tone[k] * b->plan.spacing_hz *
                                     delay_ns * 1e-9;
        b->re[k] += (float)(gain * cos(a));
        b->im[k] += (float)(gain * sin(a));
    }
}

static inline double
bed_uniform(bed *const b)
{
    b->seed = b->seed * 6364136223846793005U + 1442695040888963407U;
    return (double)(b->seed >> 11) * 0x1p-53;
}

static inline double
bed_normal(bed *const b)
{
    const double radius = sqrt(-2.0 * log(1.0 - bed_uniform(b)));
    return radius * cos(6.283185307179586 * bed_uniform(b));
}

static inline void
bed_noise(bed *const b, const double sigma)
{
    for (uint32_t k = 0; k < b->plan.n_tones; ++k) {
        b->re[k] += (float)(sigma * bed_normal(b));
        b->im[k] += (float)(sigma * bed_normal(b));
    }
}

/// One to six paths up to 15 dB apart, within 600 ns, 10 to 30 dB above the noise
static inline void
bed_random(bed *const b)
{
    bed_clear(b);
    const int n = 1 + (int)(6.0 * bed_uniform(b));
    for (int p = 0; p < n; ++p) {
        const double gain = p ? pow(10.0, -0.75 * bed_uniform(b)) : 1.0;
        const double turn = 6.28 * bed_uniform(b);
        bed_path(b, gain, turn, 600.0 * bed_uniform(b));
    }
    bed_noise(b, sqrt(0.5) * pow(10.0, -0.5 - bed_uniform(b)));
}

static inline rv_cir_config
bed_config(const rv_cir_kind kind, const uint32_t cpu_mask)
{
    rv_cir_config config;
    rv_cir_config_default(&config);
    config.kind     = kind;
    config.cpu_mask = cpu_mask;
    return config;
}

#endif // RV_TESTS_CIR_BED_H
