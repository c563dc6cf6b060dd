// SPDX-License-Identifier: MIT
#include <ruview/fusion/cross.h>

#include <ruview/base/arena.h>
#include <ruview/math/elementary.h>

#include "base/exact.h"
#include "base/try.h"

#include <stdbool.h>
#include <string.h>

enum { max_links = 64 };

static const float least_samples  = 20.0F;
static const float least_variance = 1.0e-20F;

rv_cross_config
rv_cross_config_default(const uint16_t n_links)
{
    return (rv_cross_config){.n_links = n_links, .follow_us = 5.0e6F, .steps = 8};
}

static rv_status
lay_out(const rv_cross_config *const cfg, rv_cross *const self, rv_arena *const arena)
{
    if (cfg->n_links < 1 || cfg->n_links > max_links || !(cfg->follow_us > 0.0F) ||
        cfg->steps < 1 || cfg->steps > 64) {
        return RV_ERR_CONFIG;
    }
    const size_t n = cfg->n_links;
    self->cfg      = *cfg;
    self->mean     = rv_arena_take(arena, n, sizeof(float));
    self->cov      = rv_arena_take(arena, n * n, sizeof(float));
    self->vector   = rv_arena_take(arena, n, sizeof(float));
    self->work     = rv_arena_take(arena, 3 * n, sizeof(float));
    self->seen     = rv_arena_take(arena, n, sizeof(float));
    return arena->failed ? RV_ERR_MEMORY : RV_OK;
}

rv_status
rv_cross_size(const rv_cross_config *const cfg, size_t *const n_bytes)
{
    rv_cross ghost = {0};
    rv_arena arena = {0};
    RV_TRY(lay_out(cfg, &ghost, &arena));
    *n_bytes = arena.used;
    return RV_OK;
}

rv_status
rv_cross_init(rv_cross *const self, const rv_cross_config *const cfg, void *const mem,
              const size_t n_bytes)
{
    rv_arena arena  = {0};
    size_t   needed = 0;
    RV_TRY(rv_cross_size(cfg, &needed));
    RV_TRY(rv_arena_open(&arena, mem, n_bytes, needed));
    memset(mem, 0, needed);
    *self = (rv_cross){0};
    RV_TRY(lay_out(cfg, self, &arena));
    for (uint32_t i = 0; i < cfg->n_links; ++i) {
        self->vector[i] = 1.0F;
    }
    return RV_OK;
}

const float *
rv_cross_vector(const rv_cross *const self)
{
    return self->vector;
}

// Deviations from the running means, 0 where a link says nothing or is new
static void
deviations(rv_cross *const self, const float *const value, const float alpha,
           float *const d)
{
    for (uint32_t i = 0; i < self->n_used; ++i) {
        d[i] = 0.0F;
        if (!rv_is_finite_f32(value[i])) {
            self->seen[i] -= alpha * self->seen[i];
            continue;
        }
        if (!(self->seen[i] > 0.0F)) {
            self->mean[i] = value[i];
        }
        d[i] = value[i] - self->mean[i];
        self->mean[i] += alpha * d[i];
        self->seen[i] += alpha * (1.0F - self->seen[i]);
    }
}

// One step of the power method on the correlation matrix; returns the Rayleigh quotient
static float
power_step(rv_cross *const self, const float *const scale, float *const next)
{
    const uint32_t n    = self->n_used;
    const uint32_t row  = self->cfg.n_links;
    float          size = 0.0F, quotient = 0.0F, norm = 0.0F;
    float *const   scaled = self->work + 2 * (size_t)row;
    for (uint32_t j = 0; j < n; ++j) {
        scaled[j] = scale[j] * self->vector[j];
    }
    for (uint32_t i = 0; i < n; ++i) {
        float sum = 0.0F;
        for (uint32_t j = 0; j < n; ++j) {
            sum += self->cov[i * row + j] * scaled[j];
        }
        sum *= scale[i];
        next[i] = sum;
        size += sum * sum;
        quotient += sum * self->vector[i];
        norm += self->vector[i] * self->vector[i];
    }
    if (!(size > 0.0F) || !(norm > 0.0F)) {
        return 0.0F;
    }
    const float inverse = 1.0F / rv_sqrt_f32(size);
    for (uint32_t i = 0; i < n; ++i) {
        self->vector[i] = next[i] * inverse;
    }
    return quotient / norm;
}

rv_estimate
rv_cross_push(rv_cross *const self, const float *const value, const uint64_t t_us)
{
    const uint32_t row = self->cfg.n_links;
    for (uint32_t i = self->n_used; i < row; ++i) {
        self->n_used = rv_is_finite_f32(value[i]) ? i + 1 : self->n_used;
    }
    const uint32_t n = self->n_used;
    if (n < 2) {
        return rv_unknown(RV_REASON_UNSUPPORTED);
    }
    const float dt    = t_us > self->last_us && self->last_us != 0
                            ? (float)(t_us - self->last_us)
                            : 0.0F;
    const float even  = 1.0F / (self->samples + 1.0F);
    const float alpha = rv_max_f32(dt / (dt + self->cfg.follow_us), even);
    self->last_us     = t_us;
    // Effective number of samples of an exponential window is (2 - alpha) / alpha
    self->samples      = rv_min_f32(self->samples + 1.0F, (2.0F - alpha) / alpha);
    float *const d     = self->work;
    float *const scale = self->work + row;
    deviations(self, value, alpha, d);
    for (uint32_t i = 0; i < n; ++i) {
        for (uint32_t j = 0; j < n; ++j) {
            float *const c = &self->cov[i * row + j];
            *c += alpha * (d[i] * d[j] - *c);
        }
    }
    uint32_t active = 0;
    for (uint32_t i = 0; i < n; ++i) {
        const float var = self->cov[i * row + i];
        const bool  on  = var > least_variance && self->seen[i] > 0.5F;
        scale[i]        = on ? 1.0F / rv_sqrt_f32(var) : 0.0F;
        active += on;
        // A component that has died out could never come back
        if (rv_abs_f32(self->vector[i]) < 1.0e-3F) {
            self->vector[i] = i % 2 == 0 ? 1.0e-3F : -1.0e-3F;
        }
    }
    if (self->samples < least_samples) {
        return rv_unknown(RV_REASON_WARMING_UP);
    }
    if (active < 2) {
        return rv_unknown(RV_REASON_NO_DATA);
    }
    float lambda = 0.0F;
    for (uint32_t s = 0; s < self->cfg.steps; ++s) {
        lambda = power_step(self, scale, d);
    }
    const float m    = (float)active;
    const float root = 1.0F + rv_sqrt_f32(m / self->samples);
    const float edge = rv_min_f32(root * root, 0.9F * m);
    const float c    = rv_clamp_f32((lambda - edge) / (m - edge), 0.0F, 1.0F);
    return rv_known(c, rv_sqrt_f32(2.0F / self->samples), m / (float)n);
}
