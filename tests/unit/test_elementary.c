// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/elementary.h>
#include <ruview/math/random.h>

#include <math.h>

// Distance from the correctly rounded result in units of the last place, where `want`
// is good to f64. tools/check_ulp measures the same with MPFR.
static double
ulps(const float got, const double want)
{
    if (got != got || want != want) {
        return (got != got) == (want != want) ? 0.0 : 1e9;
    }
    if ((double)got == want || (double)got == (double)(float)want) {
        return 0.0;
    }
    int exponent = 0;
    frexp(want, &exponent);
    return fabs((double)got - want) /
           ldexp(1.0, (exponent < -125 ? -125 : exponent) - 24);
}

static void
familiar_values(void **state)
{
    assert_true(rv_sin_f32(0.5F) == 0.47942555F);
    assert_true(rv_cos_f32(0.0F) == 1.0F);
    assert_true(rv_atan2_f32(1.0F, 1.0F) == 0.785398185F);
    assert_true(rv_atan2_f32(1.0F, -1.0F) == 2.35619449F);
    assert_true(rv_exp_f32(1.0F) == 2.71828175F);
    assert_true(rv_log_f32(10.0F) == 2.30258512F);
    assert_true(rv_cbrt_f32(-27.0F) == -3.0F);
    for (int k = 0; k <= 10; ++k) {
        assert_true(rv_log10_f32((float)pow(10.0, k)) == (float)k);
    }
    for (int k = -149; k < 128; ++k) {
        assert_true((double)rv_pow2_f32((float)k) == ldexp(1.0, k));
    }
}

static void
half_a_unit_over_the_domain(void **state)
{
    for (uint64_t bits = 0; bits <= UINT32_MAX; bits += 99991) {
        const float  x = rv_from_bits_f32((uint32_t)bits);
        const float  y = rv_from_bits_f32((uint32_t)bits * 2654435761U);
        const double w = (double)x;
        assert_true(ulps(rv_sin_f32(x), sin(w)) < 0.51);
        assert_true(ulps(rv_cos_f32(x), cos(w)) < 0.51);
        assert_true(ulps(rv_exp_f32(x), exp(w)) < 0.51);
        assert_true(ulps(rv_pow2_f32(x), exp2(w)) < 0.51);
        assert_true(ulps(rv_log_f32(x), log(w)) < 0.51);
        assert_true(ulps(rv_log10_f32(x), log10(w)) < 0.51);
        assert_true(ulps(rv_cbrt_f32(x), cbrt(w)) < 0.51);
        assert_true(ulps(rv_atan2_f32(y, x), atan2((double)y, w)) < 0.51);
    }
}

static void
symmetry_is_exact(void **state)
{
    rv_random random;
    rv_random_init(&random, 1, 0);
    for (int i = 0; i < 100000; ++i) {
        const float x = rv_from_bits_f32(rv_random_u32(&random) & 0x7F7FFFFFU);
        const float y = rv_from_bits_f32(rv_random_u32(&random) & 0x7F7FFFFFU);
        assert_int_equal(rv_bits_f32(rv_sin_f32(-x)), rv_bits_f32(-rv_sin_f32(x)));
        assert_int_equal(rv_bits_f32(rv_cos_f32(-x)), rv_bits_f32(rv_cos_f32(x)));
        assert_int_equal(rv_bits_f32(rv_cbrt_f32(-x)), rv_bits_f32(-rv_cbrt_f32(x)));
        assert_int_equal(rv_bits_f32(rv_atan2_f32(-y, x)),
                         rv_bits_f32(-rv_atan2_f32(y, x)));
        float s = 0.0F;
        float c = 0.0F;
        rv_sincos_f32(x, &s, &c);
        assert_true(s == rv_sin_f32(x) && c == rv_cos_f32(x));
    }
}

static void
edges_are_as_in_annex_f(void **state)
{
    const float inf  = INFINITY;
    const float ys[] = {0.0F, -0.0F, 1.0F, -1.0F, inf, -inf, 1e-45F, 3e38F};
    for (int i = 0; i < 8; ++i) {
        for (int k = 0; k < 8; ++k) {
            assert_int_equal(rv_bits_f32(rv_atan2_f32(ys[i], ys[k])),
                             rv_bits_f32((float)atan2((double)ys[i], (double)ys[k])));
        }
    }
    assert_int_equal(rv_bits_f32(rv_sin_f32(-0.0F)), 0x80000000U);
    assert_int_equal(rv_bits_f32(rv_sin_f32(inf)), 0x7FC00000U);
    assert_int_equal(rv_bits_f32(rv_cos_f32(-inf)), 0x7FC00000U);
    assert_int_equal(rv_bits_f32(rv_log_f32(-1.0F)), 0x7FC00000U);
    assert_int_equal(rv_bits_f32(rv_log_f32(-0.0F)), 0xFF800000U);
    assert_true(rv_log_f32(inf) == inf);
    assert_true(rv_exp_f32(-inf) == 0.0F && rv_exp_f32(inf) == inf);
    assert_true(rv_exp_f32(89.0F) == inf && rv_exp_f32(-104.0F) == 0.0F);
    assert_true(rv_exp_f32(-103.0F) == 1.40129846e-45F);
    assert_int_equal(rv_bits_f32(rv_exp_f32(rv_from_bits_f32(0xFFFFFFFFU))),
                     0x7FC00000U);
    assert_int_equal(rv_bits_f32(rv_cbrt_f32(-0.0F)), 0x80000000U);
    assert_true(rv_hypot_f32(3e38F, 0.0F) == 3e38F && rv_hypot_f32(3.0F, 4.0F) == 5.0F);
    assert_true(rv_hypot_f32(-inf, NAN) == inf);
}

static void
f64_stays_below_a_unit(void **state)
{
    rv_random random;
    rv_random_init(&random, 2, 0);
    for (int i = 0; i < 200000; ++i) {
        const double x = i % 2 ? rv_random_normal_f64(&random) * 300.0
                               : rv_from_bits_f64(rv_random_u64(&random));
        const double y = rv_random_normal_f64(&random) * 10.0;
        double       s = 0.0;
        double       c = 0.0;
        rv_sincos_f64(x, &s, &c);
        if (!isfinite(x)) {
            assert_int_equal(rv_bits_f64(s), 0x7FF8000000000000U);
            continue;
        }
        const double        got[]  = {s,
                                      c,
                                      rv_exp_f64(x),
                                      rv_log_f64(fabs(x)),
                                      rv_atan2_f64(y, x),
                                      rv_atan2_f64(x, y)};
        const long double   want[] = {sinl((long double)x),
                                      cosl((long double)x),
                                      expl((long double)x),
                                      logl(fabsl((long double)x)),
                                      atan2l((long double)y, (long double)x),
                                      atan2l((long double)x, (long double)y)};
        static const double most[] = {1.0, 1.0, 1.0, 1.0, 2.0, 2.0};
        for (int k = 0; k < 6; ++k) {
            int exponent = 0;
            frexpl(want[k], &exponent);
            const long double unit =
                ldexpl(1.0L, (exponent < -1021 ? -1021 : exponent) - 53);
            if ((double)want[k] != got[k]) {
                assert_true(fabsl((long double)got[k] - want[k]) <
                            (long double)most[k] * unit);
            }
        }
    }
}

static void
whole_numbers_go_one_way(void **state)
{
    assert_int_equal(rv_to_i32(NAN), 0);
    assert_int_equal(rv_to_i32(3e9F), INT32_MAX);
    assert_int_equal(rv_to_i32(-INFINITY), INT32_MIN);
    assert_int_equal(rv_to_i32(-1.9F), -1);
    assert_int_equal(rv_round_i32(2.5F), 2);
    assert_int_equal(rv_round_i32(3.5F), 4);
    assert_int_equal(rv_round_i32(-2.5F), -2);
    assert_int_equal(rv_round_i32(4194304.5F), 4194304);
    assert_int_equal(rv_round_i32(8388609.0F), 8388609);
    assert_int_equal(rv_round_i32(1e20F), INT32_MAX);
    assert_int_equal(rv_round_i32(NAN), 0);
    assert_int_equal(rv_to_i64(-1e30), INT64_MIN);
    rv_random random;
    rv_random_init(&random, 3, 0);
    for (int i = 0; i < 100000; ++i) {
        const float x = rv_from_bits_f32(rv_random_u32(&random));
        if (x == x) {
            assert_int_equal(rv_bits_f32(rv_floor_f32(x)), rv_bits_f32(floorf(x)));
            assert_true(rv_floor_f64((double)x) == floor((double)x));
            if (fabsf(x) < 2e9F) {
                assert_int_equal(rv_round_i32(x), (int32_t)rintf(x));
            }
        }
    }
}

static void
the_other_one_beats_nan(void **state)
{
    assert_true(rv_max_f32(NAN, 1.0F) == 1.0F && rv_max_f32(1.0F, NAN) == 1.0F);
    assert_true(rv_min_f32(NAN, 1.0F) == 1.0F && rv_min_f32(1.0F, NAN) == 1.0F);
    assert_int_equal(rv_bits_f32(rv_max_f32(-0.0F, 0.0F)), 0x80000000U);
    assert_int_equal(rv_bits_f32(rv_min_f32(0.0F, -0.0F)), 0);
    assert_true(rv_clamp_f32(NAN, -1.0F, 1.0F) == -1.0F);
    assert_true(rv_clamp_f32(5.0F, -1.0F, 1.0F) == 1.0F);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(familiar_values),
        cmocka_unit_test(half_a_unit_over_the_domain),
        cmocka_unit_test(symmetry_is_exact),
        cmocka_unit_test(edges_are_as_in_annex_f),
        cmocka_unit_test(f64_stays_below_a_unit),
        cmocka_unit_test(whole_numbers_go_one_way),
        cmocka_unit_test(the_other_one_beats_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
