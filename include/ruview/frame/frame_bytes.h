// SPDX-License-Identifier: MIT
/**
   @file frame_bytes.h
   A CSI frame as bytes and back, without loss: what a recording keeps of a frame that
   did not arrive as a datagram.

   Little-endian: u8 version 1, u8 flags, u16 layout id, u64 t_us, u64 device_us, u64
   tx, u32 freq_mhz, u32 sequence, u16 bandwidth_mhz, u8 node, u8 n_rx, u8 n_tx, u8
   ppdu, i8 rssi, i8 rssi_rx[4], i8 noise, i16 agc, u16 rate, u8 mcs+1, u32 n, f32
   re[n], f32 im[n]. Flags: 0 has_sequence, 1 clock_synced, 2 synthetic, 3
   amplitude_only.
*/
#ifndef RV_FRAME_FRAME_BYTES_H
#define RV_FRAME_FRAME_BYTES_H

#include <ruview/base/bytes.h>
#include <ruview/frame/frame.h>

RV_BEGIN_DECLS

/// Bytes of an encoded frame
RV_API size_t rv_frame_encoded_size(const rv_frame *frame);

/// @return ERR_VALUE when rv_frame_check refuses the frame; ERR_FULL
RV_API rv_status rv_frame_encode(const rv_frame *frame, rv_writer *out);

/**
   Strict inverse.

   @param re, im  [capacity] memory for the samples, which `out` then points to.
   @return ERR_TRUNCATED, ERR_TRAILING, ERR_VALUE (version, layout, what
           rv_frame_check refuses), ERR_FULL when capacity is too small.
*/
RV_API rv_status rv_frame_decode(const uint8_t *bytes, size_t n, float *re, float *im,
                                 size_t capacity, rv_frame *out);

RV_END_DECLS

#endif // RV_FRAME_FRAME_BYTES_H
