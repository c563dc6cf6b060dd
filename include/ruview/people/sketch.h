// SPDX-License-Identifier: MIT
/**
   @file sketch.h
   One bit per dimension of an embedding: its sign. Bytes, distance, and the wire form.

   Place      Re-identification: prefilter before the exact comparison.
   Format     Bit i of byte i / 8, least significant first, is 1 when v[i] > 0; unused
              bits of the last byte are 0. On the wire, little endian: magic u32
              0xC5110084, format u16, sketch version u16, dimension u16, novelty u16
              (Q15), then the bytes; 28 bytes for 128 dimensions.
   Source     "Similarity Estimation Techniques from Rounding Algorithms", STOC 2002:
              for random rotations the angle is about pi x distance / dimension.
*/
#ifndef RV_PEOPLE_SKETCH_H
#define RV_PEOPLE_SKETCH_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_SKETCH_MAX_DIM      = 65535,
    RV_SKETCH_WIRE_HEADER  = 12,
    RV_SKETCH_WIRE_MAX     = 9216, ///< Longest packet accepted [bytes]
    RV_SKETCH_WIRE_VERSION = 1,
};

#define RV_SKETCH_MAGIC UINT32_C(0xC5110084)

/// Bytes of a sketch of `dim` dimensions
static inline size_t
rv_sketch_bytes(const uint32_t dim)
{
    return ((size_t)dim + 7) / 8;
}

/**
   Signs of an embedding; zero, negative and NaN give 0.

   @param v    I  [dim]
   @param out  O  rv_sketch_bytes(dim)
   @return ERR_RANGE for more than RV_SKETCH_MAX_DIM dimensions; then `out` is
   unchanged.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_sketch_quantise(const float *v,
                                                             uint32_t     dim,
                                                             uint8_t     *out);

/// Number of bits that differ
RV_API RV_REALTIME uint32_t rv_sketch_distance(const uint8_t *a, const uint8_t *b,
                                               size_t n_bytes);

/// A sketch on the wire
typedef struct {
    uint16_t       version; ///< Of the embedding model
    uint16_t       dim;
    uint16_t       novelty_q15; ///< 0..32767
    const uint8_t *bits;        ///< Into the packet
} rv_sketch_packet;

/// Novelty 0..1 as Q15: rounded, clamped, NaN gives 0
RV_API RV_CONST uint16_t rv_sketch_novelty_q15(float novelty);

/**
   Encode.

   @param n_bytes  I/O  Room at `out`; then bytes written or needed.
   @return ERR_FULL with `n_bytes` set; ERR_RANGE when the packet would be longer than
           RV_SKETCH_WIRE_MAX.
*/
RV_API RV_NODISCARD rv_status rv_sketch_encode(const rv_sketch_packet *packet,
                                               uint8_t *out, size_t *n_bytes);

/**
   Decode strictly: unlike the format's first readers, bits beyond the dimension and a
   novelty above 1 are refused, because two packets for one sketch are one too many.

   @return TRUNCATED, OVERSIZE, WRONG_MAGIC, UNSUPPORTED (version), BAD_VALUE (novelty,
           padding bits) or NONE; `out` is written only with NONE.
*/
RV_API RV_NODISCARD rv_reason rv_sketch_decode(const uint8_t *bytes, size_t n_bytes,
                                               rv_sketch_packet *out);

RV_END_DECLS

#endif // RV_PEOPLE_SKETCH_H
