// SPDX-License-Identifier: MIT
/**
   @file spectrum.h
   The strongest periodicity that many tones share, and how unlikely it is by chance.
*/
#ifndef RV_VITAL_SPECTRUM_H
#define RV_VITAL_SPECTRUM_H

#include <stdbool.h>
#include <stdint.h>

enum { RV_SPECTRUM_BINS = 128, RV_SPECTRUM_SAMPLES = 512, RV_SPECTRUM_TONES = 8 };

/// Samples in a ring, [slots][pitch]
typedef struct {
    const float *x;
    uint32_t     pitch, n_tones;
    uint32_t     n;      ///< Samples looked at, <= RV_SPECTRUM_SAMPLES
    uint32_t     slots;  ///< Of the ring
    uint32_t     newest; ///< Slot after the newest sample
    float        step_s;
} rv_spectrum_series;

typedef struct {
    float low_hz, high_hz;             ///< Where the peak is looked for
    float floor_low_hz, floor_high_hz; ///< Where the floor is measured
    float chance;                      ///< Of a false peak per look
} rv_spectrum_search;

typedef struct {
    float hz;        ///< 0: no interior peak
    float power;     ///< Over the floor
    float threshold; ///< That noise reaches with the chance given
    float line;      ///< F of a line against the continuum about it
    float order;     ///< Independent tones in the noise, measured
} rv_spectrum_peak;

void rv_spectrum_find(const rv_spectrum_series *series,
                      const rv_spectrum_search *search, rv_spectrum_peak *out);

#endif // RV_VITAL_SPECTRUM_H
