// SPDX-License-Identifier: MIT
/**
   @file elementary_lanes.h
   Elementary functions over arrays, the bits of elementary.h; private to the kernels of
   one instruction set.
*/
#ifndef RV_MATH_ELEMENTARY_LANES_H
#define RV_MATH_ELEMENTARY_LANES_H

#include "math/variants.h"

void RV_VARIANT_NAME(rv_sincos_rows)(const float *x, float *s, float *c, size_t n);
void RV_VARIANT_NAME(rv_atan2_rows)(const float *y, const float *x, float *out,
                                    size_t n);
void RV_VARIANT_NAME(rv_exp_rows)(const float *x, float *out, size_t n);
void RV_VARIANT_NAME(rv_log_rows)(const float *x, float *out, size_t n);

#endif // RV_MATH_ELEMENTARY_LANES_H
