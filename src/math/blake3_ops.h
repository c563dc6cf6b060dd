// SPDX-License-Identifier: MIT
/**
   @file blake3_ops.h
   The round of BLAKE3, on single words or vectors of them, and what hashes several
   chunks side by side in each instruction set.
*/
#ifndef RV_MATH_BLAKE3_OPS_H
#define RV_MATH_BLAKE3_OPS_H

#include <stdint.h>

enum {
    RV_BLAKE3_CHUNK_START = 1,
    RV_BLAKE3_CHUNK_END   = 2,
    RV_BLAKE3_PARENT      = 4,
    RV_BLAKE3_ROOT        = 8,
    RV_BLAKE3_KEYED_HASH  = 16,
    RV_BLAKE3_MAX_WIDTH   = 16,
};

static const uint32_t rv_blake3_iv[8] = {0x6A09E667U, 0xBB67AE85U, 0x3C6EF372U,
                                         0xA54FF53AU, 0x510E527FU, 0x9B05688CU,
                                         0x1F83D9ABU, 0x5BE0CD19U};

#define RV_BLAKE3_ROTATE(x, n) ((x) >> (n) | (x) << (32 - (n)))

#define RV_BLAKE3_MIX(v, a, b, c, d, x, y)                                             \
    v[a] = v[a] + v[b] + (x);                                                          \
    v[d] = v[d] ^ v[a];                                                                \
    v[d] = RV_BLAKE3_ROTATE(v[d], 16);                                                 \
    v[c] = v[c] + v[d];                                                                \
    v[b] = v[b] ^ v[c];                                                                \
    v[b] = RV_BLAKE3_ROTATE(v[b], 12);                                                 \
    v[a] = v[a] + v[b] + (y);                                                          \
    v[d] = v[d] ^ v[a];                                                                \
    v[d] = RV_BLAKE3_ROTATE(v[d], 8);                                                  \
    v[c] = v[c] + v[d];                                                                \
    v[b] = v[b] ^ v[c];                                                                \
    v[b] = RV_BLAKE3_ROTATE(v[b], 7);

#define RV_BLAKE3_ROUND(v, m, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, sa, sb, sc, sd,  \
                        se, sf)                                                        \
    RV_BLAKE3_MIX(v, 0, 4, 8, 12, m[s0], m[s1])                                        \
    RV_BLAKE3_MIX(v, 1, 5, 9, 13, m[s2], m[s3])                                        \
    RV_BLAKE3_MIX(v, 2, 6, 10, 14, m[s4], m[s5])                                       \
    RV_BLAKE3_MIX(v, 3, 7, 11, 15, m[s6], m[s7])                                       \
    RV_BLAKE3_MIX(v, 0, 5, 10, 15, m[s8], m[s9])                                       \
    RV_BLAKE3_MIX(v, 1, 6, 11, 12, m[sa], m[sb])                                       \
    RV_BLAKE3_MIX(v, 2, 7, 8, 13, m[sc], m[sd])                                        \
    RV_BLAKE3_MIX(v, 3, 4, 9, 14, m[se], m[sf])

#define RV_BLAKE3_ROUNDS(v, m)                                                         \
    RV_BLAKE3_ROUND(v, m, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)        \
    RV_BLAKE3_ROUND(v, m, 2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)        \
    RV_BLAKE3_ROUND(v, m, 3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1)        \
    RV_BLAKE3_ROUND(v, m, 10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6)        \
    RV_BLAKE3_ROUND(v, m, 12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4)        \
    RV_BLAKE3_ROUND(v, m, 9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7)        \
    RV_BLAKE3_ROUND(v, m, 11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13)

/// Of one instruction set
typedef struct {
    uint32_t needs; ///< Bits that the CPU mask must have
    uint32_t width; ///< Chunks side by side, 1..RV_BLAKE3_MAX_WIDTH
    /// Chaining values of `width` whole chunks at `data`, of which the first is number
    /// `counter`
    void (*chunks)(const uint8_t *data, uint64_t counter, const uint32_t key[8],
                   uint32_t flags, uint32_t cv[][8]);
} rv_blake3_ops;

#endif // RV_MATH_BLAKE3_OPS_H
