// SPDX-License-Identifier: MIT
/**
   @file gamma.h
   What radios leave on a channel estimate: the tone rotation of the standard.

   A transmitter turns the tones of each 20 MHz sub-channel by a fixed quarter or half
   turn, so that the sum has no high peaks: gamma of IEEE 802.11-2020 21.3.7.5 (eq.
   21-14 to 21-17; HT 40 MHz the same, 19.3.9). The receivers below divide by the
   training sequence without gamma, so their reports are channel x gamma. HE training
   fields carry none (IEEE 802.11ax-2021 27.3.11.10).

   40 MHz     j from tone 0 on
   80 MHz     -1 from tone -64 on
   160 MHz    -1 at -192..-1 and from 64 on

   Measured, not assumed: docs/formats.md says in which recordings.
*/
#ifndef RV_CAPTURE_GAMMA_H
#define RV_CAPTURE_GAMMA_H

#include <ruview/frame/layout.h>

#include <stddef.h>

/**
   Divide [n_pairs][layout->n_entries] by gamma, in place; layouts without it are left
   alone. Exact: halves of turns change signs, quarters also swap parts. Cost: a pass
   over the turned entries.
*/
void rv_gamma_remove(const rv_layout *layout, size_t n_pairs, float *restrict re,
                     float *restrict im);

#endif // RV_CAPTURE_GAMMA_H
