// SPDX-License-Identifier: MIT
// The right tones in the right order, gain as one number, phase untouched.
#include "channel_rv.h"
#include "cmocka_rv.h"

#include <ruview/prep/normalise.h>
#include <ruview/prep/resample.h>

typedef struct {
    const rv_layout *layout;
    rv_normalise     n;
    void            *mem;
    float            re[RV_MAX_ENTRIES], im[RV_MAX_ENTRIES];
    rv_frame         frame;
    ch_slot          slot;
} bench;

static void
bench_init(bench *const b, const rv_chip chip, const int mhz, const uint32_t entries)
{
    memset(b, 0, sizeof *b);
    b->layout = rv_layout_find(chip, (uint16_t)mhz, entries, 0);
    assert_non_null(b->layout);
    const rv_normalise_config cfg = rv_normalise_config_default(b->layout, 1, 1);
    size_t                    n   = 0;
    assert_int_equal(rv_normalise_size(&cfg, &n), RV_OK);
    b->mem = ch_memory(n);
    assert_int_equal(rv_normalise_init(&b->n, &cfg, b->mem, n), RV_OK);
    b->frame = (rv_frame){.layout        = b->layout,
                          .n_rx          = 1,
                          .n_tx          = 1,
                          .bandwidth_mhz = (uint16_t)mhz,
                          .re            = b->re,
                          .im            = b->im,
                          .rssi_dbm      = RV_DBM_UNKNOWN,
                          .noise_dbm     = RV_DBM_UNKNOWN,
                          .agc_db        = INT16_MIN};
    ch_slot_init(&b->slot, NULL, 0, 1);
}

// A flat channel with one path, in the ESP32's FFT order with guards and DC zero: the
// reference makes amplitude -2.3..0.6 and phase -2.2..2.1 of it
static void
test_esp32_order(void **state)
{
    bench        b;
    ch_random    r      = {1};
    const double tau_ns = 50;
    bench_init(&b, RV_CHIP_ESP32, 20, 64);
    for (int k = -26; k <= 26; ++k) {
        if (k != 0) {
            const double complex h =
                17 * cexp(-2.0 * I * CH_PI * k * 312.5e3 * tau_ns * 1e-9);
            b.re[(k + 64) % 64] = (float)creal(h);
            b.im[(k + 64) % 64] = (float)cimag(h);
        }
    }
    b.frame.t_us = 123456;
    assert_int_equal(rv_normalise_push(&b.n, &b.frame, &b.slot.csi), RV_REASON_NONE);
    const rv_csi *const csi = &b.slot.csi;
    assert_int_equal(csi->n_tones, 52);
    assert_int_equal(csi->n_tones, rv_normalise_tones(&b.n));
    assert_int_equal(csi->spacing_hz, 312500);
    assert_int_equal(csi->t_us, 123456);
    assert_float_equal(csi->gain_db, 20 * log10(17), 1e-4);
    for (int k = 0; k < 52; ++k) {
        assert_true(k == 0 || csi->tone[k] > csi->tone[k - 1]);
        const double complex want =
            cexp(-2.0 * I * CH_PI * csi->tone[k] * 312.5e3 * tau_ns * 1e-9);
        assert_float_equal(csi->re[k], creal(want), 1e-6);
        assert_float_equal(csi->im[k], cimag(want), 1e-6);
    }
    (void)ch_bits(&r);
    free(b.mem);
}

static void
test_dead_tones_are_bridged(void **state)
{
    bench     b;
    ch_random r = {2};
    bench_init(&b, RV_CHIP_ESP32, 20, 64);
    for (int i = 0; i < 30; ++i) {
        for (int k = -26; k <= 26; ++k) {
            const bool dead     = k == 7 || k == 8 || k == -26 || k == 0;
            b.re[(k + 64) % 64] = dead ? 0 : (float)(10 + 0.1 * k);
            b.im[(k + 64) % 64] = dead ? 0 : (float)(3 + ch_normal(&r) * 1e-3);
        }
        b.frame.t_us = (uint64_t)i * 10000;
        assert_int_equal(rv_normalise_push(&b.n, &b.frame, &b.slot.csi),
                         RV_REASON_NONE);
        assert_int_equal(rv_normalise_get_stats(&b.n).n_dead, i >= 19 ? 3 : 0);
    }
    const float *const w     = rv_normalise_weight(&b.n);
    const float        scale = (float)pow(10, -b.slot.csi.gain_db / 20);
    for (int k = 0; k < 52; ++k) {
        const int t = b.slot.csi.tone[k];
        assert_true((w[k] == 0) == (t == 7 || t == 8 || t == -26));
        assert_float_equal(b.slot.re[k], (10 + 0.1 * (t == -26 ? -25 : t)) * scale,
                           2e-3);
    }
    // A single sample brings a tone back
    b.re[7] = 10.7F;
    assert_int_equal(rv_normalise_push(&b.n, &b.frame, &b.slot.csi), RV_REASON_NONE);
    assert_int_equal(rv_normalise_get_stats(&b.n).n_dead, 2);
    free(b.mem);
}

static void
test_gain_steps_are_noticed(void **state)
{
    bench b;
    bench_init(&b, RV_CHIP_ESP32, 20, 64);
    for (int i = 0; i < 200; ++i) {
        for (int k = 0; k < 64; ++k) {
            b.re[k] = i < 100 ? 10 : 40;
            b.im[k] = (float)(i % 3);
        }
        b.frame.t_us = (uint64_t)i * 10000;
        assert_int_equal(rv_normalise_push(&b.n, &b.frame, &b.slot.csi),
                         RV_REASON_NONE);
        assert_true(rv_normalise_get_stats(&b.n).agc_step == (i == 100));
        double power = 0;
        for (int k = 0; k < 52; ++k) {
            power += b.slot.re[k] * b.slot.re[k] + b.slot.im[k] * b.slot.im[k];
        }
        assert_float_equal(power / 52, 1, 1e-5);
    }
    assert_int_equal(rv_normalise_get_stats(&b.n).agc_steps, 1);
    free(b.mem);
}

static void
test_refusals(void **state)
{
    bench b;
    bench_init(&b, RV_CHIP_ESP32, 20, 64);
    assert_int_equal(rv_normalise_push(&b.n, &b.frame, &b.slot.csi),
                     RV_REASON_ALL_ZERO);
    b.re[3] = NAN;
    assert_int_equal(rv_normalise_push(&b.n, &b.frame, &b.slot.csi),
                     RV_REASON_NONFINITE);
    b.re[3]      = 1;
    b.frame.n_rx = 2;
    assert_int_equal(rv_normalise_push(&b.n, &b.frame, &b.slot.csi),
                     RV_REASON_UNKNOWN_LAYOUT);
    assert_int_equal(rv_normalise_get_stats(&b.n).frames, 0);
    rv_normalise_config cfg = rv_normalise_config_default(NULL, 1, 1);
    size_t              n;
    assert_int_equal(rv_normalise_size(&cfg, &n), RV_ERR_CONFIG);
    free(b.mem);
}

// A multipath channel on 52, 56, 114 and 484 tones gives one canonical grid
static void
test_canonical_grid(void **state)
{
    const ch_path        path[3] = {{0, 1}, {60, 0.5 * I}, {130, -0.25}};
    const int16_t *const grid    = rv_canonical_tones();
    const struct {
        int    first, last, hole;
        double spacing;
    } kinds[] = {{-26, 26, 0, 312.5e3},
                 {-28, 28, 0, 312.5e3},
                 {-58, 58, 1, 312.5e3},
                 {-122, 122, 1, 78.125e3},
                 {-244, 244, 2, 78.125e3}};
    for (size_t v = 0; v < sizeof kinds / sizeof kinds[0]; ++v) {
        int16_t  tone[600];
        float    re[600], im[600], out_re[56], out_im[56], amp[56];
        uint32_t n = 0;
        for (int k = kinds[v].first; k <= kinds[v].last; ++k) {
            if (abs(k) > kinds[v].hole || (kinds[v].hole == 0 && k != 0)) {
                const double complex h = ch_at(path, 3, k, kinds[v].spacing);
                tone[n]                = (int16_t)k;
                re[n]                  = (float)creal(h);
                im[n++]                = (float)cimag(h);
            }
        }
        rv_resample_plan plan;
        assert_int_equal(
            rv_resample_plan_init(&plan, tone, n, (uint32_t)kinds[v].spacing), RV_OK);
        rv_resample(&plan, re, im, out_re, out_im);
        rv_resample_amplitude(&plan, re, im, amp);
        double worst = 0;
        for (int c = 0; c < 56; ++c) {
            const double complex want = ch_at(path, 3, grid[c], 312.5e3);
            const double         e    = cabs(want - (out_re[c] + I * out_im[c]));
            worst                     = plan.weight[c] == 1 && e > worst ? e : worst;
            assert_true(plan.weight[c] > 0);
            assert_true(plan.weight[c] == 1 || e < 0.15);
            assert_float_equal(amp[c], hypot(out_re[c], out_im[c]), 1e-6);
        }
        print_message("%u tones: worst error %.2e\n", n, worst);
        assert_true(worst < 6e-3);
    }
    rv_resample_plan plan;
    const int16_t    back[4] = {1, 2, 2, 3};
    assert_int_equal(rv_resample_plan_init(&plan, back, 4, 312500), RV_ERR_SHAPE);
    assert_int_equal(rv_resample_plan_init(&plan, grid, 3, 312500), RV_ERR_SHAPE);
}

// A tone is dead only where every stream is silent, and before any frame none is
static void
test_dead_on_one_stream_is_alive(void **state)
{
    enum { entries = 64 };
    const rv_layout *const    layout = rv_layout_find(RV_CHIP_ESP32, 20, entries, 0);
    const rv_normalise_config cfg    = rv_normalise_config_default(layout, 2, 1);
    rv_normalise              n;
    size_t                    bytes = 0;
    float                     re[2 * entries], im[2 * entries];
    ch_slot                   slot;
    assert_int_equal(rv_normalise_size(&cfg, &bytes), RV_OK);
    uint8_t *const mem = ch_memory(bytes);
    assert_int_equal(rv_normalise_init(&n, &cfg, NULL, bytes), RV_ERR_MEMORY);
    assert_int_equal(rv_normalise_init(&n, &cfg, mem + 4, bytes), RV_ERR_MEMORY);
    assert_int_equal(rv_normalise_init(&n, &cfg, mem, bytes - 1), RV_ERR_MEMORY);
    assert_int_equal(rv_normalise_init(&n, &cfg, mem, bytes), RV_OK);
    for (uint32_t k = 0; k < rv_normalise_tones(&n); ++k) {
        assert_true(rv_normalise_weight(&n)[k] == 1);
    }
    ch_slot_init(&slot, NULL, 0, 2);
    const rv_frame frame = {.layout        = layout,
                            .n_rx          = 2,
                            .n_tx          = 1,
                            .bandwidth_mhz = 20,
                            .re            = re,
                            .im            = im,
                            .rssi_dbm      = RV_DBM_UNKNOWN,
                            .noise_dbm     = RV_DBM_UNKNOWN,
                            .agc_db        = INT16_MIN};
    for (int i = 0; i < 2 * entries; ++i) {
        re[i] = 5;
        im[i] = 2;
    }
    re[7] = im[7] = im[entries + 7] = 0; // silent on the first, real on the second
    re[9] = im[9] = re[entries + 9] = im[entries + 9] = 0;
    re[11] = re[entries + 11] = 0; // a phase of 90 degrees is no silence
    for (uint32_t i = 0; i < cfg.dead_run; ++i) {
        assert_int_equal(rv_normalise_push(&n, &frame, &slot.csi), RV_REASON_NONE);
    }
    assert_int_equal(rv_normalise_get_stats(&n).n_dead, 1);
    for (uint32_t k = 0; k < rv_normalise_tones(&n); ++k) {
        assert_true(rv_normalise_weight(&n)[k] == (slot.csi.tone[k] == 9 ? 0 : 1));
    }
    free(mem);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_esp32_order),
        cmocka_unit_test(test_dead_tones_are_bridged),
        cmocka_unit_test(test_gain_steps_are_noticed),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_canonical_grid),
        cmocka_unit_test(test_dead_on_one_stream_is_alive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
