// SPDX-License-Identifier: MIT
/**
   @file blake3.h
   The BLAKE3 hash, 32 bytes out, plain and keyed.

   Place      digests, witness chain, content identifiers.
   Source     "BLAKE3: one function, fast everywhere", version 20211102.
*/
#ifndef RV_MATH_BLAKE3_H
#define RV_MATH_BLAKE3_H

#include <ruview/base/attributes.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_BLAKE3_BYTES = 32, ///< Length of a hash and of a key
    RV_BLAKE3_CHUNK = 1024,
    RV_BLAKE3_BLOCK = 64,
    RV_BLAKE3_DEPTH = 54, ///< Chunks of 2^64 bytes of input: 2^54
};

/// A hash under way, copyable; fields are private
typedef struct {
    uint32_t key[8];
    uint32_t cv[8];                         ///< Chaining value of the open chunk
    uint64_t chunk;                         ///< Its number
    uint32_t flags;                         ///< Of the mode
    uint8_t  block[RV_BLAKE3_BLOCK];        ///< Its open block
    uint8_t  block_len;                     ///< 0..64
    uint8_t  blocks_done;                   ///< 0..15
    uint8_t  stack_len;                     ///< Finished subtrees
    uint32_t stack[RV_BLAKE3_DEPTH + 1][8]; ///< Largest first
    uint32_t cpu_mask;                      ///< What it may use; kernels.h
} rv_blake3;

/// Begin: plain, or keyed (a message authentication code)
RV_API void rv_blake3_init(rv_blake3 *self);
RV_API void rv_blake3_init_keyed(rv_blake3 *self, const uint8_t key[32]);

/// Let the hash use what `cpu_mask` (kernels.h) allows; 0, the baseline, after init
RV_API void rv_blake3_select(rv_blake3 *self, uint32_t cpu_mask);

/// Append; in pieces of any size it is the same hash
RV_API void rv_blake3_update(rv_blake3 *self, const void *data, size_t n_bytes);

/// The hash of everything so far; more may follow
RV_API void rv_blake3_final(const rv_blake3 *self, uint8_t out[32]);

/// All at once
RV_API void rv_blake3_hash(const void *data, size_t n_bytes, uint8_t out[32]);
RV_API void rv_blake3_keyed(const uint8_t key[32], const void *data, size_t n_bytes,
                            uint8_t out[32]);

RV_END_DECLS

#endif // RV_MATH_BLAKE3_H
