// SPDX-License-Identifier: MIT
#include <ruview/cir/tap_gate.h>

#include "base/exact.h"

enum { settled = 8 }; ///< Good frames before the mean jump counts

void
rv_tap_gate_config_default(rv_tap_gate_config *const config)
{
    const rv_tap_gate_config defaults = {.enabled    = true,
                                         .least      = 0.55F,
                                         .least_comb = 0.70F,
                                         .jump_ns    = 150.0F,
                                         .smoothing  = 0.1F};
    *config                           = defaults;
}

static uint16_t
strongest_tap(const rv_cir_result *const result)
{
    uint16_t best  = 0;
    float    power = -1.0F;
    for (uint32_t i = 0; i < result->n; ++i) {
        const float p = result->re[i] * result->re[i] + result->im[i] * result->im[i];
        if (p > power) {
            power = p;
            best  = result->tap[i];
        }
    }
    return best;
}

/// On the circle of the delays that the tones tell apart
static float
distance_ns(const rv_cir_plan *const plan, const uint32_t a, const uint32_t b)
{
    const uint32_t around = (uint32_t)plan->n_taps / plan->comb;
    const uint32_t there  = (a > b ? a - b : b - a) % around;
    const uint32_t back   = around - there;
    return (float)((double)(there < back ? there : back) * plan->tap_ns);
}

void
rv_tap_gate_push(rv_tap_gate *const self, const rv_tap_gate_config *const config,
                 const rv_cir_plan *const plan, const rv_cir_result *const result,
                 rv_tap_verdict *const verdict)
{
    const rv_tap_verdict start = {result->reason, result->window, self->jump_ns};
    *verdict                   = start;
    if (result->reason != RV_REASON_NONE) {
        return;
    }
    if (result->window < (plan->comb > 1 ? config->least_comb : config->least)) {
        verdict->reason = config->enabled ? RV_REASON_PHASE_GARBAGE : RV_REASON_NONE;
        return;
    }
    if (result->n == 0) {
        verdict->reason = config->enabled ? RV_REASON_LOW_QUALITY : RV_REASON_NONE;
        return;
    }
    const uint16_t tap = strongest_tap(result);
    if (self->has_last) {
        const float jump = distance_ns(plan, tap, self->last_tap);
        self->jump_ns += config->smoothing * (jump - self->jump_ns);
    }
    self->has_last = true;
    self->last_tap = tap;
    self->n += (self->n < UINT32_MAX);
    verdict->jump_ns = self->jump_ns;
    if (config->enabled && self->n > settled && self->jump_ns > config->jump_ns) {
        verdict->reason = RV_REASON_PHASE_GARBAGE;
    }
}
