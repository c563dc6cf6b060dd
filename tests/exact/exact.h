// SPDX-License-Identifier: MIT
/**
   @file exact.h
   Shared by the parts of the exact test.
*/
#ifndef RV_TESTS_EXACT_H
#define RV_TESTS_EXACT_H

#include <ruview/math/fft.h>
#include <ruview/math/kernels.h>
#include <ruview/math/random.h>

#include <stdbool.h>

/// Plain loops in the written order, that know nothing of lanes.h
extern const rv_kernels plain_kernels;

/// The transform that fft.h promises, recomputed by plain loops
void plain_fft(uint32_t n, const float *re, const float *im, float *out_re,
               float *out_im);

/// Numbers of one kind: 0 normal, 1 all magnitudes, 2 with subnormals, zeros of both
/// signs, infinities and NaN among them
float special_number(rv_random *random, int kind);

/// NaN as 0x7FC00000 in a whole array
void make_canonical(float *x, size_t n);

/// Number of transforms compared; sets *failed
uint64_t compare_transforms(uint32_t cpu_mask, bool quick, bool *failed);

#endif // RV_TESTS_EXACT_H
