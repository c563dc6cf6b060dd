// SPDX-License-Identifier: MIT
#include "channel_rv.h"
#include "cmocka_rv.h"

#include <ruview/prep/despike.h>

static void
fill(ch_slot *const s, ch_random *const r)
{
    for (int k = 0; k < 56; ++k) {
        s->re[k] = (float)(1 + 0.02 * ch_normal(r));
        s->im[k] = (float)(0.5 + 0.02 * ch_normal(r));
    }
}

static void
test_spikes_go(void **state)
{
    ch_random     r = {1};
    ch_slot       slot[8];
    const rv_csi *past[6];
    for (int i = 0; i < 8; ++i) {
        ch_slot_init(&slot[i], ch_tones56(), 56, 1);
        fill(&slot[i], &r);
    }
    for (int i = 0; i < 6; ++i) {
        past[i] = &slot[6 - i].csi;
    }
    const rv_despike_config cfg = rv_despike_config_default();
    bool                    whole;
    uint8_t                 streak[56] = {0};
    slot[7].re[13]                     = 4;
    slot[7].im[40]                     = -3;
    assert_int_equal(rv_despike_push(&cfg, past, 5, &slot[7].csi, streak, &whole), 0);
    const uint32_t n = rv_despike_push(&cfg, past, 6, &slot[7].csi, streak, &whole);
    assert_in_range(n, 2, 6);
    assert_false(whole);
    assert_float_equal(slot[7].re[13], 1, 0.06);
    assert_float_equal(slot[7].im[40], 0.5, 0.06);
    // A frame that differs as a whole is left alone
    for (int k = 0; k < 56; ++k) {
        slot[7].re[k] = 3;
    }
    assert_int_equal(rv_despike_push(&cfg, past, 6, &slot[7].csi, streak, &whole), 56);
    assert_true(whole);
    assert_true(slot[7].re[5] == 3);
}

// The median by exchanges, against a sort, on every pattern of zeros and ones
static int
by_value(const void *const a, const void *const b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void
test_median_network(void **state)
{
    const rv_despike_config cfg = {.threshold = 1e-9F, .floor = 0, .share = 1};
    for (int bits = 0; bits < 128; ++bits) {
        ch_slot       slot[7];
        const rv_csi *past[6];
        float         v[7];
        for (int i = 0; i < 7; ++i) {
            ch_slot_init(&slot[i], ch_tones56(), 1, 1);
            slot[i].csi.n_tones = 1;
            slot[i].re[0] = v[i] = (float)(bits >> i & 1);
            if (i > 0) {
                past[i - 1] = &slot[i].csi;
            }
        }
        qsort(v, 7, sizeof v[0], by_value);
        bool    whole;
        uint8_t streak[1] = {0};
        (void)rv_despike_push(&cfg, past, 6, &slot[0].csi, streak, &whole);
        assert_true(slot[0].re[0] == v[3]);
    }
}

// The window holds what was replaced, so that a tone could freeze: one that has moved
// is believed from the fourth frame on, and noise alone never holds one
static void
test_what_stays_is_believed(void **state)
{
    ch_random               r = {5};
    ch_slot                 slot[7];
    const rv_despike_config cfg        = rv_despike_config_default();
    uint8_t                 streak[56] = {0};
    bool                    whole;
    unsigned                frozen = 0;
    for (int i = 0; i < 7; ++i) {
        ch_slot_init(&slot[i], ch_tones56(), 56, 1);
        fill(&slot[i], &r);
    }
    for (int frame = 0; frame < 400; ++frame) {
        ch_slot *const now = &slot[frame % 7];
        const rv_csi  *past[6];
        for (int i = 0; i < 6; ++i) {
            past[i] = &slot[(frame + 6 - i) % 7].csi;
        }
        fill(now, &r);
        for (int k = 10; k < 20 && frame >= 200; ++k) {
            now->re[k] += 1.5F;
        }
        (void)rv_despike_push(&cfg, past, 6, &now->csi, streak, &whole);
        if (frame >= 203) {
            for (int k = 10; k < 20; ++k) {
                frozen += now->re[k] < 2.0F;
            }
        }
    }
    assert_int_equal(frozen, 0);
}

// Integer CSI: one quantum of change is no outlier once the floor says so (the
// reference flags every such step)
static void
test_quantised_input(void **state)
{
    double x[50], out[50];
    size_t n = 0;
    for (int i = 0; i < 50; ++i) {
        x[i] = i % 9 == 4 ? 13 : 12;
    }
    assert_int_equal(rv_hampel(x, 50, 3, 3, 0, out, NULL, NULL, NULL, &n), RV_OK);
    assert_true(n > 0);
    assert_int_equal(rv_hampel(x, 50, 3, 3, 0.5, out, NULL, NULL, NULL, &n), RV_OK);
    assert_int_equal(n, 0);
    x[3] = NAN;
    assert_int_equal(rv_hampel(x, 50, 3, 3, 0, out, NULL, NULL, NULL, &n),
                     RV_ERR_NONFINITE);
    assert_int_equal(rv_hampel(x, 0, 3, 3, 0, out, NULL, NULL, NULL, &n), RV_ERR_EMPTY);
    assert_int_equal(rv_hampel(x, 50, 0, 3, 0, out, NULL, NULL, NULL, &n),
                     RV_ERR_RANGE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spikes_go),
        cmocka_unit_test(test_what_stays_is_believed),
        cmocka_unit_test(test_median_network),
        cmocka_unit_test(test_quantised_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
