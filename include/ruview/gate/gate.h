// SPDX-License-Identifier: MIT
/**
   @file gate.h
   Accept, predict only, reject or recalibrate, with a reason, and with hysteresis so
   that one odd frame changes nothing that lasts.

   accept        use the measurement
   predict only  do not update, but do not doubt what is known either
   reject        the measurement is no measurement
   recalibrate   the room has changed and stays changed; ask for a new baseline

   Place      stage 6, per link and, over links, per cycle.
*/
#ifndef RV_GATE_GATE_H
#define RV_GATE_GATE_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/gate/decision.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// Start from rv_gate_config_default()
typedef struct {
    float accept;     ///< Score from which a frame is accepted, 0..1 (0.6)
    float reject;     ///< Score below which it is rejected, 0..1 (0.35)
    float hysteresis; ///< Taken off both while the state holds (0.1)
    float structure; ///< Lag-1 coherence over tones below which phase is garbage (0.35)
    uint64_t hold_us;  ///< Time that recalibrate is asked for, at least (2 s)
    uint64_t stale_us; ///< No frame for so long: NO_DATA (2 s)
    float    drift;    ///< Deviation from the baseline that asks for a new one [robust
                       ///< sigmas, slow] (12)
} rv_gate_config;

/// What is known about a link in a cycle
typedef struct {
    rv_estimate score; ///< rv_coherence_result.score
    float structure;   ///< rv_sanitise_result.structure; negative: no phase, not judged
    float drift;       ///< rv_calibrate_result.drift; 0 without a baseline
    bool  step;        ///< rv_coherence_result.step
    bool  restarted;   ///< rv_coherence_result.restarted
    bool  has_frame;   ///< A frame arrived in this cycle
    uint64_t t_us;     ///< End of the cycle
} rv_gate_input;

/// A decision and why
typedef struct {
    rv_gate_decision decision;
    rv_reason        reason; ///< NONE when accepted
    float            noise;  ///< Factor for the measurement noise, >= 1
} rv_gate_output;

/// State of one link; fields are private
typedef struct {
    rv_gate_config   cfg;
    rv_gate_decision last;
    uint64_t         frame_us;       ///< Of the newest frame; 0 none yet
    uint64_t         recalibrate_us; ///< Since when; 0 not
    uint64_t         since_us;       ///< Since when `last` holds
    rv_reason        why;
    bool             step; ///< recalibrate is asked for a step, not for drift
} rv_gate;

RV_API rv_gate_config rv_gate_config_default(void);

/// Begin with REJECT, NO_DATA
RV_API void rv_gate_init(rv_gate *self, const rv_gate_config *cfg);

/// Decide for one cycle. A score that is NaN counts as 0.
RV_API RV_REALTIME rv_gate_output rv_gate_push(rv_gate *self, const rv_gate_input *in);

/// The baseline is new: recalibrate is answered
RV_API void rv_gate_calibrated(rv_gate *self);

/**
   One decision over links: recalibrate when more than half of the links that have a
   frame ask for it; else accept when any accepts; else predict only when any predicts;
   else reject with the reason of the first.

   @param link    I  [n] in ascending order.
   @param weight  I  [n] or NULL; links of weight 0 do not count.
*/
RV_API rv_gate_output rv_gate_over_links(const rv_gate_output *link,
                                         const float *weight, uint32_t n);

RV_END_DECLS

#endif // RV_GATE_GATE_H
