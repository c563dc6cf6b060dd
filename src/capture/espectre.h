// SPDX-License-Identifier: MIT
/**
   @file espectre.h
   Datagrams of ESPectre nodes (UDP port 5001).
*/
#ifndef RV_CAPTURE_ESPECTRE_H
#define RV_CAPTURE_ESPECTRE_H

#include <ruview/capture/input.h>

enum { RV_ESPECTRE_PORT = 5001, RV_ESPECTRE_MAX_TONES = 256 };

/// True when the bytes begin like one
bool rv_espectre_is(const uint8_t *bytes, size_t n);

/**
   Read one into `frame`, samples into re and im [RV_ESPECTRE_MAX_TONES].

   @return NONE, TRUNCATED, OVERSIZE, UNKNOWN_LAYOUT, ALL_ZERO.
*/
rv_reason rv_espectre_read(const rv_input *input, float *re, float *im,
                           rv_frame *frame);

/// ESPectre's number of a chip (1 ESP32 … 6 C6) and of entries to the layout. HT-LTF
/// where the outermost tones carry something, else L-LTF: `iq` decides.
const rv_layout *rv_espectre_layout(unsigned chip, const uint8_t *iq, size_t n);

#endif // RV_CAPTURE_ESPECTRE_H
