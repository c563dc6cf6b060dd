// SPDX-License-Identifier: MIT
#include <ruview/math/fft.h>

#include "base/exact.h"
#include "base/try.h"
#include "math/variants.h"

#include <ruview/math/elementary.h>

#include <stdalign.h>
#include <string.h>

static const rv_fft_ops *const all[] = {
#define RV_VARIANT_ROW(name) &rv_fft_ops_##name,
    RV_VARIANTS(RV_VARIANT_ROW)
#undef RV_VARIANT_ROW
};

enum { n_all = sizeof all / sizeof *all };

static uint32_t
take_all(uint32_t n, const uint32_t radix, uint32_t *const list, uint32_t *const count)
{
    for (; n % radix == 0; n /= radix) {
        list[(*count)++] = radix;
    }
    return n;
}

static int
find_radix(const uint32_t *const list, const uint32_t count, const uint32_t radix)
{
    for (uint32_t i = 0; i < count; ++i) {
        if (list[i] == radix) {
            return (int)i;
        }
    }
    return -1;
}

// 8 x 2 costs more than 4 x 4, and 12 x 2 more than 6 x 4
static void
even_out(uint32_t *const list, const uint32_t count)
{
    const int two    = find_radix(list, count, 2);
    const int eight  = find_radix(list, count, 8);
    const int twelve = find_radix(list, count, 12);
    if (two >= 0 && eight >= 0) {
        list[two]   = 4;
        list[eight] = 4;
    } else if (two >= 0 && twelve >= 0) {
        list[two]    = 4;
        list[twelve] = 6;
    }
}

// The radices of the passes, the largest first, so that rows grow long at once. Returns
// their number; 0 when n has another factor, or is 1.
static uint32_t
plan_radices(uint32_t n, uint32_t list[RV_FFT_MAX_PASSES])
{
    static const uint32_t order[] = {19, 17, 13, 11, 7, 5, 12, 9, 8, 6, 4, 3, 2};
    uint32_t              count   = 0;
    for (size_t k = 0; k < sizeof order / sizeof *order; ++k) {
        n = take_all(n, order[k], list, &count);
    }
    if (n != 1) {
        return 0;
    }
    even_out(list, count);
    for (uint32_t i = 1; i < count; ++i) {
        const uint32_t item = list[i];
        uint32_t       k    = i;
        for (; k > 0 && list[k - 1] < item; --k) {
            list[k] = list[k - 1];
        }
        list[k] = item;
    }
    return count;
}

// cos and sin of 2 pi k / n from the first eighth of the circle, so that symmetric
// twiddles are exactly symmetric
static void
unit_root(const uint64_t k, const uint64_t n, float *const c, float *const s)
{
    uint64_t       a      = 8 * k;
    const uint64_t octant = a / n;
    a -= octant * n;
    if (octant & 1) {
        a = n - a;
    }
    double x = 0.0;
    double y = 0.0;
    rv_sincos_f64(2.0 * RV_PI_F64 * (double)a / (8.0 * (double)n), &y, &x);
    if ((octant + 1) & 2) {
        const double swap = x;
        x                 = y;
        y                 = swap;
    }
    if ((octant + 2) & 4) {
        x = -x;
    }
    if (octant & 4) {
        y = -y;
    }
    *c = (float)x;
    *s = (float)y;
}

// Floats of the tables; with `mem` also their place and content
static size_t
lay_tables(rv_fft *const self, float *const mem)
{
    size_t   used = 0;
    size_t   m    = 1;
    uint32_t l    = self->n;
    for (uint32_t i = 0; i < self->n_passes; ++i) {
        const uint32_t radix = self->radix[i];
        l /= radix;
        self->rows[i] = NULL;
        self->flat[i] = NULL;
        if (l > 1) {
            const size_t across = (size_t)l * m;
            if (mem) {
                self->rows[i] = mem + used;
                for (uint32_t p = 0; p < l; ++p) {
                    for (uint32_t k = 1; k < radix; ++k) {
                        float *const t =
                            mem + used + 2 * ((size_t)p * (radix - 1) + k - 1);
                        unit_root((uint64_t)p * k * m, self->n, &t[0], &t[1]);
                    }
                }
            }
            used += (size_t)l * (radix - 1) * 2;
            if (m < RV_FFT_FLAT_BELOW) {
                if (mem) {
                    self->flat[i] = mem + used;
                    for (size_t at = 0; at < across; ++at) {
                        for (uint32_t k = 1; k < radix; ++k) {
                            float *const t =
                                mem + used + (2 * (size_t)k - 2) * across + at;
                            unit_root(at / m * k * m, self->n, &t[0], &t[across]);
                        }
                    }
                }
                used += across * (radix - 1) * 2;
            }
        }
        m *= radix;
    }
    return used;
}

static rv_status
prepare(rv_fft *const self, const uint32_t n)
{
    if (n < 1 || n > RV_FFT_MAX_LENGTH) {
        return RV_ERR_RANGE;
    }
    *self = (rv_fft){.n = n, .ops = all[1]};
    if (n > 1) {
        self->n_passes = plan_radices(n, self->radix);
    }
    return n == 1 || self->n_passes > 0 ? RV_OK : RV_ERR_RANGE;
}

rv_status
rv_fft_size(const uint32_t n, size_t *const n_bytes)
{
    rv_fft plan;
    RV_TRY(prepare(&plan, n));
    const size_t floats = lay_tables(&plan, NULL);
    *n_bytes            = sizeof(float) * (floats > 0 ? floats : 1);
    return RV_OK;
}

rv_status
rv_fft_init(rv_fft *const self, const uint32_t n, void *const mem, const size_t n_bytes)
{
    rv_fft plan;
    size_t needed = 0;
    RV_TRY(rv_fft_size(n, &needed));
    RV_TRY(prepare(&plan, n));
    if (!mem || (uintptr_t)mem % alignof(float) != 0 || n_bytes < needed) {
        return RV_ERR_MEMORY;
    }
    (void)lay_tables(&plan, mem);
    *self = plan;
    return RV_OK;
}

void
rv_fft_select(rv_fft *const self, const uint32_t cpu_mask)
{
    uint32_t i = 0;
    RV_VARIANT_CHOOSE(all, n_all, cpu_mask, i);
    self->ops = all[i];
}

// Real and imaginary part of one stage of the transform
typedef struct {
    float *re;
    float *im;
} pair;

// The passes go back and forth between the output and the scratch such that the last
// one ends in the output. Where the output is the input, the scratch serves alone until
// then.
static void
transform(const rv_fft *const self, const size_t width, const float *re,
          const float *im, float *const out_re, float *const out_im, float *const work)
{
    const size_t n      = (size_t)self->n * width;
    const pair   out    = {out_re, out_im};
    const pair   first  = {work, work + n};
    const pair   second = {work + 2 * n, work + 3 * n};
    const int in_place  = re == out_re || re == out_im || im == out_re || im == out_im;
    const rv_fft_ops *const ops = self->ops;
    if (self->n_passes == 0 || (self->n_passes == 1 && in_place)) {
        memmove(first.re, re, n * sizeof *re);
        memmove(first.im, im, n * sizeof *im);
        re = first.re;
        im = first.im;
    }
    if (self->n_passes == 0) {
        memcpy(out_re, re, n * sizeof *re);
        memcpy(out_im, im, n * sizeof *im);
        return;
    }
    const pair even = in_place ? second : out;
    uint32_t   l    = self->n;
    size_t     m    = width;
    for (uint32_t i = 0; i < self->n_passes; ++i) {
        const uint32_t left = self->n_passes - 1 - i;
        const pair     to   = left == 0 ? out : left % 2 == 0 ? even : first;
        l /= self->radix[i];
        const rv_fft_pass pass = {
            .l      = l,
            .m      = m,
            .rows   = self->rows[i],
            .flat   = width == 1 ? self->flat[i] : NULL,
            .re     = re,
            .im     = im,
            .out_re = to.re,
            .out_im = to.im,
        };
        ops->pass(self->radix[i], &pass);
        m *= self->radix[i];
        re = to.re;
        im = to.im;
    }
}

void
rv_fft_forward(const rv_fft *const self, const float *const re, const float *const im,
               float *const out_re, float *const out_im, float *const work)
{
    transform(self, 1, re, im, out_re, out_im, work);
}

// With real and imaginary part exchanged, forward is inverse
void
rv_fft_inverse(const rv_fft *const self, const float *const re, const float *const im,
               float *const out_re, float *const out_im, float *const work)
{
    transform(self, 1, im, re, out_im, out_re, work);
}

void
rv_fft_forward_16(const rv_fft *const self, const float *const re,
                  const float *const im, float *const out_re, float *const out_im,
                  float *const work)
{
    transform(self, RV_LANES, re, im, out_re, out_im, work);
}

void
rv_fft_inverse_16(const rv_fft *const self, const float *const re,
                  const float *const im, float *const out_re, float *const out_im,
                  float *const work)
{
    transform(self, RV_LANES, im, re, out_im, out_re, work);
}
