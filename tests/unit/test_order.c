// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/elementary.h>
#include <ruview/math/order.h>
#include <ruview/math/random.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { most = 300 };

static void
a_median_and_its_deviation(void **state)
{
    const float x[] = {3.0F, 1.0F, 4.0F, 1.0F, 5.0F};
    float       work[5];
    assert_true(rv_median_f32(x, 5, work) == 3.0F);
    assert_true(rv_median_f32(x, 4, work) == 2.0F);
    assert_true(rv_mad_f32(x, 5, 3.0F, work) == 2.0F);
    assert_true(rv_quantile_f32(x, 5, 0.75F, work) == 4.0F);
    assert_true(rv_quantile_f32(x, 5, 0.9F, work) == 4.6F);
    assert_true(rv_quantile_f32(x, 5, NAN, work) == 1.0F);
}

static int
by_key(const void *const a, const void *const b)
{
    const uint32_t x = rv_order_key(*(const float *)a);
    const uint32_t y = rv_order_key(*(const float *)b);
    return (x > y) - (x < y);
}

// Few different values, zeros of both signs, infinities and NaN among them
static float
any_value(rv_random *const random, const int round)
{
    static const uint32_t odd[] = {0, 0x80000000U, 0x7F800000U, 0xFF800000U,
                                   0x7FC00000U};
    if (rv_random_below(random, 8) == 0) {
        return rv_from_bits_f32(odd[rv_random_below(random, 5)]);
    }
    return round % 2 ? (float)rv_random_below(random, 7) - 3.0F
                     : rv_random_normal_f32(random);
}

static void
all_ways_to_order_agree(void **state)
{
    rv_random random;
    rv_random_init(&random, 1, 0);
    for (int round = 0; round < 3000; ++round) {
        float        x[most];
        float        sorted[most];
        float        work[most];
        uint32_t     index[most];
        const size_t n = 1 + rv_random_below(&random, most);
        const size_t k = rv_random_below(&random, (uint32_t)n);
        for (size_t i = 0; i < n; ++i) {
            x[i] = any_value(&random, round);
        }
        memcpy(sorted, x, sizeof x);
        qsort(sorted, n, sizeof *sorted, by_key);
        memcpy(work, x, sizeof x);
        rv_sort_f32(work, n);
        assert_memory_equal(work, sorted, n * sizeof *work);
        memcpy(work, x, sizeof x);
        const float kth = rv_nth_f32(work, n, k);
        assert_memory_equal(&kth, &sorted[k], sizeof kth);
        rv_argsort_f32(x, index, n);
        for (size_t i = 0; i < n; ++i) {
            assert_memory_equal(&x[index[i]], &sorted[i], sizeof *x);
            assert_true(i == 0 ||
                        rv_order_key(sorted[i - 1]) != rv_order_key(sorted[i]) ||
                        index[i - 1] < index[i]);
        }
        rv_top_f32(x, n, k, index);
        for (size_t i = 1; i < k; ++i) {
            const float a = x[index[i - 1]];
            const float b = x[index[i]];
            assert_false(a != a && b == b);
            assert_true(
                a != a || b != b || rv_order_key(a) > rv_order_key(b) ||
                (rv_order_key(a) == rv_order_key(b) && index[i - 1] < index[i]));
        }
    }
}

static void
whole_numbers_sort_too(void **state)
{
    uint64_t  x[100];
    uint32_t  y[100];
    double    z[100];
    rv_random random;
    rv_random_init(&random, 2, 0);
    for (int i = 0; i < 100; ++i) {
        x[i] = rv_random_u64(&random);
        y[i] = rv_random_below(&random, 20);
        z[i] = rv_random_normal_f64(&random);
    }
    rv_sort_u64(x, 100);
    rv_sort_u32(y, 100);
    rv_sort_f64(z, 100);
    for (int i = 1; i < 100; ++i) {
        assert_true(x[i - 1] <= x[i] && y[i - 1] <= y[i] && z[i - 1] <= z[i]);
    }
    double work[100];
    assert_true(rv_median_f64(z, 100, work) == (z[49] + z[50]) / 2.0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_median_and_its_deviation),
        cmocka_unit_test(all_ways_to_order_agree),
        cmocka_unit_test(whole_numbers_sort_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
