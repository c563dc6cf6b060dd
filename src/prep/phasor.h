// SPDX-License-Identifier: MIT
// Phasors exp(j (phase + slope tone[k])) for all tones of a frame, and sums in sixteen
// lanes. Private to prep/.
#ifndef RV_PREP_PHASOR_H
#define RV_PREP_PHASOR_H

#include <ruview/frame/layout.h>

#include <stdint.h>

/// Room for K values, rounded up to whole lanes
enum { RV_PHASOR_LANES = 16, RV_PHASOR_ROOM = RV_MAX_TONES };

_Static_assert(RV_PHASOR_ROOM % RV_PHASOR_LANES == 0, "whole lanes");

/**
   @param tone  I  [n] ascending, n <= RV_MAX_TONES.
   @param c, s  O  [n rounded up to 16] cosine and sine; 0 beyond n.

   Over a short range of tone numbers a table is built by doubling: 1, 2, 4 … phasors at
   a time, each multiplied by one that comes from rv_sincos_f32, so an entry is the
   product of at most 11 of them.
*/
void rv_phasors(const int16_t *tone, uint32_t n, float phase_rad, float slope_rad,
                float *c, float *s);

/// Sum in sixteen lanes, folded by halves; the order of kernels.h
float rv_phasor_sum(const float *x, uint32_t n);

/// Sum of a b in the same order
float rv_phasor_dot(const float *a, const float *b, uint32_t n);

/**
   Sums of z exp(-j (..)) weighted by t^0, t^1, t^2: re, im of each, in the same order.
   All arrays have whole lanes, with zeros in re and im beyond n.
*/
void rv_phasor_moments(const float *t, const float *re, const float *im, const float *c,
                       const float *s, uint32_t n, float out[6]);

#endif // RV_PREP_PHASOR_H
