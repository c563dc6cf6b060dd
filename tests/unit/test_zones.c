// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/room/zones.h>

#include <math.h>

static const rv_zones flat = {
    .n_zones      = 2,
    .hysteresis_m = 0.25F,
    .zone         = {{.n_corners = 4, .corner_m = {{0, 0}, {3, 0}, {3, 4}, {0, 4}}},
                     {.n_corners = 6, // an L, clockwise
                      .corner_m  = {{3, 0}, {3, 4}, {5, 4}, {5, 2}, {6, 2}, {6, 0}}}}};

static void
a_person_is_in_the_polygon_around_them(void **state)
{
    assert_int_equal(rv_zones_check(&flat), RV_OK);
    assert_int_equal(rv_zones_locate(&flat, 1, 1, -1), 0);
    assert_int_equal(rv_zones_locate(&flat, 4, 3, -1), 1);
    assert_int_equal(rv_zones_locate(&flat, 5.5F, 3, -1), -1); // outside the L
    assert_int_equal(rv_zones_locate(&flat, NAN, 3, 0), -1);
    assert_true(fabsf(rv_zone_distance_m(&flat.zone[0], 1, 1) + 1.0F) < 1e-6F);
    assert_true(fabsf(rv_zone_distance_m(&flat.zone[0], 6, 8) - 5.0F) < 1e-6F);
}

static void
a_border_does_not_flicker(void **state)
{
    int16_t  zone    = -1;
    unsigned changes = 0;
    for (int i = 0; i < 200; ++i) {
        const float   x   = 2.5F + 0.005F * (float)i + (i % 2 ? 0.1F : -0.1F);
        const int16_t now = rv_zones_locate(&flat, x, 1, zone);
        changes += now != zone;
        zone = now;
    }
    assert_int_equal(zone, 1);
    assert_int_equal(changes, 2); // into the first, once over into the second
}

static void
bad_polygons_are_refused(void **state)
{
    rv_zones bad          = flat;
    bad.zone[1].n_corners = 2;
    assert_int_equal(rv_zones_check(&bad), RV_ERR_CONFIG);
    for (uint32_t k = 0; k < 2 * flat.zone[0].n_corners; ++k) {
        bad                                = flat;
        bad.zone[0].corner_m[k / 2][k % 2] = k % 3 ? NAN : INFINITY;
        assert_int_equal(rv_zones_check(&bad), RV_ERR_CONFIG);
    }
    bad                        = flat;
    bad.zone[0].corner_m[2][1] = bad.zone[0].corner_m[3][1] = 0.0F; // a line
    assert_int_equal(rv_zones_check(&bad), RV_ERR_CONFIG);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_is_in_the_polygon_around_them),
        cmocka_unit_test(a_border_does_not_flicker),
        cmocka_unit_test(bad_polygons_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
