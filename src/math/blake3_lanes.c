// SPDX-License-Identifier: MIT
#include "math/blake3_ops.h"
#include "math/lanes.h"
#include "math/variants.h"

#include <ruview/base/bytes.h>

enum { chunk_bytes = 1024 };

RV_INLINE rv_vu
splat_u32(const uint32_t x)
{
    const rv_vi v = rv_splat_i32((int32_t)x);
    rv_vu       u;
    memcpy(&u, &v, sizeof u);
    return u;
}

// Word `at` of each chunk
RV_INLINE rv_vu
words_at(const uint8_t *const data, const size_t at)
{
    uint32_t word[RV_WIDTH];
    rv_vu    v;
    for (size_t k = 0; k < RV_WIDTH; ++k) {
        word[k] = rv_load_u32(data + k * chunk_bytes + at);
    }
    memcpy(&v, word, sizeof v);
    return v;
}

static void
chunks(const uint8_t *const data, const uint64_t counter, const uint32_t key[8],
       const uint32_t flags, uint32_t cv[][8])
{
    uint32_t low[RV_WIDTH];
    uint32_t high[RV_WIDTH];
    rv_vu    h[8];
    rv_vu    number[2];
    for (size_t k = 0; k < RV_WIDTH; ++k) {
        low[k]  = (uint32_t)(counter + k);
        high[k] = (uint32_t)((counter + k) >> 32);
    }
    memcpy(&number[0], low, sizeof low);
    memcpy(&number[1], high, sizeof high);
    for (int i = 0; i < 8; ++i) {
        h[i] = splat_u32(key[i]);
    }
    for (size_t block = 0; block < 16; ++block) {
        const uint32_t ends = block == 0    ? RV_BLAKE3_CHUNK_START
                              : block == 15 ? RV_BLAKE3_CHUNK_END
                                            : 0;
        rv_vu          m[16];
        rv_vu          v[16];
        for (size_t i = 0; i < 16; ++i) {
            m[i] = words_at(data, block * 64 + i * 4);
        }
        for (int i = 0; i < 8; ++i) {
            v[i] = h[i];
        }
        for (int i = 0; i < 4; ++i) {
            v[8 + i] = splat_u32(rv_blake3_iv[i]);
        }
        v[12] = number[0];
        v[13] = number[1];
        v[14] = splat_u32(64);
        v[15] = splat_u32(flags | ends);
        RV_BLAKE3_ROUNDS(v, m)
        for (int i = 0; i < 8; ++i) {
            h[i] = v[i] ^ v[i + 8];
        }
    }
    for (size_t i = 0; i < 8; ++i) {
        uint32_t word[RV_WIDTH];
        memcpy(word, &h[i], sizeof word);
        for (size_t k = 0; k < RV_WIDTH; ++k) {
            cv[k][i] = word[k];
        }
    }
}

const rv_blake3_ops RV_VARIANT_NAME(rv_blake3_ops) = {
    .needs = RV_VARIANT_NEEDS, .width = RV_WIDTH, .chunks = chunks};
