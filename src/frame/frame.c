// SPDX-License-Identifier: MIT
#include <ruview/base/bytes.h>
#include <ruview/frame/frame.h>

#include "base/exact.h"

/// All bits of the samples together; `worst` collects exponents that are all ones
static rv_reason
check_samples(const float *const re, const float *const im, const size_t n)
{
    uint32_t any   = 0;
    uint32_t worst = 0;
    for (size_t i = 0; i < n; ++i) {
        uint32_t a, b;
        memcpy(&a, &re[i], sizeof a);
        memcpy(&b, &im[i], sizeof b);
        any |= (a | b) & 0x7FFFFFFFU;
        worst |= (uint32_t)((a & 0x7F800000U) == 0x7F800000U);
        worst |= (uint32_t)((b & 0x7F800000U) == 0x7F800000U);
    }
    return worst ? RV_REASON_NONFINITE : any ? RV_REASON_NONE : RV_REASON_ALL_ZERO;
}

rv_reason
rv_frame_check(const rv_frame *const frame)
{
    if (!frame->layout || frame->layout->n_entries == 0) {
        return RV_REASON_UNKNOWN_LAYOUT;
    }
    if (frame->n_rx < 1 || frame->n_rx > RV_MAX_ANTENNAS || frame->n_tx < 1 ||
        frame->n_tx > RV_MAX_ANTENNAS || !frame->re || !frame->im ||
        (frame->bandwidth_mhz != 0 &&
         frame->bandwidth_mhz != frame->layout->bandwidth_mhz)) {
        return RV_REASON_BAD_VALUE;
    }
    const size_t n = (size_t)frame->n_rx * frame->n_tx * frame->layout->n_entries;
    return check_samples(frame->re, frame->im, n);
}
