// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/random.h>
#include <ruview/people/stride.h>

#include <math.h>
#include <string.h>

enum { tones = 52 };

static rv_stride_link link;
static rv_stride      self;

typedef struct {
    double echo;   ///< Of the leg, over the standing path
    double hz;     ///< Its Doppler shift
    double steps;  ///< A second; 0: it does not beat
    double noise;  ///< Sigma of re and im
    double rate;   ///< Frames a second
    double turn_s; ///< Stops for 0.6 s so often; 0: never
} walk;

// One frame: a standing path, a trunk at 9 Hz, and a leg that swings at every step
static void
push(const walk *const w, const double t, rv_random *const random)
{
    static float   re[tones], im[tones];
    static int16_t tone[tones];
    const double   turning = w->turn_s > 0.0 ? fmod(t, w->turn_s) < 0.6 : 0.0;
    const double   swing =
        w->steps > 0.0 ? pow(sin(3.14159265358979 * w->steps * t), 2) : 1.0;
    const double leg   = turning != 0.0 ? 0.0 : w->echo * swing;
    const double trunk = turning != 0.0 ? 0.0 : 3.0 * w->echo;
    for (int k = 0; k < tones; ++k) {
        tone[k]        = (int16_t)(k < 26 ? k - 26 : k - 25);
        const double d = -2.0 * 3.14159265358979 * 312500.0 * 40e-9 * tone[k];
        const double a = d + 2.0 * 3.14159265358979 * w->hz * t;
        const double b = d + 2.0 * 3.14159265358979 * 9.0 * t;
        re[k]          = (float)(1.0 + leg * cos(a) + trunk * cos(b) +
                        w->noise * rv_random_normal_f64(random));
        im[k]          = (float)(leg * sin(a) + trunk * sin(b) +
                        w->noise * rv_random_normal_f64(random));
    }
    const rv_csi csi = {.t_us       = 1000000 + (uint64_t)(t * 1e6),
                        .n_tones    = tones,
                        .n_streams  = 1,
                        .spacing_hz = 312500,
                        .tone       = tone,
                        .re         = re,
                        .im         = im};
    rv_stride_link_push(&link, &csi);
}

// As one link of as many as are asked for; the newest motion
static float
follow(const walk *const w, const double seconds, const uint64_t seed)
{
    const rv_stride_config cfg = rv_stride_config_default();
    rv_random              random;
    float                  motion = 0.0F;
    rv_random_init(&random, seed, 1);
    memset(&link, 0, sizeof link);
    memset(&self, 0, sizeof self);
    int frame = 0;
    for (int cycle = 1; cycle * 0.05 < seconds; ++cycle) {
        for (; frame / w->rate <= cycle * 0.05; ++frame) {
            push(w, frame / w->rate, &random);
        }
        const bool known =
            rv_stride_link_motion(&link, 1000000 + (uint64_t)cycle * 50000, &motion);
        rv_stride_push(&self, &cfg, motion, known ? cfg.links : 0);
    }
    return motion;
}

static void
a_step_is_counted(void **state)
{
    const rv_stride_config cfg = rv_stride_config_default();
    for (int k = 0; k < 4; ++k) {
        const double stride = 0.85 + 0.2 * k;
        const walk   w      = {.echo  = 0.03,
                               .hz    = 29.0,
                               .steps = 2.0 * stride,
                               .noise = 0.05,
                               .rate  = 100.0};
        float        hz     = 0.0F;
        (void)follow(&w, 20.0, 3);
        assert_int_equal(rv_stride_measure(&self, &cfg, &hz), RV_REASON_NONE);
        assert_true(fabs((double)hz - stride) < 0.01);
    }
}

// Turns and stops are left out: what beats there is not the step
static void
stops_are_left_out(void **state)
{
    const rv_stride_config cfg = rv_stride_config_default();
    const walk             w   = {.echo   = 0.03,
                                  .hz     = 29.0,
                                  .steps  = 2.3,
                                  .noise  = 0.05,
                                  .rate   = 100.0,
                                  .turn_s = 3.1};
    float                  hz  = 0.0F;
    (void)follow(&w, 60.0, 5);
    assert_int_equal(rv_stride_measure(&self, &cfg, &hz), RV_REASON_NONE);
    assert_true(fabs((double)hz - 1.15) < 0.015);
    assert_true(self.steady_s > 20.0F && self.steady_s < 50.0F);
}

// Without noise every shift's power grows with the square of the echo
static void
motion_is_ln_of_power(void **state)
{
    walk w = {.echo = 1e-3, .hz = 30.0, .rate = 100.0};
    (void)follow(&w, 0.52, 1);
    const float once = link.mean;
    w.echo           = 2e-3;
    (void)follow(&w, 0.52, 1);
    assert_true(fabsf(link.mean - once - 3.0F * logf(4.0F)) < 1e-2F);
}

static void
noise_has_no_stride(void **state)
{
    const rv_stride_config cfg   = rv_stride_config_default();
    const walk             w     = {.noise = 0.02, .rate = 100.0};
    int                    known = 0;
    for (uint64_t seed = 1; seed <= 20; ++seed) {
        float hz = 0.0F;
        (void)follow(&w, 30.0, seed);
        known += rv_stride_measure(&self, &cfg, &hz) == RV_REASON_NONE;
    }
    print_message("a stride in %d of 20 walks of noise alone\n", known);
    assert_true(known <= 3);
}

static void
what_is_missing_is_said(void **state)
{
    rv_stride_config cfg = rv_stride_config_default();
    walk  slow = {.echo = 0.03, .hz = 29.0, .steps = 2.2, .noise = 0.05, .rate = 50.0};
    float hz   = 0.0F;
    (void)follow(&slow, 20.0, 1);
    assert_int_equal(rv_stride_measure(&self, &cfg, &hz), RV_REASON_RATE_TOO_LOW);
    slow.rate = 100.0;
    (void)follow(&slow, 5.0, 1);
    assert_int_equal(rv_stride_measure(&self, &cfg, &hz), RV_REASON_WARMING_UP);
    for (int k = 0; k < 400; ++k) { // too few links
        rv_stride_push(&self, &cfg, 1.0F, cfg.links - 1);
        rv_stride_push(&self, &cfg, NAN, cfg.links);
    }
    assert_int_equal(rv_stride_measure(&self, &cfg, &hz), RV_REASON_WARMING_UP);
    assert_true(hz == 0.0F);
    cfg.period_us = 10000;
    assert_int_equal(rv_stride_config_check(&cfg), RV_ERR_CONFIG);
    const uint32_t before   = link.count;
    static float   zero[1]  = {0.0F};
    static int16_t tone0[1] = {0};
    const rv_csi   csi      = {.t_us           = 99000000,
                               .n_tones        = 1,
                               .n_streams      = 1,
                               .spacing_hz     = 312500,
                               .tone           = tone0,
                               .re             = zero,
                               .im             = zero,
                               .amplitude_only = true};
    rv_stride_link_push(&link, &csi);
    assert_int_equal(link.count, before);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_is_counted),
        cmocka_unit_test(stops_are_left_out),
        cmocka_unit_test(motion_is_ln_of_power),
        cmocka_unit_test(noise_has_no_stride),
        cmocka_unit_test(what_is_missing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
