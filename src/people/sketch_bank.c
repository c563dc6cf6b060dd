// SPDX-License-Identifier: MIT
#include <ruview/people/sketch_bank.h>

#include "base/exact.h"
#include "base/try.h"

#include <ruview/base/arena.h>
#include <ruview/math/elementary.h>
#include <ruview/math/kernels.h>
#include <ruview/people/sketch.h>

#include <string.h>

enum { block_rows = 256, group_rows = 16, max_candidates = 1024 };

// More than any distance
static const uint32_t out_of_reach = 1U << 30;

rv_sketch_bank_config
rv_sketch_bank_config_default(void)
{
    return (rv_sketch_bank_config){
        .capacity = 1024,
        .dim      = 128,
        .version  = 1,
        .exact    = true,
        .factor   = 32,
        .direct   = 2048,
        .margin   = 0.1F,
        .floor    = 0.7F,
    };
}

static rv_status
check_config(const rv_sketch_bank_config *const c)
{
    const bool ok = c->capacity >= 1 && c->capacity <= 1U << 24 && c->dim >= 1 &&
                    c->dim <= RV_SKETCH_BANK_MAX_DIM && c->factor >= 1 &&
                    c->factor <= 1024 && c->margin >= 0.0F && c->margin <= 2.0F &&
                    c->floor >= -1.0F && c->floor <= 1.0F;
    return ok ? RV_OK : RV_ERR_CONFIG;
}

static void
lay_out(rv_sketch_bank *const self, rv_arena *const arena)
{
    const rv_sketch_bank_config *const c = &self->cfg;
    self->row_bytes                      = (rv_sketch_bytes(c->dim) + 7) / 8 * 8;
    self->bits = rv_arena_take(arena, c->capacity, self->row_bytes);
    self->id   = rv_arena_take(arena, c->capacity, sizeof *self->id);
    if (c->exact) {
        self->value = rv_arena_take(arena, (size_t)c->capacity * c->dim, sizeof(float));
    }
}

rv_status
rv_sketch_bank_size(const rv_sketch_bank_config *const cfg, size_t *const n_bytes)
{
    RV_TRY(check_config(cfg));
    rv_sketch_bank self  = {.cfg = *cfg};
    rv_arena       arena = {0};
    lay_out(&self, &arena);
    *n_bytes = arena.used;
    return arena.failed ? RV_ERR_CONFIG : RV_OK;
}

rv_status
rv_sketch_bank_init(rv_sketch_bank *const self, const rv_sketch_bank_config *const cfg,
                    void *const mem, const size_t n_bytes)
{
    rv_arena arena  = {0};
    size_t   needed = 0;
    RV_TRY(rv_sketch_bank_size(cfg, &needed));
    RV_TRY(rv_arena_open(&arena, mem, n_bytes, needed));
    *self = (rv_sketch_bank){.cfg = *cfg};
    memset(mem, 0, needed);
    lay_out(self, &arena);
    return RV_OK;
}

void
rv_sketch_bank_clear(rv_sketch_bank *const self)
{
    self->count = 0;
}

static rv_status
check_schema(const rv_sketch_bank *const self, const uint32_t dim,
             const uint16_t version)
{
    if (dim != self->cfg.dim) {
        return RV_ERR_SHAPE;
    }
    return version == self->cfg.version ? RV_OK : RV_ERR_DIFFERENT;
}

// 1 / |v|; 0 when v is not finite or has no length
static float
inverse_length(const float *const v, const uint32_t n)
{
    float sum = 0.0F;
    for (uint32_t i = 0; i < n; ++i) {
        sum += v[i] * v[i];
    }
    return rv_is_finite_f32(sum) && sum > 0.0F ? 1.0F / rv_sqrt_f32(sum) : 0.0F;
}

rv_status
rv_sketch_bank_insert(rv_sketch_bank *const self, const uint32_t id,
                      const uint8_t *const bits, const uint32_t dim,
                      const uint16_t version, const float *const value)
{
    RV_TRY(check_schema(self, dim, version));
    if (self->count == self->cfg.capacity) {
        return RV_ERR_FULL;
    }
    const float scale = self->value && value ? inverse_length(value, dim) : 0.0F;
    if (self->value && !(scale > 0.0F)) {
        return RV_ERR_NONFINITE;
    }
    const uint32_t at = self->count++;
    memcpy(self->bits + at * self->row_bytes, bits, rv_sketch_bytes(dim));
    self->id[at] = id;
    for (uint32_t i = 0; i < dim && self->value; ++i) {
        self->value[(size_t)at * dim + i] = value[i] * scale;
    }
    return RV_OK;
}

// A max-heap on (distance, index) packed into one number, so that one comparison
// decides
typedef struct {
    uint64_t key[max_candidates];
    uint32_t n, k;
} heap;

static void
sift_down(heap *const h, uint32_t at)
{
    const uint64_t moving = h->key[at];
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= h->n) {
            break;
        }
        child += child + 1 < h->n && h->key[child + 1] > h->key[child];
        if (h->key[child] <= moving) {
            break;
        }
        h->key[at] = h->key[child];
        at         = child;
    }
    h->key[at] = moving;
}

static void
offer(heap *const h, const uint64_t key)
{
    if (h->n < h->k) {
        uint32_t at = h->n++;
        while (at > 0 && h->key[(at - 1) / 2] < key) {
            h->key[at] = h->key[(at - 1) / 2];
            at         = (at - 1) / 2;
        }
        h->key[at] = key;
    } else if (key < h->key[0]) {
        h->key[0] = key;
        sift_down(h, 0);
    }
}

// Smallest first, in place
static void
sort_heap(heap *const h)
{
    const uint32_t n = h->n;
    while (h->n > 1) {
        const uint64_t largest = h->key[0];
        h->key[0]              = h->key[h->n - 1];
        h->key[h->n - 1]       = largest;
        --h->n;
        sift_down(h, 0);
    }
    h->n = n;
}

typedef uint32_t quad __attribute__((vector_size(16)));

// Is one of sixteen below the limit? Most are not, and compare side by side: distances
// and limit are below 2^31, so that the highest bit of a difference is its sign
static bool
any_below(const uint32_t distance[group_rows], const uint32_t limit)
{
    quad d[group_rows / 4];
    memcpy(d, distance, sizeof d);
    const quad below =
        ((d[0] - limit) | (d[1] - limit)) | ((d[2] - limit) | (d[3] - limit));
    return (below[0] | below[1] | below[2] | below[3]) >> 31 != 0;
}

static void
nearest(const rv_sketch_bank *const self, const uint8_t *const bits, const uint32_t k,
        heap *const h)
{
    uint8_t query[RV_SKETCH_BANK_MAX_DIM / 8] = {0};
    memcpy(query, bits, rv_sketch_bytes(self->cfg.dim));
    const rv_kernels *const kernels = rv_kernels_for(self->cfg.cpu_mask);
    uint32_t                distance[block_rows];
    h->n           = 0;
    h->k           = k;
    uint32_t limit = out_of_reach; // Distances from here on cannot enter
    for (uint32_t from = 0; from < self->count && k != 0; from += block_rows) {
        const uint32_t left = self->count - from;
        const uint32_t n    = left < block_rows ? left : block_rows;
        kernels->hamming_rows(query, self->bits + from * self->row_bytes, n,
                              self->row_bytes, distance);
        for (uint32_t i = n; i % group_rows != 0; ++i) {
            distance[i] = out_of_reach;
        }
        for (uint32_t g = 0; g < n; g += group_rows) {
            if (!any_below(distance + g, limit)) {
                continue;
            }
            for (uint32_t i = g; i < g + group_rows; ++i) {
                if (distance[i] < limit) {
                    offer(h, (uint64_t)distance[i] << 32 | (from + i));
                    limit = h->n == k ? (uint32_t)(h->key[0] >> 32) : out_of_reach;
                }
            }
        }
    }
    sort_heap(h);
}

rv_status
rv_sketch_bank_nearest(const rv_sketch_bank *const self, const uint8_t *const bits,
                       const uint32_t dim, const uint16_t version, const uint32_t k,
                       rv_sketch_match *const out, uint32_t *const n)
{
    RV_TRY(check_schema(self, dim, version));
    if (k > RV_SKETCH_BANK_MAX_K) {
        return RV_ERR_RANGE;
    }
    heap h;
    nearest(self, bits, k, &h);
    for (uint32_t i = 0; i < h.n; ++i) {
        const uint32_t index = (uint32_t)h.key[i];
        out[i] =
            (rv_sketch_match){self->id[index], index, (uint32_t)(h.key[i] >> 32), 0};
    }
    *n = h.n;
    return RV_OK;
}

// Greatest cosine first; among equals the lower index
static void
insert_sorted(rv_sketch_match *const out, uint32_t *const n, const uint32_t k,
              const rv_sketch_match new)
{
    uint32_t at = *n;
    while (at > 0 &&
           (out[at - 1].cosine < new.cosine ||
            (out[at - 1].cosine == new.cosine &&out[at - 1].index > new.index))) {
        --at;
    }
    if (at >= k) {
        return;
    }
    *n += (*n < k);
    for (uint32_t i = *n - 1; i > at; --i) {
        out[i] = out[i - 1];
    }
    out[at] = new;
}

rv_status
rv_sketch_bank_search(const rv_sketch_bank *const self, const float *const value,
                      const uint8_t *const bits, const uint32_t k,
                      rv_sketch_match *const out, uint32_t *const n)
{
    if (!self->value) {
        return RV_ERR_STATE;
    }
    if (k > RV_SKETCH_BANK_MAX_K) {
        return RV_ERR_RANGE;
    }
    const uint32_t dim   = self->cfg.dim;
    const float    scale = inverse_length(value, dim);
    if (!(scale > 0.0F)) {
        return RV_ERR_NONFINITE;
    }
    const rv_kernels *const kernels = rv_kernels_for(self->cfg.cpu_mask);
    const bool              all     = self->count <= self->cfg.direct;
    const uint32_t          wanted  = k * self->cfg.factor;
    heap                    h;
    h.n = 0;
    if (!all) {
        nearest(self, bits, wanted < max_candidates ? wanted : max_candidates, &h);
    }
    *n                        = 0;
    const uint32_t candidates = all ? self->count : h.n;
    for (uint32_t i = 0; i < candidates && k != 0; ++i) {
        const uint32_t     index    = all ? i : (uint32_t)h.key[i];
        const float *const row      = self->value + (size_t)index * dim;
        const float        dot      = kernels->dot(value, row, dim) * scale;
        const uint32_t     bits_off = all ? 0 : (uint32_t)(h.key[i] >> 32);
        insert_sorted(out, n, k,
                      (rv_sketch_match){self->id[index], index, bits_off, dot});
    }
    for (uint32_t i = 0; i < *n && all; ++i) {
        out[i].distance = kernels->hamming(
            bits, self->bits + out[i].index * self->row_bytes, rv_sketch_bytes(dim));
    }
    return RV_OK;
}

rv_status
rv_sketch_bank_identify(const rv_sketch_bank *const self, const float *const value,
                        const uint8_t *const bits, rv_identity *const out)
{
    rv_sketch_match match[RV_SKETCH_BANK_MAX_K];
    uint32_t        n = 0;
    RV_TRY(rv_sketch_bank_search(self, value, bits, RV_SKETCH_BANK_MAX_K, match, &n));
    *out = (rv_identity){.reason = RV_REASON_NO_DATA};
    if (n == 0) {
        return RV_OK;
    }
    uint32_t other = 1;
    while (other < n && match[other].id == match[0].id) {
        ++other;
    }
    const float next = other < n ? match[other].cosine : -1.0F;
    out->id          = match[0].id;
    out->cosine      = match[0].cosine;
    out->margin      = match[0].cosine - next;
    out->reason      = out->cosine < self->cfg.floor    ? RV_REASON_LOW_QUALITY
                       : out->margin < self->cfg.margin ? RV_REASON_AMBIGUOUS
                                                        : RV_REASON_NONE;
    return RV_OK;
}

rv_status
rv_sketch_bank_novelty(const rv_sketch_bank *const self, const uint8_t *const bits,
                       const uint32_t dim, const uint16_t version, float *const novelty)
{
    rv_sketch_match match;
    uint32_t        n = 0;
    RV_TRY(rv_sketch_bank_nearest(self, bits, dim, version, 1, &match, &n));
    *novelty = n == 0 ? 1.0F : (float)match.distance / (float)dim;
    return RV_OK;
}
