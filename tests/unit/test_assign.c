// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/people/assign.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static void
the_cheapest_total_wins(void **state)
{
    // Greedy would take 1 for the first row and pay 100 for the second
    const double cost[4]   = {1, 2, 1.5, 100};
    uint32_t     column[2] = {9, 9};
    assert_int_equal(rv_assign(cost, 2, 2, column), RV_OK);
    assert_int_equal(column[0], 1);
    assert_int_equal(column[1], 0);
}

static double
brute_force(const double *const cost, const uint32_t n_rows, const uint32_t n_columns,
            const uint32_t row, const uint32_t used)
{
    if (row == n_rows) {
        return 0.0;
    }
    double best = INFINITY;
    for (uint32_t j = 0; j < n_columns; ++j) {
        if ((used >> j & 1U) == 0) {
            best = fmin(best, cost[row * n_columns + j] +
                                  brute_force(cost, n_rows, n_columns, row + 1,
                                              used | 1U << j));
        }
    }
    return best;
}

static void
it_equals_trying_everything(void **state)
{
    srand(3);
    for (int trial = 0; trial < 2000; ++trial) {
        const uint32_t n_columns = 1 + (uint32_t)rand() % 6;
        const uint32_t n_rows    = (uint32_t)rand() % (n_columns + 1);
        double         cost[36];
        for (uint32_t i = 0; i < n_rows * n_columns; ++i) {
            cost[i] = trial % 2 ? rand() % 5 - 2 : rand() / (double)RAND_MAX;
        }
        uint32_t column[6];
        assert_int_equal(rv_assign(cost, n_rows, n_columns, column), RV_OK);
        double   total = 0.0;
        uint32_t used  = 0;
        for (uint32_t i = 0; i < n_rows; ++i) {
            assert_true(column[i] < n_columns && (used >> column[i] & 1U) == 0);
            used |= 1U << column[i];
            total += cost[i * n_columns + column[i]];
        }
        assert_true(fabs(total - brute_force(cost, n_rows, n_columns, 0, 0)) < 1e-9);
    }
}

static void
equal_costs_go_to_the_lower_column(void **state)
{
    const double cost[12] = {0};
    uint32_t     column[3];
    assert_int_equal(rv_assign(cost, 3, 4, column), RV_OK);
    for (uint32_t i = 0; i < 3; ++i) {
        assert_int_equal(column[i], i);
    }
}

static void
bad_input_changes_nothing(void **state)
{
    const double cost[4]   = {1, NAN, 3, 4};
    uint32_t     column[2] = {7, 7};
    assert_int_equal(rv_assign(cost, 2, 2, column), RV_ERR_NONFINITE);
    assert_int_equal(rv_assign(cost, 2, 1, column), RV_ERR_SHAPE);
    assert_int_equal(rv_assign(cost, 1, RV_ASSIGN_MAX + 1, column), RV_ERR_SHAPE);
    assert_int_equal(column[0], 7);
    assert_int_equal(rv_assign(cost, 0, 0, column), RV_OK);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cheapest_total_wins),
        cmocka_unit_test(it_equals_trying_everything),
        cmocka_unit_test(equal_costs_go_to_the_lower_column),
        cmocka_unit_test(bad_input_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
