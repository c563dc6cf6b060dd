// SPDX-License-Identifier: MIT
// Rows of the simulator's elementary functions: the bits of the single ones, and the
// values of the C library's.
#include "cmocka_rv.h"
#include "sim/rays.h"

#include <math.h>
#include <string.h>

static void
check_row(const double turns[RV_SIM_TURNS], const int n)
{
    float re[RV_SIM_TURNS], im[RV_SIM_TURNS];
    rv_sim_turn_row(turns, re, im, n);
    for (int i = 0; i < n; ++i) {
        const rv_cplx one  = rv_sim_turn(turns[i]);
        const double  left = turns[i] - floor(turns[i]); // exact
        assert_memory_equal(&one.re, &re[i], sizeof one.re);
        assert_memory_equal(&one.im, &im[i], sizeof one.im);
        assert_true(fabs((double)re[i] - cos(2.0 * RV_SIM_PI * left)) < 4e-7);
        assert_true(fabs((double)im[i] - sin(2.0 * RV_SIM_PI * left)) < 4e-7);
    }
}

static void
rows_turn_as_single_numbers(void **state)
{
    static const double scale[] = {1e-18, 1e-3, 1.0, 300.0, 2.6e8};
    rv_random           random;
    double              turns[RV_SIM_TURNS];
    rv_random_init(&random, 1, 1);
    for (int round = 0; round < 400; ++round) {
        for (int i = 0; i < RV_SIM_TURNS; ++i) {
            turns[i] = scale[round % 5] * (2.0 * rv_random_uniform_f64(&random) - 1.0);
        }
        check_row(turns, round % 2 == 0 ? RV_SIM_TURNS : 8);
    }
    // whole, half, quarter and eighth turns and their neighbours; both zeros
    for (int from = -40; from < 40; from += 10) {
        for (int i = 0; i < RV_SIM_TURNS; ++i) {
            const double at = (from + i) / 8.0;
            turns[i]        = i % 3 == 0   ? at
                              : i % 3 == 1 ? nextafter(at, -100.0)
                                           : nextafter(at, 100.0);
        }
        turns[0] = from == 0 ? -0.0 : turns[0];
        check_row(turns, RV_SIM_TURNS);
    }
}

static void
rows_of_normal_numbers(void **state)
{
    float     row[RV_SIM_NORMALS];
    rv_random a, b;
    rv_random_init(&a, 3, 0);
    b = a;
    for (int n = 0; n <= RV_SIM_NORMALS; n += 31) {
        rv_sim_normal_row(&a, row, n);
        for (int i = 0; i < n; ++i) {
            const float one = rv_sim_normal(&b);
            assert_memory_equal(&one, &row[i], sizeof one);
        }
    }
    assert_memory_equal(a.s, b.s, sizeof a.s);
}

/// A comb is the geometric series, a bundle the sum of its rays
static void
combs_and_bundles_are_sums_of_rays(void **state)
{
    const double per_m                     = RV_SIM_SPACING_HZ / RV_SIM_C_MPS;
    const double fc                        = 2437e6 / RV_SIM_C_MPS;
    rv_bundle    all                       = {.n = 3};
    double       want_re[RV_CHANNEL_TONES] = {0}, want_im[RV_CHANNEL_TONES] = {0};
    for (int i = 0; i < RV_BUNDLE_RAYS; ++i) { // the rest must not count
        all.length_m[i] = 6.0 + 0.9 * i;
        all.re[i]       = 1.0F - 0.3F * (float)i;
        all.im[i]       = 0.2F * (float)i;
    }
    float re[RV_CHANNEL_TONES] = {0}, im[RV_CHANNEL_TONES] = {0};
    float sum_re[RV_CHANNEL_TONES] = {0}, sum_im[RV_CHANNEL_TONES] = {0};
    rv_bundle_add(&all, 6.5, fc, re, im);
    for (int i = 0; i < all.n; ++i) {
        const rv_cplx gain = {all.re[i], all.im[i]};
        const rv_cplx ray  = rv_cplx_mul(gain, rv_sim_turn(-all.length_m[i] * fc));
        rv_comb       comb;
        rv_comb_init(&comb, -all.length_m[i] * per_m);
        rv_comb_add(&comb, ray, sum_re, sum_im);
        for (int k = 0; k < RV_CHANNEL_TONES; ++k) {
            const double w =
                -2.0 * RV_SIM_PI * all.length_m[i] * (fc + per_m * (k - 32));
            want_re[k] += (double)gain.re * cos(w) - (double)gain.im * sin(w);
            want_im[k] += (double)gain.re * sin(w) + (double)gain.im * cos(w);
        }
    }
    for (int k = 0; k < RV_CHANNEL_TONES; ++k) {
        assert_true(fabs((double)sum_re[k] - want_re[k]) < 1e-5);
        assert_true(fabs((double)sum_im[k] - want_im[k]) < 1e-5);
        assert_true(fabs((double)re[k] - want_re[k]) < 2e-4);
        assert_true(fabs((double)im[k] - want_im[k]) < 2e-4);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_turn_as_single_numbers),
        cmocka_unit_test(rows_of_normal_numbers),
        cmocka_unit_test(combs_and_bundles_are_sums_of_rays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
