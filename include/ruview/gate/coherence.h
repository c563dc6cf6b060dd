// SPDX-License-Identifier: MIT
/**
   @file coherence.h
   Does the link still measure the channel that it measured before? 1: every change is
   what its own noise explains. 0: nothing agrees.

   Two null-normalised scores, of which the better counts:
   - template: mean over the still tones of exp(-|z|^2/2), z the residual against a slow
     template in units of the tone's own spread, times 2 (its mean under the null is
   1/2). The spread is learnt from *every* frame, with Huber's weight, so that it cannot
   lock itself out.
   - lag: correlation with the frame before, over what the measured noise allows. A
   person moving lowers the first and not the second.

   A CUSUM on the template's residual tells a lasting step (furniture) from a passing
   change; when frames after a step agree with one another, the template starts again.

   Place      stage 6.
   Source     "Robust Estimation of a Location Parameter", Ann. Math. Stat. 35 (1964);
              "Continuous Inspection Schemes", Biometrika 41 (1954).
*/
#ifndef RV_GATE_COHERENCE_H
#define RV_GATE_COHERENCE_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/frame/csi.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// Start from rv_coherence_config_default()
typedef struct {
    uint16_t n_tones;      ///< K, 4..2048
    uint16_t n_streams;    ///< 1..16
    uint16_t warm_frames;  ///< Frames until the first score, >= 4 (16)
    float    follow_us;    ///< Time constant of the template [us] (10 s)
    float    static_share; ///< Share of tones scored, 0..1 (0.5)
    float    drift_slack;  ///< CUSUM slack [null sigmas] (1.5)
    float    drift_limit;  ///< CUSUM limit [null sigmas] (60)
    uint64_t settle_us;    ///< Agreement after a step until the template restarts (3 s)
    uint32_t cpu_mask;     ///< kernels.h (0: baseline)
} rv_coherence_config;

/// What one frame says
typedef struct {
    rv_estimate score;    ///< 0..1; WARMING_UP, NO_DATA. Quality: how much of the
                          ///< template's memory is filled
    float template_score; ///< Unclamped, null mean 1
    float lag_score;      ///< Unclamped, null mean 1
    float residual;       ///< Mean squared residual over null, 1 where only noise is
    float residual_z;     ///< Mean squared residual over null, [null sigmas]
    float cusum;          ///< 0 .. drift_limit
    bool  step;           ///< The CUSUM passed its limit: the room changed and stays
    bool  restarted;      ///< The template starts again with this frame
    float snr_db;         ///< Template over spread
} rv_coherence_result;

/// State of one link; fields are private
typedef struct {
    rv_coherence_config cfg;
    float              *ref_re, *ref_im;   ///< [n] template, n = n_streams x K
    float              *var;               ///< [n] spread, sigma^2 of re and im
    float              *prev_re, *prev_im; ///< [n] frame before
    float              *fast_re, *fast_im; ///< [n] mean of the last second
    uint16_t           *index;             ///< [K] tones that count
    uint16_t           *work;              ///< [K]
    uint32_t            n_static;
    uint64_t            frames;   ///< Since the template started
    uint64_t            start_us; ///< Of the template's first frame
    uint64_t            last_us;
    uint64_t            suspect_us; ///< Since when the CUSUM is at its limit; 0 not
    uint64_t            step_us;    ///< When the CUSUM passed its limit; 0 not
    float               cusum;
    float               fit_mean, fit_var; ///< Null of the residual statistic
    float               noise;             ///< Sigma^2, from successive frames
    uint32_t            until_pick;
} rv_coherence;

RV_API rv_coherence_config rv_coherence_config_default(uint16_t n_tones,
                                                       uint16_t n_streams);

/// Bytes of memory for one object, or ERR_CONFIG
RV_API RV_NODISCARD rv_status rv_coherence_size(const rv_coherence_config *cfg,
                                                size_t                    *n_bytes);

/// Begin in caller memory of rv_coherence_size() bytes aligned to 64, lent until the
/// last use. ERR_CONFIG; ERR_MEMORY (null, unaligned or short); on error nothing has
/// changed.
RV_API RV_NODISCARD rv_status rv_coherence_init(rv_coherence              *self,
                                                const rv_coherence_config *cfg,
                                                void *mem, size_t n_bytes);

/// Score one aligned frame. OK; ERR_SHAPE, nothing changed.
RV_API RV_REALTIME RV_NODISCARD rv_status
rv_coherence_push(rv_coherence *self, const rv_csi *csi, rv_coherence_result *result);

/// Forget everything, e.g. after a new baseline
RV_API void rv_coherence_reset(rv_coherence *self);

RV_END_DECLS

#endif // RV_GATE_COHERENCE_H
