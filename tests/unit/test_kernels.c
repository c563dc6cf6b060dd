// SPDX-License-Identifier: MIT
// What callers of the kernels rely on. tests/exact compares every instruction set.
#define _POSIX_C_SOURCE 200809L

#include "cmocka_rv.h"

#include <ruview/math/elementary.h>
#include <ruview/math/kernels.h>
#include <ruview/platform/cpu.h>

#include <fenv.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

static void
a_dot_product(void **state)
{
    const rv_kernels *const k   = rv_kernels_for(rv_cpu_mask());
    const float             a[] = {1.0F, 2.0F, 3.0F};
    const float             b[] = {4.0F, 5.0F, 6.0F};
    assert_true(k->dot(a, b, 3) == 32.0F);
    assert_true(k->dot(a, b, 0) == 0.0F);
}

static void
sums_fold_by_halves(void **state)
{
    // 2^24 swallows a lone 1: only the written order gives this result
    float x[32] = {0.0F};
    x[0]        = 16777216.0F;
    x[16]       = 1.0F; // falls into lane 0: lost at once
    x[8]        = 1.0F; // lane 8 is added to lane 0 first: lost
    x[4]        = 1.0F; // lane 4 meets lane 12 ...
    x[12]       = 1.0F; // ... before lane 0: together they count
    for (uint32_t i = 0; rv_kernels_variant(i); ++i) {
        const rv_kernels *const k = rv_kernels_variant(i);
        if ((k->needs & ~rv_cpu_mask()) == 0) {
            assert_true(k->sum(x, 32) == 16777218.0F);
        }
    }
}

static void
nan_never_wins(void **state)
{
    const rv_kernels *const k   = rv_kernels_for(rv_cpu_mask());
    float                   top = 0.0F;
    float                   x[] = {NAN, -1.0F, 5.0F, NAN, 5.0F};
    assert_int_equal(k->argmax(x, 5, &top), 2);
    assert_true(top == 5.0F);
    assert_int_equal(k->argmin(x, 5, &top), 1);
    assert_int_equal(k->argmax(x, 1, &top), 1);
    assert_true(top == -INFINITY);
    const float low[] = {NAN, -INFINITY, -INFINITY};
    assert_int_equal(k->argmax(low, 3, &top), 1);
    const float zeros[] = {-0.0F, 0.0F};
    assert_int_equal(k->argmax(zeros, 2, &top), 0);
    assert_int_equal(rv_bits_f32(top), 0x80000000U);
    assert_int_equal(rv_bits_f32(k->sum(x, 5)), 0x7FC00000U);
    assert_false(k->all_finite(x, 5));
    assert_true(k->all_finite(x + 1, 2));
}

static void
square_roots_are_correctly_rounded(void **state)
{
    static float x[4096];
    static float y[4096];
    for (uint32_t v = 0; rv_kernels_variant(v); ++v) {
        const rv_kernels *const k = rv_kernels_variant(v);
        if ((k->needs & ~rv_cpu_mask()) != 0) {
            continue;
        }
        for (uint32_t i = 0; i < 4096; ++i) {
            x[i] = rv_from_bits_f32(i * 522133U);
        }
        k->sqrt(x, y, 4096);
        for (uint32_t i = 0; i < 4096; ++i) {
            if (x[i] == x[i]) { // an f64 root rounds to the f32 root
                assert_true(y[i] == (float)sqrt((double)x[i]));
            }
        }
    }
}

static void
a_thread_that_rounds_otherwise_is_refused(void **state)
{
    assert_int_equal(rv_math_selftest(rv_cpu_mask()), RV_OK);
    const int modes[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    for (int i = 0; i < 3; ++i) {
        assert_int_equal(fesetround(modes[i]), 0);
        const rv_status status = rv_math_selftest(rv_cpu_mask());
        fesetround(FE_TONEAREST);
        assert_int_equal(status, RV_ERR_MACHINE);
    }
#if defined(__SSE2__)
    const unsigned normal = _mm_getcsr();
    _mm_setcsr(normal | 0x8000U); // flush to zero
    rv_status status = rv_math_selftest(rv_cpu_mask());
    _mm_setcsr(normal);
    assert_int_equal(status, RV_ERR_MACHINE);
    _mm_setcsr(normal | 0x0040U); // subnormals are zeros
    status = rv_math_selftest(rv_cpu_mask());
    _mm_setcsr(normal);
    assert_int_equal(status, RV_ERR_MACHINE);
#endif
    assert_int_equal(rv_math_selftest(0), RV_OK);
}

static void
the_mask_chooses(void **state)
{
    assert_string_equal(rv_kernels_for(0)->name, "base");
    assert_string_equal(rv_kernels_for(RV_CPU_PLAIN)->name, "plain");
    assert_string_equal(rv_kernels_for(UINT32_MAX)->name, "plain");
    assert_int_equal(rv_kernels_for(rv_cpu_mask())->needs & ~rv_cpu_mask(), 0);
    assert_null(rv_kernels_variant(100));

    const uint32_t full = rv_cpu_mask();
    setenv("RUVIEW_CPU_MASK", "0", 1);
    assert_int_equal(rv_cpu_mask(), 0);
    setenv("RUVIEW_CPU_MASK", "0x101", 1);
    assert_int_equal(rv_cpu_mask(), (full & 1U) | RV_CPU_PLAIN);
    setenv("RUVIEW_CPU_MASK", "all", 1);
    assert_int_equal(rv_cpu_mask(), 0);
    unsetenv("RUVIEW_CPU_MASK");
    assert_int_equal(rv_cpu_mask(), full);
}

int
main(void)
{
    unsetenv("RUVIEW_CPU_MASK");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dot_product),
        cmocka_unit_test(sums_fold_by_halves),
        cmocka_unit_test(nan_never_wins),
        cmocka_unit_test(square_roots_are_correctly_rounded),
        cmocka_unit_test(a_thread_that_rounds_otherwise_is_refused),
        cmocka_unit_test(the_mask_chooses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
