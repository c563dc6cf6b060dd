// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/people/track_score.h>

#include <math.h>
#include <string.h>

static const bool  both[2]     = {true, true};
static const float at[2][2]    = {{1.0F, 1.0F}, {4.0F, 1.0F}};
static const float ahead[2][2] = {{2.0F, 1.0F}, {5.0F, 1.0F}};

static void
push(rv_track_score *const self, const uint32_t first, const uint32_t second,
     const bool ambiguous)
{
    const rv_scored_track tracks[2] = {{first, {1.1F, 1.0F}, ambiguous},
                                       {second, {4.0F, 1.3F}, ambiguous}};
    assert_int_equal(rv_track_score_push(self, both, at, 2, tracks, 2, 20), RV_OK);
}

static void
a_swap_is_two_switches_when_nobody_said_so(void **state)
{
    rv_track_score self = rv_track_score_begin();
    push(&self, 1, 2, false);
    push(&self, 1, 2, false);
    assert_int_equal(self.totals.switches, 0);
    push(&self, 2, 1, false);
    assert_int_equal(self.totals.switches, 2);
    assert_int_equal(self.totals.tracked, 6);
    // 0.1 m and 0.3 m off, nobody missing: OSPA is their mean
    assert_true(fabs(self.totals.ospa_sum_m / 3.0 - 0.2) < 1e-6);
    assert_true(fabs(self.totals.error_sum_m / 6.0 - 0.2) < 1e-6);
}

static void
a_swap_in_doubt_that_comes_back_is_no_switch(void **state)
{
    rv_track_score self = rv_track_score_begin();
    push(&self, 1, 2, false);
    push(&self, 2, 1, true);
    assert_int_equal(self.totals.doubtful, 2);
    push(&self, 1, 2, false);
    assert_int_equal(self.totals.switches, 0);
    push(&self, 2, 1, true);
    push(&self, 2, 1, false);
    assert_int_equal(self.totals.switches, 2);
}

static void
a_track_is_of_one_and_places_know_no_numbers(void **state)
{
    rv_track_score        self       = rv_track_score_begin();
    const float           near[2][2] = {{2.0F, 1.0F}, {2.5F, 1.0F}};
    const rv_scored_track one[1]     = {{1, {2.0F, 1.0F}, true}};
    const rv_scored_track two[2]   = {{1, {2.5F, 1.0F}, true}, {2, {2.0F, 1.0F}, true}};
    const bool            first[2] = {true, false}, second[2] = {false, true};
    // Both had number 1 in turn
    assert_int_equal(rv_track_score_push(&self, first, near, 2, one, 1, 20), RV_OK);
    assert_int_equal(rv_track_score_push(&self, second, near, 2, one, 1, 20), RV_OK);
    assert_int_equal(self.totals.tracked, 2);
    assert_int_equal(rv_track_score_push(&self, both, near, 2, two, 2, 20), RV_OK);
    assert_int_equal(self.totals.tracked, 4);
    assert_int_equal(rv_track_score_push(&self, both, near, 2, two, 0, 20), RV_OK);
    assert_int_equal(rv_track_score_push(&self, both, near, 2, two, 2, 20), RV_OK);
    assert_int_equal(self.totals.gaps, 2);
    assert_int_equal(self.totals.breaks, 2);
    // Only the one that is not his is near
    self = rv_track_score_begin();
    push(&self, 1, 2, false);
    const rv_scored_track far[2] = {{1, {2.3F, 1.0F}, true}, {2, {2.7F, 1.0F}, true}};
    const float           passed[2][2] = {{3.2F, 1.0F}, {0.9F, 1.0F}};
    assert_int_equal(rv_track_score_push(&self, both, passed, 2, far, 2, 20), RV_OK);
    push(&self, 1, 2, false);
    assert_int_equal(self.totals.gaps, 1);
    assert_int_equal(self.totals.breaks, 0);
}

static void
who_is_near_keeps_a_track_though_another_is_nearer(void **state)
{
    rv_track_score        self     = rv_track_score_begin();
    const rv_scored_track first[2] = {{1, {2.0F, 1.0F}, false},
                                      {2, {5.0F, 1.0F}, false}};
    assert_int_equal(rv_track_score_push(&self, both, ahead, 2, first, 2, 20), RV_OK);
    // Track 2 lies on person 0 and track 1 within reach of both
    const rv_scored_track moved[2] = {{1, {3.4F, 1.0F}, false},
                                      {2, {3.9F, 1.0F}, false}};
    assert_int_equal(rv_track_score_push(&self, both, ahead, 2, moved, 2, 20), RV_OK);
    assert_int_equal(self.totals.switches, 0);
    assert_int_equal(self.totals.tracked, 4);
}

static void
gaps_new_numbers_and_ghosts_are_counted(void **state)
{
    rv_track_score        self     = rv_track_score_begin();
    const rv_scored_track one      = {7, {1.0F, 1.0F}, false};
    const rv_scored_track again    = {9, {1.0F, 1.0F}, false};
    const rv_scored_track ghost[2] = {{9, {1.0F, 1.0F}, false},
                                      {8, {9.0F, 9.0F}, false}};
    assert_int_equal(rv_track_score_push(&self, both, at, 1, &one, 1, 20), RV_OK);
    assert_int_equal(rv_track_score_push(&self, both, at, 1, NULL, 0, 20), RV_OK);
    assert_int_equal(rv_track_score_push(&self, both, at, 1, &again, 1, 20), RV_OK);
    assert_int_equal(self.totals.gaps, 1);
    assert_int_equal(self.totals.renumbered, 1);
    assert_int_equal(self.totals.switches, 0);
    for (int k = 0; k < 19; ++k) {
        assert_int_equal(rv_track_score_push(&self, both, at, 1, ghost, 2, 20), RV_OK);
    }
    assert_int_equal(self.totals.false_tracks, 0);
    for (int k = 0; k < 40; ++k) {
        assert_int_equal(rv_track_score_push(&self, both, at, 1, ghost, 2, 20), RV_OK);
    }
    assert_int_equal(self.totals.false_tracks, 1);
}

static void
bad_input_changes_nothing(void **state)
{
    rv_track_score        self   = rv_track_score_begin();
    const rv_track_score  before = self;
    const rv_scored_track bad    = {1, {NAN, 1.0F}, false};
    assert_int_equal(rv_track_score_push(&self, both, at, 2, &bad, 1, 20),
                     RV_ERR_NONFINITE);
    assert_int_equal(rv_track_score_push(&self, both, at, 9, &bad, 0, 20),
                     RV_ERR_SHAPE);
    assert_memory_equal(&before, &self, sizeof self);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_swap_is_two_switches_when_nobody_said_so),
        cmocka_unit_test(a_swap_in_doubt_that_comes_back_is_no_switch),
        cmocka_unit_test(a_track_is_of_one_and_places_know_no_numbers),
        cmocka_unit_test(who_is_near_keeps_a_track_though_another_is_nearer),
        cmocka_unit_test(gaps_new_numbers_and_ghosts_are_counted),
        cmocka_unit_test(bad_input_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
