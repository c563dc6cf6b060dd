// SPDX-License-Identifier: MIT
#include <ruview/cir/operator.h>

#include "base/exact.h"
#include "base/try.h"
#include "cir/solve.h"

#include <ruview/base/arena.h>
#include <ruview/frame/layout.h>

#include <string.h>

static uint32_t
span_of(const int16_t *const tone, const uint32_t n_tones)
{
    return (uint32_t)(tone[n_tones - 1] - tone[0]) + 1;
}

static bool
is_smooth(uint32_t n)
{
    static const uint32_t prime[3] = {2, 3, 5};
    for (uint32_t i = 0; i < 3; ++i) {
        while (n % prime[i] == 0) {
            n /= prime[i];
        }
    }
    return n == 1;
}

uint32_t
rv_cir_choose_taps(const int16_t *const tone, const uint32_t n_tones)
{
    const uint32_t span = span_of(tone, n_tones);
    if (8 * span <= 9 * n_tones + 8) {
        return 3 * n_tones;
    }
    uint32_t n_taps = 3 * span;
    while (!is_smooth(n_taps)) {
        ++n_taps;
    }
    return n_taps;
}

static rv_status
check_layout(const rv_cir_layout *const layout, uint32_t *const n_taps)
{
    if (!layout || !layout->tone || layout->n_tones < 2 ||
        layout->n_tones > RV_MAX_TONES || layout->spacing_hz == 0) {
        return RV_ERR_CONFIG;
    }
    for (uint32_t k = 1; k < layout->n_tones; ++k) {
        if (layout->tone[k] <= layout->tone[k - 1]) {
            return RV_ERR_CONFIG;
        }
    }
    *n_taps = layout->n_taps ? layout->n_taps
                             : rv_cir_choose_taps(layout->tone, layout->n_tones);
    if (*n_taps < span_of(layout->tone, layout->n_tones) || *n_taps > RV_CIR_MAX_GRID) {
        return RV_ERR_CONFIG;
    }
    return RV_OK;
}

/// The same walk measures and places
static void
lay_out(rv_cir_plan *const self, const rv_cir_layout *const layout,
        const uint32_t n_taps, rv_arena *const arena)
{
    const uint32_t n_tones = layout->n_tones;
    self->tone             = rv_arena_take(arena, n_tones, sizeof *self->tone);
    self->bin              = rv_arena_take(arena, n_tones, sizeof *self->bin);
    self->kernel_re        = rv_arena_take(arena, 2 * (size_t)n_taps, sizeof(float));
    self->kernel_im        = rv_arena_take(arena, 2 * (size_t)n_taps, sizeof(float));
    self->root_re          = rv_arena_take(arena, n_taps, sizeof(float));
    self->root_im          = rv_arena_take(arena, n_taps, sizeof(float));
    self->dense_stride     = 0;
    self->dense_re         = NULL;
    self->dense_im         = NULL;
    if (layout->dense) {
        self->dense_stride = (n_taps + 15U) & ~15U;
        const size_t count = (size_t)n_tones * self->dense_stride;
        self->dense_re     = rv_arena_take(arena, count, sizeof(float));
        self->dense_im     = rv_arena_take(arena, count, sizeof(float));
    }
}

rv_status
rv_cir_plan_size(const rv_cir_layout *const layout, size_t *const bytes)
{
    uint32_t n_taps = 0;
    RV_TRY(check_layout(layout, &n_taps));
    rv_arena    arena = {0};
    rv_cir_plan plan;
    lay_out(&plan, layout, n_taps, &arena);
    *bytes = arena.used;
    return arena.failed ? RV_ERR_CONFIG : RV_OK;
}

/// exp(2 pi j i / n) by its series on |angle| <= pi/4 after folding by octants
static void
unit_root(const uint32_t i, const uint32_t n, double *const re, double *const im)
{
    const uint32_t eighth = (uint32_t)(((uint64_t)i * 8 + n / 2) / n);
    const double   turns  = ((double)i * 8.0 - (double)eighth * (double)n) / (double)n;
    const double   angle  = turns * 0.78539816339744830962;
    double         c      = 1.0;
    double         s      = angle;
    double         term_c = 1.0;
    double         term_s = angle;
    for (int k = 1; k <= 9; ++k) {
        term_c = -term_c * angle * angle / (double)((2 * k - 1) * (2 * k));
        term_s = -term_s * angle * angle / (double)((2 * k) * (2 * k + 1));
        c += term_c;
        s += term_s;
    }
    static const double turn_re[8] = {
        1.0,  0.70710678118654752440,  0.0, -0.70710678118654752440,
        -1.0, -0.70710678118654752440, 0.0, 0.70710678118654752440};
    const double r = turn_re[eighth & 7];
    const double j = turn_re[(eighth + 6) & 7];
    *re            = c * r - s * j;
    *im            = c * j + s * r;
}

double
rv_cir_log(double x)
{
    double sum = 0.0;
    while (x > 1.5) {
        x *= 0.5;
        sum += 0.69314718055994530942;
    }
    const double t = (x - 1.0) / (x + 1.0);
    double       p = t;
    for (int k = 0; k < 16; ++k) {
        sum += 2.0 * p / (double)(2 * k + 1);
        p *= t * t;
    }
    return sum;
}

/// Two thirds of the tones mirrored is not symmetric: all of them, or none
static bool
is_symmetric(const int16_t *const tone, const uint32_t n_tones)
{
    for (uint32_t k = 0; k < n_tones; ++k) {
        if (tone[k] + tone[n_tones - 1 - k] != 0) {
            return false;
        }
    }
    return true;
}

static void
make_kernel(rv_cir_plan *const self)
{
    const uint32_t n = self->n_taps;
    for (uint32_t d = 0; d < n; ++d) {
        double re = 0.0;
        double im = 0.0;
        for (uint32_t k = 0; k < self->n_tones; ++k) {
            const uint32_t i = (uint32_t)((uint64_t)self->bin[k] * d % n);
            re += (double)self->root_re[i];
            im += (double)self->root_im[i];
        }
        self->kernel_re[d] = (float)(re / (double)self->n_tones);
        self->kernel_im[d] =
            self->real_kernel ? 0.0F : (float)(im / (double)self->n_tones);
        self->kernel_re[d + n] = self->kernel_re[d];
        self->kernel_im[d + n] = self->kernel_im[d];
    }
}

static void
make_dense(rv_cir_plan *const self)
{
    for (uint32_t k = 0; k < self->n_tones; ++k) {
        float *const re = self->dense_re + (size_t)k * self->dense_stride;
        float *const im = self->dense_im + (size_t)k * self->dense_stride;
        memset(re, 0, self->dense_stride * sizeof *re);
        memset(im, 0, self->dense_stride * sizeof *im);
        for (uint32_t g = 0; g < self->n_taps; ++g) {
            const uint32_t i = (uint32_t)((uint64_t)self->bin[k] * g % self->n_taps);
            re[g]            = self->root_re[i] * self->scale;
            im[g]            = -self->root_im[i] * self->scale;
        }
    }
}

static float
spread_of(const int16_t *const tone, const uint32_t n_tones)
{
    double sum = 0.0;
    for (uint32_t k = 0; k < n_tones; ++k) {
        sum += tone[k];
    }
    const double mean  = sum / (double)n_tones;
    double       power = 0.0;
    for (uint32_t k = 0; k < n_tones; ++k) {
        power += (tone[k] - mean) * (tone[k] - mean);
    }
    return (float)__builtin_sqrt(power / (double)n_tones);
}

rv_status
rv_cir_plan_init(rv_cir_plan *const self, const rv_cir_layout *const layout,
                 void *const mem, const size_t bytes)
{
    uint32_t n_taps = 0;
    RV_TRY(check_layout(layout, &n_taps));
    if (!self || !mem || (uintptr_t)mem % RV_ARENA_ALIGN != 0) {
        return RV_ERR_MEMORY;
    }
    rv_arena    arena = {.base = mem, .size = bytes};
    rv_cir_plan plan;
    lay_out(&plan, layout, n_taps, &arena);
    if (arena.failed) {
        return RV_ERR_MEMORY;
    }
    plan.n_tones     = layout->n_tones;
    plan.n_taps      = (uint16_t)n_taps;
    plan.spacing_hz  = layout->spacing_hz;
    plan.cpu_mask    = layout->cpu_mask;
    plan.tap_ns      = 1e9 / ((double)n_taps * (double)layout->spacing_hz);
    plan.scale       = 1.0F / __builtin_sqrtf((float)layout->n_tones);
    plan.lipschitz   = (float)n_taps / (float)layout->n_tones;
    plan.universal   = (float)__builtin_sqrt(2.0 * rv_cir_log((double)n_taps));
    plan.tone_spread = spread_of(layout->tone, layout->n_tones);
    plan.real_kernel = is_symmetric(layout->tone, layout->n_tones);
    memcpy(plan.tone, layout->tone, layout->n_tones * sizeof *plan.tone);
    for (uint32_t k = 0; k < layout->n_tones; ++k) {
        const int32_t n = layout->tone[k] % (int32_t)n_taps;
        plan.bin[k]     = (uint16_t)(n < 0 ? n + (int32_t)n_taps : n);
    }
    for (uint32_t g = 0; g < n_taps; ++g) {
        double re;
        double im;
        unit_root(g, n_taps, &re, &im);
        plan.root_re[g] = (float)re;
        plan.root_im[g] = (float)im;
    }
    make_kernel(&plan);
    if (layout->dense) {
        make_dense(&plan);
    }
    *self = plan;
    return RV_OK;
}

bool
rv_cir_plan_fits(const rv_cir_plan *const self, const int16_t *const tone,
                 const uint32_t n_tones, const uint32_t spacing_hz)
{
    return n_tones == self->n_tones && spacing_hz == self->spacing_hz &&
           memcmp(tone, self->tone, n_tones * sizeof *tone) == 0;
}

size_t
rv_cir_work_floats(const rv_cir_plan *const self)
{
    return 4 * (size_t)self->n_taps;
}

void
rv_cir_forward(const rv_cir_plan *const self, const float *const x_re,
               const float *const x_im, float *const y_re, float *const y_im,
               float *const work)
{
    (void)work;
    for (uint32_t k = 0; k < self->n_tones; ++k) {
        float    re = 0.0F;
        float    im = 0.0F;
        uint32_t i  = 0;
        for (uint32_t g = 0; g < self->n_taps; ++g) {
            re += x_re[g] * self->root_re[i] + x_im[g] * self->root_im[i];
            im += x_im[g] * self->root_re[i] - x_re[g] * self->root_im[i];
            i += self->bin[k];
            i -= i >= self->n_taps ? self->n_taps : 0U;
        }
        y_re[k] = re * self->scale;
        y_im[k] = im * self->scale;
    }
}

void
rv_cir_adjoint(const rv_cir_plan *const self, const float *const y_re,
               const float *const y_im, float *const x_re, float *const x_im,
               float *const work)
{
    (void)work;
    for (uint32_t g = 0; g < self->n_taps; ++g) {
        float re = 0.0F;
        float im = 0.0F;
        for (uint32_t k = 0; k < self->n_tones; ++k) {
            const uint32_t i = (uint32_t)self->bin[k] * g % self->n_taps;
            re += y_re[k] * self->root_re[i] - y_im[k] * self->root_im[i];
            im += y_im[k] * self->root_re[i] + y_re[k] * self->root_im[i];
        }
        x_re[g] = re * self->scale;
        x_im[g] = im * self->scale;
    }
}

double
rv_cir_tap_delay_ns(const rv_cir_plan *const self, const uint32_t tap)
{
    const uint32_t half = self->n_taps / 2;
    return tap <= half ? (double)tap * self->tap_ns
                       : -(double)(self->n_taps - tap) * self->tap_ns;
}
