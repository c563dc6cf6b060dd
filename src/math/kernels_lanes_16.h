// SPDX-License-Identifier: MIT
/**
   @file kernels_lanes_16.h
   Batched kernels, sixteen links side by side; private to the kernels of one
   instruction set. math/kernels.h says what they do.
*/
#ifndef RV_MATH_KERNELS_LANES_16_H
#define RV_MATH_KERNELS_LANES_16_H

#include "math/variants.h"

void RV_VARIANT_NAME(rv_dot_16)(const float *a, const float *b, size_t n,
                                float out[16]);
void RV_VARIANT_NAME(rv_cnorm2_16)(const float *re, const float *im, size_t n,
                                   float out[16]);
void RV_VARIANT_NAME(rv_cdot_16)(const float *a_re, const float *a_im,
                                 const float *b_re, const float *b_im, size_t n,
                                 float out_re[16], float out_im[16]);
void RV_VARIANT_NAME(rv_caxpy_16)(const float alpha_re[16], const float alpha_im[16],
                                  const float *x_re, const float *x_im, float *y_re,
                                  float *y_im, size_t n);
void RV_VARIANT_NAME(rv_cspread_16)(const float alpha_re[16], const float alpha_im[16],
                                    const float *x_re, const float *x_im, float *y_re,
                                    float *y_im, size_t n);
void RV_VARIANT_NAME(rv_crows_16)(const float *w_re, const float *w_im,
                                  const float *x_re, const float *x_im, float *out_re,
                                  float *out_im, size_t n);
void RV_VARIANT_NAME(rv_csoft_16)(const float *x_re, const float *x_im,
                                  const float threshold[16], float *out_re,
                                  float *out_im, size_t n);
void RV_VARIANT_NAME(rv_cargmax2_16)(const float *re, const float *im, size_t n,
                                     uint32_t index[16], float max[16]);

#endif // RV_MATH_KERNELS_LANES_16_H
