// SPDX-License-Identifier: MIT
/**
   @file nexmon.h
   Datagrams of nexmon_csi on Broadcom chips (UDP port 5500).
*/
#ifndef RV_CAPTURE_NEXMON_H
#define RV_CAPTURE_NEXMON_H

#include <ruview/capture/input.h>

enum { RV_NEXMON_PORT = 5500, RV_NEXMON_MAX_TONES = 256 };

/// True when the bytes begin like one
bool rv_nexmon_is(const uint8_t *bytes, size_t n);

/**
   Read one into `frame`, samples into re and im [RV_NEXMON_MAX_TONES].

   @return NONE, TRUNCATED, BAD_VALUE (a length of no bandwidth), UNSUPPORTED (a chip
           whose number format is not known), ALL_ZERO.
*/
rv_reason rv_nexmon_read(const rv_input *input, float *re, float *im, rv_frame *frame);

#endif // RV_CAPTURE_NEXMON_H
