// SPDX-License-Identifier: MIT
/**
   @file breathing_look.h
   What the looks at one link and at the room share.
*/
#ifndef RV_VITAL_BREATHING_LOOK_H
#define RV_VITAL_BREATHING_LOOK_H

#include "vital/spectrum.h"

#include <ruview/vital/breathing.h>

/// Four samples per breath at 37 a minute, and averaging over 0.4 s costs 1 dB there
/// (theory: sinc)
#define RV_BREATHING_SAMPLE_S 0.4F

enum {
    RV_BREATHING_SAMPLE_SLOTS = 4,  ///< RV_BREATHING_SAMPLE_S in slots
    RV_BREATHING_LOOK_SLOTS   = 12, ///< Between looks: 1.2 s
};

/// The line test allows a look at a single link this much more chance: behind a peak at
/// the threshold one window in four passes it by chance (theory: Gamma(4) below 2.6)
#define RV_BREATHING_LINE_RELIEF 4.0F

void rv_breathing_forget(rv_breathing *self, rv_reason reason);

/// Are the two the same rate, as looks of one window see it?
bool rv_breathing_is_near(float a, float b);

/// The search over one window, of the whole band or near an answer, with that share of
/// the chance of a false peak
rv_spectrum_peak rv_breathing_search(const rv_breathing *self, const rv_spectrum *s,
                                     float share);

/// What a peak means for the answer
void rv_breathing_judge(rv_breathing *self, const rv_spectrum_peak *peak, float line,
                        float window_s, float still_s);

/**
   Energy of the breath in the newest 10 s and in the stretches of 10 s before, along
   the bands' vector, over that of the noise; zeros when 40 s are not there.

   @param x  [n] samples as they were read, n <= RV_BREATHING_SAMPLES.
*/
void rv_breath_pause(const rv_spectrum *s, const float (*x)[RV_SAMPLER_BANDS],
                     uint32_t n, uint32_t n_bands, float hz, rv_breath_energy *out);

/// Does the link show a line there that noise shows with that chance?
bool rv_breath_shows(const rv_breathing_seen *link, uint64_t end, float hz,
                     float chance);

/// What pairs of links that go both ways between the same two antennas see
typedef struct {
    bool     differs; ///< A pair sees different things: the same chest makes both alike
    uint32_t same;    ///< Pairs that see the same
} rv_breath_back;

rv_breath_back rv_breath_on_its_way_back(const rv_breathing_seen *link,
                                         uint32_t n_links, uint64_t end, float hz);

/// Lines that are too fast for a chest and of which the line at `hz` may be the third
/// multiple, as all look in slots
rv_breath_fast rv_breath_fast_lines(const rv_sampler *sampler, const rv_fft *fft,
                                    uint64_t end, float hz);

/// Add what another link sees
void rv_breath_fast_add(rv_breath_fast *sum, const rv_breath_fast *link);

/// Are they there?
bool rv_breath_is_thrice_a_fast_line(const rv_breath_fast *seen);

#endif // RV_VITAL_BREATHING_LOOK_H
