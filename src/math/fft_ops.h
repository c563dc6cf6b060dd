// SPDX-License-Identifier: MIT
/**
   @file fft_ops.h
   One pass of Stockham's transform, for each instruction set.

   A pass of radix r turns x into y: with n = r l m,

       y[(p r + k) m + q] = w^(p k m) sum over j of x[(p + j l) m + q] w^(j k n / r),

   p < l, q < m, k < r, w = exp(-2 pi i / n). The last pass has l = 1 and no twiddles;
   every other pass multiplies by all of them, 1 included, whatever its form, so that
   one transform and sixteen side by side (q runs over m x 16) give the same bits.
*/
#ifndef RV_MATH_FFT_OPS_H
#define RV_MATH_FFT_OPS_H

#include <stddef.h>
#include <stdint.h>

enum { RV_FFT_FLAT_BELOW = 8 }; ///< Passes with m below this keep a flat table too

/// What a pass works on
typedef struct {
    uint32_t     l;
    size_t       m;
    const float *rows; ///< [l][r-1][2]: cos and sin of p k, k = 1.., NULL when l = 1
    const float *flat; ///< [r-1][2][l m]: the same per flat index p m + q; NULL: none
    const float *re;   ///< x
    const float *im;
    float       *out_re; ///< y, apart from x
    float       *out_im;
} rv_fft_pass;

/// Butterflies of one instruction set
typedef struct {
    uint32_t needs; ///< Bits that the CPU mask must have
    void (*pass)(uint32_t radix, const rv_fft_pass *pass);
} rv_fft_ops;

#endif // RV_MATH_FFT_OPS_H
