// SPDX-License-Identifier: MIT
/**
   @file edge.h
   The delay domain on an edge box or a sensor node: datagrams in, delay profiles out,
   20 MHz HT alone, without allocator, C library or operating system. All memory is in
   static arrays, stated here and checked by a test.
*/
#ifndef RV_WASM_EDGE_H
#define RV_WASM_EDGE_H

#include <stdint.h>

enum {
    EDGE_MAX_LINKS   = 12,
    EDGE_DATAGRAM    = 2048,      ///< Longest datagram [bytes]
    EDGE_CIR_BYTES   = 72 * 1024, ///< Plan, solver and warm starts of all links
    EDGE_LINK_BYTES  = 3072,      ///< Gain and template of one link
    EDGE_MAX_PATHS   = 16,
    EDGE_OUT_BYTES   = 20 + 8 * EDGE_MAX_PATHS,
    EDGE_TOTAL_BYTES = 256 * 1024, ///< Everything, stack included
};

/// Start: 0, or a negative rv_status
int32_t edge_open(void);

/// Where the next datagram is to be put, EDGE_DATAGRAM bytes
uint8_t *edge_input(void);

/**
   Take the datagram of `n` bytes that arrived `t_ms` after the start.

   @return Bytes of the answer at edge_output(); 0: no CSI of 20 MHz HT, or a link too
           many. The answer, little-endian: u8 link, u8 node, u16 reason
   (base/reason.h), u32 transmitter, f32 delay spread [ns], f32 share of the strongest
   tap, u16 paths, u16 iterations, and for each path f32 delay after the strongest [ns],
   f32 energy over that of the strongest.
*/
uint32_t edge_push(uint32_t n, uint32_t t_ms);

const uint8_t *edge_output(void);

/// Bytes that the delay domain really needs, of EDGE_CIR_BYTES
uint32_t edge_cir_bytes(void);

#endif // RV_WASM_EDGE_H
