// SPDX-License-Identifier: MIT
/**
   @file csi.h
   One frame of one link on the tones that carry signal: what every stage after the
   capture works on.

   The samples lie in a slot of the link's ring, which the engine owns. Normalise writes
   them there once; sanitise, calibrate and align change them in place; everything after
   that reads them where they are. No stage copies them.
*/
#ifndef RV_FRAME_CSI_H
#define RV_FRAME_CSI_H

#include <stdbool.h>
#include <stdint.h>

enum { RV_MAX_STREAMS = 16 }; ///< Receive x transmit chains

/// Samples of one frame, split-complex, ascending tones, stream after stream
typedef struct {
    uint64_t       t_us;       ///< Time of the packet on the input's timeline
    uint16_t       n_tones;    ///< K
    uint16_t       n_streams;  ///< n_rx x n_tx, 1..16
    uint32_t       spacing_hz; ///< Between tone numbers n and n+1
    const int16_t *tone;       ///< [K] tone numbers, ascending
    float         *re;         ///< [n_streams][K]
    float         *im;         ///< [n_streams][K]
    float gain_db;   ///< Gain removed: original amplitude = |H| x 10^(gain_db/20)
    float sto_ns;    ///< Sampling-time offset removed by sanitise; 0 before it
    float phase_rad; ///< Common phase removed by sanitise; 0 before it
    float noise;     ///< Estimated noise per sample, sigma of re and of im; 0 unknown
    bool  amplitude_only; ///< The source gave no phase: im is zero
} rv_csi;

#endif // RV_FRAME_CSI_H
