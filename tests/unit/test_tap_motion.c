// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include "cir_bed.h"

#include <ruview/cir/tap_motion.h>

typedef struct {
    bed                  b;
    rv_tap_motion        motion;
    rv_tap_motion_config config;
    rv_tap_motion_result out;
    uint64_t             t_us;
} scene;

static void
open_scene(scene *const s, const int tier)
{
    const rv_cir_config config = bed_config(RV_CIR_SPARSE, 0);
    memset(s, 0, sizeof *s);
    bed_open(&s->b, &bed_tiers[tier], &config);
    rv_tap_motion_config_default(&s->config);
    s->t_us = 1000000;
}

/// A frame of three walls and a mover 140 ns later with a Doppler shift; every packet
/// with its own phase and gain
static void
push(scene *const s, const double mover, const double doppler_hz, const double dt_s)
{
    bed *const    b = &s->b;
    rv_cir_result result;
    s->t_us += (uint64_t)(dt_s * 1e6);
    const double turn = 6.283185307179586 * doppler_hz * (double)s->t_us * 1e-6;
    bed_clear(b);
    bed_path(b, 1.0, 0.4, 20.0);
    bed_path(b, 0.5, 1.0, 90.0);
    bed_path(b, 0.3, 2.0, 290.0);
    bed_path(b, mover, turn, 160.0);
    bed_noise(b, 0.02);
    const double phase = 6.28 * bed_uniform(b);
    const double gain  = 0.5 + bed_uniform(b);
    for (uint32_t k = 0; k < b->plan.n_tones; ++k) {
        const double re = b->re[k];
        const double im = b->im[k];
        b->re[k]        = (float)(gain * (re * cos(phase) - im * sin(phase)));
        b->im[k]        = (float)(gain * (re * sin(phase) + im * cos(phase)));
    }
    rv_cir_solve(&b->solver, b->re, b->im, (float)(0.02 * gain), NULL, &result);
    rv_tap_motion_push(&s->motion, &s->config, &b->plan, b->solver.b_re, b->solver.b_im,
                       &result, s->t_us, &s->out);
}

static void
a_mover_shows_at_its_delay_with_its_doppler(void **state)
{
    static scene s;
    for (int sign = -1; sign <= 1; sign += 2) {
        open_scene(&s, 2);
        for (int f = 0; f < 300; ++f) {
            push(&s, 0.2, 11.0 * sign, 0.008 + 0.004 * bed_uniform(&s.b));
        }
        assert_int_equal(s.out.reason, RV_REASON_NONE);
        const rv_tap_cell *const cell = &s.out.cell[s.out.busiest];
        assert_true(fabsf(cell->delay_ns - 140.0F) < 30.0F);
        assert_true(rv_is_known(cell->doppler_hz));
        assert_true(fabsf(cell->doppler_hz.value - 11.0F * (float)sign) < 1.5F);
        assert_true(s.out.share > 0.05F);
        bed_close(&s.b);
    }
}

static void
a_still_room_does_not_move(void **state)
{
    static scene s;
    for (int tier = 0; tier < BED_N_TIERS; ++tier) {
        open_scene(&s, tier);
        int moving = 0;
        for (int f = 0; f < 300; ++f) {
            push(&s, 0.0, 0.0, 0.01);
            moving += s.out.reason == RV_REASON_NONE && s.out.dynamic > 0.0F;
        }
        print_message("    %s: %d of 300 frames\n", bed_tiers[tier].name, moving);
        assert_true(moving < 10);
        assert_true(s.out.cell[RV_TAP_CELLS_BEFORE].static_power > 0.99F);
        bed_close(&s.b);
    }
}

static void
slow_frames_say_no_doppler(void **state)
{
    static scene s;
    open_scene(&s, 2);
    push(&s, 0.2, 0.3, 0.5);
    assert_int_equal(s.out.reason, RV_REASON_WARMING_UP);
    for (int f = 0; f < 60; ++f) {
        push(&s, 0.2, 0.3, 0.5);
    }
    assert_int_equal(s.out.reason, RV_REASON_NONE);
    assert_true(s.out.dynamic > 0.0F);
    assert_int_equal(s.out.cell[s.out.busiest].doppler_hz.reason,
                     RV_REASON_RATE_TOO_LOW);
    push(&s, 0.2, 0.3, 60.0); // a long gap starts over
    assert_int_equal(s.out.reason, RV_REASON_WARMING_UP);
    push(&s, 0.2, 0.3, 0.0);
    assert_int_equal(s.out.reason, RV_REASON_TIME_BACKWARDS);
    bed_close(&s.b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mover_shows_at_its_delay_with_its_doppler),
        cmocka_unit_test(a_still_room_does_not_move),
        cmocka_unit_test(slow_frames_say_no_doppler),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
