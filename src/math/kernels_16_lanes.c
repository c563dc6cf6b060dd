// SPDX-License-Identifier: MIT
#include "math/kernels_lanes_16.h"
#include "math/lanes.h"

// PARTS runs a statement for each part I of the sixteen links; c is the first of them
#define PARTS(...)                                                                     \
    RV_EACH_PART({                                                                     \
        const size_t c = I * RV_WIDTH;                                                 \
        __VA_ARGS__                                                                    \
    })

#define LD(p)       rv_load((p) + c, RV_WIDTH)
#define LD_AT(p)    rv_load((p) + i * 16 + c, RV_WIDTH)
#define ST_AT(p, v) rv_store((p) + i * 16 + c, RV_WIDTH, v)

typedef rv_vf V;

static void
store_sums(float out[16], const rv_f32x16 *const s)
{
    float lane[16];
    rv_store_16(lane, *s);
    for (int l = 0; l < 16; ++l) {
        out[l] = rv_canonical_f32(lane[l]);
    }
}

void
RV_VARIANT_NAME(rv_dot_16)(const float *const a, const float *const b, const size_t n,
                           float out[16])
{
    rv_f32x16 s = rv_zero_16();
    for (size_t i = 0; i < n; ++i) {
        PARTS(s.p[I] += LD_AT(a) * LD_AT(b);)
    }
    store_sums(out, &s);
}

void
RV_VARIANT_NAME(rv_cnorm2_16)(const float *const re, const float *const im,
                              const size_t n, float out[16])
{
    rv_f32x16 s = rv_zero_16();
    for (size_t i = 0; i < n; ++i) {
        PARTS(const V r = LD_AT(re); const V m = LD_AT(im); s.p[I] += r * r + m * m;)
    }
    store_sums(out, &s);
}

void
RV_VARIANT_NAME(rv_cdot_16)(const float *const a_re, const float *const a_im,
                            const float *const b_re, const float *const b_im,
                            const size_t n, float out_re[16], float out_im[16])
{
    rv_f32x16 s = rv_zero_16();
    rv_f32x16 t = rv_zero_16();
    for (size_t i = 0; i < n; ++i) {
        PARTS(const V ar = LD_AT(a_re); const V ai = LD_AT(a_im);
              const V br = LD_AT(b_re); const V bi = LD_AT(b_im);
              s.p[I] += ar * br + ai * bi; t.p[I] += ar * bi - ai * br;)
    }
    store_sums(out_re, &s);
    store_sums(out_im, &t);
}

void
RV_VARIANT_NAME(rv_caxpy_16)(const float alpha_re[16], const float alpha_im[16],
                             const float *const x_re, const float *const x_im,
                             float *const y_re, float *const y_im, const size_t n)
{
    const rv_f32x16 pr = rv_load_16(alpha_re);
    const rv_f32x16 pi = rv_load_16(alpha_im);
    for (size_t i = 0; i < n; ++i) {
        PARTS(const V xr = LD_AT(x_re); const V xi = LD_AT(x_im);
              const V re = LD_AT(y_re) + (pr.p[I] * xr - pi.p[I] * xi);
              const V im = LD_AT(y_im) + (pr.p[I] * xi + pi.p[I] * xr); ST_AT(y_re, re);
              ST_AT(y_im, im);)
    }
}

void
RV_VARIANT_NAME(rv_cspread_16)(const float alpha_re[16], const float alpha_im[16],
                               const float *const x_re, const float *const x_im,
                               float *const y_re, float *const y_im, const size_t n)
{
    const rv_f32x16 pr = rv_load_16(alpha_re);
    const rv_f32x16 pi = rv_load_16(alpha_im);
    for (size_t i = 0; i < n; ++i) {
        const float xr = x_re[i];
        const float xi = x_im[i];
        PARTS(const V re = LD_AT(y_re) + (pr.p[I] * xr - pi.p[I] * xi);
              const V im = LD_AT(y_im) + (pr.p[I] * xi + pi.p[I] * xr); ST_AT(y_re, re);
              ST_AT(y_im, im);)
    }
}

void
RV_VARIANT_NAME(rv_crows_16)(const float *const w_re, const float *const w_im,
                             const float *const x_re, const float *const x_im,
                             float *const out_re, float *const out_im, const size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        const float wr = w_re[i];
        const float wi = w_im[i];
        PARTS(const V xr = LD_AT(x_re); const V xi = LD_AT(x_im);
              ST_AT(out_re, wr * xr - wi * xi); ST_AT(out_im, wr * xi + wi * xr);)
    }
}

void
RV_VARIANT_NAME(rv_csoft_16)(const float *const x_re, const float *const x_im,
                             const float threshold[16], float *const out_re,
                             float *const out_im, const size_t n)
{
    const V zero = rv_splat(0.0F);
    for (size_t i = 0; i < n; ++i) {
        PARTS(const V limit = LD(threshold); const V xr = LD_AT(x_re);
              const V xi = LD_AT(x_im); const V size  = rv_vsqrt(xr * xr + xi * xi);
              const V                           f     = 1.0F - limit / size;
              const rv_vi                       above = rv_above(size, limit);
              ST_AT(out_re, rv_select(above, f * xr, zero));
              ST_AT(out_im, rv_select(above, f * xi, zero));)
    }
}

void
RV_VARIANT_NAME(rv_cargmax2_16)(const float *const re, const float *const im,
                                const size_t n, uint32_t index[16], float max[16])
{
    rv_f32x16 best;
    rv_vi     where[RV_PARTS];
    PARTS(best.p[I] = rv_splat(rv_from_bits_f32(0xFF800000U));
          where[I]  = rv_splat_i32((int32_t)n); (void)c;)
    for (size_t i = 0; i < n; ++i) {
        const rv_vi here = rv_splat_i32((int32_t)i);
        PARTS(const V r = LD_AT(re); const V m = LD_AT(im); const V v = r * r + m * m;
              const rv_vi above = rv_above(v, best.p[I]);
              best.p[I]         = rv_select(above, v, best.p[I]);
              where[I]          = (above & here) | (~above & where[I]);)
    }
    rv_store_16(max, best);
    memcpy(index, where, 16 * sizeof *index);
}

int
RV_VARIANT_NAME(rv_fuses_kernels_16)(void)
{
    return rv_lanes_fuse();
}
