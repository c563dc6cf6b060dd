// SPDX-License-Identifier: MIT
#include <ruview/math/fft.h>

#include "base/exact.h"

#include <ruview/math/elementary.h>

#include <stdalign.h>
#include <string.h>

enum { max_radix = 19 };

// Factors of n in the order of the passes: 4 before 2, then the odd primes
static int
factor(uint32_t n, uint32_t radix[RV_FFT_MAX_PASSES], uint32_t *const n_passes)
{
    static const uint32_t order[] = {4, 2, 3, 5, 7, 11, 13, 17, 19};
    uint32_t              p       = 0;
    for (size_t k = 0; k < sizeof order / sizeof *order; ++k) {
        while (n % order[k] == 0) {
            radix[p++] = order[k];
            n /= order[k];
        }
    }
    *n_passes = p;
    return n == 1;
}

// cos and sin of 2 pi k / n from the first eighth of the circle, so that symmetric
// twiddles are exactly symmetric
static void
unit_root(uint32_t k, const uint32_t n, float *const c, float *const s)
{
    uint64_t  a      = (uint64_t)8 * k;
    const int octant = (int)(a / n);
    a -= (uint64_t)octant * n;
    if (octant & 1) {
        a = n - a;
    }
    const double angle = 2.0 * RV_PI_F64 * (double)a / (8.0 * (double)n);
    double       x     = 0.0;
    double       y     = 0.0;
    rv_sincos_f64(angle, &y, &x);
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

rv_status
rv_fft_size(const uint32_t n, size_t *const n_bytes)
{
    uint32_t radix[RV_FFT_MAX_PASSES];
    uint32_t n_passes = 0;
    if (n < 1 || n > RV_FFT_MAX_LENGTH || !factor(n, radix, &n_passes)) {
        return RV_ERR_RANGE;
    }
    *n_bytes = sizeof(float) * 2 * ((size_t)n + 64 * 20);
    return RV_OK;
}

rv_status
rv_fft_init(rv_fft *const self, const uint32_t n, void *const mem, const size_t n_bytes)
{
    size_t          needed = 0;
    const rv_status status = rv_fft_size(n, &needed);
    if (status != RV_OK) {
        return status;
    }
    if (!mem || (uintptr_t)mem % alignof(float) != 0 || n_bytes < needed) {
        return RV_ERR_MEMORY;
    }
    *self    = (rv_fft){.n = n};
    float *t = mem;
    (void)factor(n, self->radix, &self->n_passes);
    self->twiddle[0] = t;
    for (uint32_t k = 0; k < n; ++k) {
        unit_root(k, n, &t[2 * k], &t[2 * k + 1]);
    }
    return RV_OK;
}

void
rv_fft_select(rv_fft *const self, const uint32_t cpu_mask)
{
    (void)self;
    (void)cpu_mask;
}

// y[k][q][l] = sum over j of x[q][j][l] w^(j k), q < n / radix groups
static void
pass(const rv_fft *const self, const uint32_t radix, const uint32_t l, const uint32_t m,
     const uint32_t width, const float *const re, const float *const im,
     float *const yr, float *const yi)
{
    const uint32_t     n = self->n;
    const float *const t = self->twiddle[0];
    for (uint32_t p = 0; p < l; ++p) {
        for (uint32_t k = 0; k < radix; ++k) {
            for (uint32_t q = 0; q < m * width; ++q) {
                float sr = 0.0F;
                float si = 0.0F;
                for (uint32_t j = 0; j < radix; ++j) {
                    const size_t   at = ((size_t)p + (size_t)j * l) * m * width + q;
                    const uint64_t e =
                        ((uint64_t)j * k * (n / radix) + (uint64_t)p * k * m) % n;
                    const float c = t[2 * e];
                    const float s = -t[2 * e + 1];
                    sr += c * re[at] - s * im[at];
                    si += c * im[at] + s * re[at];
                }
                const size_t to = ((size_t)p * radix + k) * m * width + q;
                yr[to]          = sr;
                yi[to]          = si;
            }
        }
    }
}

static void
transform(const rv_fft *const self, const uint32_t width, const float *re,
          const float *im, float *const out_re, float *const out_im, float *const work)
{
    const size_t n = (size_t)self->n * width;
    float       *a = work;
    float       *b = work + 2 * n;
    memcpy(a, re, n * sizeof *a);
    memcpy(a + n, im, n * sizeof *a);
    uint32_t l = self->n;
    uint32_t m = 1;
    for (uint32_t i = 0; i < self->n_passes; ++i) {
        const uint32_t radix = self->radix[i];
        l /= radix;
        pass(self, radix, l, m, width, a, a + n, b, b + n);
        m *= radix;
        float *const swap = a;
        a                 = b;
        b                 = swap;
    }
    memcpy(out_re, a, n * sizeof *a);
    memcpy(out_im, a + n, n * sizeof *a);
}

void
rv_fft_forward(const rv_fft *const self, const float *const re, const float *const im,
               float *const out_re, float *const out_im, float *const work)
{
    transform(self, 1, re, im, out_re, out_im, work);
}

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
    transform(self, 16, re, im, out_re, out_im, work);
}

void
rv_fft_inverse_16(const rv_fft *const self, const float *const re,
                  const float *const im, float *const out_re, float *const out_im,
                  float *const work)
{
    transform(self, 16, im, re, out_im, out_re, work);
}
