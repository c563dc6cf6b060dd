// SPDX-License-Identifier: MIT
#include <ruview/engine/histogram.h>

// Values below 32 have a bucket each; from there on every octave has 16 buckets
static uint32_t
bucket_of(const uint64_t ns)
{
    uint32_t octave = 0;
    uint64_t value  = ns;
    while (value >= 2 * RV_HISTOGRAM_STEPS) {
        value >>= 1;
        ++octave;
    }
    const uint64_t index = (uint64_t)octave * RV_HISTOGRAM_STEPS + value;
    return index < RV_HISTOGRAM_BUCKETS ? (uint32_t)index : RV_HISTOGRAM_BUCKETS - 1;
}

// The largest value that falls into a bucket
static uint64_t
top_of(const uint32_t bucket)
{
    if (bucket < 2 * RV_HISTOGRAM_STEPS) {
        return bucket;
    }
    const uint32_t octave = bucket / RV_HISTOGRAM_STEPS - 1;
    const uint64_t value  = bucket - octave * RV_HISTOGRAM_STEPS;
    return ((value + 1) << octave) - 1;
}

void
rv_histogram_add(rv_histogram *const self, const uint64_t ns)
{
    uint32_t *const count = &self->bucket[bucket_of(ns)];
    *count += (*count != UINT32_MAX);
    ++self->count;
    self->sum_ns += ns;
    self->last_ns = ns;
    self->max_ns  = ns > self->max_ns ? ns : self->max_ns;
}

uint64_t
rv_histogram_quantile(const rv_histogram *const self, const uint32_t share_ppm)
{
    if (self->count == 0) {
        return 0;
    }
    // Splitting the product keeps it inside 64 bits for any count
    const uint64_t wanted = self->count / 1000000U * share_ppm +
                            (self->count % 1000000U * share_ppm + 999999U) / 1000000U;
    uint64_t seen = 0;
    for (uint32_t b = 0; b < RV_HISTOGRAM_BUCKETS; ++b) {
        seen += self->bucket[b];
        if (seen >= wanted && seen > 0) {
            const uint64_t top = top_of(b);
            return top < self->max_ns ? top : self->max_ns;
        }
    }
    return self->max_ns;
}

uint64_t
rv_histogram_above(const rv_histogram *const self, const uint64_t limit_ns)
{
    uint64_t n = 0;
    for (uint32_t b = bucket_of(limit_ns) + 1; b < RV_HISTOGRAM_BUCKETS; ++b) {
        n += self->bucket[b];
    }
    return n;
}
