// SPDX-License-Identifier: MIT
/**
   @file advisor.h
   When to recommend a new calibration: coherence low for long enough, a change that
   stays, baselines that no longer fit, or a mesh about to fall apart.
*/
#ifndef RV_TRUST_ADVISOR_H
#define RV_TRUST_ADVISOR_H

#include <ruview/trust/quality.h>

RV_BEGIN_DECLS

typedef struct {
    float    coherence_low; ///< A cycle counts as low below it; default 0.5
    uint32_t streak;        ///< Low cycles in a row that recommend; default 60
    uint64_t quiet_us;      ///< At most one event per; default 10 s
} rv_advisor_config;

/// State; start with rv_advisor_init
typedef struct {
    rv_advisor_config config;
    uint32_t          low;     ///< Low cycles in a row, saturating
    uint64_t          last_us; ///< Of the last event; 0 none
    bool              is_recommending;
} rv_advisor;

RV_API rv_advisor_config rv_advisor_config_default(void);

/// ERR_CONFIG: `self` is unchanged
RV_API RV_NODISCARD rv_status rv_advisor_init(rv_advisor              *self,
                                              const rv_advisor_config *config);

/**
   @param coherence  Unknown or NaN counts as low: no evidence is no comfort.
   @param is_event   O  This cycle begins a recommendation worth an event.
   @return Why a new calibration is recommended, or RV_REASON_NONE: LOW_QUALITY
   (streak), STEP (change point), DRIFT, NOT_CALIBRATED (mixed sessions), LOSS
   (partition).
*/
RV_API RV_REALTIME rv_reason rv_advisor_push(rv_advisor *self, uint64_t t_us,
                                             rv_estimate coherence, uint32_t flags,
                                             bool *is_event);

RV_END_DECLS

#endif // RV_TRUST_ADVISOR_H
