// SPDX-License-Identifier: MIT
/**
   @file intel5300.h
   CSI of the Intel 5300: bit-packed matrices, and their absolute scale.

   "Tool Release: Gathering 802.11n Traces with Channel State Information", ACM SIGCOMM
   CCR 41(1), 2011, and the files that come with it (read_bfee.c, get_scaled_csi.m).
*/
#ifndef RV_CAPTURE_INTEL5300_H
#define RV_CAPTURE_INTEL5300_H

#include <ruview/frame/frame.h>

RV_BEGIN_DECLS

/// Groups of tones in a report
enum { RV_INTEL5300_GROUPS = 30 };

/// Bytes of a packed matrix
static inline uint32_t
rv_intel5300_bytes(const unsigned n_rx, const unsigned n_tx)
{
    return (RV_INTEL5300_GROUPS * (n_rx * n_tx * 16 + 3) + 7) / 8;
}

/**
   Unpack [30][rx][tx] pairs of i8 behind 3 bits each into [rx][tx][30].

   @param packed  [rv_intel5300_bytes(n_rx, n_tx)]
   @param antenna_sel  Which antenna each receive chain was wired to: two bits per
   chain. Applied when it names every antenna once.
*/
RV_API RV_REALTIME void rv_intel5300_unpack(const uint8_t *packed, unsigned n_rx,
                                            unsigned n_tx, uint8_t antenna_sel,
                                            float *re, float *im);

/**
   Factor that turns the frame's integers into sqrt(SNR), as get_scaled_csi.m has it:
   the power of the samples is set to the received power, over thermal noise (-92 dBm
   when unknown) and quantisation noise.

   @return 0 when no antenna's level is known.
*/
RV_API double rv_intel5300_scale(const rv_frame *frame);

RV_END_DECLS

#endif // RV_CAPTURE_INTEL5300_H
