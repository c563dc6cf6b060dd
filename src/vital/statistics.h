// SPDX-License-Identifier: MIT
/**
   @file statistics.h
   What the detectors of this folder share.
*/
#ifndef RV_VITAL_STATISTICS_H
#define RV_VITAL_STATISTICS_H

#include <stdint.h>

/// Upper quantile of the normal distribution: P(Z > z) = p for p in (0, 0.5]. Absolute
/// error below 4.5e-4 (Abramowitz and Stegun, "Handbook of Mathematical Functions",
/// 1964, 26.2.23).
float rv_normal_quantile(float p);

/// Upper quantile of the Gamma distribution with unit scale: what the energy of noise
/// in `order` independent bands reaches with that chance, in (0, 0.5] (Wilson and
/// Hilferty, "The distribution of chi-square", PNAS 1931)
float rv_gamma_quantile(float order, float chance);

/// Mean square of a - b, both [n], n > 0, in the order of their indices
float rv_mean_square_change(const float *a, const float *b, uint32_t n);

#endif // RV_VITAL_STATISTICS_H
