// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/engine/cycle_clock.h>

static void
a_cycle_closes_when_the_watermark_passes(void **state)
{
    rv_cycle_clock clock;
    assert_int_equal(rv_cycle_clock_init(&clock, 50000, 20000), RV_OK);
    assert_false(rv_cycle_clock_due(&clock));
    assert_int_equal(rv_cycle_clock_see(&clock, 1000012345), RV_STAMP_ON_TIME);
    assert_int_equal(rv_cycle_clock_end(&clock), 1000050000);
    rv_cycle_clock_see(&clock, 1000069999);
    assert_false(rv_cycle_clock_due(&clock));
    rv_cycle_clock_see(&clock, 1000070000);
    assert_true(rv_cycle_clock_due(&clock));
    rv_cycle_clock_close(&clock);
    assert_false(rv_cycle_clock_due(&clock));
    assert_int_equal(rv_cycle_clock_end(&clock), 1000100000);
}

static void
what_comes_after_its_cycle_is_late(void **state)
{
    rv_cycle_clock clock;
    assert_int_equal(rv_cycle_clock_init(&clock, 50000, 0), RV_OK);
    rv_cycle_clock_see(&clock, 100000);
    rv_cycle_clock_see(&clock, 150000);
    assert_true(rv_cycle_clock_due(&clock));
    rv_cycle_clock_close(&clock);
    assert_int_equal(rv_cycle_clock_see(&clock, 149999), RV_STAMP_LATE);
    assert_int_equal(rv_cycle_clock_see(&clock, 150000), RV_STAMP_ON_TIME);
}

static void
silence_closes_every_cycle_in_between(void **state)
{
    rv_cycle_clock clock;
    assert_int_equal(rv_cycle_clock_init(&clock, 50000, 20000), RV_OK);
    rv_cycle_clock_see(&clock, 0);
    rv_cycle_clock_see(&clock, 1020000);
    int n = 0;
    while (rv_cycle_clock_due(&clock)) {
        rv_cycle_clock_close(&clock);
        ++n;
    }
    assert_int_equal(n, 20);
}

static void
a_jump_of_the_timeline_changes_nothing_until_asked(void **state)
{
    rv_cycle_clock clock;
    assert_int_equal(rv_cycle_clock_init(&clock, 50000, 20000), RV_OK);
    rv_cycle_clock_see(&clock, 5000000000);
    rv_cycle_clock_close(&clock);
    const rv_cycle_clock before = clock;
    assert_int_equal(rv_cycle_clock_see(&clock, 7), RV_STAMP_TOO_FAR);
    assert_int_equal(rv_cycle_clock_see(&clock, 50000000000), RV_STAMP_TOO_FAR);
    assert_memory_equal(&clock, &before, sizeof clock);
    rv_cycle_clock_restart(&clock, 7);
    assert_int_equal(clock.closed, 1);
    assert_int_equal(rv_cycle_clock_end(&clock), 50000);
}

static void
bad_settings_are_refused(void **state)
{
    rv_cycle_clock clock;
    assert_int_equal(rv_cycle_clock_init(&clock, 999, 0), RV_ERR_CONFIG);
    assert_int_equal(rv_cycle_clock_init(&clock, 50000, 500001), RV_ERR_CONFIG);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cycle_closes_when_the_watermark_passes),
        cmocka_unit_test(what_comes_after_its_cycle_is_late),
        cmocka_unit_test(silence_closes_every_cycle_in_between),
        cmocka_unit_test(a_jump_of_the_timeline_changes_nothing_until_asked),
        cmocka_unit_test(bad_settings_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
