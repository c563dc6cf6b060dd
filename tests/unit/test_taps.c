// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include "cir_bed.h"

#include <ruview/cir/taps.h>

static rv_cir_taps
taps_of(bed *const b, rv_cir_result *const result)
{
    rv_cir_taps_config config;
    rv_cir_taps        taps;
    rv_cir_taps_config_default(&config);
    rv_cir_solve(&b->solver, b->re, b->im, 0.0F, NULL, result);
    rv_cir_taps_of(&b->plan, &config, result, &taps);
    return taps;
}

static void
two_paths_have_delay_gain_and_deviation(void **state)
{
    static bed          b;
    const rv_cir_config config = bed_config(RV_CIR_SPARSE, 0);
    bed_open(&b, &bed_tiers[0], &config);
    bed_path(&b, 10.0, 0.7, 30.0);
    bed_path(&b, 5.0, -1.0, 170.0);
    bed_noise(&b, 0.1);
    rv_cir_result     result;
    const rv_cir_taps taps = taps_of(&b, &result);
    assert_int_equal(taps.reason, RV_REASON_NONE);
    assert_int_equal(taps.n_paths, 2);
    assert_true(taps.path[0].delay_ns == 0.0F);
    assert_true(fabsf(taps.path[1].delay_ns - 140.0F) < 8.0F);
    assert_true(fabs(hypot(taps.path[0].re, taps.path[0].im) - 10.0) < 1.0);
    assert_true(fabs(hypot(taps.path[1].re, taps.path[1].im) - 5.0) < 1.0);
    assert_true(taps.path[0].delay_sigma_ns > 0.0F);
    // The weaker path is known half as well
    assert_true(
        fabsf(taps.path[1].delay_sigma_ns / taps.path[0].delay_sigma_ns - 2.0F) < 0.4F);
    // Powers 100 and 25 at 0 and 140 ns: mean 28 ns, deviation 56 ns
    assert_true(fabsf(taps.mean_excess_ns - 28.0F) < 5.0F);
    assert_true(fabsf(taps.rms_spread_ns - 56.0F) < 5.0F);
    assert_true(fabsf(taps.k_factor_db - 6.0F) < 1.5F);
    assert_true(taps.dominant_ratio > 0.5F && taps.dominant_ratio < 1.0F);
    bed_close(&b);
}

static void
no_range_is_ever_published(void **state)
{
    static bed          b;
    const rv_cir_config config = bed_config(RV_CIR_SPARSE, 0);
    for (int i = 0; i < BED_N_TIERS; ++i) {
        bed_open(&b, &bed_tiers[i], &config);
        rv_cir_result result;
        rv_cir_taps   taps = taps_of(&b, &result); // silence
        assert_int_equal(taps.reason, RV_REASON_ALL_ZERO);
        assert_int_equal(taps.ranging, RV_REASON_UNSUPPORTED);
        bed_path(&b, 1.0, 0.0, 40.0);
        taps = taps_of(&b, &result);
        assert_int_equal(taps.reason, RV_REASON_NONE);
        assert_int_equal(taps.ranging, RV_REASON_UNSUPPORTED);
        bed_close(&b);
    }
}

static void
a_common_slope_moves_nothing(void **state)
{
    // The same two paths wherever the unknown detection delay puts them, also across
    // the seam of the circle
    static bed          b;
    const rv_cir_config config = bed_config(RV_CIR_SPARSE, 0);
    bed_open(&b, &bed_tiers[2], &config);
    for (double bulk = -1600.0; bulk < 1600.0; bulk += 123.0) {
        bed_clear(&b);
        bed_path(&b, 2.0, 0.3, bulk);
        bed_path(&b, 1.0, 2.0, bulk + 100.0);
        bed_path(&b, 0.7, 1.0, bulk - 60.0);
        rv_cir_result     result;
        const rv_cir_taps taps = taps_of(&b, &result);
        assert_int_equal(taps.n_paths, 3);
        assert_true(fabsf(taps.path[0].delay_ns + 60.0F) < 6.0F);
        assert_true(fabsf(taps.path[1].delay_ns) == 0.0F);
        assert_true(fabsf(taps.path[2].delay_ns - 100.0F) < 6.0F);
        assert_true(fabsf(taps.rms_spread_ns - 47.0F) < 6.0F);
    }
    bed_close(&b);
}

static void
noise_alone_is_hardly_ever_a_path(void **state)
{
    static bed          b;
    const rv_cir_config config  = bed_config(RV_CIR_SPARSE, 0);
    int                 n_paths = 0;
    bed_open(&b, &bed_tiers[2], &config);
    for (int f = 0; f < 400; ++f) {
        bed_clear(&b);
        bed_noise(&b, 1.0);
        rv_cir_result result;
        n_paths += taps_of(&b, &result).n_paths;
    }
    print_message("    %d paths in 400 frames of noise\n", n_paths);
    assert_true(n_paths <= 40);
    bed_close(&b);
}

static void
equal_taps_rank_by_index(void **state)
{
    const float re[8] = {1, 3, 3, 0, 2, 3, 1, 0};
    const float im[8] = {0};
    uint16_t    index[8];
    assert_int_equal(rv_cir_top_k(re, im, 8, 4, index), 4);
    const uint16_t first[4] = {1, 2, 5, 4};
    assert_memory_equal(index, first, sizeof first);
    assert_int_equal(rv_cir_top_k(re, im, 8, 20, index), 8);
    const uint16_t every[8] = {1, 2, 5, 4, 0, 6, 3, 7};
    assert_memory_equal(index, every, sizeof every);
    assert_int_equal(rv_cir_top_k(re, im, 0, 4, index), 0);
    assert_int_equal(rv_cir_top_k(re, im, 8, 0, index), 0);
}

static void
top_k_is_a_full_sort_cut_short(void **state)
{
    static bed b = {.seed = 7};
    for (uint32_t n = 1; n < 60; n += 7) {
        float re[64];
        float im[64];
        for (uint32_t i = 0; i < n; ++i) {
            re[i] = (float)(int)(5.0 * bed_uniform(&b)); // many ties
            im[i] = (float)(int)(3.0 * bed_uniform(&b));
        }
        uint16_t all[64];
        uint16_t some[64];
        assert_int_equal(rv_cir_top_k(re, im, n, n, all), n);
        for (uint32_t i = 1; i < n; ++i) {
            const float a =
                re[all[i - 1]] * re[all[i - 1]] + im[all[i - 1]] * im[all[i - 1]];
            const float c = re[all[i]] * re[all[i]] + im[all[i]] * im[all[i]];
            assert_true(a > c || (a == c && all[i - 1] < all[i]));
        }
        for (uint32_t k = 0; k <= n; ++k) {
            assert_int_equal(rv_cir_top_k(re, im, n, k, some), k);
            assert_memory_equal(some, all, k * sizeof *some);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_paths_have_delay_gain_and_deviation),
        cmocka_unit_test(no_range_is_ever_published),
        cmocka_unit_test(a_common_slope_moves_nothing),
        cmocka_unit_test(noise_alone_is_hardly_ever_a_path),
        cmocka_unit_test(equal_taps_rank_by_index),
        cmocka_unit_test(top_k_is_a_full_sort_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
