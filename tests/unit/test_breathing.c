// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/random.h>
#include <ruview/vital/breathing.h>

#include <math.h>
#include <stdlib.h>

enum { K = 56 };

static rv_breathing b;
static rv_sampler   sampler;
static rv_fft       fft;
static rv_random    random_state;
static int16_t      tone[K];

typedef struct {
    double bpm, amplitude, noise, jitter_s, loss, toggle;
    double ramp;      ///< Per second
    double spike;     ///< Of four frames, 15 s before the end
    int    broken_at; ///< Frame that is not finite; 0 none
    int    moving_at; ///< Frame flagged as moving; 0 none
} signal;

static rv_breathing_result
run(const signal *const s, const double seconds)
{
    static float              re[K], im[K];
    const rv_breathing_config config = rv_breathing_config_default();
    const double              period = 0.05;
    rv_breathing_result       r;
    uint64_t                  last = 0;
    assert_int_equal(rv_breathing_init(&b, &config), RV_OK);
    rv_sampler_init(&sampler);
    for (int i = 0; i < (int)(seconds / period); ++i) {
        if (rv_random_uniform_f64(&random_state) < s->loss) {
            continue;
        }
        const double t =
            period * i + s->jitter_s * rv_random_uniform_f64(&random_state);
        const bool   spiked = i >= 900 && i < 904;
        const double wave   = s->ramp * t + (spiked ? s->spike : 0) +
                            s->amplitude * sin(2 * 3.14159265358979 * s->bpm / 60 * t);
        const double gain =
            rv_random_uniform_f64(&random_state) < s->toggle ? 1.26 : 1.0;
        for (int k = 0; k < K; ++k) {
            tone[k] = (int16_t)(k < 28 ? k - 28 : k - 27);
            // half of the tones breathe in, half out: a sum over tones would see
            // nothing
            re[k] = (float)(gain *
                            (1 + 0.3 * cos(0.1 * tone[k]) + wave * sin(0.11 * tone[k]) +
                             s->noise * rv_random_normal_f64(&random_state)));
            im[k] = (float)(gain * s->noise * rv_random_normal_f64(&random_state));
        }
        re[7]            = s->broken_at && i == s->broken_at ? NAN : re[7];
        const rv_csi csi = {.t_us       = 1000000 + (uint64_t)(t * 1e6),
                            .n_tones    = K,
                            .n_streams  = 1,
                            .spacing_hz = 312500,
                            .tone       = tone,
                            .re         = re,
                            .im         = im};
        rv_sampler_push(&sampler, &csi, s->moving_at && i == s->moving_at);
        last = csi.t_us;
        (void)rv_breathing_look(&b, &sampler, &fft, last, NULL);
    }
    rv_breathing_result_at(&b, &sampler, last, &r);
    return r;
}

static void
rates_come_out_right(void **state)
{
    rv_random_init(&random_state, 1, 0);
    for (int bpm = 6; bpm <= 36; bpm += 5) {
        const signal              s = {.bpm       = bpm,
                                       .amplitude = 0.004,
                                       .noise     = 0.02,
                                       .jitter_s  = 0.02,
                                       .loss      = 0.1,
                                       .toggle    = 0.1};
        const rv_breathing_result r = run(&s, 60);
        assert_true(rv_is_known(r.bpm));
        assert_true(fabs((double)r.bpm.value - bpm) < 0.5);
        assert_true(fabs((double)r.bpm.value - bpm) < 3 * (double)r.bpm.sigma);
    }
}

static void
noise_is_no_breath(void **state)
{
    rv_random_init(&random_state, 2, 0);
    for (int i = 0; i < 20; ++i) {
        const signal s = {.noise = 0.02, .jitter_s = 0.02, .loss = 0.1, .toggle = 0.1};
        const rv_breathing_result r = run(&s, 60);
        assert_int_equal(r.bpm.reason, RV_REASON_LOW_QUALITY);
    }
}

static void
never_while_moving_nor_too_early(void **state)
{
    rv_random_init(&random_state, 3, 0);
    signal s = {.bpm = 15, .amplitude = 0.02, .noise = 0.01};
    assert_int_equal(run(&s, 12).bpm.reason, RV_REASON_WARMING_UP);
    assert_true(rv_is_known(run(&s, 40).bpm));
    s.moving_at = 799; // the last frame but one
    assert_int_equal(run(&s, 40).bpm.reason, RV_REASON_MOVING);
    s.moving_at = 600; // ten seconds ago: too short since
    assert_int_equal(run(&s, 40).bpm.reason, RV_REASON_WARMING_UP);
}

static void
silence_is_no_data(void **state)
{
    rv_random_init(&random_state, 4, 0);
    const signal        s = {.bpm = 15, .amplitude = 0.02, .noise = 0.01};
    rv_breathing_result r = run(&s, 40);
    rv_breathing_result_at(&b, &sampler, r.t_us + 10000000, &r);
    assert_int_equal(r.bpm.reason, RV_REASON_NO_DATA);
}

static void
plan(void)
{
    size_t       n = 0;
    static float memory[4 * RV_VITAL_FFT];
    if (rv_fft_size(RV_VITAL_FFT, &n) != RV_OK ||
        rv_fft_init(&fft, RV_VITAL_FFT, memory, n <= sizeof memory ? n : 0) != RV_OK) {
        exit(1);
    }
}

static void
what_turns_is_no_breath(void **state)
{
    // the same rate on every band, but each band at another moment
    static float              re[K], im[K];
    const rv_breathing_config config = rv_breathing_config_default();
    rv_breathing_result       r;
    uint64_t                  t_us = 0;
    rv_random_init(&random_state, 5, 0);
    assert_int_equal(rv_breathing_init(&b, &config), RV_OK);
    rv_sampler_init(&sampler);
    for (int i = 0; i < 1200; ++i) {
        t_us = 1000000 + (uint64_t)i * 50000;
        for (int k = 0; k < K; ++k) {
            tone[k] = (int16_t)(k < 28 ? k - 28 : k - 27);
            re[k]   = (float)(1 + 0.05 * sin(1.6 * 0.05 * i + 0.11 * tone[k]) +
                            0.02 * rv_random_normal_f64(&random_state));
            im[k]   = (float)(0.02 * rv_random_normal_f64(&random_state));
        }
        const rv_csi csi = {.t_us       = t_us,
                            .n_tones    = K,
                            .n_streams  = 1,
                            .spacing_hz = 312500,
                            .tone       = tone,
                            .re         = re,
                            .im         = im};
        rv_sampler_push(&sampler, &csi, false);
        (void)rv_breathing_look(&b, &sampler, &fft, t_us, NULL);
    }
    rv_breathing_result_at(&b, &sampler, t_us, &r);
    assert_int_equal(r.bpm.reason, RV_REASON_INTERFERENCE);
}

static void
drift_and_a_spike_are_no_breath(void **state)
{
    rv_random_init(&random_state, 6, 0);
    const signal ramp = {.noise = 0.005, .ramp = 0.004};
    assert_false(rv_is_known(run(&ramp, 60).bpm));
    const signal spike = {.noise = 0.005, .spike = 0.2};
    assert_false(rv_is_known(run(&spike, 60).bpm));
}

static void
a_broken_frame_does_no_lasting_harm(void **state)
{
    rv_random_init(&random_state, 7, 0);
    const signal s = {.bpm = 15, .amplitude = 0.02, .noise = 0.01, .broken_at = 300};
    const rv_breathing_result r = run(&s, 60);
    assert_true(rv_is_known(r.bpm));
    assert_true(fabs((double)r.bpm.value - 15) < 0.5);
}

int
main(void)
{
    plan();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_come_out_right),
        cmocka_unit_test(noise_is_no_breath),
        cmocka_unit_test(never_while_moving_nor_too_early),
        cmocka_unit_test(silence_is_no_data),
        cmocka_unit_test(what_turns_is_no_breath),
        cmocka_unit_test(drift_and_a_spike_are_no_breath),
        cmocka_unit_test(a_broken_frame_does_no_lasting_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
