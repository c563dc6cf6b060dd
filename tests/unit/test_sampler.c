// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/vital/sampler.h>

#include <math.h>

enum { K = 12 };

static rv_sampler s;
static int16_t    tone[K];

static void
push(const uint64_t t_us, const float gain, const float tilt, const bool moving)
{
    float re[K], im[K];
    for (int k = 0; k < K; ++k) {
        re[k] = gain * (1.0F + tilt * (k < K / 2 ? 1.0F : -1.0F));
        im[k] = 0.0F;
    }
    const rv_csi csi = {.t_us       = t_us,
                        .n_tones    = K,
                        .n_streams  = 1,
                        .spacing_hz = 312500,
                        .tone       = tone,
                        .re         = re,
                        .im         = im};
    rv_sampler_push(&s, &csi, moving);
}

static void
samples_are_means_over_the_rms(void **state)
{
    float    x[64][RV_SAMPLER_BANDS];
    uint32_t empty;
    rv_sampler_init(&s);
    for (uint64_t i = 0; i < 80; ++i) { // ten frames a slot of 100 ms would be 10 ms
        push(1000000 + i * 50000, i % 2 ? 1.0F : 7.0F, 0.1F, false);
    }
    assert_int_equal(rv_sampler_read(&s, s.slot, 4, 64, x, &empty), 8);
    assert_int_equal(empty, 0);
    const float rms = sqrtf(1.01F);
    for (int i = 0; i < 8; ++i) {
        // two tones to a band; the gain is gone
        assert_true(fabsf(x[i][0] - 2 * 1.1F / rms) < 1e-5F);
        assert_true(fabsf(x[i][RV_SAMPLER_BANDS - 1] - 2 * 0.9F / rms) < 1e-5F);
    }
    assert_int_equal(rv_sampler_read(&s, s.slot, 1, 5, x, &empty), 5);
    assert_int_equal(rv_sampler_read(&s, s.slot + 1, 1, 5, x, &empty), 0);
}

static void
motion_and_silence_begin_anew(void **state)
{
    float    x[64][RV_SAMPLER_BANDS];
    uint32_t empty;
    rv_sampler_init(&s);
    assert_int_equal(rv_sampler_reason(&s, 0), RV_REASON_NO_DATA);
    for (uint64_t i = 0; i < 40; ++i) {
        push(1000000 + i * 50000, 1.0F, 0.1F, i == 20);
    }
    assert_int_equal(rv_sampler_read(&s, s.slot, 1, 64, x, &empty), 8);
    push(3000000, 1.0F, 0.1F, true);
    assert_int_equal(rv_sampler_reason(&s, 3000000), RV_REASON_MOVING);
    push(3050000, 1.0F, 0.1F, false);
    push(3350000, 1.0F, 0.1F, false); // two slots without a frame repeat
    assert_int_equal(rv_sampler_read(&s, s.slot, 1, 64, x, &empty), 0);
    push(3450000, 1.0F, 0.1F, false);
    assert_int_equal(rv_sampler_read(&s, s.slot, 1, 64, x, &empty), 1);
    rv_sampler_interrupt(&s); // somebody whom this link does not see
    assert_int_equal(rv_sampler_reason(&s, 3450000), RV_REASON_MOVING);
    assert_int_equal(rv_sampler_read(&s, s.slot, 1, 64, x, &empty), 0);
    push(3450001, 1.0F, 0.1F, false); // late, and of the slot that is forgotten
    assert_int_equal(rv_sampler_reason(&s, 3450001), RV_REASON_MOVING);
    push(3550000, 1.0F, 0.1F, false);
    push(3650000, 1.0F, 0.1F, false);
    assert_int_equal(rv_sampler_read(&s, s.slot, 1, 64, x, &empty), 1);
    assert_int_equal(rv_sampler_reason(&s, 3650000), RV_REASON_NONE);
    assert_int_equal(rv_sampler_reason(&s, 6000000), RV_REASON_NO_DATA);
    push(9000000, 1.0F, 0.1F, false);
    assert_int_equal(rv_sampler_read(&s, s.slot, 1, 64, x, &empty), 0);
}

static void
a_minute_is_kept(void **state)
{
    static float x[700][RV_SAMPLER_BANDS];
    uint32_t     empty;
    rv_sampler_init(&s);
    for (uint64_t i = 0; i < 4000; ++i) {
        push(1000000 + i * 50000, 1.0F, 0.1F, false);
    }
    assert_int_equal(rv_sampler_read(&s, s.slot, 1, 700, x, &empty),
                     RV_SAMPLER_SLOTS - 1);
    assert_int_equal(rv_sampler_read(&s, s.slot - 24, 4, 150, x, &empty), 150);
    assert_int_equal(empty, 0);
}

/// Amplitude that is left of a wave in samples 0.4 s apart, and what is said of it
static double
left_of(const double hz)
{
    static float x[700][RV_SAMPLER_BANDS];
    uint32_t     empty;
    double       re = 0, im = 0;
    rv_sampler_init(&s);
    for (uint64_t i = 0; i < 1280;
         ++i) { // against a second tone, so that the RMS stays
        const uint64_t t = 50000 * i;
        const double   w = 0.01 * sin(6.283185307179586 * hz * (double)t * 1e-6);
        push(t + 1, 1.0F, (float)w, false);
    }
    const uint32_t n = rv_sampler_read(&s, s.slot, 4, 150, x, &empty);
    for (uint32_t i = 0; i < n; ++i) {
        const double hann  = 1 - cos(6.283185307179586 * (i + 0.5) / n);
        const double alias = fmod(hz, 2.5); // the wave as these samples show it
        const double angle = 6.283185307179586 * alias * 0.4 * i;
        re += hann * (double)(x[i][0] - x[i][RV_SAMPLER_BANDS - 1]) * cos(angle);
        im += hann * (double)(x[i][0] - x[i][RV_SAMPLER_BANDS - 1]) * sin(angle);
    }
    return sqrt(re * re + im * im) / n / 0.02; // two tones to a band, in antiphase
}

static void
fast_waves_stay_out_of_slow_samples(void **state)
{
    for (double hz = 0.1; hz < 1.1; hz += 0.1) {
        const double gain = (double)rv_sampler_gain(0.4F, (float)hz);
        assert_true(fabs(left_of(hz) / gain - 1) < 0.03);
    }
    assert_true(rv_sampler_gain(0.1F, 2.0F) == 1.0F);
    assert_true(left_of(1.9) < 0.03 && left_of(2.1) < 0.03);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_means_over_the_rms),
        cmocka_unit_test(motion_and_silence_begin_anew),
        cmocka_unit_test(a_minute_is_kept),
        cmocka_unit_test(fast_waves_stay_out_of_slow_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
