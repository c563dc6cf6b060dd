// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/random.h>
#include <ruview/vital/fall.h>

enum { links = 6, rate = 100 };

static rv_fall   fall;
static rv_random noise;
static uint64_t  t_us;
static int       candidates, confirmed, cancelled;
static uint32_t  seeing; ///< Links that see who moves
static double    told_s;

static void
begin(void)
{
    const rv_fall_config config = rv_fall_config_default();
    assert_int_equal(rv_fall_init(&fall, &config), RV_OK);
    rv_random_init(&noise, 1, 0);
    t_us       = 1000000;
    seeing     = links;
    candidates = confirmed = cancelled = 0;
}

/// So long, with a change that goes from `from` to `to` times the floor
static void
go_on(const double seconds, const double from, const double to, const double hz)
{
    const int n = (int)(seconds * hz);
    for (int i = 0; i < n; ++i) {
        t_us += (uint64_t)(1e6 / hz);
        const double excess = from + (to - from) * i / n;
        for (uint32_t l = 0; l < links; ++l) {
            const double d = 0.001 * (1 + (l < seeing ? excess : 0)) *
                             (1 + 0.2 * rv_random_normal_f64(&noise));
            rv_fall_push(&fall, l, t_us, (float)(d > 0 ? d : 0), (float)(1 / hz),
                         excess < 0.01);
        }
        if (i % 5 == 0) {
            const rv_fall_result r = rv_fall_step(&fall, t_us);
            candidates += r.event == RV_FALL_CANDIDATE;
            confirmed += r.event == RV_FALL_CONFIRMED;
            cancelled += r.event == RV_FALL_CANCELLED;
            told_s = r.event != RV_FALL_NONE ? (double)t_us * 1e-6 : told_s;
        }
    }
}

static void
a_burst_and_stillness_is_a_fall(void **state)
{
    begin();
    assert_int_equal(rv_fall_step(&fall, t_us).reason, RV_REASON_NO_DATA);
    go_on(5, 0, 0, rate);
    assert_int_equal(rv_fall_step(&fall, t_us).reason, RV_REASON_WARMING_UP);
    go_on(5, 0.25, 0.25, rate); // walks
    assert_int_equal(rv_fall_step(&fall, t_us).reason, RV_REASON_NONE);
    go_on(0.5, 0, 1.2, rate); // falls
    const double impact_s = (double)t_us * 1e-6;
    go_on(2, 0, 0, rate);
    assert_int_equal(candidates, 1);
    assert_true(told_s - impact_s < 1.0);
    assert_int_equal(confirmed, 0);
    go_on(5, 0, 0, rate);
    assert_int_equal(confirmed, 1);
    assert_int_equal(cancelled, 0);
}

static void
who_gets_up_at_once_cancels(void **state)
{
    begin();
    go_on(5, 0, 0, rate);
    go_on(5, 0.25, 0.25, rate);
    go_on(0.5, 0, 1.2, rate);
    go_on(1, 0, 0, rate);
    assert_int_equal(candidates, 1);
    go_on(2, 0.25, 0.25, rate);
    go_on(10, 0, 0, rate);
    assert_int_equal(cancelled, 1);
    assert_int_equal(confirmed, 0);
}

static void
what_one_link_alone_sees_is_none(void **state)
{
    begin();
    go_on(5, 0, 0, rate);
    go_on(5, 0.25, 0.25, rate);
    seeing = 1; // walks up to its line of sight, and stops there
    go_on(0.5, 0, 2.0, rate);
    go_on(10, 0, 0, rate);
    assert_int_equal(candidates, 0);
    assert_int_equal(confirmed, 0);
}

/// Who walks by fits and starts does not fall when he stops
static void
no_faster_than_before_is_none(void **state)
{
    begin();
    go_on(5, 0, 0, rate);
    for (int i = 0; i < 8; ++i) {
        go_on(0.4, 0.2, 0.2, rate);
        go_on(0.2, 0.9, 0.9, rate);
    }
    go_on(0.4, 0.2, 0.2, rate);
    go_on(0.3, 0.2, 0.9, rate);
    go_on(10, 0, 0, rate);
    assert_int_equal(confirmed, 0);
}

static void
sitting_down_and_standing_still_is_none(void **state)
{
    begin();
    go_on(5, 0, 0, rate);
    for (int i = 0; i < 10; ++i) {
        go_on(4, 0.25, 0.25, rate);
        go_on(0.5, 0.25, 0, rate); // brakes
        go_on(1.2, 0.05, 0.05, rate);
        go_on(8, 0, 0, rate);
    }
    assert_int_equal(candidates, 0);
}

static void
slow_links_cannot_tell(void **state)
{
    begin();
    go_on(10, 0, 0, 20);
    assert_int_equal(rv_fall_step(&fall, t_us).reason, RV_REASON_RATE_TOO_LOW);
    go_on(5, 0.25, 0.25, 20);
    go_on(0.5, 0, 2, 20);
    go_on(10, 0, 0, 20);
    assert_int_equal(candidates, 0);
    assert_int_equal(rv_fall_step(&fall, t_us + 5000000).reason, RV_REASON_NO_DATA);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_and_stillness_is_a_fall),
        cmocka_unit_test(who_gets_up_at_once_cancels),
        cmocka_unit_test(what_one_link_alone_sees_is_none),
        cmocka_unit_test(no_faster_than_before_is_none),
        cmocka_unit_test(sitting_down_and_standing_still_is_none),
        cmocka_unit_test(slow_links_cannot_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
