// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/probability.h>
#include <ruview/math/random.h>
#include <ruview/world/longitudinal.h>

#include <math.h>

static rv_longitudinal
fresh(const uint32_t n_metrics)
{
    rv_longitudinal        self;
    rv_longitudinal_config cfg = rv_longitudinal_config_default();
    cfg.n_metrics              = n_metrics;
    assert_int_equal(rv_longitudinal_init(&self, &cfg), RV_OK);
    return self;
}

static rv_longitudinal_verdict
push(rv_longitudinal *const self, const int day, const double value)
{
    rv_longitudinal_verdict out;
    assert_int_equal(rv_longitudinal_push(self, 0, day, value, &out), RV_OK);
    return out;
}

// Seven days and then one far off: a baseline that takes the day in before it judges
// can never say so, since then |z| <= sqrt(7)
static void
one_week_is_enough(void **state)
{
    rv_longitudinal self = fresh(1);
    for (int day = 0; day < 7; ++day) {
        assert_int_equal(push(&self, day, 0.1 + 0.001 * ((day % 3) - 1)).reason,
                         RV_REASON_WARMING_UP);
    }
    const rv_longitudinal_verdict off = push(&self, 7, 5.0);
    assert_int_equal(off.reason, RV_REASON_NONE);
    assert_true(off.trend == RV_TREND_UNUSUAL_DAY || off.trend == RV_TREND_RISING);
    assert_true(off.z > 7.0 && off.n_days == 7);
    const rv_longitudinal_verdict usual = push(&self, 8, 0.1);
    assert_true(fabs(usual.z) < 1.0 && fabs(usual.mean - off.mean) < 1e-15);
}

static void
the_surprise_is_student(void **state)
{
    rv_longitudinal self    = fresh(1);
    const double    days[7] = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0};
    for (int i = 0; i < 7; ++i) {
        push(&self, i, days[i]);
    }
    // mean 4, s^2 = 28 / 6; t such that the tail of Student with 6 degrees is 0.025
    const double                  s = sqrt(28.0 / 6.0) * sqrt(8.0 / 7.0);
    const rv_longitudinal_verdict v = push(&self, 7, 4.0 + 2.446911851144969 * s);
    assert_true(fabs(v.z - 1.959963984540054) < 1e-12);
}

// An alarm lasts as long as its cause, and the new level is normal after two weeks
static void
a_step_rises_and_is_adopted(void **state)
{
    rv_longitudinal self = fresh(1);
    rv_random       random;
    rv_random_init(&random, 7, 0);
    int day = 0;
    for (; day < 30; ++day) {
        push(&self, day, 10.0 + (double)rv_random_normal_f32(&random));
    }
    int alarms = 0, adopted = -1;
    for (; day < 60 && adopted < 0; ++day) {
        const rv_longitudinal_verdict v =
            push(&self, day, 6.0 + (double)rv_random_normal_f32(&random));
        alarms += v.trend != RV_TREND_USUAL;
        adopted = v.adopted ? day : -1;
        assert_true(v.trend != RV_TREND_RISING);
    }
    assert_true(alarms >= 13 && adopted >= 43 && adopted <= 48);
    const rv_longitudinal_verdict after = push(&self, day, 6.0);
    assert_true(after.trend == RV_TREND_USUAL && fabs(after.mean - 6.0) < 1.0);
}

static void
a_slow_drift_is_seen(void **state)
{
    rv_longitudinal self = fresh(1);
    rv_random       random;
    rv_random_init(&random, 11, 0);
    bool falling = false;
    for (int day = 0; day < 120; ++day) {
        const double slope = day > 30 ? -0.08 * (day - 30) : 0.0;
        falling |=
            push(&self, day, slope + (double)rv_random_normal_f32(&random)).trend ==
            RV_TREND_FALLING;
    }
    assert_true(falling);
}

// The stated rate on 2000 normal years of five metrics, start-up included
static void
false_alarms_come_as_designed(void **state)
{
    rv_random random;
    rv_random_init(&random, 3, 0);
    int       alarms = 0;
    const int years  = 2000;
    for (int year = 0; year < years; ++year) {
        rv_longitudinal self      = fresh(5);
        bool            before[5] = {false};
        for (int day = 0; day < 365; ++day) {
            for (uint32_t m = 0; m < 5; ++m) {
                rv_longitudinal_verdict v;
                const double            x = (double)rv_random_normal_f32(&random);
                assert_int_equal(rv_longitudinal_push(&self, m, day, x, &v), RV_OK);
                const bool alarm = v.trend != RV_TREND_USUAL;
                alarms += alarm && !before[m];
                before[m] = alarm;
            }
        }
    }
    const double rate = (double)alarms / years;
    print_message("%.3f false alarms a year, designed 1\n", rate);
    assert_true(rate > 0.5 && rate < 1.3);
}

static void
bad_days_change_nothing(void **state)
{
    rv_longitudinal         self = fresh(2);
    rv_longitudinal_verdict v;
    push(&self, 5, 1.0);
    const rv_longitudinal before = self;
    assert_int_equal(rv_longitudinal_push(&self, 0, 5, 1.0, &v), RV_ERR_RANGE);
    assert_int_equal(rv_longitudinal_push(&self, 2, 6, 1.0, &v), RV_ERR_RANGE);
    assert_int_equal(rv_longitudinal_push(&self, 0, 6, (double)NAN, &v),
                     RV_ERR_NONFINITE);
    assert_memory_equal(&before, &self, sizeof self);
    rv_longitudinal_config cfg = rv_longitudinal_config_default();
    cfg.n_metrics              = 9;
    assert_int_equal(rv_longitudinal_init(&self, &cfg), RV_ERR_CONFIG);
    assert_memory_equal(&before, &self, sizeof self);
}

static void
days_all_alike_are_no_scale(void **state)
{
    rv_longitudinal self = fresh(1);
    for (int day = 0; day < 10; ++day) {
        push(&self, day, 3.0);
    }
    assert_int_equal(push(&self, 10, 4.0).reason, RV_REASON_LOW_QUALITY);
    assert_int_equal(push(&self, 11, 3.0).reason, RV_REASON_NONE);
    assert_string_equal(rv_trend_name(RV_TREND_FALLING), "falling");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_week_is_enough),
        cmocka_unit_test(the_surprise_is_student),
        cmocka_unit_test(a_step_rises_and_is_adopted),
        cmocka_unit_test(a_slow_drift_is_seen),
        cmocka_unit_test(false_alarms_come_as_designed),
        cmocka_unit_test(bad_days_change_nothing),
        cmocka_unit_test(days_all_alike_are_no_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
