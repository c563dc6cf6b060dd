// SPDX-License-Identifier: MIT
#include <ruview/trust/advisor.h>

#include "base/exact.h"

rv_advisor_config
rv_advisor_config_default(void)
{
    const rv_advisor_config config = {
        .coherence_low = 0.5F, .streak = 60, .quiet_us = UINT64_C(10000000)};
    return config;
}

rv_status
rv_advisor_init(rv_advisor *const self, const rv_advisor_config *const config)
{
    if (!(config->coherence_low >= 0.0F && config->coherence_low <= 1.0F) ||
        config->streak == 0) {
        return RV_ERR_CONFIG;
    }
    *self = (rv_advisor){.config = *config};
    return RV_OK;
}

static rv_reason
find_cause(const rv_advisor *const self, const uint32_t flags)
{
    return flags & RV_FLAG_CHANGE_POINT       ? RV_REASON_STEP
           : flags & RV_FLAG_CALIBRATION_MIX  ? RV_REASON_NOT_CALIBRATED
           : flags & RV_FLAG_DRIFT            ? RV_REASON_DRIFT
           : flags & RV_FLAG_PARTITION        ? RV_REASON_LOSS
           : self->low >= self->config.streak ? RV_REASON_LOW_QUALITY
                                              : RV_REASON_NONE;
}

rv_reason
rv_advisor_push(rv_advisor *const self, const uint64_t t_us,
                const rv_estimate coherence, const uint32_t flags, bool *const is_event)
{
    const bool is_high =
        rv_is_known(coherence) && coherence.value >= self->config.coherence_low;
    if (is_high) {
        self->low = 0;
    } else if (self->low < self->config.streak) {
        ++self->low;
    }
    const rv_reason cause    = find_cause(self, flags);
    const bool      is_new   = cause != RV_REASON_NONE && !self->is_recommending;
    const bool      is_quiet = self->last_us == 0 || t_us < self->last_us ||
                          t_us - self->last_us >= self->config.quiet_us;
    self->is_recommending = cause != RV_REASON_NONE;
    *is_event             = is_new && is_quiet;
    if (*is_event) {
        self->last_us = t_us;
    }
    return cause;
}
