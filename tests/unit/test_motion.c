// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/random.h>
#include <ruview/vital/motion.h>
#include <ruview/vital/presence.h>

#include <math.h>
#include <string.h>

enum { K = 56 };

static int16_t tone[K];

/// A link whose frames are a fixed channel, noise and what the test adds
typedef struct {
    rv_motion motion;
    rv_random random;
    float     re[K], im[K];
    uint64_t  t_us;
} bench;

static void
start(bench *const b, const uint64_t seed)
{
    const rv_motion_config config = rv_motion_config_default();
    for (int k = 0; k < K; ++k) {
        tone[k] = (int16_t)(k < 28 ? k - 28 : k - 27);
    }
    rv_random_init(&b->random, seed, 0);
    b->t_us = 1000000;
    assert_int_equal(rv_motion_init(&b->motion, &config, NULL, 0), RV_OK);
}

/// A frame of amplitudes as they are in `re`
static void
push(bench *const b, const double period_s)
{
    b->t_us += (uint64_t)(period_s * 1e6);
    const rv_csi csi = {.t_us       = b->t_us,
                        .n_tones    = K,
                        .n_streams  = 1,
                        .spacing_hz = 312500,
                        .tone       = tone,
                        .re         = b->re,
                        .im         = b->im};
    rv_motion_push(&b->motion, &csi);
}

/// One frame: `wobble` moves a second path by that many radians, `gain` scales all
static void
feed(bench *const b, const double period_s, const double noise, const double wobble,
     const double gain)
{
    for (int k = 0; k < K; ++k) {
        const double f     = tone[k] * 0.02;
        const double phase = 1.0 + 3.0 * f + wobble * (1 + 0.05 * f);
        const double re    = cos(f) + 0.3 * cos(phase);
        const double im    = sin(f) + 0.3 * sin(phase);
        b->re[k] = (float)(gain * (re + noise * rv_random_normal_f64(&b->random)));
        b->im[k] = (float)(gain * (im + noise * rv_random_normal_f64(&b->random)));
    }
    push(b, period_s);
}

static rv_motion_result
now(const bench *const b)
{
    rv_motion_result r;
    rv_motion_result_at(&b->motion, b->t_us, &r);
    return r;
}

static void
walking_is_seen_within_a_second(void **state)
{
    static bench b;
    start(&b, 1);
    assert_int_equal(now(&b).reason, RV_REASON_NO_DATA);
    for (int i = 0; i < 500; ++i) {
        feed(&b, 0.01, 0.02, 0.0, 1.0);
    }
    rv_motion_result r = now(&b);
    assert_int_equal(r.reason, RV_REASON_NONE);
    assert_false(r.moving);
    assert_true(fabs((double)r.rate_hz.value - 100) < 1);
    for (int i = 0; i < 100; ++i) { // 2 v / lambda at 1 m/s: 16 Hz
        feed(&b, 0.01, 0.02, 2 * 3.14159 * 16 * 0.01 * i, 1.0);
    }
    r = now(&b);
    assert_true(r.moving && r.level.value > 0.33F);
    for (int i = 0; i < 300; ++i) {
        feed(&b, 0.01, 0.02, 0.0, 1.0);
    }
    assert_false(now(&b).moving);
}

/// Share of windows called significant under noise alone
static double
false_alarms(const double period_s, const int n, const double toggle, const double loss,
             const uint64_t seed)
{
    static bench b;
    start(&b, seed);
    uint64_t last = 0;
    int      hits = 0, windows = 0;
    for (int i = 0; i < n; ++i) {
        const double gain = rv_random_uniform_f64(&b.random) < toggle ? 1.26 : 1.0;
        if (rv_random_uniform_f64(&b.random) < loss) {
            b.t_us += (uint64_t)(period_s * 1e6);
            continue;
        }
        feed(&b, period_s, 0.02, 0.0, gain);
        const rv_motion_result r = now(&b);
        if (r.reason == RV_REASON_NONE && r.t_us != last) {
            last = r.t_us;
            hits += r.stirring;
            assert_false(r.moving);
            ++windows;
        }
    }
    assert_true(windows > 100);
    return (double)hits / windows;
}

static void
quiet_stays_quiet_at_any_rate(void **state)
{
    // designed for 1e-3; the noise of the test has more independent tones than a room
    assert_true(false_alarms(0.01, 30000, 0.0, 0.0, 2) <= 2e-3);
    assert_true(false_alarms(0.01, 30000, 0.1, 0.2, 3) <= 2e-3); // AGC steps and loss
    assert_true(false_alarms(0.05, 20000, 0.1, 0.05, 4) <= 2e-3);
    assert_true(false_alarms(0.1, 10000, 0.1, 0.05, 5) <= 2e-3);
}

static void
slow_streams_learn_from_their_past(void **state)
{
    static bench b;
    start(&b, 6);
    for (int i = 0; i < 15; ++i) {
        feed(&b, 0.1, 0.02, 0.0, 1.0);
    }
    assert_int_equal(now(&b).reason, RV_REASON_WARMING_UP);
    for (int i = 0; i < 150; ++i) {
        feed(&b, 0.1, 0.02, 0.0, 1.0);
    }
    assert_int_equal(now(&b).reason, RV_REASON_NONE);
    assert_false(now(&b).moving);
    double phase = 0;
    for (int i = 0; i < 20;
         ++i) { // steps of up to a turn: no memory from frame to frame
        phase += 6.0 * rv_random_uniform_f64(&b.random);
        feed(&b, 0.1, 0.02, phase, 1.0);
    }
    assert_true(now(&b).moving);
}

static void
too_slow_and_silent_are_reasons(void **state)
{
    static bench b;
    start(&b, 7);
    for (int i = 0; i < 60; ++i) {
        feed(&b, 0.5, 0.02, 0.0, 1.0);
    }
    assert_int_equal(now(&b).reason, RV_REASON_RATE_TOO_LOW);
    b.t_us += 5000000;
    assert_int_equal(now(&b).reason, RV_REASON_NO_DATA);
    assert_false(now(&b).moving);
}

static void
bad_frames_are_passed_over(void **state)
{
    static bench b;
    start(&b, 8);
    for (int i = 0; i < 400; ++i) {
        feed(&b, 0.01, 0.02, 0.0,
             i % 50 == 20   ? 0.0
             : i % 50 == 30 ? (double)NAN
                            : 1.0);
    }
    assert_int_equal(now(&b).reason, RV_REASON_NONE);
    assert_false(now(&b).moving);
}

/// What 100 frames a second of quiet come to when every frame is handled by `alter`
static void
assert_quiet(void (*const alter)(bench *, int), const uint64_t seed)
{
    static bench b;
    start(&b, seed);
    memset(b.im, 0, sizeof b.im);
    uint64_t last = 0;
    int      hits = 0, windows = 0;
    for (int i = 0; i < 20000; ++i) {
        alter(&b, i);
        const rv_motion_result r = now(&b);
        if (r.reason == RV_REASON_NONE && r.t_us != last) {
            last = r.t_us;
            hits += r.stirring;
            assert_false(r.moving);
            ++windows;
        }
    }
    assert_true(windows > 500 && hits <= windows / 500);
}

static double
shape_of(const int k)
{
    return 1.0 + 0.3 * cos(0.1 * k);
}

/// Noise common to each of four groups of tones, as a steady interferer makes it
static void
in_groups(bench *const b, const int i)
{
    double noise[4];
    for (int g = 0; g < 4; ++g) {
        noise[g] = 0.02 * rv_random_normal_f64(&b->random);
    }
    for (int k = 0; k < K; ++k) {
        b->re[k] = (float)(shape_of(k) + noise[k / (K / 4)]);
    }
    push(b, 0.01);
}

/// The mean of two frames, as a filter leaves it
static void
filtered(bench *const b, const int i)
{
    static float before[K];
    for (int k = 0; k < K; ++k) {
        const float x = (float)(0.02 * rv_random_normal_f64(&b->random));
        b->re[k]      = (float)shape_of(k) + 0.5F * (x + before[k]);
        before[k]     = x;
    }
    push(b, 0.01);
}

/// Every frame twice
static void
twice(bench *const b, const int i)
{
    for (int k = 0; k < K && i % 2 == 0; ++k) {
        b->re[k] = (float)(shape_of(k) + 0.02 * rv_random_normal_f64(&b->random));
    }
    push(b, i % 2 ? 0.004 : 0.006);
}

/// Frames of a second sender in between, now and then several
static void
two_senders(bench *const b, const int i)
{
    const bool other = i % 7 == 0 || i % 90 < 5;
    for (int k = 0; k < K; ++k) {
        b->re[k] = (float)(shape_of(other ? 3 * k : k) +
                           0.02 * rv_random_normal_f64(&b->random));
    }
    push(b, 0.01);
}

static void
what_is_no_body_is_no_motion(void **state)
{
    assert_quiet(in_groups, 9);
    assert_quiet(filtered, 10);
    assert_quiet(twice, 11);
    assert_quiet(two_senders, 12);
}

static void
presence_says_what_it_cannot_tell(void **state)
{
    const rv_presence_config config = rv_presence_config_default();
    rv_presence              presence;
    rv_presence_result       out;
    assert_int_equal(rv_presence_init(&presence, &config), RV_OK);
    rv_presence_update(&presence, 1000000, NULL, 0, &out);
    assert_int_equal(out.presence, RV_PRESENCE_UNKNOWN);
    assert_int_equal(out.presence_reason, RV_REASON_NO_DATA);

    rv_presence_link link = {
        .motion    = {.statistic = rv_known(0.5F, 1, 1), .level = rv_known(0, 0, 1)},
        .deviation = rv_unknown(RV_REASON_NOT_CALIBRATED),
        .field     = rv_unknown(RV_REASON_NOT_CALIBRATED),
        .breathing = rv_unknown(RV_REASON_LOW_QUALITY)};
    rv_presence_update(&presence, 2000000, &link, 1, &out);
    assert_int_equal(out.presence, RV_PRESENCE_UNKNOWN);
    assert_int_equal(out.presence_reason, RV_REASON_CANNOT_TELL);
    assert_int_equal(out.moving, RV_PRESENCE_NO);

    link.deviation = rv_known(0.4F, 1, 1); // a baseline, and the room looks like it
    rv_presence_update(&presence, 3000000, &link, 1, &out);
    assert_int_equal(out.presence, RV_PRESENCE_NO);
    assert_true(out.occupancy.value == 0 && rv_is_known(out.occupancy));

    link.motion.moving    = true;
    link.motion.statistic = rv_known(9, 1, 1);
    rv_presence_update(&presence, 4000000, &link, 1, &out);
    assert_int_equal(out.presence, RV_PRESENCE_YES);
    assert_true(out.at_least && out.occupancy.value == 1);

    link.motion.moving    = false;
    link.motion.statistic = rv_known(0, 1, 1);
    rv_presence_update(&presence, 40000000, &link, 1, &out);
    assert_int_equal(out.presence, RV_PRESENCE_YES); // remembered
    rv_presence_update(&presence, 70000000, &link, 1, &out);
    assert_int_equal(out.presence, RV_PRESENCE_NO);

    link.breathing = rv_known(15, 1, 0.8F);
    rv_presence_update(&presence, 71000000, &link, 1, &out);
    assert_int_equal(out.presence, RV_PRESENCE_YES);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walking_is_seen_within_a_second),
        cmocka_unit_test(quiet_stays_quiet_at_any_rate),
        cmocka_unit_test(slow_streams_learn_from_their_past),
        cmocka_unit_test(too_slow_and_silent_are_reasons),
        cmocka_unit_test(bad_frames_are_passed_over),
        cmocka_unit_test(what_is_no_body_is_no_motion),
        cmocka_unit_test(presence_says_what_it_cannot_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
