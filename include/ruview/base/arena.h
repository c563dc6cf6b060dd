// SPDX-License-Identifier: MIT
/**
   @file arena.h
   Lays objects out in memory that the caller lends. The same walk runs twice: once
   without memory, to learn the size, and once to place.
*/
#ifndef RV_BASE_ARENA_H
#define RV_BASE_ARENA_H

#include <ruview/base/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RV_ARENA_ALIGN = 64 }; ///< Alignment of every piece [bytes]

/// A walk over memory; start from {0} to measure
typedef struct {
    uint8_t *base;   ///< NULL while measuring; else aligned to RV_ARENA_ALIGN
    size_t   size;   ///< Bytes at `base`
    size_t   used;   ///< Bytes laid out so far
    bool     failed; ///< A piece did not fit or its size overflowed
} rv_arena;

/// An arena over memory that the caller lends. ERR_MEMORY (null, not aligned to
/// RV_ARENA_ALIGN, shorter than `needed`): `self` is unchanged.
static inline rv_status
rv_arena_open(rv_arena *const self, void *const mem, const size_t n_bytes,
              const size_t needed)
{
    if (!mem || (uintptr_t)mem % RV_ARENA_ALIGN != 0 || n_bytes < needed) {
        return RV_ERR_MEMORY;
    }
    self->base   = (uint8_t *)mem;
    self->size   = n_bytes;
    self->used   = 0;
    self->failed = false;
    return RV_OK;
}

/**
   The next `count` x `size` bytes, aligned to 64; NULL while measuring or when failed.
   A size that overflows fails the arena.
*/
static inline void *
rv_arena_take(rv_arena *const arena, const size_t count, const size_t size)
{
    if (arena->failed || (size != 0 && count > (SIZE_MAX / 4) / size)) {
        arena->failed = true;
        return NULL;
    }
    const size_t n =
        (count * size + RV_ARENA_ALIGN - 1) & ~(size_t)(RV_ARENA_ALIGN - 1);
    if (n > SIZE_MAX / 2 - arena->used ||
        (arena->base && n > arena->size - arena->used)) {
        arena->failed = true;
        return NULL;
    }
    void *const piece = arena->base ? arena->base + arena->used : NULL;
    arena->used += n;
    return piece;
}

#endif // RV_BASE_ARENA_H
