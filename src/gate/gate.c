// SPDX-License-Identifier: MIT
#include <ruview/gate/gate.h>

#include "base/exact.h"

#include <stddef.h>

static const float max_noise = 3.0F; // factor at the lower end of "predict only"

rv_gate_config
rv_gate_config_default(void)
{
    return (rv_gate_config){.accept     = 0.6F,
                            .reject     = 0.35F,
                            .hysteresis = 0.1F,
                            .structure  = 0.35F,
                            .hold_us    = 2000000,
                            .stale_us   = 2000000,
                            .drift      = 12.0F};
}

void
rv_gate_init(rv_gate *const self, const rv_gate_config *const cfg)
{
    *self = (rv_gate){.cfg = *cfg, .last = RV_GATE_REJECT, .why = RV_REASON_NO_DATA};
}

void
rv_gate_calibrated(rv_gate *const self)
{
    self->recalibrate_us = 0;
}

static float
score_of(const rv_estimate *const e)
{
    return rv_is_known(*e) && e->value == e->value ? e->value : 0.0F;
}

// The decision that the score alone asks for; a state that holds is easier to keep
static rv_gate_decision
by_score(const rv_gate *const self, const float score)
{
    const float keep = self->cfg.hysteresis;
    const float accept =
        self->cfg.accept - (self->last == RV_GATE_ACCEPT ? keep : 0.0F);
    const float reject =
        self->cfg.reject - (self->last == RV_GATE_REJECT ? 0.0F : keep);
    return score >= accept   ? RV_GATE_ACCEPT
           : score >= reject ? RV_GATE_PREDICT_ONLY
                             : RV_GATE_REJECT;
}

static rv_gate_output
settle(rv_gate *const self, const rv_gate_decision decision, const rv_reason reason,
       const float noise, const uint64_t t_us)
{
    if (decision != self->last) {
        self->since_us = t_us;
    }
    self->last = decision;
    self->why  = reason;
    return (rv_gate_output){.decision = decision, .reason = reason, .noise = noise};
}

// Between accept and reject the measurement noise grows from 1 to max_noise
static float
noise_of(const rv_gate *const self, const float score)
{
    const float width = self->cfg.accept - self->cfg.reject;
    if (score >= self->cfg.accept) {
        return 1.0F;
    }
    if (!(width > 0.0F) || score <= self->cfg.reject) {
        return max_noise;
    }
    return 1.0F + (self->cfg.accept - score) / width * (max_noise - 1.0F);
}

rv_gate_output
rv_gate_push(rv_gate *const self, const rv_gate_input *const in)
{
    if (!in->has_frame) {
        const bool stale =
            self->frame_us == 0 || (in->t_us > self->frame_us &&
                                    in->t_us - self->frame_us > self->cfg.stale_us);
        // Between frames the last word stands
        return stale ? settle(self, RV_GATE_REJECT, RV_REASON_NO_DATA, max_noise,
                              in->t_us)
                     : (rv_gate_output){self->last, self->why, 1.0F};
    }
    self->frame_us = in->t_us;
    if (in->structure >= 0.0F && in->structure < self->cfg.structure) {
        return settle(self, RV_GATE_REJECT, RV_REASON_PHASE_GARBAGE, max_noise,
                      in->t_us);
    }
    const bool step  = in->step || in->restarted;
    const bool drift = in->drift > self->cfg.drift;
    if ((step || drift) && self->recalibrate_us == 0) {
        self->recalibrate_us = in->t_us;
        self->step           = step;
    }
    const bool held =
        self->recalibrate_us != 0 &&
        (step || drift || in->t_us < self->recalibrate_us + self->cfg.hold_us);
    if (held) {
        return settle(self, RV_GATE_RECALIBRATE,
                      self->step ? RV_REASON_STEP : RV_REASON_DRIFT, 1.0F, in->t_us);
    }
    self->recalibrate_us = 0;
    if (in->score.reason == RV_REASON_WARMING_UP) {
        return settle(self, RV_GATE_PREDICT_ONLY, RV_REASON_WARMING_UP, max_noise,
                      in->t_us);
    }
    const float            score    = score_of(&in->score);
    const rv_gate_decision decision = by_score(self, score);
    return settle(self, decision,
                  decision == RV_GATE_ACCEPT ? RV_REASON_NONE : RV_REASON_LOW_QUALITY,
                  noise_of(self, score), in->t_us);
}

rv_gate_output
rv_gate_over_links(const rv_gate_output *const link, const float *const weight,
                   const uint32_t n)
{
    uint32_t count[RV_GATE_RECALIBRATE + 1] = {0};
    uint32_t first[RV_GATE_RECALIBRATE + 1] = {0};
    uint32_t total                          = 0;
    for (uint32_t i = 0; i < n; ++i) {
        if (weight && !(weight[i] > 0.0F)) {
            continue;
        }
        const rv_gate_decision d = link[i].decision;
        first[d]                 = count[d] == 0 ? i : first[d];
        ++count[d];
        ++total;
    }
    if (total == 0) {
        return (rv_gate_output){RV_GATE_REJECT, RV_REASON_NO_DATA, max_noise};
    }
    const rv_gate_decision decision =
        2 * count[RV_GATE_RECALIBRATE] > total ? RV_GATE_RECALIBRATE
        : count[RV_GATE_ACCEPT] > 0            ? RV_GATE_ACCEPT
        : count[RV_GATE_PREDICT_ONLY] > 0      ? RV_GATE_PREDICT_ONLY
        : count[RV_GATE_RECALIBRATE] > 0       ? RV_GATE_RECALIBRATE
                                               : RV_GATE_REJECT;
    return link[first[decision]];
}
