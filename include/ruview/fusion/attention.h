// SPDX-License-Identifier: MIT
/**
   @file attention.h
   How much each link agrees with the rest: softmax of the cosine of its amplitude
   profile to the mean profile.

   The weights say which view is typical. They are no measure of quality and nothing is
   averaged with them over different links' phases (fuse.h).

   Place      stage 4.
   Exactness  f32; mean: links in order, then divided; dot products left to right.
*/
#ifndef RV_FUSION_ATTENTION_H
#define RV_FUSION_ATTENTION_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

/**
   Weights of `n` profiles of `k` amplitudes.

   @param profile      I  [n] pointers to [k], finite; order = ascending link.
   @param temperature  I  > 0 (1).
   @param mean         O  [k] mean profile (scratch).
   @param weight       O  [n] sums to 1.
   @return OK; ERR_EMPTY (n or k 0); ERR_RANGE (temperature); ERR_NONFINITE: a profile
           holds a value that is not finite; its index is `*bad` and no weight is set.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_attention(const float *const *profile,
                                                       uint32_t n, uint32_t k,
                                                       float temperature, float *mean,
                                                       float *weight, uint32_t *bad);

/// Entropy of weights over ln n, 0..1; 1 for n <= 1. How even the weights are; not a
/// coherence.
RV_API float rv_attention_entropy(const float *weight, uint32_t n);

RV_END_DECLS

#endif // RV_FUSION_ATTENTION_H
