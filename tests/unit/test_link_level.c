// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/room/link_level.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { n_tones = 52 };

static void *
begin(rv_link_level *const self)
{
    const rv_link_level_config cfg     = rv_link_level_config_default(n_tones);
    size_t                     n_bytes = 0;
    assert_int_equal(rv_link_level_size(&cfg, &n_bytes), RV_OK);
    void *const mem = aligned_alloc(64, (n_bytes + 63) / 64 * 64);
    assert_int_equal(rv_link_level_init(self, &cfg, mem, n_bytes), RV_OK);
    return mem;
}

// A channel of `level` dB with a ripple over the tones, a scatterer of relative
// amplitude `moving`, and a receiver that amplifies by `gain` dB
static void
frame(float out[n_tones], const double t_s, const double level, const double moving,
      const double gain)
{
    const double pi = acos(-1.0);
    for (int k = 0; k < n_tones; ++k) {
        const double still = 1.0 + 0.3 * cos(0.2 * k);
        const double phase = 2.0 * pi * (7.3 * t_s + 0.013 * k);
        const double re    = still + moving * cos(phase);
        const double im    = moving * sin(phase);
        out[k]             = (float)(hypot(re, im) * pow(10.0, (level + gain) / 20.0));
    }
}

static void
motion_is_power_that_varies_over_power_that_stands(void **state)
{
    rv_link_level self;
    void *const   mem = begin(&self);
    float         amplitude[n_tones];
    for (int i = 0; i < 400; ++i) {
        const double t_s = i * 0.05 + 0.001 * (i * 37 % 11); // irregular sampling
        frame(amplitude, t_s, -50.0, 0.1, 0.0);
        assert_int_equal(rv_link_level_push(&self, (uint64_t)(t_s * 1e6) + 1000000,
                                            amplitude, -50.0F),
                         RV_OK);
    }
    // Closed form: amplitude moves by 0.1 cos(phase), variance 0.005, over mean power
    double power = 0.0;
    for (int k = 0; k < n_tones; ++k) {
        power += pow(1.0 + 0.3 * cos(0.2 * k), 2) / n_tones;
    }
    const double   wanted = 75.4447 * 0.005 / power;
    rv_room_sample sample;
    rv_link_level_sample(&self, 21000000, &sample);
    assert_true(sample.valid && !sample.has_baseline);
    assert_true(fabs(sample.variance_db2 / wanted - 1.0) < 0.15);
    free(mem);
}

static void
gain_steps_are_not_motion(void **state)
{
    rv_link_level  self;
    void *const    mem = begin(&self);
    float          amplitude[n_tones];
    rv_room_sample sample;
    rv_link_level_learn(&self);
    for (int i = 0; i < 1200; ++i) {
        // The receiver steps by 3 dB for good every second and by 1 dB now and then
        const double gain = 3.0 * (i / 20 % 3) + (i % 23 == 0);
        if (i == 600) {
            assert_int_equal(rv_link_level_finish(&self), RV_OK);
        }
        // Half-way the link itself loses 4 dB, which RSSI sees
        const double level = i < 600 ? -50.0 : -54.0;
        frame(amplitude, i * 0.05, level, 0.0, gain);
        assert_int_equal(
            rv_link_level_push(&self, (uint64_t)i * 50000, amplitude, (float)level),
            RV_OK);
    }
    rv_link_level_sample(&self, 1199 * 50000, &sample);
    assert_true(sample.variance_db2 < 1e-3F);
    assert_true(sample.has_baseline);
    assert_true(fabsf(sample.loss_db - 4.0F) < 0.2F);
    free(mem);
}

static void
silence_is_stale_and_bad_frames_change_nothing(void **state)
{
    rv_link_level  self;
    void *const    mem = begin(&self);
    float          amplitude[n_tones];
    rv_room_sample sample;
    rv_link_level_sample(&self, 5, &sample);
    assert_false(sample.valid);
    for (int i = 0; i < 100; ++i) {
        frame(amplitude, i * 0.05, -40.0, 0.05, 0.0);
        assert_int_equal(rv_link_level_push(&self, (uint64_t)i * 50000, amplitude, NAN),
                         RV_OK);
    }
    rv_link_level_sample(&self, 100 * 50000, &sample);
    assert_true(sample.valid);
    rv_link_level_sample(&self, 100 * 50000 + 600000, &sample);
    assert_false(sample.valid);
    const rv_link_level before = self;
    amplitude[3]               = NAN;
    assert_int_equal(rv_link_level_push(&self, 9000000, amplitude, NAN),
                     RV_ERR_NONFINITE);
    assert_int_equal(rv_link_level_push(&self, 1, amplitude, NAN), RV_ERR_RANGE);
    assert_memory_equal(&before, &self, sizeof self);
    assert_int_equal(rv_link_level_finish(&self), RV_ERR_STATE);
    free(mem);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(motion_is_power_that_varies_over_power_that_stands),
        cmocka_unit_test(gain_steps_are_not_motion),
        cmocka_unit_test(silence_is_stale_and_bad_frames_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
