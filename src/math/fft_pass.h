// SPDX-License-Identifier: MIT
// Passes over a vector type V of W floats; NAME() adds a suffix. Included by
// fft_lanes.c once per width. No include guard.

#include "math/fft_butterflies.h"

RV_INLINE V
NAME(load)(const float *const p)
{
    V v;
    memcpy(&v, p, sizeof v);
    return v;
}

RV_INLINE void
NAME(store)(float *const p, const V v)
{
    memcpy(p, &v, sizeof v);
}

// Rows of at least W: vectors run along q, the twiddle is the same for all of them. The
// last vector of a row is taken from the row's end, over elements that are done
// already.
#define WIDE(radix)                                                                    \
    static void NAME(wide_##radix)(const rv_fft_pass *const a)                         \
    {                                                                                  \
        const size_t m      = a->m;                                                    \
        const size_t stride = (size_t)a->l * m;                                        \
        for (uint32_t p = 0; p < a->l; ++p) {                                          \
            const float *const t = a->rows + (size_t)p * (radix - 1) * 2;              \
            for (size_t at = 0; at < m; at += W) {                                     \
                const size_t       q  = at + W <= m ? at : m - W;                      \
                const float *const re = a->re + p * m + q;                             \
                const float *const im = a->im + p * m + q;                             \
                float *const       yr = a->out_re + p * radix * m + q;                 \
                float *const       yi = a->out_im + p * radix * m + q;                 \
                V                  xr[radix], xi[radix], zr[radix], zi[radix];         \
                RV_UNROLL                                                              \
                for (size_t j = 0; j < radix; ++j) {                                   \
                    xr[j] = NAME(load)(re + j * stride);                               \
                    xi[j] = NAME(load)(im + j * stride);                               \
                }                                                                      \
                NAME(butterfly_##radix)(xr, xi, zr, zi);                               \
                NAME(store)(yr, zr[0]);                                                \
                NAME(store)(yi, zi[0]);                                                \
                if (a->l == 1) {                                                       \
                    RV_UNROLL                                                          \
                    for (size_t k = 1; k < radix; ++k) {                               \
                        NAME(store)(yr + k * m, zr[k]);                                \
                        NAME(store)(yi + k * m, zi[k]);                                \
                    }                                                                  \
                } else {                                                               \
                    RV_UNROLL                                                          \
                    for (size_t k = 1; k < radix; ++k) {                               \
                        const float c = t[2 * k - 2];                                  \
                        const float s = t[2 * k - 1];                                  \
                        NAME(store)(yr + k * m, zr[k] * c + zi[k] * s);                \
                        NAME(store)(yi + k * m, zi[k] * c - zr[k] * s);                \
                    }                                                                  \
                }                                                                      \
            }                                                                          \
        }                                                                              \
    }

// Rows shorter than W: vectors run along i = p m + q, which is how the input lies; the
// output is scattered. Needs l m >= W and l > 1.
#define FLAT(radix)                                                                    \
    static void NAME(flat_##radix)(const rv_fft_pass *const a)                         \
    {                                                                                  \
        const size_t m      = a->m;                                                    \
        const size_t stride = (size_t)a->l * m;                                        \
        for (size_t at = 0; at < stride; at += W) {                                    \
            const size_t       i = at + W <= stride ? at : stride - W;                 \
            const float *const t = a->flat + i;                                        \
            V                  xr[radix], xi[radix], zr[radix], zi[radix];             \
            float              yr[radix][W], yi[radix][W];                             \
            RV_UNROLL                                                                  \
            for (size_t j = 0; j < radix; ++j) {                                       \
                xr[j] = NAME(load)(a->re + i + j * stride);                            \
                xi[j] = NAME(load)(a->im + i + j * stride);                            \
            }                                                                          \
            NAME(butterfly_##radix)(xr, xi, zr, zi);                                   \
            NAME(store)(yr[0], zr[0]);                                                 \
            NAME(store)(yi[0], zi[0]);                                                 \
            RV_UNROLL                                                                  \
            for (size_t k = 1; k < radix; ++k) {                                       \
                const V c = NAME(load)(t + (2 * k - 2) * stride);                      \
                const V s = NAME(load)(t + (2 * k - 1) * stride);                      \
                NAME(store)(yr[k], zr[k] * c + zi[k] * s);                             \
                NAME(store)(yi[k], zi[k] * c - zr[k] * s);                             \
            }                                                                          \
            scatter(radix, W, m, i, &yr[0][0], a->out_re);                             \
            scatter(radix, W, m, i, &yi[0][0], a->out_im);                             \
        }                                                                              \
    }

RV_RADICES(WIDE)
#if W > 1 && W <= 8
RV_RADICES(FLAT)
#endif

#undef WIDE
#undef FLAT
