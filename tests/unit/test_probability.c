// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/probability.h>

#include <math.h>

// Abramowitz and Stegun, table 26.5 (normal) and 26.10 (Student)
static void
tables_of_the_handbook(void **state)
{
    static const double normal[][2] = {{0.5, 0.0},
                                       {0.975, 1.959963984540054},
                                       {0.995, 2.575829303548901},
                                       {0.9995, 3.290526731491926},
                                       {1e-9, -5.997807015007687},
                                       {1e-20, -9.262340089798409}};
    for (size_t i = 0; i < sizeof normal / sizeof *normal; ++i) {
        const double z = rv_normal_quantile_f64(normal[i][0]);
        assert_true(fabs(z - normal[i][1]) <= 2e-14 * fabs(normal[i][1]));
    }
    static const struct {
        uint32_t dof;
        double   t, tail;
    } student[] = {{1, 12.70620473617471, 0.025},
                   {2, 4.302652729749464, 0.025},
                   {5, 2.570581835636314, 0.025},
                   {6, 3.707428021324907, 0.005},
                   {29, 2.045229642132703, 0.025},
                   {120, 2.617421145106887, 0.005},
                   {7, 0.0, 0.5},
                   {4, -2.776445105197793, 0.975}};
    for (size_t i = 0; i < sizeof student / sizeof *student; ++i) {
        const double p = rv_student_tail_f64(student[i].t, student[i].dof);
        assert_true(fabs(p - student[i].tail) < 1e-13);
    }
}

static void
the_quantile_inverts_erfc(void **state)
{
    for (double p = 1e-12; p < 0.9999; p = p < 0.01 ? p * 1.7 : p + 0.0137) {
        const double z = rv_normal_quantile_f64(p);
        assert_true(fabs(0.5 * erfc(-z / sqrt(2.0)) - p) < 4e-15 + 4e-14 * p);
    }
}

static void
outside_there_is_nothing(void **state)
{
    assert_true(isinf(rv_normal_quantile_f64(0.0)) &&
                rv_normal_quantile_f64(0.0) < 0.0);
    assert_true(isinf(rv_normal_quantile_f64(1.0)) &&
                rv_normal_quantile_f64(1.0) > 0.0);
    assert_true(isnan(rv_normal_quantile_f64(-0.1)));
    assert_true(isnan(rv_normal_quantile_f64(1.1)));
    assert_true(isnan(rv_student_tail_f64(0.0, 0)));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_of_the_handbook),
        cmocka_unit_test(the_quantile_inverts_erfc),
        cmocka_unit_test(outside_there_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
