// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/random.h>
#include <ruview/people/track_score.h>
#include <ruview/people/tracker.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Two who walk to and fro on lines through one point, in step with each other, as a
// detector sees them whose errors last for `tau_s` and who makes one of two that are
// nearer than `merge_m`
typedef struct {
    double sigma_m, tau_s, merge_m, degrees, stop_s;
    bool   turns_back; ///< After the stop, instead of walking on
} crossing;

enum { per_second = 20, ten_minutes = 600 * per_second };

static const double reach_m = 3.0, speed_mps = 1.0;

// Along the line at second t
static double
along(const crossing *const c, const double t)
{
    const double leg  = 2.0 * reach_m / speed_mps + c->stop_s;
    const double in   = fmod(t, leg);
    const double half = reach_m / speed_mps;
    const double at   = in < half               ? in * speed_mps - reach_m
                        : in < half + c->stop_s ? 0.0
                                                : (in - half - c->stop_s) * speed_mps;
    if (c->turns_back) {
        return at > 0.0 ? -at : at;
    }
    return fmod(t, 2.0 * leg) < leg ? at : -at;
}

static uint32_t
detect(const crossing *const c, rv_random *const random, double error[2][2],
       const double at[2][2], const uint64_t k, rv_detection d[2])
{
    const double keep  = c->tau_s > 0.0 ? exp(-1.0 / (per_second * c->tau_s)) : 0.0;
    const float  var   = (float)(c->sigma_m * c->sigma_m);
    const double apart = hypot(at[0][0] - at[1][0], at[0][1] - at[1][1]);
    double       seen[2][2];
    for (int i = 0; i < 2; ++i) {
        for (int a = 0; a < 2; ++a) {
            error[i][a] = keep * error[i][a] + c->sigma_m * sqrt(1.0 - keep * keep) *
                                                   rv_random_normal_f64(random);
            seen[i][a] = at[i][a] + error[i][a];
        }
    }
    const bool one = apart < c->merge_m;
    for (int i = 0; i < 2; ++i) { // The order of detections means nothing
        const int who = k % 2 ? 1 - i : i;
        d[i]          = (rv_detection){
                     .covariance_m2 = {var, 0.0F, var}, .strength = 9.0F, .confidence = 0.8F};
        for (int a = 0; a < 2; ++a) {
            d[i].position_m[a] =
                (float)(one ? 0.5 * (at[0][a] + at[1][a]) + error[0][a] : seen[who][a]);
        }
    }
    return one ? 1 : 2;
}

// Somebody who can tell people apart says who is who once they are far from each other
static uint32_t
re_identify(rv_tracker *const self, const rv_track_score *const score,
            const double at[2][2])
{
    uint32_t asked = 0;
    for (uint32_t s = 0; s < RV_TRACKER_MAX_TRACKS; ++s) {
        const rv_tracker_slot *const t = &self->slot[s];
        if (t->mates == 0 || hypot(at[0][0] - at[1][0], at[0][1] - at[1][1]) < 2.0) {
            continue;
        }
        const int who = hypot(t->x[0] - at[0][0], t->x[1] - at[0][1]) <
                                hypot(t->x[0] - at[1][0], t->x[1] - at[1][1])
                            ? 0
                            : 1;
        asked += score->sure[who] != 0 &&
                 rv_tracker_identify(self, s, score->sure[who]) == RV_OK;
    }
    return asked;
}

static rv_track_totals
walk(const crossing *const c, const uint64_t seed, const bool identify,
     uint32_t *const asked)
{
    rv_random               random;
    rv_tracker              self;
    const rv_tracker_config cfg         = rv_tracker_config_default();
    rv_track_score          score       = rv_track_score_begin();
    double                  error[2][2] = {{0}};
    rv_random_init(&random, seed, 7);
    assert_int_equal(rv_tracker_init(&self, &cfg), RV_OK);
    *asked = 0;
    for (uint64_t k = 0; k < ten_minutes; ++k) {
        const double     s        = along(c, (double)k / per_second);
        const double     angle    = c->degrees * 0.017453292519943295;
        const double     at[2][2] = {{4.0 + s, 4.0},
                                     {4.0 + s * cos(angle), 4.0 + s * sin(angle)}};
        rv_detection     d[2];
        const uint32_t   n = detect(c, &random, error, at, k, d);
        rv_tracker_frame frame;
        assert_int_equal(
            rv_tracker_push(&self, 1000000 + k * 50000, d, n, false, &frame), RV_OK);
        rv_scored_track tracks[RV_TRACKER_MAX_TRACKS];
        uint32_t        n_tracks = 0;
        for (uint32_t i = 0; i < frame.n_tracks; ++i) {
            const rv_track *const t = &frame.track[i];
            if (t->state == RV_TRACKER_ACTIVE) {
                tracks[n_tracks++] = (rv_scored_track){
                    t->id, {t->position_m[0], t->position_m[1]}, t->ambiguous};
            }
        }
        const bool  there[2]    = {true, true};
        const float truth[2][2] = {{(float)at[0][0], (float)at[0][1]},
                                   {(float)at[1][0], (float)at[1][1]}};
        if (k >= per_second) {
            assert_int_equal(rv_track_score_push(&score, there, truth, 2, tracks,
                                                 n_tracks, per_second),
                             RV_OK);
        }
        *asked += identify ? re_identify(&self, &score, at) : 0;
    }
    return score.totals;
}

static void
print(const crossing *const c, const rv_track_totals *const t, const uint32_t asked)
{
    print_message(
        "sigma %.2f m for %.1f s, one below %.1f m, %3.0f degrees, stop %.0f s%s: "
        "switches %u, flagged %u, renumbered %u, gaps %u, false %u, in doubt %.2f, "
        "re-identified %u, OSPA %.3f m\n",
        c->sigma_m, c->tau_s, c->merge_m, c->degrees, c->stop_s,
        c->turns_back ? " and back" : "", t->switches, t->doubtful, t->renumbered,
        t->gaps, t->false_tracks, (double)t->in_doubt / (double)t->tracked, asked,
        t->ospa_sum_m / (double)t->cycles);
}

// A hundred crossings in ten minutes, through one point at one moment
static void
who_walks_on_keeps_the_number(void **state)
{
    static const crossing cases[] = {
        {0.15, 0.0, 0.0, 45.0, 0.0, false}, {0.15, 0.0, 0.0, 60.0, 0.0, false},
        {0.15, 0.0, 0.0, 90.0, 0.0, false}, {0.15, 0.0, 0.0, 180.0, 0.0, false},
        {0.15, 0.0, 0.8, 45.0, 0.0, false}, {0.15, 0.0, 0.8, 60.0, 0.0, false},
        {0.15, 0.0, 0.8, 90.0, 0.0, false}, {0.15, 0.0, 0.8, 135.0, 0.0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
        uint32_t              asked;
        const rv_track_totals t = walk(&cases[i], 1 + i, true, &asked);
        print(&cases[i], &t, asked);
        assert_int_equal(t.switches + t.doubtful, 0);
        assert_int_equal(t.renumbered + t.gaps + t.false_tracks, 0);
        assert_int_equal(t.tracked, t.wanted);
        assert_true(t.ospa_sum_m / (double)t.cycles < 0.14);
    }
}

// The errors of the localisation with eight nodes: 0.35 m per axis that last 0.7 s
static void
nobody_is_swapped_in_silence_by_a_rough_detector(void **state)
{
    static const crossing cases[] = {{0.35, 0.7, 1.0, 45.0, 0.0, false},
                                     {0.35, 0.7, 1.0, 60.0, 0.0, false},
                                     {0.35, 0.7, 1.0, 90.0, 0.0, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
        uint32_t              asked;
        const rv_track_totals t = walk(&cases[i], 1 + i, true, &asked);
        print(&cases[i], &t, asked);
        assert_int_equal(t.switches, 0);
        assert_true(t.renumbered <= 1 && t.false_tracks <= 2);
        assert_true((double)t.tracked > 0.97 * (double)t.wanted);
    }
}

// Meet, stop, part: velocity says nothing, so both are in doubt until identified
static void
who_meets_and_stops_is_ambiguous_until_identified(void **state)
{
    static const crossing cases[] = {
        {0.15, 0.0, 0.5, 180.0, 1.0, true}, {0.15, 0.0, 0.5, 180.0, 2.0, true},
        {0.15, 0.0, 0.5, 180.0, 4.0, true}, {0.15, 0.0, 0.0, 180.0, 2.0, true},
        {0.15, 0.0, 0.5, 90.0, 3.0, true},  {0.15, 0.0, 0.5, 90.0, 3.0, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
        uint32_t              asked;
        const rv_track_totals t = walk(&cases[i], 1 + i, true, &asked);
        print(&cases[i], &t, asked);
        assert_int_equal(t.switches, 0);
        assert_true(asked > 50 && t.in_doubt > t.tracked / 4);
    }
}

// Who is known while he meets somebody does not get the other number back from the
// lines of the meeting, which were of other numbers; whom the other one meets is in
// doubt
static void
identification_ends_a_meeting(void **state)
{
    rv_tracker              self;
    const rv_tracker_config cfg = rv_tracker_config_default();
    assert_int_equal(rv_tracker_init(&self, &cfg), RV_OK);
    for (uint32_t s = 0; s < 3; ++s) {
        self.slot[s].state = RV_TRACKER_ACTIVE;
        self.slot[s].id    = 1 + s;
    }
    self.slot[0].mates = 1U << 1;
    self.slot[1].mates = 1U << 0;
    self.meeting[0]    = (rv_track_meeting){
           .state = RV_MEETING_TOGETHER, .slot = {0, 1}, .blurred = true};
    self.meeting[1] =
        (rv_track_meeting){.state = RV_MEETING_PARTED, .slot = {1, 2}, .blurred = true};
    assert_int_equal(rv_tracker_identify(&self, 0, 2), RV_OK);
    assert_int_equal(self.slot[0].id, 2);
    assert_int_equal(self.slot[1].id, 1);
    assert_int_equal(self.meeting[0].state, RV_MEETING_NONE);
    assert_int_equal(self.meeting[1].state, RV_MEETING_NONE);
    assert_int_equal(self.slot[0].mates, 0);
    assert_int_equal(self.slot[1].mates, 1U << 2);
    assert_int_equal(self.slot[2].mates, 1U << 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_walks_on_keeps_the_number),
        cmocka_unit_test(nobody_is_swapped_in_silence_by_a_rough_detector),
        cmocka_unit_test(identification_ends_a_meeting),
        cmocka_unit_test(who_meets_and_stops_is_ambiguous_until_identified),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
