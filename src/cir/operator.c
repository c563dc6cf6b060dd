// SPDX-License-Identifier: MIT
#include <ruview/cir/operator.h>

#include "base/exact.h"
#include "base/try.h"

#include <ruview/base/arena.h>
#include <ruview/frame/layout.h>
#include <ruview/math/elementary.h>

#include <string.h>

enum { MAX_COMB = 4 }; ///< 802.11 groups tones by 1, 2 or 4

static uint32_t
span_of(const int16_t *const tone, const uint32_t n_tones)
{
    return (uint32_t)(tone[n_tones - 1] - tone[0]) + 1;
}

static bool
has_fft(const uint32_t n)
{
    size_t bytes;
    return rv_fft_size(n, &bytes) == RV_OK;
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
    if (8 * span <= 9 * n_tones + 8 && has_fft(3 * n_tones)) {
        return 3 * n_tones;
    }
    uint32_t n_taps = 3 * span;
    while (!is_smooth(n_taps)) {
        ++n_taps;
    }
    return n_taps;
}

/// Sizes that follow from a layout
typedef struct {
    uint32_t n_taps;
    size_t   fft_bytes;
} extent;

static rv_status
check_layout(const rv_cir_layout *const layout, extent *const size)
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
    size->n_taps = layout->n_taps ? layout->n_taps
                                  : rv_cir_choose_taps(layout->tone, layout->n_tones);
    if (size->n_taps < span_of(layout->tone, layout->n_tones) ||
        size->n_taps > RV_CIR_MAX_GRID ||
        rv_fft_size(size->n_taps, &size->fft_bytes) != RV_OK) {
        return RV_ERR_CONFIG;
    }
    return RV_OK;
}

/// The same walk measures and places
static void
lay_out(rv_cir_plan *const self, const rv_cir_layout *const layout, const extent size,
        void **const fft, rv_arena *const arena)
{
    const uint32_t n_tones = layout->n_tones;
    const uint32_t n_taps  = size.n_taps;
    self->tone             = rv_arena_take(arena, n_tones, sizeof *self->tone);
    self->span             = (span_of(layout->tone, n_tones) + 15U) & ~15U;
    self->place            = rv_arena_take(arena, self->span, sizeof(float));
    self->mask             = rv_arena_take(arena, self->span, sizeof(float));
    self->bin              = rv_arena_take(arena, n_tones, sizeof *self->bin);
    self->select           = rv_arena_take(arena, n_taps, sizeof(float));
    self->kernel_re        = rv_arena_take(arena, 2 * (size_t)n_taps, sizeof(float));
    self->kernel_im        = rv_arena_take(arena, 2 * (size_t)n_taps, sizeof(float));
    *fft                   = rv_arena_take(arena, 1, size.fft_bytes);
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
    extent size = {0, 0};
    RV_TRY(check_layout(layout, &size));
    rv_arena    arena = {0};
    rv_cir_plan plan;
    void       *fft;
    lay_out(&plan, layout, size, &fft, &arena);
    *bytes = arena.used;
    return arena.failed ? RV_ERR_CONFIG : RV_OK;
}

/// exp(pi j i / n), i modulo 2n
static void
half_turns(const int64_t i, const uint32_t n, double *const re, double *const im)
{
    const int64_t period = 2 * (int64_t)n;
    const int64_t folded = (i % period + period) % period;
    rv_sincos_f64(RV_PI_F64 * (double)folded / (double)n, im, re);
}

/// Whether -n is a tone with every tone n
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

/// Sum of exp(2 pi j t d / n) over the tones t = first..last: a geometric series
static void
add_run(const int32_t first, const int32_t last, const uint32_t d, const uint32_t n,
        double *const re, double *const im)
{
    double turn_re;
    double turn_im;
    double across;
    double step;
    double unused;
    half_turns((int64_t)(first + last) * d, n, &turn_re, &turn_im);
    half_turns((int64_t)(last - first + 1) * d, n, &unused, &across);
    half_turns(d, n, &unused, &step);
    *re += turn_re * (across / step);
    *im += turn_im * (across / step);
}

static void
make_kernel(rv_cir_plan *const self)
{
    const uint32_t n   = self->n_taps;
    self->kernel_re[0] = 1.0F;
    self->kernel_im[0] = 0.0F;
    for (uint32_t d = 1; d <= n / 2; ++d) {
        double   re    = 0.0;
        double   im    = 0.0;
        uint32_t first = 0;
        for (uint32_t k = 1; k <= self->n_tones; ++k) {
            if (k == self->n_tones || self->tone[k] != self->tone[k - 1] + 1) {
                add_run(self->tone[first], self->tone[k - 1], d, n, &re, &im);
                first = k;
            }
        }
        re /= (double)self->n_tones;
        im                     = self->real_kernel ? 0.0 : im / (double)self->n_tones;
        self->kernel_re[d]     = (float)re;
        self->kernel_im[d]     = (float)im;
        self->kernel_re[n - d] = (float)re;
        self->kernel_im[n - d] = 2 * d == n ? (float)im : -(float)im;
    }
    memcpy(self->kernel_re + n, self->kernel_re, n * sizeof(float));
    memcpy(self->kernel_im + n, self->kernel_im, n * sizeof(float));
}

/// The seed's matrix: angles in f32 and not reduced, as its goldens have it
static void
make_dense(rv_cir_plan *const self)
{
    const float turn = -6.28318530717958647693F;
    for (uint32_t k = 0; k < self->n_tones; ++k) {
        float *const re = self->dense_re + (size_t)k * self->dense_stride;
        float *const im = self->dense_im + (size_t)k * self->dense_stride;
        memset(re, 0, self->dense_stride * sizeof *re);
        memset(im, 0, self->dense_stride * sizeof *im);
        for (uint32_t g = 0; g < self->n_taps; ++g) {
            const float angle =
                turn * (float)self->tone[k] * (float)g / (float)self->n_taps;
            float s;
            float c;
            rv_sincos_f32(angle, &s, &c);
            re[g] = c * self->scale;
            im[g] = s * self->scale;
        }
    }
}

/// Spread of the tone numbers, and all from the first to the last with their places
static void
place_tones(rv_cir_plan *const self)
{
    const uint32_t n   = self->n_tones;
    double         sum = 0.0;
    for (uint32_t k = 0; k < n; ++k) {
        sum += self->tone[k];
    }
    const double mean  = sum / (double)n;
    double       power = 0.0;
    for (uint32_t k = 0; k < n; ++k) {
        power += (self->tone[k] - mean) * (self->tone[k] - mean);
    }
    const double spread = __builtin_sqrt(power / (double)n);
    const double middle = 0.5 * (double)(self->tone[0] + self->tone[n - 1]);
    self->tone_spread   = (float)spread;
    self->tone_middle   = (float)middle;
    for (uint32_t i = 0; i < self->span; ++i) {
        self->place[i] = (float)(((double)self->tone[0] + (double)i - middle) / spread);
        self->mask[i]  = 0.0F;
    }
    for (uint32_t k = 0; k < n; ++k) {
        self->mask[self->tone[k] - self->tone[0]] = 1.0F;
    }
}

/// The step that most neighbouring tones have, the smaller among equals; 1 where the
/// grid has no whole number of taps for it
static uint16_t
comb_of(const int16_t *const tone, const uint32_t n_tones, const uint32_t n_taps)
{
    uint32_t count[MAX_COMB + 1] = {0};
    uint32_t best                = 1;
    for (uint32_t k = 1; k < n_tones; ++k) {
        const int32_t step = tone[k] - tone[k - 1];
        count[step <= MAX_COMB ? step : 0] += 1;
    }
    for (uint32_t step = 2; step <= MAX_COMB; ++step) {
        best = count[step] > count[best] ? step : best;
    }
    return n_taps % best == 0 ? (uint16_t)best : 1;
}

rv_status
rv_cir_plan_init(rv_cir_plan *const self, const rv_cir_layout *const layout,
                 void *const mem, const size_t bytes)
{
    extent size = {0, 0};
    RV_TRY(check_layout(layout, &size));
    if (!self || !mem || (uintptr_t)mem % RV_ARENA_ALIGN != 0) {
        return RV_ERR_MEMORY;
    }
    rv_arena    arena = {.base = mem, .size = bytes};
    rv_cir_plan plan;
    void       *fft;
    lay_out(&plan, layout, size, &fft, &arena);
    if (arena.failed) {
        return RV_ERR_MEMORY;
    }
    const uint32_t n_taps = size.n_taps;
    RV_TRY(rv_fft_init(&plan.fft, n_taps, fft, size.fft_bytes));
    rv_fft_select(&plan.fft, layout->cpu_mask);
    plan.n_tones     = layout->n_tones;
    plan.n_taps      = (uint16_t)n_taps;
    plan.spacing_hz  = layout->spacing_hz;
    plan.cpu_mask    = layout->cpu_mask;
    plan.comb        = comb_of(layout->tone, layout->n_tones, n_taps);
    plan.tap_ns      = 1e9 / ((double)n_taps * (double)layout->spacing_hz);
    plan.scale       = 1.0F / __builtin_sqrtf((float)layout->n_tones);
    plan.lipschitz   = (float)n_taps / (float)layout->n_tones;
    plan.universal   = (float)__builtin_sqrt(2.0 * rv_log_f64((double)n_taps));
    plan.real_kernel = is_symmetric(layout->tone, layout->n_tones);
    memcpy(plan.tone, layout->tone, layout->n_tones * sizeof *plan.tone);
    for (uint32_t k = 0; k < layout->n_tones; ++k) {
        const int32_t n = layout->tone[k] % (int32_t)n_taps;
        plan.bin[k]     = (uint16_t)(n < 0 ? n + (int32_t)n_taps : n);
    }
    memset(plan.select, 0, n_taps * sizeof *plan.select);
    for (uint32_t k = 0; k < layout->n_tones; ++k) {
        plan.select[plan.bin[k]] = plan.scale * plan.scale;
    }
    place_tones(&plan);
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
    return 2 * (size_t)self->n_taps + rv_fft_work(&self->fft);
}

void
rv_cir_forward(const rv_cir_plan *const self, const float *const x_re,
               const float *const x_im, float *const y_re, float *const y_im,
               float *const work)
{
    float *const all_re = work;
    float *const all_im = work + self->n_taps;
    rv_fft_forward(&self->fft, x_re, x_im, all_re, all_im, work + 2 * self->n_taps);
    for (uint32_t k = 0; k < self->n_tones; ++k) {
        y_re[k] = all_re[self->bin[k]] * self->scale;
        y_im[k] = all_im[self->bin[k]] * self->scale;
    }
}

void
rv_cir_adjoint(const rv_cir_plan *const self, const float *const y_re,
               const float *const y_im, float *const x_re, float *const x_im,
               float *const work)
{
    float *const all_re = work;
    float *const all_im = work + self->n_taps;
    memset(work, 0, 2 * (size_t)self->n_taps * sizeof *work);
    for (uint32_t k = 0; k < self->n_tones; ++k) {
        all_re[self->bin[k]] = y_re[k] * self->scale;
        all_im[self->bin[k]] = y_im[k] * self->scale;
    }
    rv_fft_inverse(&self->fft, all_re, all_im, x_re, x_im, work + 2 * self->n_taps);
}

double
rv_cir_tap_delay_ns(const rv_cir_plan *const self, const uint32_t tap)
{
    const uint32_t half = self->n_taps / 2;
    return tap <= half ? (double)tap * self->tap_ns
                       : -(double)(self->n_taps - tap) * self->tap_ns;
}
