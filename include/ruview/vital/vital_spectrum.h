// SPDX-License-Identifier: MIT
/**
   @file vital_spectrum.h
   A spectrum as one link hands it to the room: what adds up over links.
*/
#ifndef RV_VITAL_VITAL_SPECTRUM_H
#define RV_VITAL_VITAL_SPECTRUM_H

#include <ruview/base/attributes.h>
#include <ruview/vital/sampler.h>

#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_VITAL_FFT     = 512, ///< Length of the transform that looks are made with
    RV_SPECTRUM_BINS = 216, ///< Kept of it
};

/// Bin i lies at (first + i) step_hz; noise has mean order / 2 in uu and in vv. Drift
/// may be common to all bands where noise is not, so the order has two values.
typedef struct {
    uint32_t n_bins, first;
    uint32_t n_links; ///< That were added up
    uint64_t end;     ///< Slot before which the window ends
    uint32_t split;   ///< First bin of the upper part
    float    step_hz;
    float    length_s;                 ///< Of the window
    float    order[2];                 ///< Independent bands in the noise of each part
    float    weight[RV_SAMPLER_BANDS]; ///< One over each band's floor
    float    uu[RV_SPECTRUM_BINS];     ///< Sum over bands of the squared real part
    float    vv[RV_SPECTRUM_BINS];     ///< Of the squared imaginary part
    float    uv[RV_SPECTRUM_BINS];     ///< Of their product
} rv_spectrum;

RV_END_DECLS

#endif // RV_VITAL_VITAL_SPECTRUM_H
