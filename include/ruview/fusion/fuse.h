// SPDX-License-Identifier: MIT
/**
   @file fuse.h
   One number from several links' numbers, and the fused view of a cycle.

   Links have their own oscillators and paths, so samples of different links are never
   averaged. What is fused are quantities with an uncertainty each: by inverse variance
   where errors are independent, by covariance intersection where that is not known.
   Order = ascending link.

   Place      stage 4.
   Source     "A non-divergent estimation algorithm in the presence of unknown
              correlations", ACC 1997.
*/
#ifndef RV_FUSION_FUSE_H
#define RV_FUSION_FUSE_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// Inverse-variance mean of the known ones among `e`; sigma is never below 1e-6 of the
/// value's size. Unknown (first reason met, NO_DATA for n = 0) when none is known.
RV_API RV_PURE rv_estimate rv_fuse_independent(const rv_estimate *e, uint32_t n);

/// Covariance intersection with weights in proportion to 1/sigma^2: the mean of
/// rv_fuse_independent with a sigma that holds whatever the errors have in common
RV_API RV_PURE rv_estimate rv_fuse_intersect(const rv_estimate *e, uint32_t n);

/// Weighted mean with given weights over the known ones; sigma as if wholly correlated
RV_API RV_PURE rv_estimate rv_fuse_weighted(const rv_estimate *e, const float *weight,
                                            uint32_t n);

RV_END_DECLS

#endif // RV_FUSION_FUSE_H
