// SPDX-License-Identifier: MIT
/**
   @file histogram.h
   How long a stage takes: a histogram with logarithmic octaves of 16 linear steps each,
   so that every value is kept to 6.25 %, from 1 ns to 18 minutes, in 2.5 KB.

   Times never enter a digest; this module counts what the caller measured.

   Source     "HdrHistogram", G. Tene, 2012-2016 (the bucket layout).
*/
#ifndef RV_ENGINE_HISTOGRAM_H
#define RV_ENGINE_HISTOGRAM_H

#include <ruview/base/attributes.h>

#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_HISTOGRAM_STEPS   = 16,
    RV_HISTOGRAM_OCTAVES = 37,
    RV_HISTOGRAM_BUCKETS = RV_HISTOGRAM_STEPS * RV_HISTOGRAM_OCTAVES,
};

/// Start from {0}
typedef struct {
    uint32_t bucket[RV_HISTOGRAM_BUCKETS]; ///< Counts, saturating
    uint64_t count;
    uint64_t sum_ns;
    uint64_t max_ns;
    uint64_t last_ns;
} rv_histogram;

/// Count one value; values above the range fall into the last bucket
RV_API RV_REALTIME void rv_histogram_add(rv_histogram *self, uint64_t ns);

/**
   Smallest value that at least `share` of the values do not exceed, to 6.25 %.

   @param share_ppm  0..1000000: 500000 is the median, 990000 p99.
   @return ns; 0 when nothing was counted; never more than max_ns.
*/
RV_API uint64_t rv_histogram_quantile(const rv_histogram *self, uint32_t share_ppm);

/// Values in buckets that lie wholly above `limit_ns`
RV_API uint64_t rv_histogram_above(const rv_histogram *self, uint64_t limit_ns);

RV_END_DECLS

#endif // RV_ENGINE_HISTOGRAM_H
