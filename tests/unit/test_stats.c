// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/random.h>
#include <ruview/math/stats.h>

#include <math.h>

static void
running_and_whole_agree(void **state)
{
    rv_random  random;
    rv_welford all  = {0};
    rv_welford half = {0};
    rv_welford rest = {0};
    float      x[1000];
    rv_random_init(&random, 1, 0);
    for (int i = 0; i < 1000; ++i) {
        x[i] = 5.0F + rv_random_normal_f32(&random);
        rv_welford_push(&all, (double)x[i]);
        rv_welford_push(i < 300 ? &half : &rest, (double)x[i]);
    }
    rv_welford_merge(&half, &rest);
    assert_true(half.n == 1000 && fabs(half.mean - all.mean) < 1e-12);
    assert_true(fabs(rv_welford_variance(&half) - rv_welford_variance(&all)) < 1e-12);
    assert_true(fabs(rv_welford_variance(&all) - (double)rv_variance_f32(x, 1000)) <
                1e-6);
    assert_true(fabs(rv_welford_population(&all) * 1000.0 - all.m2) < 1e-9);
    assert_true(fabs(all.mean - (double)rv_mean_f32(x, 1000)) < 1e-6);
    float work[1000];
    float median = 0.0F;
    assert_true(fabsf(rv_robust_scale_f32(x, 1000, work, &median) - 1.0F) < 0.1F);
    assert_true(fabsf(median - 5.0F) < 0.1F);
}

static void
nothing_has_no_variance(void **state)
{
    const rv_welford none = {0};
    assert_true(rv_welford_variance(&none) == 0.0 &&
                rv_welford_population(&none) == 0.0);
    assert_true(rv_mean_f32(NULL, 0) == 0.0F && rv_variance_f32(NULL, 0) == 0.0F);
    const rv_circular mean = rv_circular_mean_f32(NULL, 0);
    assert_true(mean.angle == 0.0F && mean.length == 0.0F);
}

static void
angles_meet_across_the_cut(void **state)
{
    const float       a[]  = {3.0F, -3.0F};
    const rv_circular mean = rv_circular_mean_f32(a, 2);
    assert_true(fabsf(fabsf(mean.angle) - 3.14159274F) < 1e-5F);
    assert_true(fabsf(mean.length - cosf(3.14159274F - 3.0F)) < 1e-5F);
    assert_true(fabsf(rv_wrap_f32(7.0F) - (7.0F - 6.28318531F)) < 1e-6F);
    assert_true(rv_wrap_f32(-3.0F) == -3.0F);
}

static void
correlation_of_a_line(void **state)
{
    const float a[] = {1.0F, 2.0F, 3.0F};
    const float b[] = {-2.0F, -4.0F, -6.0F};
    const float c[] = {1.0F, 1.0F, 1.0F};
    assert_true(rv_correlation_f32(a, b, 3) == -1.0F);
    assert_true(rv_correlation_f32(a, c, 3) == 0.0F);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(running_and_whole_agree),
        cmocka_unit_test(nothing_has_no_variance),
        cmocka_unit_test(angles_meet_across_the_cut),
        cmocka_unit_test(correlation_of_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
