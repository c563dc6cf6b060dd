// SPDX-License-Identifier: MIT
/**
   @file gradient_lanes.c
   The loops of the proximal gradient: products with the stored matrix, two rows at a
   time, and the shrinking step. Sums keep 16 lanes.
*/
#include "base/exact.h"
#include "cir/hot.h"

#include <string.h>

enum { lanes = 16 };

static float
fold(float sum[lanes])
{
    for (uint32_t half = lanes / 2; half > 0; half /= 2) {
        for (uint32_t k = 0; k < half; ++k) {
            sum[k] += sum[k + half];
        }
    }
    return sum[0];
}

/// Two rows of u = Phi x; every row has whole lanes, zeros beyond its end
static void
forward_rows(const uint32_t stride, const float *restrict const a_re,
             const float *restrict const a_im, const float *restrict const b_re,
             const float *restrict const b_im, const float *restrict const x_re,
             const float *restrict const x_im, float out[4])
{
    float s0[lanes] = {0};
    float s1[lanes] = {0};
    float s2[lanes] = {0};
    float s3[lanes] = {0};
    for (uint32_t g = 0; g < stride; g += lanes) {
        for (uint32_t k = 0; k < lanes; ++k) {
            s0[k] += a_re[g + k] * x_re[g + k] - a_im[g + k] * x_im[g + k];
            s1[k] += a_re[g + k] * x_im[g + k] + a_im[g + k] * x_re[g + k];
            s2[k] += b_re[g + k] * x_re[g + k] - b_im[g + k] * x_im[g + k];
            s3[k] += b_re[g + k] * x_im[g + k] + b_im[g + k] * x_re[g + k];
        }
    }
    out[0] = fold(s0);
    out[1] = fold(s1);
    out[2] = fold(s2);
    out[3] = fold(s3);
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

/// x = S(z - step q, threshold); sums[0] = ||change of x||^2, sums[1] = ||old x||^2.
/// z may be x.
static void
shrink(const uint32_t n, const float *const z_re, const float *const z_im,
       const float *const q_re, const float *const q_im, const float step,
       const float threshold, float *const x_re, float *const x_im, float sums[2])
{
    float moved[lanes] = {0};
    float size[lanes]  = {0};
    for (uint32_t first = 0; first < n; first += lanes) {
        for (uint32_t k = 0; k < lanes; ++k) {
            const uint32_t g    = first + k;
            const float    v_re = z_re[g] - q_re[g] * step;
            const float    v_im = z_im[g] - q_im[g] * step;
            const float    norm = __builtin_sqrtf(v_re * v_re + v_im * v_im);
            const float    part = (norm - threshold) / (norm > 1e-12F ? norm : 1e-12F);
            const float    keep = norm > threshold ? part : 0.0F;
            const float    n_re = v_re * keep;
            const float    n_im = v_im * keep;
            const float    d_re = n_re - x_re[g];
            const float    d_im = n_im - x_im[g];
            moved[k] += d_re * d_re + d_im * d_im;
            size[k] += x_re[g] * x_re[g] + x_im[g] * x_im[g];
            x_re[g] = n_re;
            x_im[g] = n_im;
        }
    }
    sums[0] = fold(moved);
    sums[1] = fold(size);
}

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)

extern const rv_cir_gradient JOIN(rv_cir_gradient_, RV_VARIANT);
const rv_cir_gradient        JOIN(rv_cir_gradient_, RV_VARIANT) = {
           .forward = dense_forward, .adjoint = dense_adjoint, .shrink = shrink};
