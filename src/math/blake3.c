// SPDX-License-Identifier: MIT
#include <ruview/math/blake3.h>

#include "math/variants.h"

#include <ruview/base/bytes.h>

static const rv_blake3_ops *const all[] = {
#define RV_VARIANT_ROW(name) &rv_blake3_ops_##name,
    RV_VARIANTS(RV_VARIANT_ROW)
#undef RV_VARIANT_ROW
};

enum { n_all = sizeof all / sizeof *all };

static void
compress(uint32_t cv[8], const uint8_t block[64], const uint8_t len,
         const uint64_t counter, const uint32_t flags)
{
    uint32_t m[16];
    uint32_t v[16] = {cv[0],
                      cv[1],
                      cv[2],
                      cv[3],
                      cv[4],
                      cv[5],
                      cv[6],
                      cv[7],
                      rv_blake3_iv[0],
                      rv_blake3_iv[1],
                      rv_blake3_iv[2],
                      rv_blake3_iv[3],
                      (uint32_t)counter,
                      (uint32_t)(counter >> 32),
                      len,
                      flags};
    for (int i = 0; i < 16; ++i) {
        m[i] = rv_load_u32(block + 4 * i);
    }
    RV_BLAKE3_ROUNDS(v, m)
    for (int i = 0; i < 8; ++i) {
        cv[i] = v[i] ^ v[i + 8];
    }
}

static void
start(rv_blake3 *const self, const uint32_t flags)
{
    memcpy(self->cv, self->key, sizeof self->cv);
    self->chunk       = 0;
    self->flags       = flags;
    self->block_len   = 0;
    self->blocks_done = 0;
    self->stack_len   = 0;
    self->cpu_mask    = 0;
    memset(self->block, 0, sizeof self->block);
}

void
rv_blake3_init(rv_blake3 *const self)
{
    memcpy(self->key, rv_blake3_iv, sizeof self->key);
    start(self, 0);
}

void
rv_blake3_init_keyed(rv_blake3 *const self, const uint8_t key[32])
{
    for (int i = 0; i < 8; ++i) {
        self->key[i] = rv_load_u32(key + 4 * i);
    }
    start(self, RV_BLAKE3_KEYED_HASH);
}

void
rv_blake3_select(rv_blake3 *const self, const uint32_t cpu_mask)
{
    self->cpu_mask = cpu_mask;
}

static uint32_t
chunk_start(const rv_blake3 *const self)
{
    return self->blocks_done == 0 ? RV_BLAKE3_CHUNK_START : 0;
}

// left becomes the chaining value of the parent of left and right
static void
join(const rv_blake3 *const self, uint32_t left[8], const uint32_t right[8],
     const uint32_t extra)
{
    uint8_t block[64];
    for (int i = 0; i < 8; ++i) {
        rv_store_u32(block + 4 * i, left[i]);
        rv_store_u32(block + 32 + 4 * i, right[i]);
    }
    memcpy(left, self->key, sizeof self->key);
    compress(left, block, 64, 0, self->flags | RV_BLAKE3_PARENT | extra);
}

// Merge the subtree of a finished chunk with every finished one of the same size: as
// many as trailing zeros of the number of chunks
static void
add_chunk(rv_blake3 *const self, const uint32_t chunk_cv[8])
{
    uint32_t cv[8];
    memcpy(cv, chunk_cv, sizeof cv);
    ++self->chunk;
    for (uint64_t total = self->chunk; (total & 1) == 0; total >>= 1) {
        uint32_t *const left = self->stack[--self->stack_len];
        join(self, left, cv, 0);
        memcpy(cv, left, sizeof cv);
    }
    memcpy(self->stack[self->stack_len++], cv, sizeof cv);
}

static void
open_block(rv_blake3 *const self)
{
    self->block_len = 0;
    memset(self->block, 0, sizeof self->block);
}

// The block is full and more follows
static void
end_block(rv_blake3 *const self)
{
    const int last = self->blocks_done == 15;
    compress(self->cv, self->block, 64, self->chunk,
             self->flags | chunk_start(self) | (last ? RV_BLAKE3_CHUNK_END : 0U));
    ++self->blocks_done;
    if (last) {
        add_chunk(self, self->cv);
        memcpy(self->cv, self->key, sizeof self->cv);
        self->blocks_done = 0;
    }
    open_block(self);
}

// Whole chunks side by side while more follows them, with the widest vectors first;
// returns the bytes taken
static size_t
take_wide(rv_blake3 *const self, const uint8_t *const p, const size_t n_bytes)
{
    uint32_t i    = 0;
    size_t   done = 0;
    RV_VARIANT_CHOOSE(all, n_all, self->cpu_mask, i);
    for (; i > 0; --i) {
        const rv_blake3_ops *const ops  = all[i];
        const size_t               wide = (size_t)ops->width * RV_BLAKE3_CHUNK;
        while (ops->width > 1 && n_bytes - done > wide) {
            uint32_t cv[RV_BLAKE3_MAX_WIDTH][8];
            ops->chunks(p + done, self->chunk, self->key, self->flags, cv);
            for (uint32_t k = 0; k < ops->width; ++k) {
                add_chunk(self, cv[k]);
            }
            done += wide;
        }
    }
    return done;
}

void
rv_blake3_update(rv_blake3 *const self, const void *const data, size_t n_bytes)
{
    const uint8_t *p = data;
    while (n_bytes > 0) {
        if (self->block_len == RV_BLAKE3_BLOCK) {
            end_block(self);
        }
        if (self->block_len == 0 && self->blocks_done == 0) {
            const size_t taken = take_wide(self, p, n_bytes);
            p += taken;
            n_bytes -= taken;
        }
        const size_t room = (size_t)(RV_BLAKE3_BLOCK - self->block_len);
        const size_t take = n_bytes < room ? n_bytes : room;
        memcpy(self->block + self->block_len, p, take);
        self->block_len = (uint8_t)(self->block_len + take);
        p += take;
        n_bytes -= take;
    }
}

void
rv_blake3_final(const rv_blake3 *const self, uint8_t out[32])
{
    uint32_t       cv[8];
    const uint32_t root = self->stack_len == 0 ? RV_BLAKE3_ROOT : 0;
    memcpy(cv, self->cv, sizeof cv);
    compress(cv, self->block, self->block_len, self->chunk,
             self->flags | chunk_start(self) | RV_BLAKE3_CHUNK_END | root);
    for (int i = self->stack_len - 1; i >= 0; --i) {
        uint32_t left[8];
        memcpy(left, self->stack[i], sizeof left);
        join(self, left, cv, i == 0 ? RV_BLAKE3_ROOT : 0);
        memcpy(cv, left, sizeof cv);
    }
    for (int i = 0; i < 8; ++i) {
        rv_store_u32(out + 4 * i, cv[i]);
    }
}

void
rv_blake3_hash(const void *const data, const size_t n_bytes, uint8_t out[32])
{
    rv_blake3 hash;
    rv_blake3_init(&hash);
    rv_blake3_update(&hash, data, n_bytes);
    rv_blake3_final(&hash, out);
}

void
rv_blake3_keyed(const uint8_t key[32], const void *const data, const size_t n_bytes,
                uint8_t out[32])
{
    rv_blake3 hash;
    rv_blake3_init_keyed(&hash, key);
    rv_blake3_update(&hash, data, n_bytes);
    rv_blake3_final(&hash, out);
}
