// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/room/link_level.h>

#include "platform/lend.h"

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
    void *const mem = rv_lend(n_bytes);
    assert_int_equal(rv_link_level_init(self, &cfg, mem, n_bytes), RV_OK);
    return mem;
}

typedef struct {
    float  re[n_tones], im[n_tones];
    rv_csi csi;
} packet;

// A normalised frame: a channel of `level` dB with a ripple over the tones, a scatterer
// of relative amplitude `moving`, and a receiver that amplifies by `gain` dB
static const rv_csi *
frame(packet *const out, const double t_s, const double level, const double moving,
      const double gain)
{
    const double pi    = acos(-1.0);
    double       power = 0.0;
    double       amplitude[n_tones];
    for (int k = 0; k < n_tones; ++k) {
        const double still = 1.0 + 0.3 * cos(0.2 * k);
        const double phase = 2.0 * pi * (7.3 * t_s + 0.013 * k);
        amplitude[k]       = hypot(still + moving * cos(phase), moving * sin(phase)) *
                       pow(10.0, (level + gain) / 20.0);
        power += amplitude[k] * amplitude[k] / n_tones;
    }
    for (int k = 0; k < n_tones; ++k) { // any phase will do
        out->re[k] = (float)(amplitude[k] / sqrt(power) * cos(3.0 * k + t_s));
        out->im[k] = (float)(amplitude[k] / sqrt(power) * sin(3.0 * k + t_s));
    }
    out->csi = (rv_csi){.t_us      = (uint64_t)(t_s * 1e6) + 1000000,
                        .n_tones   = n_tones,
                        .n_streams = 1,
                        .re        = out->re,
                        .im        = out->im,
                        .gain_db   = (float)(10.0 * log10(power))};
    return &out->csi;
}

static void
motion_is_power_that_varies_over_power_that_stands(void **state)
{
    rv_link_level self;
    void *const   mem = begin(&self);
    packet        p;
    for (int i = 0; i < 400; ++i) {
        const double t_s = i * 0.05 + 0.001 * (i * 37 % 11); // irregular sampling
        assert_int_equal(rv_link_level_push(&self, frame(&p, t_s, -50.0, 0.1, 0.0),
                                            rv_known(-50.0F, 0.5F, 1.0F)),
                         RV_OK);
    }
    // Closed form: amplitude moves by 0.1 cos(phase), variance 0.005, over mean power
    double power = 0.0;
    for (int k = 0; k < n_tones; ++k) {
        power += pow(1.0 + 0.3 * cos(0.2 * k), 2) / n_tones;
    }
    const double         wanted = 75.4447 * 0.005 / power;
    const rv_room_sample sample = rv_link_level_get(&self);
    assert_true(sample.valid && !sample.has_baseline);
    assert_true(fabs(sample.variance_db2 / wanted - 1.0) < 0.15);
    free(mem);
}

static void
gain_steps_are_not_motion(void **state)
{
    rv_link_level self;
    void *const   mem = begin(&self);
    packet        p;
    for (int i = 0; i < 1200; ++i) {
        // The receiver steps by 3 dB for good every second and by 1 dB now and then
        const double gain = 3.0 * (i / 20 % 3) + (i % 23 == 0);
        if (i == 600) {
            rv_link_level_set_base(&self);
        }
        // Half-way the link itself loses 4 dB, which the reported power sees
        const double level = i < 600 ? -50.0 : -54.0;
        assert_int_equal(rv_link_level_push(&self,
                                            frame(&p, i * 0.05, level, 0.0, gain),
                                            rv_known((float)level, 0.5F, 1.0F)),
                         RV_OK);
    }
    const rv_room_sample sample = rv_link_level_get(&self);
    assert_true(sample.variance_db2 < 1e-3F);
    assert_true(sample.has_baseline);
    assert_true(fabsf(sample.loss_db - 4.0F) < 0.2F);
    free(mem);
}

static void
it_speaks_when_warm_and_bad_frames_change_nothing(void **state)
{
    rv_link_level self;
    void *const   mem = begin(&self);
    packet        p;
    rv_link_level_set_base(&self);
    for (int i = 0; i < 30; ++i) {
        assert_true(rv_link_level_get(&self).valid == (i > (int)self.cfg.warm_frames));
        assert_int_equal(rv_link_level_push(&self,
                                            frame(&p, i * 0.05, -40.0, 0.05, 0.0),
                                            rv_unknown(RV_REASON_UNSUPPORTED)),
                         RV_OK);
    }
    assert_false(rv_link_level_get(&self).has_baseline);
    const rv_link_level before = self;
    p.re[3]                    = NAN;
    const rv_estimate none     = rv_unknown(RV_REASON_UNSUPPORTED);
    assert_int_equal(rv_link_level_push(&self, &p.csi, none), RV_ERR_NONFINITE);
    p.csi.n_tones = 51;
    assert_int_equal(rv_link_level_push(&self, &p.csi, none), RV_ERR_SHAPE);
    assert_memory_equal(&before, &self, sizeof self);
    // After a gap it warms up again
    assert_int_equal(rv_link_level_push(&self, frame(&p, 9.0, -40.0, 0.05, 0.0), none),
                     RV_OK);
    assert_false(rv_link_level_get(&self).valid);
    free(mem);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(motion_is_power_that_varies_over_power_that_stands),
        cmocka_unit_test(gain_steps_are_not_motion),
        cmocka_unit_test(it_speaks_when_warm_and_bad_frames_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
