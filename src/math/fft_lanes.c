// SPDX-License-Identifier: MIT
#include "math/fft_ops.h"
#include "math/fft_tables.h"
#include "math/lanes.h"
#include "math/variants.h"

// Unrolled, the compiler keeps the points in registers; instrumented code would grow
// without end
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RV_UNROLL
#elif defined(__clang__)
#define RV_UNROLL _Pragma("unroll")
#else
#define RV_UNROLL _Pragma("GCC unroll 20")
#endif

#define RV_RADICES(X)                                                                  \
    X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(11) X(12) X(13) X(17) X(19)

// y[k][t] of flat index i + t goes to row p, output k, place q
RV_INLINE void
scatter(const size_t radix, const size_t width, const size_t m, const size_t i,
        const float *const y, float *const out)
{
    if (m == 1) {
        for (size_t t = 0; t < width; ++t) {
            float *const to = out + (i + t) * radix;
            for (size_t k = 0; k < radix; ++k) {
                to[k] = y[k * width + t];
            }
        }
        return;
    }
    size_t q  = i % m;
    size_t to = (i - q) * radix;
    for (size_t t = 0; t < width; ++t) {
        for (size_t k = 0; k < radix; ++k) {
            out[to + k * m + q] = y[k * width + t];
        }
        if (++q == m) {
            q = 0;
            to += radix * m;
        }
    }
}

#define V       float
#define W       1
#define NAME(x) x##_w1
#include "math/fft_pass.h"
#undef V
#undef W
#undef NAME

#if RV_WIDTH > 1
#define V       rv_vf
#define W       RV_WIDTH
#define NAME(x) x##_full
#include "math/fft_pass.h"
#undef V
#undef W
#undef NAME
#endif

#if RV_WIDTH == 16
typedef float v8f __attribute__((vector_size(32)));
#define V       v8f
#define W       8
#define NAME(x) x##_w8
#include "math/fft_pass.h"
#undef V
#undef W
#undef NAME
#endif

typedef void one_pass(const rv_fft_pass *);

#define ROW(r)              [r] = TABLE_ROW(r),
#define TABLE(form, suffix) static one_pass *const form##_##suffix[20]

#define TABLE_ROW(r) wide_##r##_w1
TABLE(wide, w1) = {RV_RADICES(ROW)};
#undef TABLE_ROW
#if RV_WIDTH > 1
#define TABLE_ROW(r) wide_##r##_full
TABLE(wide, full) = {RV_RADICES(ROW)};
#undef TABLE_ROW
#endif
#if RV_WIDTH == 16
#define TABLE_ROW(r) wide_##r##_w8
TABLE(wide, w8) = {RV_RADICES(ROW)};
#undef TABLE_ROW
#define TABLE_ROW(r) flat_##r##_w8
TABLE(flat, short) = {RV_RADICES(ROW)};
#undef TABLE_ROW
#elif RV_WIDTH > 1
#define TABLE_ROW(r) flat_##r##_full
TABLE(flat, short) = {RV_RADICES(ROW)};
#undef TABLE_ROW
#endif

static void
run_pass(const uint32_t radix, const rv_fft_pass *const a)
{
    one_pass *const *table = wide_w1;
#if RV_WIDTH > 1
    const size_t narrow = RV_WIDTH < 8 ? RV_WIDTH : 8;
    if (a->m >= RV_WIDTH) {
        table = wide_full;
    } else if (a->flat && a->l * a->m >= narrow && a->m < narrow) {
        table = flat_short;
    }
#if RV_WIDTH == 16
    else if (a->m >= narrow) {
        table = wide_w8;
    }
#endif
#endif
    table[radix](a);
}

const rv_fft_ops RV_VARIANT_NAME(rv_fft_ops) = {.needs = RV_VARIANT_NEEDS,
                                                .pass  = run_pass};

int
RV_VARIANT_NAME(rv_fuses_fft)(void)
{
    return rv_lanes_fuse();
}
