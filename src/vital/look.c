// SPDX-License-Identifier: MIT
#include "vital/look.h"

#include "base/exact.h"

#include <ruview/math/elementary.h>

uint64_t
rv_look_end(const uint64_t t_us, const uint64_t late, const uint64_t apart)
{
    const uint64_t now = t_us / RV_SAMPLER_SLOT_US;
    return now >= late ? (now - late) / apart * apart : 0;
}

rv_estimate
rv_look_rate(const rv_spectrum_peak *const peak, const float window_s)
{
    // Rife and Boorstyn 1974: var(omega) = 6 / (gamma T^2) for a peak gamma over the
    // noise; a Hann window costs a factor of 1.5 in sigma; the breather's own wander is
    // not known here
    const float bpm    = 60.0F * peak->hz;
    const float excess = peak->power / peak->threshold;
    const float sigma =
        1.5F * 23.4F / (window_s * rv_sqrt_f32(peak->power)) + 0.01F * bpm;
    return rv_known(bpm, sigma, excess / (1.0F + excess));
}

rv_estimate
rv_look_at(const rv_sampler *const sampler, const rv_estimate answer,
           const uint64_t t_us)
{
    const rv_reason reason = rv_sampler_reason(sampler, t_us);
    if (reason != RV_REASON_NONE) {
        return rv_unknown(reason);
    }
    if (answer.reason == RV_REASON_NO_DATA || answer.reason == RV_REASON_MOVING) {
        return rv_unknown(RV_REASON_WARMING_UP);
    }
    return answer;
}
