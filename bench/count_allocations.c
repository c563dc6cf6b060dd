// SPDX-License-Identifier: MIT
// Counts allocations by standing before the C library's functions of the same names.
#include "bench/harness.h"

#include <stdatomic.h>
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define RV_CANNOT_COUNT
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) ||                   \
    !defined(__GLIBC__) || defined(RV_NO_PLATFORM)
#define RV_CANNOT_COUNT
#endif

#ifdef RV_CANNOT_COUNT

int64_t
rv_bench_allocations(void)
{
    return -1;
}

#else

static atomic_llong count;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t size);
void *aligned_alloc(size_t alignment, size_t size);

static void
count_one(void)
{
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
}

void *
malloc(const size_t size)
{
    count_one();
    return __libc_malloc(size);
}

void *
calloc(const size_t n, const size_t size)
{
    count_one();
    return __libc_calloc(n, size);
}

void *
realloc(void *const p, const size_t size)
{
    count_one();
    return __libc_realloc(p, size);
}

void *
aligned_alloc(const size_t alignment, const size_t size)
{
    count_one();
    return __libc_memalign(alignment, size);
}

int64_t
rv_bench_allocations(void)
{
    return (int64_t)atomic_load_explicit(&count, memory_order_relaxed);
}

#endif
