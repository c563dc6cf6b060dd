// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/random.h>
#include <ruview/room/reflectors.h>

#include <math.h>

static const uint64_t day_us = UINT64_C(86400000000);

static rv_sighting
seen_at(rv_random *const random, const double x, const double y, const double sigma)
{
    return (rv_sighting){
        .position_m    = {(float)(x + sigma * rv_random_normal_f64(random)),
                          (float)(y + sigma * rv_random_normal_f64(random))},
        .covariance_m2 = {(float)(sigma * sigma), 0.0F, (float)(sigma * sigma)}};
}

// One thing at a place that moves by `speed` [m/day] to the east, seen `n` times
static rv_reflector
watch(const double span_days, const int n, const double speed)
{
    static rv_reflectors       self;
    const rv_reflectors_config cfg = rv_reflectors_config_default();
    rv_reflector               list[RV_REFLECTORS_MAX];
    rv_random                  random;
    rv_random_init(&random, 6, (uint64_t)n);
    assert_int_equal(rv_reflectors_init(&self, &cfg, 1.6e8F), RV_OK);
    for (int i = 0; i < n; ++i) {
        const double      days = span_days * i / n;
        const rv_sighting s    = seen_at(&random, 1.0 + speed * days, 2.0, 0.05);
        uint32_t          taken;
        assert_int_equal(
            rv_reflectors_push(&self, (uint64_t)(days * (double)day_us), &s, 1, &taken),
            RV_OK);
        assert_int_equal(taken, 1);
    }
    assert_int_equal(rv_reflectors_list(&self, list), 1);
    return list[0];
}

// In the earlier implementation a still wall seen for a second moves at 24 012 m/day,
// and after a day at 20 Hz at 1.17 m/day
static void
what_stands_still_is_not_mobile(void **state)
{
    const rv_reflector second = watch(1.0 / 86400, 20, 0.0);
    assert_int_equal(second.kind, RV_REFLECTOR_UNKNOWN);
    const rv_reflector day = watch(1.0, 20000, 0.0);
    print_message("a wall over a day: %.4f +- %.4f m/day\n",
                  (double)day.drift_m_per_day, (double)day.drift_sigma_m_per_day);
    assert_int_equal(day.kind, RV_REFLECTOR_WALL);
    assert_true(fabsf(day.position_m[0] - 1.0F) < 0.01F);
}

static void
what_moves_is_what_it_is(void **state)
{
    const rv_reflector slow = watch(2.0, 20000, 0.3);
    assert_int_equal(slow.kind, RV_REFLECTOR_FURNITURE);
    assert_true(fabsf(slow.drift_m_per_day - 0.3F) <
                4.0F * slow.drift_sigma_m_per_day + 0.01F);
    const rv_reflector fast = watch(2.0, 20000, 3.0);
    assert_int_equal(fast.kind, RV_REFLECTOR_MOBILE);
    assert_true(fabsf(fast.drift_m_per_day - 3.0F) < 0.05F);
}

// A sofa moved by 2 m is a new place, and the old one is dropped
static void
a_moved_sofa_is_at_its_new_place(void **state)
{
    static rv_reflectors       self;
    const rv_reflectors_config cfg = rv_reflectors_config_default();
    rv_reflector               list[RV_REFLECTORS_MAX];
    rv_random                  random;
    rv_random_init(&random, 1, 1);
    assert_int_equal(rv_reflectors_init(&self, &cfg, 1.6e8F), RV_OK);
    for (int i = 0; i < 10 * 48; ++i) { // moved on day 5 of 10
        const rv_sighting s = seen_at(&random, i < 5 * 48 ? 1.0 : 3.0, 2.0, 0.05);
        uint32_t          taken;
        assert_int_equal(
            rv_reflectors_push(&self, (uint64_t)i * day_us / 48, &s, 1, &taken), RV_OK);
    }
    assert_int_equal(rv_reflectors_list(&self, list), 1);
    assert_true(fabsf(list[0].position_m[0] - 3.0F) < 0.05F);
    assert_int_equal(list[0].id, 2);
}

static void
a_narrow_channel_keeps_nothing(void **state)
{
    static rv_reflectors       self;
    const rv_reflectors_config cfg = rv_reflectors_config_default();
    rv_reflector               list[RV_REFLECTORS_MAX];
    rv_random                  random;
    rv_random_init(&random, 1, 1);
    assert_int_equal(rv_reflectors_init(&self, &cfg, 2e7F), RV_OK);
    assert_int_equal(self.reason, RV_REASON_BANDWIDTH);
    for (uint64_t i = 0; i < 100; ++i) {
        const rv_sighting s     = seen_at(&random, 1.0, 2.0, 0.05);
        uint32_t          taken = 9;
        assert_int_equal(rv_reflectors_push(&self, i, &s, 1, &taken), RV_OK);
        assert_int_equal(taken, 0);
    }
    assert_int_equal(rv_reflectors_list(&self, list), 0);
}

static void
bad_input_is_left_out(void **state)
{
    static rv_reflectors self;
    rv_reflectors_config cfg = rv_reflectors_config_default();
    cfg.gate                 = NAN;
    assert_int_equal(rv_reflectors_init(&self, &cfg, 1.6e8F), RV_ERR_CONFIG);
    cfg = rv_reflectors_config_default();
    assert_int_equal(rv_reflectors_init(&self, &cfg, 1.6e8F), RV_OK);
    const rv_sighting bad[2] = {{{NAN, 0}, {1, 0, 1}}, {{0, 0}, {1, 2, 1}}};
    uint32_t          taken  = 9;
    assert_int_equal(rv_reflectors_push(&self, 5, bad, 2, &taken), RV_OK);
    assert_int_equal(taken, 0);
    assert_int_equal(rv_reflectors_push(&self, 4, bad, 2, &taken), RV_ERR_RANGE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_still_is_not_mobile),
        cmocka_unit_test(what_moves_is_what_it_is),
        cmocka_unit_test(a_moved_sofa_is_at_its_new_place),
        cmocka_unit_test(a_narrow_channel_keeps_nothing),
        cmocka_unit_test(bad_input_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
