// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/engine/histogram.h>

static void
the_median_of_a_hundred_values(void **state)
{
    rv_histogram h = {0};
    for (uint64_t i = 1; i <= 100; ++i) {
        rv_histogram_add(&h, i * 1000);
    }
    const uint64_t median = rv_histogram_quantile(&h, 500000);
    assert_in_range(median, 50000, 53200);
    assert_in_range(rv_histogram_quantile(&h, 990000), 99000, 100000);
    assert_int_equal(rv_histogram_quantile(&h, 1000000), 100000);
    assert_int_equal(h.max_ns, 100000);
    assert_int_equal(h.sum_ns, 5050000);
}

static void
every_value_is_kept_to_a_sixteenth(void **state)
{
    for (uint64_t v = 0; v < UINT64_C(1) << 40; v = v < 64 ? v + 1 : v + v / 7) {
        rv_histogram h = {0};
        rv_histogram_add(&h, v);
        rv_histogram_add(&h, UINT64_C(1) << 41);
        const uint64_t q = rv_histogram_quantile(&h, 500000);
        assert_true(q >= v);
        assert_true(q - v <= v / 16);
    }
}

static void
an_empty_one_says_nothing(void **state)
{
    rv_histogram h = {0};
    assert_int_equal(rv_histogram_quantile(&h, 500000), 0);
    rv_histogram_add(&h, UINT64_MAX);
    assert_int_equal(h.max_ns, UINT64_MAX);
    assert_int_equal(h.bucket[RV_HISTOGRAM_BUCKETS - 1], 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_median_of_a_hundred_values),
        cmocka_unit_test(every_value_is_kept_to_a_sixteenth),
        cmocka_unit_test(an_empty_one_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
