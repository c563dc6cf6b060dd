// SPDX-License-Identifier: MIT
// Estimates against the scatter that they claim: trials with a known truth.
#include "cmocka_rv.h"
#include <math.h>

#include <ruview/fusion/measure.h>
#include <ruview/math/order.h>
#include <ruview/math/random.h>

enum { trials = 2000 };

static void
a_mean_of_four_numbers(void **state)
{
    rv_running r = {0};
    assert_int_equal(rv_running_get(&r, 0).reason, RV_REASON_WARMING_UP);
    rv_running_push(&r, 1, 10);
    assert_int_equal(rv_running_get(&r, 0).reason, RV_REASON_WARMING_UP);
    rv_running_push(&r, 2, 10);
    rv_running_push(&r, 4, 10);
    rv_running_push(&r, 5, 10);
    // Mean 3, sample variance 10/3, of the mean 10/12
    const rv_estimate e = rv_running_get(&r, 0);
    assert_float_equal(e.value, 3, 1e-6);
    assert_float_equal(e.sigma, sqrt(10.0 / 12.0), 1e-6);
    assert_float_equal(e.quality, 1, 1e-6);
    // A report rounded to 1 adds 1/12, however many agree
    assert_float_equal(rv_running_get(&r, 1).sigma, sqrt(11.0 / 12.0), 1e-6);
    for (int i = 0; i < 1000; ++i) {
        rv_running_push(&r, 7, 10);
    }
    assert_float_equal(rv_running_get(&r, 1).sigma, sqrt(1.0 / 12.0), 1e-4);
    for (int i = 0; i < 4; ++i) {
        rv_running_miss(&r, 10);
    }
    assert_float_equal(rv_running_get(&r, 1).quality, pow(0.9, 4), 1e-5);
}

// Root mean square error over claimed deviation, for a full memory and a young one
static void
the_mean_scatters_as_it_says(void **state)
{
    rv_random random;
    rv_random_init(&random, 5, 0);
    for (int n = 8; n <= 200; n += 192) {
        double error2 = 0, claimed2 = 0;
        for (int t = 0; t < trials; ++t) {
            rv_running r = {0};
            for (int i = 0; i < n; ++i) {
                rv_running_push(&r, 3.0F * (float)rv_random_normal_f64(&random), 10);
            }
            const rv_estimate e = rv_running_get(&r, 0);
            error2 += (double)e.value * (double)e.value;
            claimed2 += (double)e.sigma * (double)e.sigma;
        }
        print_message("mean of %d: error over claim %.3f\n", n,
                      sqrt(error2 / claimed2));
        assert_float_equal(sqrt(error2 / claimed2), 1, 0.06);
    }
}

static void
a_rate_scatters_as_it_says(void **state)
{
    rv_random random;
    rv_random_init(&random, 6, 0);
    double error2 = 0, claimed2 = 0;
    for (int t = 0; t < trials; ++t) {
        uint32_t gap[15];
        for (int i = 0; i < 15; ++i) {
            gap[i] = (uint32_t)(10000.5 + 400.0 * rv_random_normal_f64(&random));
        }
        const rv_estimate e = rv_rate_of(gap, 15, 15);
        assert_float_equal(e.quality, 1, 0);
        error2 += pow((double)e.value - 100.0, 2);
        claimed2 += (double)e.sigma * (double)e.sigma;
    }
    print_message("rate: error over claim %.3f\n", sqrt(error2 / claimed2));
    assert_true(sqrt(error2 / claimed2) > 0.85 && sqrt(error2 / claimed2) < 1.15);
    // As the library's median and median deviation have it, for any number and with
    // ties
    for (uint32_t n = 3; n <= 40; ++n) {
        uint32_t gap[40];
        float    value[40], work[40];
        for (uint32_t i = 0; i < n; ++i) {
            gap[i]   = 1000 + rv_random_below(&random, 30);
            value[i] = (float)gap[i];
        }
        const float       middle = rv_median_f32(value, n, work);
        const rv_estimate rate   = rv_rate_of(gap, n, 40);
        const float       error =
            fmaxf(1.25331414F * 1.48260222F * rv_mad_f32(value, n, middle, work) /
                      sqrtf((float)n),
                  0.288675135F);
        assert_float_equal(rate.value, 1e6F / middle, 0);
        assert_float_equal(rate.sigma, rate.value * error / middle, 1e-6 * error);
    }
    // A clockwork is known to the rounding of its stamps
    const uint32_t even[5] = {50000, 50000, 50000, 50000, 50000};
    rv_estimate    e       = rv_rate_of(even, 5, 15);
    assert_float_equal(e.value, 20, 1e-5);
    assert_float_equal(e.sigma, 20 * 0.288675 / 50000, 1e-9);
    assert_float_equal(e.quality, 1.0 / 3, 1e-6);
    e = rv_rate_of(even, 2, 15);
    assert_int_equal(e.reason, RV_REASON_WARMING_UP);
}

static void
a_count_is_exact(void **state)
{
    const rv_estimate e = rv_exact(12.5F, 0.001F);
    assert_float_equal(e.value, 12.5, 0);
    assert_float_equal(e.sigma, 0.001 / sqrt(12), 1e-9);
    assert_float_equal(e.quality, 1, 0);
}

static void
selectivity_scatters_as_it_says(void **state)
{
    enum { n = 56 };
    rv_random random;
    rv_random_init(&random, 7, 0);
    double sum = 0, sum2 = 0, claimed2 = 0;
    for (int t = 0; t < trials; ++t) {
        float profile[n];
        for (int k = 0; k < n; ++k) {
            profile[k] = (float)(1.0 + 0.3 * cos(0.4 * k) +
                                 0.05 * rv_random_normal_f64(&random));
        }
        const rv_estimate e = rv_selectivity(profile, n, 0.05F * 0.05F, n, 1);
        sum += (double)e.value;
        sum2 += (double)e.value * (double)e.value;
        claimed2 += (double)e.sigma * (double)e.sigma / trials;
    }
    const double scatter = sqrt(sum2 / trials - pow(sum / trials, 2));
    print_message("selectivity: scatter over claim %.3f\n", scatter / sqrt(claimed2));
    assert_true(scatter > 0.9 * sqrt(claimed2) && scatter < 1.1 * sqrt(claimed2));
    assert_float_equal(sum / trials, 0.045, 0.005);
}

// Against the integral, done by brute force in steps of 1e-5
static void
a_bounded_share_is_the_posterior(void **state)
{
    const double value[] = {-0.3, 0.02, 0.3, 0.7, 0.95, 1.0, 1.1, 1.6};
    const double error[] = {0.01, 0.05, 0.12};
    for (int v = 0; v < 8; ++v) {
        for (int s = 0; s < 3; ++s) {
            double best = 1e300, sum = 0, sum1 = 0, sum2 = 0;
            for (int i = 0; i <= 100000; ++i) {
                const double q = 0.5 * pow((i * 1e-5 - value[v]) / error[s], 2);
                best           = q < best ? q : best;
            }
            for (int i = 0; i <= 100000; ++i) {
                const double x = i * 1e-5;
                const double w = exp(best - 0.5 * pow((x - value[v]) / error[s], 2));
                sum += w;
                sum1 += w * x;
                sum2 += w * x * x;
            }
            const double      mean = sum1 / sum;
            const rv_estimate e =
                rv_bounded_share((float)value[v], (float)error[s], 0.5F);
            assert_float_equal(e.value, mean, 1e-3 * error[s] + 2e-5);
            assert_float_equal(e.sigma, sqrt(sum2 / sum - mean * mean),
                               0.02 * error[s] + 2e-5);
            assert_true(e.value > 0.0F && e.value < 1.0F);
            assert_float_equal(e.quality, 0.5, 0);
        }
    }
    assert_float_equal(rv_bounded_share(1.2F, 0, 1).value, 1, 0);
}

static void
heads_are_counted_with_doubt(void **state)
{
    const float sure[2]  = {1, 1};
    const float mixed[2] = {0.9F, 0.6F};
    assert_int_equal(rv_head_count(sure, 0).reason, RV_REASON_NO_DATA);
    assert_float_equal(rv_head_count(sure, 2).sigma, 0, 0);
    const rv_estimate e = rv_head_count(mixed, 2);
    assert_float_equal(e.value, 2, 0);
    assert_float_equal(e.sigma, sqrt(0.09 + 0.24 + 0.25), 1e-6);
    assert_float_equal(e.quality, 0.75, 1e-6);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mean_of_four_numbers),
        cmocka_unit_test(the_mean_scatters_as_it_says),
        cmocka_unit_test(a_rate_scatters_as_it_says),
        cmocka_unit_test(a_count_is_exact),
        cmocka_unit_test(selectivity_scatters_as_it_says),
        cmocka_unit_test(a_bounded_share_is_the_posterior),
        cmocka_unit_test(heads_are_counted_with_doubt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
