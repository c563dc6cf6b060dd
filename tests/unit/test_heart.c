// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/random.h>
#include <ruview/vital/heart.h>

#include <math.h>

enum { K = 56 };

static rv_breathing breathing;
static rv_sampler   sampler;
static rv_fft       fft;
static float        fft_memory[4 * RV_VITAL_FFT];
static rv_heart     heart;

/// Two minutes of breath and beat; counts answers and those more than 3 per minute off
static void
run(const uint64_t seed, const double breath_bpm, const double heart_bpm,
    const double leakage, const double amplitude, int *const answers, int *const wrong)
{
    static int16_t            tone[K];
    static float              re[K], im[K];
    const rv_breathing_config bc = rv_breathing_config_default();
    const rv_heart_config     hc = rv_heart_config_default();
    const double              pi = 3.14159265358979;
    rv_random                 random;
    rv_random_init(&random, seed, 0);
    size_t n = 0;
    assert_int_equal(rv_fft_size(RV_VITAL_FFT, &n), RV_OK);
    assert_true(n <= sizeof fft_memory);
    assert_int_equal(rv_fft_init(&fft, RV_VITAL_FFT, fft_memory, n), RV_OK);
    assert_int_equal(rv_breathing_init(&breathing, &bc), RV_OK);
    rv_sampler_init(&sampler);
    assert_int_equal(rv_heart_init(&heart, &hc), RV_OK);
    *answers = 0;
    *wrong   = 0;
    for (int i = 0; i < 2400; ++i) {
        const double t = 0.05 * i;
        const double s =
            amplitude * (leakage * sin(2 * pi * breath_bpm / 60 * t) +
                         (heart_bpm > 0 ? sin(2 * pi * heart_bpm / 60 * t) : 0));
        for (int k = 0; k < K; ++k) {
            tone[k] = (int16_t)(k < 28 ? k - 28 : k - 27);
            re[k]   = (float)(1 + 0.3 * cos(0.1 * tone[k]) + s * sin(0.12 * tone[k]) +
                            0.02 * rv_random_normal_f64(&random));
            im[k]   = (float)(0.02 * rv_random_normal_f64(&random));
        }
        const rv_csi        csi = {.t_us       = 1000000 + (uint64_t)i * 50000,
                                   .n_tones    = K,
                                   .n_streams  = 1,
                                   .spacing_hz = 312500,
                                   .tone       = tone,
                                   .re         = re,
                                   .im         = im};
        rv_breathing_result b;
        rv_heart_result     h;
        rv_sampler_push(&sampler, &csi, false);
        (void)rv_breathing_look(&breathing, &sampler, &fft, csi.t_us, NULL);
        rv_breathing_result_at(&breathing, &sampler, csi.t_us, &b);
        (void)rv_heart_look(&heart, &sampler, &fft, csi.t_us, &b.bpm);
        rv_heart_result_at(&heart, &sampler, csi.t_us, &h);
        if (rv_is_known(h.bpm)) {
            ++*answers;
            *wrong += fabs((double)h.bpm.value - heart_bpm) > 3;
        }
    }
}

static void
a_beat_beside_a_strong_breath_is_found(void **state)
{
    int answers, wrong;
    run(1, 14, 76, 10, 0.007, &answers, &wrong);
    assert_true(answers > 600);
    assert_int_equal(wrong, 0);
}

static void
leakage_is_never_a_beat(void **state)
{
    static const double leakage[3] = {3, 30, 100};
    for (int i = 0; i < 6; ++i) {
        int answers, wrong;
        run(10 + (uint64_t)i, 11 + 2 * i, 55 + 9 * i, leakage[i % 3], 0.007, &answers,
            &wrong);
        assert_int_equal(wrong, 0);
        run(20 + (uint64_t)i, 11 + 2 * i, 0, leakage[i % 3], 0.007, &answers, &wrong);
        assert_int_equal(answers, 0);
    }
}

static void
without_a_breath_there_is_no_heart(void **state)
{
    int answers, wrong;
    run(30, 14, 0, 0, 0.0, &answers, &wrong);
    assert_int_equal(answers, 0);
    rv_heart_result r;
    rv_heart_result_at(&heart, &sampler, 1000000000, &r);
    assert_int_equal(r.bpm.reason, RV_REASON_NO_DATA);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_beat_beside_a_strong_breath_is_found),
        cmocka_unit_test(leakage_is_never_a_beat),
        cmocka_unit_test(without_a_breath_there_is_no_heart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
