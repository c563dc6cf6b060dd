// SPDX-License-Identifier: MIT
#include <ruview/math/blake3.h>

#include <ruview/base/bytes.h>

enum {
    CHUNK_START = 1,
    CHUNK_END   = 2,
    PARENT      = 4,
    ROOT        = 8,
    KEYED_HASH  = 16,
};

static const uint32_t iv[8] = {0x6A09E667U, 0xBB67AE85U, 0x3C6EF372U, 0xA54FF53AU,
                               0x510E527FU, 0x9B05688CU, 0x1F83D9ABU, 0x5BE0CD19U};

static const uint8_t schedule[7][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8},
    {3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1},
    {10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6},
    {12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4},
    {9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7},
    {11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13},
};

static inline uint32_t
rotate(const uint32_t x, const int n)
{
    return x >> n | x << (32 - n);
}

static inline void
mix(uint32_t v[16], const int a, const int b, const int c, const int d,
    const uint32_t x, const uint32_t y)
{
    v[a] = v[a] + v[b] + x;
    v[d] = rotate(v[d] ^ v[a], 16);
    v[c] = v[c] + v[d];
    v[b] = rotate(v[b] ^ v[c], 12);
    v[a] = v[a] + v[b] + y;
    v[d] = rotate(v[d] ^ v[a], 8);
    v[c] = v[c] + v[d];
    v[b] = rotate(v[b] ^ v[c], 7);
}

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
                      iv[0],
                      iv[1],
                      iv[2],
                      iv[3],
                      (uint32_t)counter,
                      (uint32_t)(counter >> 32),
                      len,
                      flags};
    for (int i = 0; i < 16; ++i) {
        m[i] = rv_load_u32(block + 4 * i);
    }
    for (int r = 0; r < 7; ++r) {
        const uint8_t *const s = schedule[r];
        mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
        mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
        mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
        mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
        mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
        mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
        mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
        mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
    }
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
    memcpy(self->key, iv, sizeof self->key);
    start(self, 0);
}

void
rv_blake3_init_keyed(rv_blake3 *const self, const uint8_t key[32])
{
    for (int i = 0; i < 8; ++i) {
        self->key[i] = rv_load_u32(key + 4 * i);
    }
    start(self, KEYED_HASH);
}

void
rv_blake3_select(rv_blake3 *const self, const uint32_t cpu_mask)
{
    self->cpu_mask = cpu_mask;
}

static uint32_t
chunk_start(const rv_blake3 *const self)
{
    return self->blocks_done == 0 ? CHUNK_START : 0;
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
    compress(left, block, 64, 0, self->flags | PARENT | extra);
}

// The chunk is full and more follows: merge its subtree with every finished one of the
// same size, which are as many as trailing zeros of the number of chunks
static void
end_chunk(rv_blake3 *const self)
{
    uint32_t cv[8];
    memcpy(cv, self->cv, sizeof cv);
    compress(cv, self->block, 64, self->chunk,
             self->flags | chunk_start(self) | CHUNK_END);
    ++self->chunk;
    for (uint64_t total = self->chunk; (total & 1) == 0; total >>= 1) {
        uint32_t *const left = self->stack[--self->stack_len];
        join(self, left, cv, 0);
        memcpy(cv, left, sizeof cv);
    }
    memcpy(self->stack[self->stack_len++], cv, sizeof cv);
    memcpy(self->cv, self->key, sizeof self->cv);
    self->blocks_done = 0;
    self->block_len   = 0;
    memset(self->block, 0, sizeof self->block);
}

void
rv_blake3_update(rv_blake3 *const self, const void *const data, size_t n_bytes)
{
    const uint8_t *p = data;
    while (n_bytes > 0) {
        if (self->block_len == RV_BLAKE3_BLOCK) {
            if (self->blocks_done == 15) {
                end_chunk(self);
            } else {
                compress(self->cv, self->block, 64, self->chunk,
                         self->flags | chunk_start(self));
                ++self->blocks_done;
                self->block_len = 0;
                memset(self->block, 0, sizeof self->block);
            }
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
    const uint32_t root = self->stack_len == 0 ? ROOT : 0;
    memcpy(cv, self->cv, sizeof cv);
    compress(cv, self->block, self->block_len, self->chunk,
             self->flags | chunk_start(self) | CHUNK_END | root);
    for (int i = self->stack_len - 1; i >= 0; --i) {
        uint32_t left[8];
        memcpy(left, self->stack[i], sizeof left);
        join(self, left, cv, i == 0 ? ROOT : 0);
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
