// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/people/tracker.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t step_us = 50000;

static rv_detection
seen_at(const double x, const double y, const double sigma)
{
    return (rv_detection){
        .position_m    = {(float)x, (float)y, 1.0F},
        .covariance_m2 = {(float)(sigma * sigma), 0.0F, (float)(sigma * sigma)},
        .strength      = 10.0F,
        .confidence    = 0.9F};
}

static double
normal(void)
{
    double sum = -6.0;
    for (int i = 0; i < 12; ++i) {
        sum += rand() / (double)RAND_MAX;
    }
    return sum;
}

static void
someone_who_walks_keeps_a_number(void **state)
{
    rv_tracker              self;
    const rv_tracker_config cfg = rv_tracker_config_default();
    assert_int_equal(rv_tracker_init(&self, &cfg), RV_OK);
    rv_tracker_frame frame;
    for (uint64_t k = 0; k < 200; ++k) {
        const rv_detection d = seen_at(0.05 * (double)k, 2.0, 0.08);
        assert_int_equal(rv_tracker_push(&self, k * step_us, &d, 1, false, &frame),
                         RV_OK);
        assert_int_equal(frame.n_tracks, k < 7 ? 0 : 1);
        if (k >= 40) { // no lag at constant speed, two seconds after the start
            assert_int_equal(frame.track[0].id, 1);
            assert_int_equal(frame.track[0].state, RV_TRACKER_ACTIVE);
            assert_true(fabs(frame.track[0].position_m[0] - 0.05 * (double)k) < 0.005);
            assert_true(fabs(frame.track[0].velocity_mps[0] - 1.0) < 0.02);
        }
    }
    // Gone: active for a second, lost for ten, then no more
    for (uint64_t k = 200; k < 500; ++k) {
        assert_int_equal(rv_tracker_push(&self, k * step_us, NULL, 0, false, &frame),
                         RV_OK);
        const uint64_t unseen = (k - 199) * step_us;
        if (frame.n_tracks == 1) {
            assert_int_equal(frame.track[0].state, unseen > cfg.lost_us
                                                       ? RV_TRACKER_LOST
                                                       : RV_TRACKER_ACTIVE);
            assert_false(frame.track[0].observed);
        } else {
            assert_true(unseen > cfg.lost_us + cfg.forget_us);
        }
    }
    assert_int_equal(frame.n_tracks, 0);
}

// Who is not seen while nobody else moves stands where they were, and nobody is told to
// have walked through a wall
static void
who_is_unseen_stands_inside_the_walls(void **state)
{
    rv_tracker_config cfg = rv_tracker_config_default();
    cfg.lower_m[0] = cfg.lower_m[1] = 0.0F;
    cfg.upper_m[0] = cfg.upper_m[1] = 6.0F;
    rv_tracker self;
    assert_int_equal(rv_tracker_init(&self, &cfg), RV_OK);
    rv_tracker_frame frame;
    for (uint64_t k = 0; k < 110; ++k) { // to 0.5 m before the wall
        const rv_detection d = seen_at(0.05 * (double)k, 2.0, 0.08);
        assert_int_equal(rv_tracker_push(&self, k * step_us, &d, 1, false, &frame),
                         RV_OK);
    }
    const float at  = frame.track[0].position_m[0];
    float       var = frame.track[0].covariance_m2[0];
    for (uint64_t k = 110; k < 300; ++k) {
        assert_int_equal(rv_tracker_push(&self, k * step_us, NULL, 0, false, &frame),
                         RV_OK);
        assert_int_equal(frame.n_tracks, 1);
        assert_false(frame.track[0].observed);
        assert_true(fabsf(frame.track[0].position_m[0] - at) < 0.06F);
        assert_true(frame.track[0].covariance_m2[0] > var); // ever less sure
        var = frame.track[0].covariance_m2[0];
    }
    // Somebody else is seen, so that the first may go on unseen: to the wall
    assert_int_equal(rv_tracker_init(&self, &cfg), RV_OK);
    for (uint64_t k = 0; k < 150; ++k) {
        const rv_detection d[2] = {seen_at(1.0, 5.0, 0.08),
                                   seen_at(0.05 * (double)k, 2.0, 0.08)};
        assert_int_equal(
            rv_tracker_push(&self, k * step_us, d, k < 110 ? 2 : 1, false, &frame),
            RV_OK);
        for (uint32_t t = 0; t < frame.n_tracks; ++t) {
            assert_true(frame.track[t].position_m[0] <= 6.0F);
        }
    }
    assert_int_equal(frame.n_tracks, 2);
}

// Steady gain of the constant-velocity filter by the index accel dt^2 / sigma: "The
// Tracking Index: A Generalized Parameter for alpha-beta and alpha-beta-gamma Target
// Trackers", IEEE Trans. Aerosp. Electron. Syst. 20 (1984)
static void
steady_gains_are_those_of_the_theory(void **state)
{
    rv_tracker_config cfg = rv_tracker_config_default();
    cfg.accel_mps2        = 1.5F;
    cfg.noise_cycles      = 1.0F;
    rv_tracker self;
    assert_int_equal(rv_tracker_init(&self, &cfg), RV_OK);
    rv_tracker_frame frame;
    double           before = 0.0;
    for (uint64_t k = 0; k < 400; ++k) {
        const rv_detection d = seen_at(0.0, 0.0, 0.08);
        before               = frame.n_tracks ? (double)self.slot[0].p[0] : 0.0;
        assert_int_equal(rv_tracker_push(&self, k * step_us, &d, 1, false, &frame),
                         RV_OK);
    }
    const double r     = 0.08 * 0.08;
    const double index = 1.5 * 0.05 * 0.05 / 0.08;
    const double root  = (4.0 + index - sqrt(8.0 * index + index * index)) / 4.0;
    const double gain  = 1.0 - root * root;
    assert_true(fabs(before / r - gain) < 1e-5); // a+ = (1 - k) a-, k = a+ / r
}

static void
covariance_is_true(void **state)
{
    // Normalised squared errors of a walk with the filter's own statistics: mean 2
    srand(11);
    rv_tracker_config cfg = rv_tracker_config_default();
    cfg.accel_mps2        = 1.0F;
    cfg.noise_cycles      = 1.0F;
    cfg.gate              = 1e3F;
    double sum            = 0.0;
    int    count          = 0;
    for (int run = 0; run < 40; ++run) {
        rv_tracker self;
        assert_int_equal(rv_tracker_init(&self, &cfg), RV_OK);
        double x[2] = {0, 0}, v[2] = {0.5 * normal(), 0.5 * normal()};
        for (uint64_t k = 0; k < 200; ++k) {
            rv_tracker_frame   frame;
            const rv_detection d =
                seen_at(x[0] + 0.2 * normal(), x[1] + 0.2 * normal(), 0.2);
            assert_int_equal(rv_tracker_push(&self, k * step_us, &d, 1, false, &frame),
                             RV_OK);
            if (k > 60) {
                const rv_track *const t  = &frame.track[0];
                const double          ex = t->position_m[0] - x[0];
                const double          ey = t->position_m[1] - x[1];
                const float *const    c  = t->covariance_m2;
                sum += (c[2] * ex * ex - 2.0 * c[1] * ex * ey + c[0] * ey * ey) /
                       (c[0] * c[2] - c[1] * c[1]);
                ++count;
            }
            for (int a = 0; a < 2; ++a) {
                const double accel = normal();
                x[a] += 0.05 * v[a] + 0.00125 * accel;
                v[a] += 0.05 * accel;
            }
        }
    }
    assert_true(fabs(sum / count - 2.0) < 0.25);
}

static void
two_who_cross_keep_their_numbers(void **state)
{
    srand(5);
    rv_tracker              self;
    const rv_tracker_config cfg = rv_tracker_config_default();
    assert_int_equal(rv_tracker_init(&self, &cfg), RV_OK);
    rv_tracker_frame frame;
    for (uint64_t k = 0; k < 120; ++k) {
        const double       s    = 0.05 * (double)k - 3.0;
        const rv_detection d[2] = {seen_at(s + 0.1 * normal(), 0.1 * normal(), 0.1),
                                   seen_at(0.1 * normal(), s + 0.1 * normal(), 0.1)};
        // The order of detections means nothing
        const rv_detection flipped[2] = {d[1], d[0]};
        assert_int_equal(
            rv_tracker_push(&self, k * step_us, k % 2 ? flipped : d, 2, false, &frame),
            RV_OK);
    }
    assert_int_equal(frame.n_tracks, 2);
    const bool first_east =
        frame.track[0].position_m[0] > 2.0F && fabsf(frame.track[0].position_m[1]) < 1;
    const bool second_north =
        frame.track[1].position_m[1] > 2.0F && fabsf(frame.track[1].position_m[0]) < 1;
    assert_true(first_east && second_north);
    assert_int_equal(self.next_id, 3);
}

static void
two_who_meet_and_part_are_ambiguous_until_identified(void **state)
{
    rv_tracker              self;
    const rv_tracker_config cfg = rv_tracker_config_default();
    assert_int_equal(rv_tracker_init(&self, &cfg), RV_OK);
    rv_tracker_frame frame;
    uint64_t         t_us = 0;
    for (int k = -60; k <= 160; ++k, t_us += step_us) {
        const double       gap  = k < 0 ? -0.05 * k : k > 100 ? 0.05 * (k - 100) : 0.0;
        const rv_detection d[2] = {seen_at(3.0 - gap, 3.0, 0.15),
                                   seen_at(3.05 + gap, 3.0, 0.15)};
        assert_int_equal(rv_tracker_push(&self, t_us, d, 2, false, &frame), RV_OK);
        if (k == -20) {
            assert_false(frame.track[0].ambiguous || frame.track[1].ambiguous);
        }
    }
    assert_int_equal(frame.n_tracks, 2);
    assert_true(frame.track[0].ambiguous && frame.track[1].ambiguous);
    const uint32_t slot = frame.track[0].slot;
    assert_int_equal(rv_tracker_identify(&self, slot, 77), RV_ERR_NOT_FOUND);
    assert_int_equal(rv_tracker_identify(&self, slot, frame.track[1].id), RV_OK);
    assert_int_equal(self.slot[slot].id, frame.track[1].id);
    assert_int_equal(self.slot[slot].mates, 0);
    assert_int_equal(self.slot[frame.track[1].slot].mates, 0);
}

// One of two who met leaves: who stayed is as much in doubt as before
static void
who_stays_is_ambiguous_though_the_other_has_ended(void **state)
{
    rv_tracker              self;
    const rv_tracker_config cfg = rv_tracker_config_default();
    assert_int_equal(rv_tracker_init(&self, &cfg), RV_OK);
    rv_tracker_frame frame;
    uint64_t         t_us = 0;
    for (int k = -60; k <= 600; ++k, t_us += step_us) {
        const double       gap  = k < 0 ? -0.05 * k : k > 100 ? 0.05 * (k - 100) : 0.0;
        const double       far  = gap > 3.0 ? 3.0 : gap;
        const rv_detection d[2] = {seen_at(3.0 - far, 3.0, 0.15),
                                   seen_at(3.05 + far, 3.0, 0.15)};
        assert_int_equal(
            rv_tracker_push(&self, t_us, d, k > 200 ? 1 : 2, false, &frame), RV_OK);
    }
    assert_int_equal(frame.n_tracks, 1);
    assert_true(frame.track[0].ambiguous);
    const uint32_t slot = frame.track[0].slot;
    assert_int_equal(rv_tracker_identify(&self, slot, frame.track[0].id), RV_OK);
    t_us += step_us;
    const rv_detection d = seen_at(0.0, 3.0, 0.15);
    assert_int_equal(rv_tracker_push(&self, t_us, &d, 1, false, &frame), RV_OK);
    assert_false(frame.track[0].ambiguous);
}

static void
clutter_gets_no_number(void **state)
{
    srand(9);
    rv_tracker              self;
    const rv_tracker_config cfg = rv_tracker_config_default();
    assert_int_equal(rv_tracker_init(&self, &cfg), RV_OK);
    rv_tracker_frame frame;
    for (uint64_t k = 0; k < 20000; ++k) {
        // A false detection somewhere in a large room every second
        const rv_detection d =
            seen_at(20.0 * rand() / RAND_MAX, 20.0 * rand() / RAND_MAX, 0.3);
        assert_int_equal(
            rv_tracker_push(&self, k * step_us, &d, k % 20 == 0, false, &frame), RV_OK);
        assert_int_equal(frame.n_tracks, 0);
    }
}

static void
bad_input_is_left_out(void **state)
{
    rv_tracker        self;
    rv_tracker_config cfg = rv_tracker_config_default();
    cfg.birth_hits        = 13;
    assert_int_equal(rv_tracker_init(&self, &cfg), RV_ERR_CONFIG);
    cfg = rv_tracker_config_default();
    assert_int_equal(rv_tracker_init(&self, &cfg), RV_OK);
    rv_tracker_frame frame;
    rv_detection     d = seen_at(NAN, 1.0, 0.1);
    for (uint64_t k = 1; k < 20; ++k) {
        d.covariance_m2[1] = k % 2 ? 1.0F : 0.0F;
        d.position_m[0]    = k % 2 ? 1.0F : NAN;
        assert_int_equal(rv_tracker_push(&self, k * step_us, &d, 1, false, &frame),
                         RV_OK);
        assert_int_equal(frame.n_tracks, 0);
    }
    const rv_tracker before = self;
    assert_int_equal(rv_tracker_push(&self, 0, NULL, 0, false, &frame), RV_ERR_RANGE);
    assert_memory_equal(&before, &self, sizeof self);
}

// Heights follow what is measured; who is seen is counted as active
static void
height_follows_and_the_seen_are_counted(void **state)
{
    rv_tracker              self;
    const rv_tracker_config cfg = rv_tracker_config_default();
    rv_tracker_frame        frame;
    assert_int_equal(rv_tracker_init(&self, &cfg), RV_OK);
    for (uint64_t k = 0; k < 1200; ++k) {
        rv_detection d[2]  = {seen_at(1.0, 1.0, 0.08), seen_at(4.0, 4.0, 0.08)};
        d[0].position_m[2] = k < 200 ? 1.0F : 1.6F;
        assert_int_equal(
            rv_tracker_push(&self, k * step_us, d, k < 1000 ? 2 : 1, false, &frame),
            RV_OK);
        if (k == 199 || k == 999 || k == 1199) {
            uint32_t n_active = 0;
            for (uint32_t t = 0; t < frame.n_tracks; ++t) {
                n_active += frame.track[t].state == RV_TRACKER_ACTIVE;
            }
            assert_int_equal(frame.n_active, n_active);
            assert_int_equal(n_active, k == 1199 ? 1 : 2);
            assert_true(fabsf(frame.track[0].position_m[2] - (k == 199 ? 1.0F : 1.6F)) <
                        0.15F);
        }
    }
}

// A covariance that is none, or a place outside the room, is left out
static void
impossible_covariances_are_left_out(void **state)
{
    const float             bad[][3] = {{0.01F, 0.0F, 0.0F},   {0.0F, 0.0F, 0.01F},
                                        {0.01F, 0.02F, 0.01F}, {0.01F, -0.011F, 0.01F},
                                        {1e5F, 0.0F, 0.01F},   {0.01F, 0.0F, 1e5F}};
    const rv_tracker_config cfg      = rv_tracker_config_default();
    for (size_t b = 0; b < sizeof bad / sizeof *bad; ++b) {
        rv_tracker       self;
        rv_tracker_frame frame;
        assert_int_equal(rv_tracker_init(&self, &cfg), RV_OK);
        for (uint64_t k = 1; k < 20; ++k) {
            rv_detection d = seen_at(1.0, 1.0, 0.1);
            memcpy(d.covariance_m2, bad[b], sizeof bad[b]);
            assert_int_equal(rv_tracker_push(&self, k * step_us, &d, 1, false, &frame),
                             RV_OK);
            assert_int_equal(frame.n_tracks, 0);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(someone_who_walks_keeps_a_number),
        cmocka_unit_test(who_is_unseen_stands_inside_the_walls),
        cmocka_unit_test(steady_gains_are_those_of_the_theory),
        cmocka_unit_test(covariance_is_true),
        cmocka_unit_test(two_who_cross_keep_their_numbers),
        cmocka_unit_test(two_who_meet_and_part_are_ambiguous_until_identified),
        cmocka_unit_test(who_stays_is_ambiguous_though_the_other_has_ended),
        cmocka_unit_test(clutter_gets_no_number),
        cmocka_unit_test(bad_input_is_left_out),
        cmocka_unit_test(height_follows_and_the_seen_are_counted),
        cmocka_unit_test(impossible_covariances_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
