// SPDX-License-Identifier: MIT
#include <ruview/math/order.h>

#include "base/exact.h"

#include <ruview/math/elementary.h>

static uint64_t
key_f64(const double x)
{
    const uint64_t bits = rv_bits_f64(x);
    if ((bits & 0x7FFFFFFFFFFFFFFFU) > 0x7FF0000000000000U) {
        return UINT64_MAX;
    }
    return bits >> 63 ? ~bits : bits | 0x8000000000000000U;
}

// The number that stands there in the order
static float
of_key(const uint32_t key)
{
    const uint32_t bits = key >> 31 ? key & 0x7FFFFFFFU : ~key;
    return key == 0xFFFFFFFFU ? rv_from_bits_f32(0x7FC00000U) : rv_from_bits_f32(bits);
}

static void
sort_keys(uint32_t *const key, const size_t n)
{
    for (size_t i = 1; i < n; ++i) {
        const uint32_t item = key[i];
        size_t         k    = i;
        for (; k > 0 && item < key[k - 1]; --k) {
            key[k] = key[k - 1];
        }
        key[k] = item;
    }
}

// Puts the keys of lo..hi-1 below `limit` first and says where the others begin.
// Without a branch on the keys, which nobody can predict.
static size_t
divide(uint32_t *const key, const size_t lo, const size_t hi, const uint32_t limit)
{
    size_t other = lo;
    for (size_t i = lo; i < hi; ++i) {
        const uint32_t item = key[i];
        key[i]              = key[other];
        key[other]          = item;
        other += item < limit;
    }
    return other;
}

static uint32_t
middle_of_three(const uint32_t a, const uint32_t b, const uint32_t c)
{
    const uint32_t small = a < b ? a : b;
    const uint32_t large = a < b ? b : a;
    return c < small ? small : c > large ? large : c;
}

// Quickselect over keys; a run of bad pivots ends in a sort
static void
select_key(uint32_t *const key, const size_t n, const size_t k)
{
    size_t lo = 0;
    size_t hi = n;
    for (int round = 0; hi - lo > 16; ++round) {
        if (round > 64) {
            rv_sort_u32(key + lo, hi - lo);
            return;
        }
        const uint32_t pivot =
            middle_of_three(key[lo], key[lo + (hi - lo) / 2], key[hi - 1]);
        const size_t at = divide(key, lo, hi, pivot);
        if (k < at) {
            hi = at;
            continue;
        }
        if (at == lo) { // nothing is below: leave out what equals the pivot
            const size_t above =
                pivot == 0xFFFFFFFFU ? hi : divide(key, lo, hi, pivot + 1);
            if (k < above) {
                return;
            }
            lo = above;
        } else {
            lo = at;
        }
    }
    sort_keys(key + lo, hi - lo);
}

enum { few = 24, most_keys = 512 };

static float
by_keys(float *const x, const size_t n, const size_t k)
{
    uint32_t key[most_keys];
    for (size_t i = 0; i < n; ++i) {
        key[i] = rv_order_key(x[i]);
    }
    select_key(key, n, k);
    for (size_t i = 0; i < n; ++i) {
        x[i] = of_key(key[i]);
    }
    return x[k];
}

#define TYPE       float
#define NAME(stem) stem##_f32
#define LESS(a, b) (rv_order_key(a) < rv_order_key(b))
#define SELECT_FIRST(x, n, k)                                                          \
    if (n > few && n <= most_keys) {                                                   \
        return by_keys(x, n, k);                                                       \
    }
#include "math/order_generic.h"
#undef TYPE
#undef NAME
#undef LESS
#undef SELECT_FIRST

#define TYPE       double
#define NAME(stem) stem##_f64
#define LESS(a, b) (key_f64(a) < key_f64(b))
#include "math/order_generic.h"
#undef TYPE
#undef NAME
#undef LESS

#define TYPE       uint32_t
#define NAME(stem) stem##_u32
#define LESS(a, b) ((a) < (b))
#define SORT_ONLY
#include "math/order_generic.h"
#undef TYPE
#undef NAME
#undef LESS

#define TYPE       uint64_t
#define NAME(stem) stem##_u64
#define LESS(a, b) ((a) < (b))
#include "math/order_generic.h"

// Whether index a stands before index b in ascending order of (value, index)
static int
stands_before(const float *const x, const uint32_t a, const uint32_t b)
{
    const uint32_t ka = rv_order_key(x[a]);
    const uint32_t kb = rv_order_key(x[b]);
    return ka != kb ? ka < kb : a < b;
}

static void
sift_index(const float *const x, uint32_t *const index, size_t root, const size_t n)
{
    const uint32_t item = index[root];
    for (size_t child = 2 * root + 1; child < n; child = 2 * root + 1) {
        child += child + 1 < n && stands_before(x, index[child], index[child + 1]);
        if (!stands_before(x, item, index[child])) {
            break;
        }
        index[root] = index[child];
        root        = child;
    }
    index[root] = item;
}

void
rv_argsort_f32(const float *const x, uint32_t *const index, const size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        index[i] = (uint32_t)i;
    }
    for (size_t i = n / 2; i-- > 0;) {
        sift_index(x, index, i, n);
    }
    for (size_t i = n; i-- > 1;) {
        const uint32_t swap = index[0];
        index[0]            = index[i];
        index[i]            = swap;
        sift_index(x, index, 0, i);
    }
}

// Key that is larger for what top wants first; NaN last of all
static uint32_t
top_key(const float x)
{
    const uint32_t key = rv_order_key(x);
    return key == 0xFFFFFFFFU ? 0 : key;
}

static int
worse(const float *const x, const uint32_t a, const uint32_t b)
{
    const uint32_t ka = top_key(x[a]);
    const uint32_t kb = top_key(x[b]);
    return ka != kb ? ka < kb : a > b;
}

// The worst of the kept ones stands at the root
static void
sift_top(const float *const x, uint32_t *const index, size_t root, const size_t n)
{
    const uint32_t item = index[root];
    for (size_t child = 2 * root + 1; child < n; child = 2 * root + 1) {
        child += child + 1 < n && worse(x, index[child + 1], index[child]);
        if (!worse(x, index[child], item)) {
            break;
        }
        index[root] = index[child];
        root        = child;
    }
    index[root] = item;
}

void
rv_top_f32(const float *const x, const size_t n, const size_t k, uint32_t *const index)
{
    if (k == 0) {
        return;
    }
    for (size_t i = 0; i < k; ++i) {
        index[i] = (uint32_t)i;
    }
    for (size_t i = k / 2; i-- > 0;) {
        sift_top(x, index, i, k);
    }
    for (size_t i = k; i < n; ++i) {
        if (worse(x, index[0], (uint32_t)i)) {
            index[0] = (uint32_t)i;
            sift_top(x, index, 0, k);
        }
    }
    for (size_t i = k; i-- > 1;) {
        const uint32_t swap = index[0];
        index[0]            = index[i];
        index[i]            = swap;
        sift_top(x, index, 0, i);
    }
}

float
rv_quantile_f32(const float *const x, const size_t n, const float q, float *const work)
{
    memcpy(work, x, n * sizeof *work);
    const double at   = (double)rv_clamp_f32(q, 0.0F, 1.0F) * (double)(n - 1);
    const size_t low  = (size_t)rv_to_i64(at);
    const double part = at - (double)low;
    const float  a    = rv_nth_f32(work, n, low);
    if (!(part > 0.0)) {
        return a;
    }
    const float b = rv_nth_f32(work, n, low + 1);
    return (float)((double)a + part * ((double)b - (double)a));
}
