// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/linalg.h>
#include <ruview/math/random.h>

#include <math.h>
#include <string.h>

enum { n = 17 };

static void
a_small_system(void **state)
{
    double a[4] = {4.0, 2.0, 2.0, 3.0};
    double b[2] = {10.0, 9.0};
    assert_int_equal(rv_solve_f64(a, b, 2), RV_OK);
    assert_true(fabs(b[0] - 1.5) < 1e-15 && fabs(b[1] - 2.0) < 1e-15);
    float  singular[4] = {1.0F, 2.0F, 2.0F, 4.0F};
    float  right[2]    = {1.0F, 1.0F};
    double negative[1] = {-1.0};
    assert_int_equal(rv_solve_f32(singular, right, 2), RV_ERR_VALUE);
    assert_int_equal(rv_cholesky_f64(negative, 1), RV_ERR_VALUE);
    negative[0] = NAN;
    assert_int_equal(rv_cholesky_f64(negative, 1), RV_ERR_VALUE);
}

static void
random_spd(rv_random *const random, double *const s)
{
    double a[n * n];
    for (int i = 0; i < n * n; ++i) {
        a[i] = rv_random_normal_f64(random);
    }
    rv_matmul_bt_f64(a, a, s, n, n, n);
    for (int i = 0; i < n; ++i) {
        s[i * n + i] += 0.5;
    }
}

static void
factors_solve(void **state)
{
    rv_random random;
    rv_random_init(&random, 1, 0);
    for (int round = 0; round < 50; ++round) {
        double s[n * n];
        double l[n * n];
        double x[n];
        double b[n];
        double back[n];
        random_spd(&random, s);
        for (int i = 0; i < n; ++i) {
            b[i] = rv_random_normal_f64(&random);
        }
        memcpy(l, s, sizeof s);
        assert_int_equal(rv_cholesky_f64(l, n), RV_OK);
        rv_cholesky_solve_f64(l, n, b, x);
        rv_matvec_f64(s, x, back, n, n);
        double quadratic = 0.0;
        double half      = 0.0;
        for (int i = 0; i < n; ++i) {
            assert_true(fabs(back[i] - b[i]) < 1e-9);
            quadratic += b[i] * x[i];
        }
        rv_forward_solve_f64(l, n, b, x);
        for (int i = 0; i < n; ++i) {
            half += x[i] * x[i];
        }
        assert_true(fabs(half - quadratic) < 1e-9 * (1.0 + fabs(half)));
        memcpy(l, s, sizeof s);
        memcpy(x, b, sizeof b);
        assert_int_equal(rv_solve_f64(l, x, n), RV_OK);
        rv_matvec_f64(s, x, back, n, n);
        for (int i = 0; i < n; ++i) {
            assert_true(fabs(back[i] - b[i]) < 1e-9);
        }
    }
}

static void
eigenvectors_rebuild_the_matrix(void **state)
{
    rv_random random;
    rv_random_init(&random, 2, 0);
    for (int round = 0; round < 20; ++round) {
        double s[n * n];
        double a[n * n];
        double values[n];
        double v[n * n];
        random_spd(&random, s);
        memcpy(a, s, sizeof s);
        assert_int_equal(rv_eigen_symmetric_f64(a, n, values, v), RV_OK);
        for (int i = 0; i < n; ++i) {
            assert_true(i == 0 || values[i - 1] >= values[i]);
            for (int k = 0; k < n; ++k) {
                double sum   = 0.0;
                double inner = 0.0;
                for (int j = 0; j < n; ++j) {
                    sum += values[j] * v[j * n + i] * v[j * n + k];
                    inner += v[i * n + j] * v[k * n + j];
                }
                assert_true(fabs(sum - s[i * n + k]) < 1e-11 * values[0]);
                assert_true(fabs(inner - (i == k ? 1.0 : 0.0)) < 1e-12);
            }
        }
    }
    float same[4] = {2.0F, 0.0F, 0.0F, 2.0F};
    float values[2];
    float vectors[4];
    assert_int_equal(rv_eigen_symmetric_f32(same, 2, values, vectors), RV_OK);
    const float identity[4] = {1.0F, 0.0F, 0.0F, 1.0F};
    assert_memory_equal(vectors, identity, sizeof identity);
    same[1] = NAN;
    assert_int_equal(rv_eigen_symmetric_f32(same, 2, values, vectors),
                     RV_ERR_NONFINITE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_system),
        cmocka_unit_test(factors_solve),
        cmocka_unit_test(eigenvectors_rebuild_the_matrix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
