// SPDX-License-Identifier: MIT
/**
   @file lend.h
   Memory for those who lend it: every module of the core asks for so many bytes aligned
   to RV_ARENA_ALIGN and keeps them until its last use.
*/
#ifndef RV_SRC_PLATFORM_LEND_H
#define RV_SRC_PLATFORM_LEND_H

#include <ruview/base/arena.h>

#include <stddef.h>
#include <stdlib.h>

/// `n_bytes` of the heap in whole lines of RV_ARENA_ALIGN; NULL when there are none.
/// free() takes them back.
static inline void *
rv_lend(const size_t n_bytes)
{
    const size_t lines = (n_bytes + RV_ARENA_ALIGN - 1) / RV_ARENA_ALIGN;
    return aligned_alloc(RV_ARENA_ALIGN, (lines > 0 ? lines : 1) * RV_ARENA_ALIGN);
}

#endif // RV_SRC_PLATFORM_LEND_H
