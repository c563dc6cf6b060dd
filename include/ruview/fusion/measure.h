// SPDX-License-Identifier: MIT
/**
   @file measure.h
   From samples to an estimate: value, standard deviation and quality, each of them from
   what was measured, or unknown with a reason while there is too little.

   Quality is a share of something counted: of the samples that could have been there
   (coverage), of the window that is filled, of the links that took part.

   Place      stage 4, for every number of the record that has no stage of its own.
   Source     running moments: "Updating Mean and Variance Estimates: An Improved
              Method", Commun. ACM 22 (1979); effective number 1 / sum w^2: Kish,
              "Survey Sampling", 1965; rounding: variance step^2 / 12; robust sigma by
              the median absolute deviation: "The Influence Curve and Its Role in Robust
              Estimation", J. Am. Stat. Assoc. 69 (1974).
*/
#ifndef RV_FUSION_MEASURE_H
#define RV_FUSION_MEASURE_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>

#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_MEASURE_GAPS = 64, ///< Intervals behind a rate, at most
    RV_LEAST_GAPS   = 3,  ///< Intervals behind a rate, at least
};

/// A forgetting mean with its scatter; all zero is empty
typedef struct {
    float    mean;
    float    variance; ///< Of the samples, about the mean
    float    weight2;  ///< Sum of squared weights: 1 / effective number
    float    heard;    ///< Share of the chances that brought a sample, 0..1
    uint32_t n;        ///< Samples, counts to 2^32 - 1 and stays
    uint32_t chances;  ///< Samples and misses, likewise
} rv_running;

/// One sample; `memory` [samples] >= 1: the newest weighs 1/memory, the first evenly
RV_API RV_REALTIME void rv_running_push(rv_running *self, float value, float memory);

/// A chance that brought no sample
RV_API RV_REALTIME void rv_running_miss(rv_running *self, float memory);

/**
   The mean. sigma^2 = variance n/(n-1) / n + step^2/12 with n the effective number:
   scatter goes down with the number of samples, rounding to `step` does not. Quality:
   the share of the chances that brought a sample.

   @return WARMING_UP before the second sample.
*/
RV_API rv_estimate rv_running_get(const rv_running *self, float step);

/**
   A rate from intervals: value 1 / median, sigma = value^2 x standard error of the
   median, which is 1.2533 x (1.4826 MAD) / sqrt(n), no less than a stamp's rounding.
   Quality: n / window.

   @param gap_us  I  [n] intervals [us], any order.
   @param window  Intervals that are kept when there are enough, >= n.
   @return [Hz]; WARMING_UP for fewer than RV_LEAST_GAPS or a median of 0.
*/
RV_API rv_estimate rv_rate_of(const uint32_t *gap_us, uint32_t n, uint32_t window);

/// A number that is counted, not estimated: sigma is the rounding to `step`, quality 1
RV_API RV_CONST rv_estimate rv_exact(float value, float step);

/**
   Variance V of a profile over its points, as a measure of how selective a channel is.
   With noise of variance v on each point, sigma^2 = (4 V v + 2 v^2) / n.

   @param noise    v, >= 0.
   @param n_free   Points that carry noise of their own, 1..n.
   @param quality  Share of what could have taken part, 0..1.
*/
RV_API rv_estimate rv_selectivity(const float *profile, uint32_t n, float noise,
                                  uint32_t n_free, float quality);

/**
   A share that must lie in 0..1, from an unbiased number that need not: mean and
   deviation of what it can be, all shares alike before. Strictly within 0..1, so
   nothing saturates: 1 +- 0.1 measured gives 0.92 +- 0.06.

   Source     moments of the truncated normal: Johnson, Kotz, Balakrishnan, "Continuous
              Univariate Distributions", vol. 1, 1994, ch. 13; its tail by the
              rational exponent of "Numerical Recipes", 3rd ed., 6.2.2 (1.2e-7).
   @param error  Standard error of `value`, >= 0; 0 gives the value clamped.
*/
RV_API rv_estimate rv_bounded_share(float value, float error, float quality);

/**
   How many there are, when each of n is there with its own probability: value n, sigma
   the root mean square distance of the true number, sum p(1-p) + (sum 1-p)^2. Quality:
   mean probability.

   @return NO_DATA for n = 0.
*/
RV_API rv_estimate rv_head_count(const float *probability, uint32_t n);

RV_END_DECLS

#endif // RV_FUSION_MEASURE_H
