// SPDX-License-Identifier: MIT
/**
   @file resample.h
   Complex resampling of any layout to the canonical grid of 56 tones, at the true
   frequency of every tone.

   Canonical tone c = -28..-1, 1..28 lies 312.5 kHz x c from the centre. Between tones a
   cubic through the four nearest ones is used on re and im; outside the measured band
   the nearest two are extended by at most `RV_RESAMPLE_REACH` grid steps, and the rest
   has weight 0 and value 0.

   The samples must be free of a common delay (sanitise), otherwise interpolation loses
   amplitude between widely spaced tones.

   Source     Lagrange's formula on unequal nodes.
*/
#ifndef RV_PREP_RESAMPLE_H
#define RV_PREP_RESAMPLE_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>
#include <ruview/frame/csi.h>

#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_CANONICAL_TONES = 56,
    RV_RESAMPLE_POINTS = 4, ///< Samples behind one output
    RV_RESAMPLE_REACH  = 2, ///< Grid steps that are extrapolated
};

/// Which samples make which canonical tone; constant for a list of tones
typedef struct {
    uint16_t n_tones; ///< K of the input
    uint16_t first[RV_CANONICAL_TONES];
    float    tap[RV_CANONICAL_TONES][RV_RESAMPLE_POINTS];
    float    weight[RV_CANONICAL_TONES]; ///< 1 measured, 0.5 extrapolated, 0 none
} rv_resample_plan;

/// Tone numbers of the canonical grid, [56] ascending, 312500 Hz apart
RV_API const int16_t *rv_canonical_tones(void);

/**
   Plan for `n_tones` ascending tone numbers, `spacing_hz` apart per number.

   @return OK; ERR_SHAPE for fewer than 4 tones or tones that do not ascend.
*/
RV_API RV_NODISCARD rv_status rv_resample_plan_init(rv_resample_plan *plan,
                                                    const int16_t    *tone,
                                                    uint32_t          n_tones,
                                                    uint32_t          spacing_hz);

/**
   Resample one stream.

   @param re, im          I  [K] of the plan.
   @param out_re, out_im  O  [56]; do not overlap the input.
*/
RV_API RV_REALTIME void rv_resample(const rv_resample_plan *plan, const float *re,
                                    const float *im, float *out_re, float *out_im);

/// Amplitude of one stream on the canonical grid, [56]
RV_API RV_REALTIME void rv_resample_amplitude(const rv_resample_plan *plan,
                                              const float *re, const float *im,
                                              float *out);

RV_END_DECLS

#endif // RV_PREP_RESAMPLE_H
