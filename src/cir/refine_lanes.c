// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "cir/hot.h"
#include "math/lanes.h"

/// Part I of the virtual vector at p
#define PART(p) rv_load((p) + I * RV_WIDTH, RV_WIDTH)

/// Sums of conj(s) r, w conj(s) r and w^2 conj(s) r; n counts whole lanes
static void
moments(const uint32_t n, const float *const w, const float *const s_re,
        const float *const s_im, const float *const r_re, const float *const r_im,
        float out[6])
{
    rv_f32x16 m0 = rv_zero_16();
    rv_f32x16 m1 = rv_zero_16();
    rv_f32x16 m2 = rv_zero_16();
    rv_f32x16 m3 = rv_zero_16();
    rv_f32x16 m4 = rv_zero_16();
    rv_f32x16 m5 = rv_zero_16();
    for (uint32_t k = 0; k < n; k += 16) {
        RV_EACH_PART(const rv_vf a = PART(s_re + k); const rv_vf b = PART(s_im + k);
                     const rv_vf c = PART(r_re + k); const rv_vf d = PART(r_im + k);
                     const rv_vf t = PART(w + k); const rv_vf re = a * c + b * d;
                     const rv_vf im = a * d - b * c; m0.p[I] += re; m1.p[I] += im;
                     m2.p[I] += t * re; m3.p[I] += t * im; m4.p[I] += t * (t * re);
                     m5.p[I] += t * (t * im);)
    }
    out[0] = rv_fold(m0);
    out[1] = rv_fold(m1);
    out[2] = rv_fold(m2);
    out[3] = rv_fold(m3);
    out[4] = rv_fold(m4);
    out[5] = rv_fold(m5);
}

/// r -= gain s
static void
take_away(const uint32_t n, const float re, const float im,
          const float *restrict const s_re, const float *restrict const s_im,
          float *restrict const r_re, float *restrict const r_im)
{
    for (uint32_t k = 0; k < n; ++k) {
        r_re[k] -= re * s_re[k] - im * s_im[k];
        r_im[k] -= re * s_im[k] + im * s_re[k];
    }
}

/// s = mask x a geometric series: 16 terms given, each next 16 one `turn` further
static void
steer(const uint32_t n, const float *const mask, const float first[2][16],
      const float turn_re, const float turn_im, float *const s_re, float *const s_im)
{
    rv_f32x16   re = rv_load_16(first[0]);
    rv_f32x16   im = rv_load_16(first[1]);
    const rv_vf c  = rv_splat(turn_re);
    const rv_vf s  = rv_splat(turn_im);
    for (uint32_t k = 0; k < n; k += 16) {
        RV_EACH_PART(const rv_vf m = PART(mask + k); const rv_vf a = re.p[I];
                     const rv_vf                                 b = im.p[I];
                     rv_store(s_re + k + I * RV_WIDTH, RV_WIDTH, m * a);
                     rv_store(s_im + k + I * RV_WIDTH, RV_WIDTH, m * b);
                     re.p[I] = a * c - b * s; im.p[I] = a * s + b * c;)
    }
}

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)

extern const rv_cir_fit JOIN(rv_cir_fit_, RV_VARIANT);
const rv_cir_fit        JOIN(rv_cir_fit_, RV_VARIANT) = {
           .moments = moments, .take_away = take_away, .steer = steer};
