// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/random.h>
#include <ruview/room/field_model.h>

#include "platform/lend.h"

#include <math.h>
#include <stdlib.h>

enum { n_tones = 56 };

static void *
begin(rv_field_model *const self, const rv_field_model_config *const cfg)
{
    size_t n_bytes = 0;
    assert_int_equal(rv_field_model_size(cfg, &n_bytes), RV_OK);
    void *const mem = rv_lend(n_bytes);
    assert_int_equal(rv_field_model_init(self, cfg, mem, n_bytes), RV_OK);
    return mem;
}

// An empty room: a mean, three slow factors, white noise of 0.05 per tone; a body adds
// a pattern of its own that moves
typedef struct {
    rv_random random;
    double    factor[3];
    double    phase;
} room;

static void
look(room *const r, const double noise, const double factors, const double body,
     float out[n_tones])
{
    const double gain = 3.0 * rv_random_normal_f64(&r->random); // steps of the receiver
    r->phase += 0.3;
    for (int f = 0; f < 3; ++f) {
        r->factor[f] = 0.995 * r->factor[f] + 0.0999 * rv_random_normal_f64(&r->random);
    }
    for (int k = 0; k < n_tones; ++k) {
        double x = 20.0 + 2.0 * sin(0.3 * k) + gain;
        for (int f = 0; f < 3; ++f) {
            x += factors * r->factor[f] * cos(0.11 * (f + 1) * k + f);
        }
        x += body * cos(0.37 * k + r->phase);
        out[k] = (float)(x + noise * rv_random_normal_f64(&r->random));
    }
}

static void
the_law_has_the_published_medians(void **state)
{
    assert_true(fabs(rv_marchenko_pastur_median(56.0 / 12000) - 0.998445) < 2e-6);
    assert_true(fabs(rv_marchenko_pastur_median(56.0 / 1200) - 0.984421) < 2e-6);
    assert_true(fabs(rv_marchenko_pastur_median(56.0 / 200) - 0.905827) < 2e-6);
}

static void
white_noise_has_no_modes(void **state)
{
    // The reference finds 9.7, 11.5 and 16.3 modes in these
    const uint32_t frames[3] = {12000, 1200, 200};
    uint32_t       found     = 0;
    for (int run = 0; run < 30; ++run) {
        rv_field_model_config cfg = rv_field_model_config_default(n_tones);
        cfg.min_frames            = 112;
        rv_field_model self;
        void *const    mem = begin(&self, &cfg);
        room           r   = {0};
        rv_random_init(&r.random, 5, (uint64_t)run);
        const uint32_t n = run == 0 ? frames[0] : frames[1 + run % 2];
        for (uint32_t i = 0; i < n; ++i) {
            float x[n_tones];
            look(&r, 0.05, 0.0, 0.0, x);
            assert_int_equal(rv_field_model_feed(&self, x), RV_OK);
        }
        assert_int_equal(rv_field_model_finalise(&self, 0), RV_OK);
        found += self.n_found;
        assert_true(fabs(sqrt(self.noise_db2) / 0.05 - 1.0) < 0.05);
        free(mem);
    }
    print_message("white noise: %.2f false modes per room\n", found / 30.0);
    assert_true(found <= 5);
}

// The earlier implementation detects 0 of 200 strong bodies over three slow factors
static void
a_body_is_present_and_an_empty_room_is_not(void **state)
{
    rv_field_model_config cfg = rv_field_model_config_default(n_tones);
    rv_field_model        self;
    void *const           mem = begin(&self, &cfg);
    room                  r   = {0};
    rv_random_init(&r.random, 9, 0);
    float          x[n_tones];
    rv_field_frame out;
    for (int i = 0; i < 1200; ++i) {
        look(&r, 0.05, 0.1, 0.0, x);
        assert_int_equal(rv_field_model_feed(&self, x), RV_OK);
    }
    assert_int_equal(rv_field_model_finalise(&self, 1000), RV_OK);
    assert_int_equal(self.n_modes, 3);
    for (int i = 0; i < 60 * 50; ++i) {
        look(&r, 0.05, 0.1, 0.0, x);
        assert_int_equal(rv_field_model_learn(&self, x), RV_OK);
    }
    unsigned alarms = 0, found[3] = {0}, windows = 0;
    for (int i = 0; i < 20000; ++i) {
        look(&r, 0.05, 0.1, 0.0, x);
        assert_int_equal(rv_field_model_push(&self, x, 2000, &out), RV_OK);
        windows += i % 50 == 49;
        alarms += i % 50 == 49 && out.present;
    }
    const double body[3] = {0.02, 0.05, 0.2};
    for (int b = 0; b < 3; ++b) {
        for (int i = 0; i < 10000; ++i) {
            look(&r, 0.05, 0.1, body[b], x);
            assert_int_equal(rv_field_model_push(&self, x, 2000, &out), RV_OK);
            found[b] += i % 50 == 49 && out.present;
        }
    }
    print_message("alarms %u of %u; bodies %u %u %u of 200\n", alarms, windows,
                  found[0], found[1], found[2]);
    assert_true(alarms <= 1);
    assert_int_equal(found[1], 200);
    assert_int_equal(found[2], 200);
    free(mem);
}

static void
what_it_cannot_say_has_a_reason(void **state)
{
    rv_field_model_config cfg = rv_field_model_config_default(8);
    cfg.min_frames            = 16;
    cfg.window                = 4;
    rv_field_model self;
    void *const    mem  = begin(&self, &cfg);
    float          x[8] = {0};
    rv_field_frame out;
    assert_int_equal(rv_field_model_push(&self, x, 1, &out), RV_OK);
    assert_int_equal(out.reason, RV_REASON_NOT_CALIBRATED);
    assert_int_equal(rv_field_model_finalise(&self, 1), RV_ERR_STATE);
    srand(3);
    for (int i = 0; i < 16; ++i) {
        for (int k = 0; k < 8; ++k) {
            x[k] = (float)rand() / (float)RAND_MAX;
        }
        assert_int_equal(rv_field_model_feed(&self, x), RV_OK);
    }
    assert_int_equal(rv_field_model_finalise(&self, 100), RV_OK);
    assert_int_equal(rv_field_model_feed(&self, x), RV_ERR_STATE);
    assert_int_equal(rv_field_model_push(&self, x, 101, &out), RV_OK);
    assert_int_equal(out.reason, RV_REASON_WARMING_UP);
    x[3] = NAN;
    assert_int_equal(rv_field_model_push(&self, x, 101, &out), RV_OK);
    assert_int_equal(out.reason, RV_REASON_NONFINITE);
    x[3] = 0.0F;
    assert_int_equal(rv_field_model_push(&self, x, 101 + cfg.expiry_us, &out), RV_OK);
    assert_int_equal(out.reason, RV_REASON_STALE);
    rv_field_model_reset(&self);
    assert_int_equal(rv_field_model_push(&self, x, 1, &out), RV_OK);
    assert_int_equal(out.reason, RV_REASON_NOT_CALIBRATED);
    free(mem);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_law_has_the_published_medians),
        cmocka_unit_test(white_noise_has_no_modes),
        cmocka_unit_test(a_body_is_present_and_an_empty_room_is_not),
        cmocka_unit_test(what_it_cannot_say_has_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
