// SPDX-License-Identifier: MIT
/**
   @file sanitise.h
   Takes the packet's sampling-time offset and common phase out of the samples, in
   place, and keeps what was removed as data.

   Every frame is fitted to the link's own template (rotate.h), weighted towards tones
   that have been still, so that a person moving changes the result little. The template
   follows slowly; its own mean delay and phase are held at zero, so that it cannot
   wander. A template that stops fitting while the frames agree with one another is
   replaced.

   Receivers with several chains on one oscillator share both numbers; the phase between
   chains stays in the samples. Their conjugate products and ratios are below.

   Place      stage 1, after normalise.
   Source     rotate.h; "SHARP", IEEE TMC 2022 (per-packet offset against a reference);
              "FarSense", IMWUT 2019 (CSI ratio).
*/
#ifndef RV_PREP_SANITISE_H
#define RV_PREP_SANITISE_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/frame/csi.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// All there is to choose; start from rv_sanitise_config_default()
typedef struct {
    uint16_t n_tones;   ///< K, 4..2048
    uint16_t n_streams; ///< 1..16
    float    follow_us; ///< Time constant of the template [us], > 0 (5 s)
    float    structure; ///< Lag-1 coherence below which the phase is garbage (0.35)
    float    match;     ///< Fit to the template below which a frame is foreign (0.5)
    uint16_t
          replace_after; ///< Foreign frames in a row until the template is replaced (8)
    float static_share;  ///< Share of tones that get full weight, 0..1 (0.5)
    uint32_t cpu_mask;   ///< kernels.h (0: baseline)
} rv_sanitise_config;

/// What one push found
typedef struct {
    rv_reason reason;   ///< NONE: aligned. PHASE_GARBAGE, UNSUPPORTED (no phase), STEP
                        ///< (does not fit the template: own slope and phase removed)
    float structure;    ///< Lag-1 coherence over tones, 0..1, less below 52 tones
    float match;        ///< Coherence with the template, 0..1
    float sto_sigma_ns; ///< Standard error of csi->sto_ns
    float phase_sigma;  ///< Standard error of csi->phase_rad [rad]
    bool  replaced;     ///< The template starts again with this frame
} rv_sanitise_result;

/// State of one link; fields are private
typedef struct {
    rv_sanitise_config cfg;
    float             *ref_re, *ref_im; ///< [n_streams][K] template
    float   *prev_re, *prev_im;         ///< [n_streams][K] last frame that did not fit
    float   *spread;                    ///< [K] forgetting mean of |H - template|^2
    float   *weight;                    ///< [K]
    float   *scratch;                   ///< [K]
    uint64_t last_us;
    uint64_t frames;  ///< In the template
    uint32_t foreign; ///< In a row
    uint32_t since_weights;
    float    noise; ///< Sigma of re and im
} rv_sanitise;

RV_API rv_sanitise_config rv_sanitise_config_default(uint16_t n_tones,
                                                     uint16_t n_streams);

/// Set `n_bytes` to the memory one link needs, or return ERR_CONFIG
RV_API RV_NODISCARD rv_status rv_sanitise_size(const rv_sanitise_config *cfg,
                                               size_t                   *n_bytes);

/// Initialise in caller memory of rv_sanitise_size() bytes aligned to 64
RV_API RV_NODISCARD rv_status rv_sanitise_init(rv_sanitise              *self,
                                               const rv_sanitise_config *cfg, void *mem,
                                               size_t n_bytes);

/**
   Align one frame in place; set csi->sto_ns, phase_rad and noise.

   @param weight  I  [K] of rv_normalise_weight(); NULL: all 1.
   @return OK; ERR_SHAPE when `csi` has another shape. On error nothing has changed.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_sanitise_push(rv_sanitise        *self,
                                                           rv_csi             *csi,
                                                           const float        *weight,
                                                           rv_sanitise_result *result);

/// Use an empty-room baseline ([n_streams][K]) as the template from now on
RV_API void rv_sanitise_set_template(rv_sanitise *self, const float *re,
                                     const float *im);

/// [n_streams][K] template; NULL before the first frame
RV_API const float *rv_sanitise_template_re(const rv_sanitise *self);
RV_API const float *rv_sanitise_template_im(const rv_sanitise *self);

/**
   Conjugate product of two streams: out[k] = H_a[k] conj(H_b[k]). Common phase, slope
   and carrier offset cancel; the gain is squared.

   @param out_re, out_im  O  [K].
   @return OK; ERR_RANGE when a stream does not exist.
*/
RV_API RV_NODISCARD rv_status rv_csi_product(const rv_csi *csi, uint32_t a, uint32_t b,
                                             float *out_re, float *out_im);

/**
   CSI ratio of two streams: out[k] = H_a[k] / H_b[k]; gain, phase and slope cancel.
   Where |H_b| < floor, |H_b|^2 is replaced by floor^2 in the division, so that the
   result stays finite.

   @param floor  I  > 0, about 3 x csi->noise.
   @return OK; ERR_RANGE.
*/
RV_API RV_NODISCARD rv_status rv_csi_ratio(const rv_csi *csi, uint32_t a, uint32_t b,
                                           float floor, float *out_re, float *out_im);

RV_END_DECLS

#endif // RV_PREP_SANITISE_H
