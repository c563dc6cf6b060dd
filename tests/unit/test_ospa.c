// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/people/ospa.h>

#include <math.h>

static void
it_prices_distance_and_number(void **state)
{
    const float truth[2][2] = {{0, 0}, {3, 0}};
    const float found[3][2] = {{3, 0.4F}, {0.3F, 0}, {9, 9}};
    double      d           = -1.0;
    assert_int_equal(rv_ospa(truth, 2, found, 2, 1.0, &d), RV_OK);
    assert_true(fabs(d - 0.35) < 1e-6); // (0.3 + 0.4) / 2
    assert_int_equal(rv_ospa(truth, 2, found, 3, 1.0, &d), RV_OK);
    assert_true(fabs(d - 1.7 / 3.0) < 1e-6);
    assert_int_equal(rv_ospa(found, 3, truth, 2, 1.0, &d), RV_OK);
    assert_true(fabs(d - 1.7 / 3.0) < 1e-6);
    assert_int_equal(rv_ospa(truth, 1, NULL, 0, 1.0, &d), RV_OK);
    assert_true(d == 1.0);
    assert_int_equal(rv_ospa(NULL, 0, NULL, 0, 1.0, &d), RV_OK);
    assert_true(d == 0.0);
    const float bad[1][2] = {{NAN, 0}};
    d                     = 7.0;
    assert_int_equal(rv_ospa(truth, 1, bad, 1, 1.0, &d), RV_ERR_NONFINITE);
    assert_true(d == 7.0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_prices_distance_and_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
