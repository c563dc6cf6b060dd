// SPDX-License-Identifier: MIT
// The body of order.c for one type: TYPE, its suffix by NAME(), LESS; SORT_ONLY leaves
// selection out. No include guard: order.c includes it once per type.

static void
NAME(insertion)(TYPE *const x, const size_t n)
{
    for (size_t i = 1; i < n; ++i) {
        const TYPE item = x[i];
        size_t     k    = i;
        for (; k > 0 && LESS(item, x[k - 1]); --k) {
            x[k] = x[k - 1];
        }
        x[k] = item;
    }
}

static void
NAME(sift)(TYPE *const x, size_t root, const size_t n)
{
    const TYPE item = x[root];
    for (size_t child = 2 * root + 1; child < n; child = 2 * root + 1) {
        child += child + 1 < n && LESS(x[child], x[child + 1]);
        if (!LESS(item, x[child])) {
            break;
        }
        x[root] = x[child];
        root    = child;
    }
    x[root] = item;
}

void
NAME(rv_sort)(TYPE *const x, const size_t n)
{
    if (n <= 24) {
        NAME(insertion)(x, n);
        return;
    }
    for (size_t i = n / 2; i-- > 0;) {
        NAME(sift)(x, i, n);
    }
    for (size_t i = n; i-- > 1;) {
        const TYPE swap = x[0];
        x[0]            = x[i];
        x[i]            = swap;
        NAME(sift)(x, 0, i);
    }
}

#ifndef SORT_ONLY

// Quickselect with the middle of three as pivot; a run of bad pivots ends in a sort
TYPE
NAME(rv_nth)(TYPE *const x, const size_t n, const size_t k)
{
#ifdef SELECT_FIRST
    SELECT_FIRST(x, n, k)
#endif
    size_t lo = 0;
    size_t hi = n;
    for (int round = 0; hi - lo > 16; ++round) {
        if (round > 64) {
            NAME(rv_sort)(x + lo, hi - lo);
            return x[k];
        }
        const TYPE a     = x[lo];
        const TYPE b     = x[lo + (hi - lo) / 2];
        const TYPE c     = x[hi - 1];
        const TYPE small = LESS(b, a) ? b : a;
        const TYPE large = LESS(b, a) ? a : b;
        const TYPE pivot = LESS(c, small) ? small : LESS(large, c) ? large : c;
        size_t     i     = lo;
        size_t     j     = hi - 1;
        for (;;) {
            while (LESS(x[i], pivot)) {
                ++i;
            }
            while (LESS(pivot, x[j])) {
                --j;
            }
            if (i >= j) {
                break;
            }
            const TYPE swap = x[i];
            x[i++]          = x[j];
            x[j--]          = swap;
        }
        // Everything before i is at most the pivot, everything after j at least
        if (k <= j && j + 1 < hi) {
            hi = j + 1;
        } else if (k >= i && i > lo) {
            lo = i;
        } else {
            return x[k];
        }
    }
    NAME(insertion)(x + lo, hi - lo);
    return x[k];
}

static TYPE
NAME(middle)(TYPE *const x, const size_t n)
{
    const TYPE upper = NAME(rv_nth)(x, n, n / 2);
    if (n % 2 == 1) {
        return upper;
    }
    TYPE lower = x[0]; // the largest of the lower half
    for (size_t i = 1; i < n / 2; ++i) {
        lower = LESS(lower, x[i]) ? x[i] : lower;
    }
    return (lower + upper) / 2;
}

TYPE
NAME(rv_median)(const TYPE *const x, const size_t n, TYPE *const work)
{
    memcpy(work, x, n * sizeof *work);
    return NAME(middle)(work, n);
}

TYPE
NAME(rv_mad)(const TYPE *const x, const size_t n, const TYPE centre, TYPE *const work)
{
    for (size_t i = 0; i < n; ++i) {
        const TYPE d = x[i] - centre;
        work[i]      = d < 0 ? -d : d;
    }
    return NAME(middle)(work, n);
}

#endif
