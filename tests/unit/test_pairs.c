// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include "room/pairs.h"

#include <math.h>

static void
both_directions_are_one_pair(void **state)
{
    const rv_room_link links[4] = {
        {.tx_m = {0, 0, 1}, .rx_m = {3, 4, 1}, .located = true},
        {.tx_m = {3, 4, 1}, .rx_m = {0, 0, 1}, .located = true},
        {.tx_m = {0, 0, 1}, .rx_m = {3, 4, 2}, .located = true},
        {.located = false},
    };
    uint8_t      pair_of[4];
    rv_room_pair pair[4];
    assert_int_equal(rv_pairs_build(links, 4, pair_of, pair), 2);
    assert_int_equal(pair_of[0], 0);
    assert_int_equal(pair_of[1], 0);
    assert_int_equal(pair_of[2], 1);
    assert_int_equal(pair_of[3], RV_PAIR_NONE);
    assert_true(fabsf(pair[0].length_m - 5.0F) < 1e-6F);
    assert_true(fabsf(pair[1].length_m - sqrtf(26.0F)) < 1e-6F);
}

// Weights 1 and 1/2; the loss by weight over variance
static void
numbers_are_weighted_means(void **state)
{
    const rv_room_sample samples[2] = {{.loss_db      = 2.0F,
                                        .variance_db2 = 0.3F,
                                        .level_db     = 4.0F,
                                        .sigma_db     = 0.2F,
                                        .weight       = 1.0F,
                                        .valid        = true,
                                        .has_baseline = true},
                                       {.loss_db      = 5.0F,
                                        .variance_db2 = 0.9F,
                                        .level_db     = -2.0F,
                                        .sigma_db     = 0.4F,
                                        .weight       = 0.5F,
                                        .valid        = true,
                                        .has_baseline = true}};
    const uint8_t        pair_of[2] = {0, 0};
    rv_pair_sample       m;
    rv_pairs_merge(samples, pair_of, 2, 1, &m);
    const double w[2] = {1 / 0.04, 0.5 / 0.16};
    assert_true(m.valid && m.has_loss);
    assert_float_equal(m.looks, 1.5, 1e-6);
    assert_float_equal(m.variance_db2, (0.3 + 0.45) / 1.5, 1e-6);
    assert_float_equal(m.noise_db2, (0.04 + 0.08) / 1.5, 1e-6);
    assert_float_equal(m.level_db, (4 - 1) / 1.5, 1e-6);
    assert_float_equal(m.loss_db, (2 * w[0] + 5 * w[1]) / (w[0] + w[1]), 1e-5);
    assert_float_equal(m.loss_var, 1 / (w[0] + w[1]), 1e-6);
}

static void
places_must_be_finite(void **state)
{
    for (int k = 0; k < 6; ++k) {
        rv_room_link link = {.tx_m = {0, 0, 1}, .rx_m = {3, 4, 1}, .located = true};
        assert_int_equal(rv_pairs_check(&link, 1), RV_OK);
        (k < 3 ? link.tx_m : link.rx_m)[k % 3] = k % 2 ? NAN : INFINITY;
        assert_int_equal(rv_pairs_check(&link, 1), RV_ERR_NONFINITE);
        link.located = false;
        assert_int_equal(rv_pairs_check(&link, 1), RV_OK);
    }
}

// Links that cross at less than 15 degrees count as one direction
static void
directions_are_15_degrees_apart(void **state)
{
    const double deg[6] = {0, 14, 16, 90, 180, 166};
    rv_room_link links[6];
    rv_room_pair pair[6];
    uint8_t      pair_of[6];
    for (int i = 0; i < 6; ++i) { // one above the other, so that no two are one pair
        const double a = deg[i] * 3.14159265358979 / 180;
        links[i]       = (rv_room_link){
                  .tx_m    = {2, 3, (float)i},
                  .rx_m    = {(float)(2 + 4 * cos(a)), (float)(3 + 4 * sin(a)), (float)i},
                  .located = true};
    }
    assert_int_equal(rv_pairs_build(links, 6, pair_of, pair), 6);
    assert_int_equal(rv_pairs_directions(pair, 6, 1), 1);
    assert_int_equal(rv_pairs_directions(pair, 6, 3), 1);      // 0 and 14
    assert_int_equal(rv_pairs_directions(pair, 6, 5), 2);      // 0 and 16
    assert_int_equal(rv_pairs_directions(pair, 6, 1 | 16), 1); // there and back
    assert_int_equal(rv_pairs_directions(pair, 6, 1 | 32), 1); // 0 and -14
    assert_int_equal(rv_pairs_directions(pair, 6, 1 | 4 | 8), 3);
    assert_int_equal(rv_pairs_directions(pair, 6, 0), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_directions_are_one_pair),
        cmocka_unit_test(numbers_are_weighted_means),
        cmocka_unit_test(places_must_be_finite),
        cmocka_unit_test(directions_are_15_degrees_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
