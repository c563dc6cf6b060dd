// SPDX-License-Identifier: MIT
/**
   @file gradient_lanes.c
   The loops of the proximal gradient: products with the stored matrix, two rows at a
   time, and the shrinking step. Sums keep 16 lanes.
*/
#include "base/exact.h"
#include "cir/hot.h"
#include "math/lanes.h"

#include <stdbool.h>
#include <string.h>

enum { lanes = 16 };

/// Part I of the virtual vector at p
#define PART(p) rv_load((p) + I * RV_WIDTH, RV_WIDTH)

/// Two rows of u = Phi x; every row has whole lanes, zeros beyond its end
static void
forward_rows(const uint32_t stride, const float *const a_re, const float *const a_im,
             const float *const b_re, const float *const b_im, const float *const x_re,
             const float *const x_im, float out[4])
{
    rv_f32x16 s0 = rv_zero_16();
    rv_f32x16 s1 = rv_zero_16();
    rv_f32x16 s2 = rv_zero_16();
    rv_f32x16 s3 = rv_zero_16();
    for (uint32_t g = 0; g < stride; g += lanes) {
        RV_EACH_PART(const rv_vf re = PART(x_re + g); const rv_vf im = PART(x_im + g);
                     const rv_vf ar = PART(a_re + g); const rv_vf ai = PART(a_im + g);
                     const rv_vf br = PART(b_re + g); const rv_vf bi = PART(b_im + g);
                     s0.p[I] += ar * re - ai * im; s1.p[I] += ar * im + ai * re;
                     s2.p[I] += br * re - bi * im; s3.p[I] += br * im + bi * re;)
    }
    out[0] = rv_fold(s0);
    out[1] = rv_fold(s1);
    out[2] = rv_fold(s2);
    out[3] = rv_fold(s3);
}

static void
dense_forward(const uint32_t n_tones, const uint32_t stride, const float *const phi_re,
              const float *const phi_im, const float *const x_re,
              const float *const x_im, float *const u_re, float *const u_im)
{
    for (uint32_t k = 0; k < n_tones; k += 2) {
        const uint32_t other = k + 1 < n_tones ? k + 1 : k;
        const size_t   a     = (size_t)k * stride;
        const size_t   b     = (size_t)other * stride;
        float          sum[4];
        forward_rows(stride, phi_re + a, phi_im + a, phi_re + b, phi_im + b, x_re, x_im,
                     sum);
        u_re[k]     = sum[0];
        u_im[k]     = sum[1];
        u_re[other] = k + 1 < n_tones ? sum[2] : sum[0];
        u_im[other] = k + 1 < n_tones ? sum[3] : sum[1];
    }
}

static void
add_row(const uint32_t stride, const float *restrict const p_re,
        const float *restrict const p_im, const float re, const float im,
        float *restrict const q_re, float *restrict const q_im)
{
    for (uint32_t g = 0; g < stride; ++g) {
        q_re[g] += p_re[g] * re + p_im[g] * im;
        q_im[g] += p_re[g] * im - p_im[g] * re;
    }
}

/// Four rows into q at once, in the order of add_row
static void
add_rows(const uint32_t stride, const float *restrict const p_re,
         const float *restrict const p_im, const float *const re, const float *const im,
         float *restrict const q_re, float *restrict const q_im)
{
    const float r0 = re[0];
    const float r1 = re[1];
    const float r2 = re[2];
    const float r3 = re[3];
    const float i0 = im[0];
    const float i1 = im[1];
    const float i2 = im[2];
    const float i3 = im[3];
    for (uint32_t g = 0; g < stride; ++g) {
        const size_t a = g;
        const size_t b = a + stride;
        const size_t c = b + stride;
        const size_t d = c + stride;
        q_re[g]        = (((q_re[g] + (p_re[a] * r0 + p_im[a] * i0)) +
                    (p_re[b] * r1 + p_im[b] * i1)) +
                   (p_re[c] * r2 + p_im[c] * i2)) +
                  (p_re[d] * r3 + p_im[d] * i3);
        q_im[g] = (((q_im[g] + (p_re[a] * i0 - p_im[a] * r0)) +
                    (p_re[b] * i1 - p_im[b] * r1)) +
                   (p_re[c] * i2 - p_im[c] * r2)) +
                  (p_re[d] * i3 - p_im[d] * r3);
    }
}

static void
dense_adjoint(const uint32_t n_tones, const uint32_t stride, const float *const phi_re,
              const float *const phi_im, const float *const u_re,
              const float *const u_im, float *const q_re, float *const q_im)
{
    memset(q_re, 0, stride * sizeof *q_re);
    memset(q_im, 0, stride * sizeof *q_im);
    uint32_t k = 0;
    for (; k + 4 <= n_tones; k += 4) {
        const size_t at = (size_t)k * stride;
        add_rows(stride, phi_re + at, phi_im + at, u_re + k, u_im + k, q_re, q_im);
    }
    for (; k < n_tones; ++k) {
        const size_t at = (size_t)k * stride;
        add_row(stride, phi_re + at, phi_im + at, u_re[k], u_im[k], q_re, q_im);
    }
}

/// Whether any element of the mask is set
RV_INLINE bool
is_any(const rv_vi mask)
{
#if RV_WIDTH == 16
    return _mm512_test_epi32_mask((__m512i)mask, (__m512i)mask) != 0;
#elif RV_WIDTH == 8
    return _mm256_movemask_ps((__m256)mask) != 0;
#elif RV_WIDTH == 4 && defined(__SSE2__)
    return _mm_movemask_ps((__m128)mask) != 0;
#elif RV_WIDTH == 4
    return (mask[0] | mask[1] | mask[2] | mask[3]) != 0;
#else
    return mask != 0;
#endif
}

/// v shrunk by `limit`; most vectors hold nothing above it and need no root. What is
/// cut becomes +0, whatever its sign and whoever its neighbours are.
RV_INLINE void
shrink_part(const rv_vf limit, const rv_vf square, rv_vf *const re, rv_vf *const im)
{
    const rv_vf none  = rv_splat(0.0F);
    const rv_vf power = *re * *re + *im * *im;
    const rv_vi above = rv_above(power, square);
    if (!is_any(above)) {
        *re = none;
        *im = none;
        return;
    }
    const rv_vf least = rv_splat(1e-12F);
    const rv_vf norm  = rv_vsqrt(power);
    const rv_vf base  = rv_select(rv_above(norm, least), norm, least);
    const rv_vf keep  = (norm - limit) / base;
    *re               = rv_select(above, *re * keep, none);
    *im               = rv_select(above, *im * keep, none);
}

/// x = S(z - step q, threshold); sums[0] = ||change of x||^2, sums[1] = ||old x||^2.
/// z may be x. Nothing of size below the threshold survives, by squares.
static void
shrink(const uint32_t n, const float *const z_re, const float *const z_im,
       const float *const q_re, const float *const q_im, const float step,
       const float threshold, float *const x_re, float *const x_im, float sums[2])
{
    rv_f32x16   moved  = rv_zero_16();
    rv_f32x16   size   = rv_zero_16();
    const rv_vf limit  = rv_splat(threshold);
    const rv_vf square = rv_splat(threshold * threshold);
    const rv_vf pace   = rv_splat(step);
    for (uint32_t g = 0; g < n; g += lanes) {
        RV_EACH_PART(const rv_vf x0 = PART(x_re + g); const rv_vf x1 = PART(x_im + g);
                     rv_vf n0 = PART(z_re + g) - PART(q_re + g) * pace;
                     rv_vf n1 = PART(z_im + g) - PART(q_im + g) * pace;
                     shrink_part(limit, square, &n0, &n1); const rv_vf d0 = n0 - x0;
                     const rv_vf d1 = n1 - x1; moved.p[I] += d0 * d0 + d1 * d1;
                     size.p[I] += x0 * x0 + x1 * x1;
                     rv_store(x_re + g + I * RV_WIDTH, RV_WIDTH, n0);
                     rv_store(x_im + g + I * RV_WIDTH, RV_WIDTH, n1);)
    }
    sums[0] = rv_fold(moved);
    sums[1] = rv_fold(size);
}

/// The residual's spectrum from that of x: s = select s - y, where no tone is, nothing
static void
leave(const uint32_t n, const float *restrict const select,
      const float *restrict const y_re, const float *restrict const y_im,
      float *restrict const s_re, float *restrict const s_im)
{
    for (uint32_t g = 0; g < n; ++g) {
        s_re[g] = select[g] * s_re[g] - y_re[g];
        s_im[g] = select[g] * s_im[g] - y_im[g];
    }
}

/// leave() for 16 links side by side; one `select` for all
static void
leave_16(const uint32_t n, const float *const select, const float *const y_re,
         const float *const y_im, float *const s_re, float *const s_im)
{
    for (uint32_t g = 0; g < n; ++g) {
        const rv_vf  keep = rv_splat(select[g]);
        const size_t at   = (size_t)g * lanes;
        RV_EACH_PART(rv_store(s_re + at + I * RV_WIDTH, RV_WIDTH,
                              keep * PART(s_re + at) - PART(y_re + at));
                     rv_store(s_im + at + I * RV_WIDTH, RV_WIDTH,
                              keep * PART(s_im + at) - PART(y_im + at));)
    }
}

/// Lane sums of 16 links, folded as rv_fold does it for one
static void
fold_16(rv_f32x16 sum[lanes], float out[lanes])
{
    for (uint32_t half = lanes / 2; half > 0; half /= 2) {
        for (uint32_t k = 0; k < half; ++k) {
            RV_EACH_PART(sum[k].p[I] += sum[k + half].p[I];)
        }
    }
    rv_store_16(out, sum[0]);
}

/// shrink() for 16 links side by side, z = x; links whose `live` is 0 stay as they are
static void
shrink_16(const uint32_t n, const float *const q_re, const float *const q_im,
          const float step, const float threshold[lanes], const float live[lanes],
          float *const x_re, float *const x_im, float moved_out[lanes],
          float size_out[lanes])
{
    rv_f32x16   moved[lanes];
    rv_f32x16   size[lanes];
    const rv_vf pace = rv_splat(step);
    const rv_vf none = rv_splat(0.0F);
    for (uint32_t k = 0; k < lanes; ++k) {
        moved[k] = rv_zero_16();
        size[k]  = rv_zero_16();
    }
    for (uint32_t g = 0; g < n; ++g) {
        const size_t     at = (size_t)g * lanes;
        rv_f32x16 *const m  = &moved[g % lanes];
        rv_f32x16 *const s  = &size[g % lanes];
        RV_EACH_PART(
            const rv_vf limit   = PART(threshold);
            const rv_vi is_live = rv_above(PART(live), none);
            const rv_vf x0 = PART(x_re + at); const rv_vf x1 = PART(x_im + at);
            rv_vf n0 = x0 - PART(q_re + at) * pace;
            rv_vf n1 = x1 - PART(q_im + at) * pace;
            shrink_part(limit, limit * limit, &n0, &n1); const rv_vf d0 = n0 - x0;
            const rv_vf d1 = n1 - x1; m->p[I] += d0 * d0 + d1 * d1;
            s->p[I] += x0 * x0 + x1 * x1;
            rv_store(x_re + at + I * RV_WIDTH, RV_WIDTH, rv_select(is_live, n0, x0));
            rv_store(x_im + at + I * RV_WIDTH, RV_WIDTH, rv_select(is_live, n1, x1));)
    }
    fold_16(moved, moved_out);
    fold_16(size, size_out);
}

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)

extern const rv_cir_gradient JOIN(rv_cir_gradient_, RV_VARIANT);
const rv_cir_gradient JOIN(rv_cir_gradient_, RV_VARIANT) = {.forward   = dense_forward,
                                                            .adjoint   = dense_adjoint,
                                                            .shrink    = shrink,
                                                            .leave     = leave,
                                                            .leave_16  = leave_16,
                                                            .shrink_16 = shrink_16};
