// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include "cir_bed.h"

#include <ruview/cir/tap_gate.h>
#include <ruview/frame/layout.h>

static rv_tap_verdict
judge(bed *const b, rv_tap_gate *const gate, const rv_tap_gate_config *const config)
{
    rv_cir_result  result;
    rv_tap_verdict verdict;
    rv_cir_solve(&b->solver, b->re, b->im, 0.0F, NULL, &result);
    rv_tap_gate_push(gate, config, &b->plan, &result, &verdict);
    return verdict;
}

static void
a_clean_path_passes_wherever_it_lies(void **state)
{
    // The reference refuses clean paths at the nulls of the Dirichlet kernel
    rv_tap_gate_config config;
    rv_tap_gate_config_default(&config);
    for (int i = 0; i < BED_N_TIERS; ++i) {
        static bed          b;
        const rv_cir_config solver = bed_config(RV_CIR_SPARSE, 0);
        bed_open(&b, &bed_tiers[i], &solver);
        for (double delay = 0.0; delay < 200.0; delay += i < 3 ? 0.5 : 5.0) {
            rv_tap_gate gate = {0};
            bed_clear(&b);
            bed_path(&b, 1.0, 0.0, delay);
            const rv_tap_verdict verdict = judge(&b, &gate, &config);
            assert_int_equal(verdict.reason, RV_REASON_NONE);
            assert_true(verdict.inside > 0.9F);
        }
        bed_close(&b);
    }
}

static void
random_phases_are_refused(void **state)
{
    // The reference refuses one in two hundred of these
    rv_tap_gate_config config;
    rv_tap_gate_config_default(&config);
    for (int i = 0; i < BED_N_TIERS; ++i) {
        static bed          b;
        const rv_cir_config solver  = bed_config(RV_CIR_SPARSE, 0);
        int                 refused = 0;
        const int           n       = i < 3 ? 2000 : 200;
        bed_open(&b, &bed_tiers[i], &solver);
        for (int f = 0; f < n; ++f) {
            for (uint32_t k = 0; k < b.plan.n_tones; ++k) {
                const double turn = 6.283185307179586 * bed_uniform(&b);
                b.re[k]           = (float)cos(turn);
                b.im[k]           = (float)sin(turn);
            }
            rv_tap_gate gate = {0};
            refused += judge(&b, &gate, &config).reason == RV_REASON_PHASE_GARBAGE;
        }
        print_message("    %s: %d of %d refused\n", bed_tiers[i].name, refused, n);
        assert_true(refused >= n - n / 200);
        bed_close(&b);
    }
}

static void
rooms_pass_and_the_switch_works(void **state)
{
    rv_tap_gate_config config;
    rv_tap_gate_config_default(&config);
    static bed          b;
    const rv_cir_config solver  = bed_config(RV_CIR_SPARSE, 0);
    int                 refused = 0;
    bed_open(&b, &bed_tiers[0], &solver);
    for (int f = 0; f < 500; ++f) {
        rv_tap_gate gate = {0};
        bed_random(&b);
        refused += judge(&b, &gate, &config).reason != RV_REASON_NONE;
    }
    assert_int_equal(refused, 0);
    rv_tap_gate gate = {0};
    b.re[0]          = NAN;
    assert_int_equal(judge(&b, &gate, &config).reason, RV_REASON_NONFINITE);
    config.enabled = false;
    bed_clear(&b);
    bed_noise(&b, 1.0);
    assert_int_equal(judge(&b, &gate, &config).reason, RV_REASON_NONE);
    config.enabled = true;
    assert_int_equal(judge(&b, &gate, &config).reason, RV_REASON_PHASE_GARBAGE);
    bed_close(&b);
}

static void
an_offset_that_was_not_removed_is_noticed(void **state)
{
    rv_tap_gate_config config;
    rv_tap_gate_config_default(&config);
    static bed          b;
    const rv_cir_config solver = bed_config(RV_CIR_SPARSE, 0);
    bed_open(&b, &bed_tiers[0], &solver);
    rv_tap_gate    gate    = {0};
    rv_tap_verdict verdict = {0};
    for (int f = 0; f < 100; ++f) { // sanitised: a nanosecond or two
        bed_clear(&b);
        bed_path(&b, 1.0, 6.0 * bed_uniform(&b), 50.0 + 2.0 * bed_uniform(&b));
        bed_path(&b, 0.5, 6.0 * bed_uniform(&b), 150.0 + 2.0 * bed_uniform(&b));
        verdict = judge(&b, &gate, &config);
        assert_int_equal(verdict.reason, RV_REASON_NONE);
    }
    for (int f = 0; f < 40; ++f) { // not sanitised: anywhere within a microsecond
        const double offset = 1000.0 * bed_uniform(&b);
        bed_clear(&b);
        bed_path(&b, 1.0, 6.0 * bed_uniform(&b), 50.0 + offset);
        bed_path(&b, 0.5, 6.0 * bed_uniform(&b), 150.0 + offset);
        verdict = judge(&b, &gate, &config);
    }
    assert_int_equal(verdict.reason, RV_REASON_PHASE_GARBAGE);
    assert_true(verdict.inside > 0.9F);
    bed_close(&b);
}

/// Power that decays with 50 ns, as in channel model D of IEEE 802.11n (a typical
/// office; homes are models B and C with 15 and 30 ns), arrivals 15 ns apart
static void
model_d(bed *const b)
{
    double delay = 0.0;
    bed_clear(b);
    for (int p = 0; p < 40; ++p) {
        const double turn = 6.283185307179586 * bed_uniform(b);
        const double gain = sqrt(-log(1.0 - bed_uniform(b)) * exp(-delay / 50.0));
        bed_path(b, gain, turn, delay);
        delay -= 15.0 * log(1.0 - bed_uniform(b));
    }
}

static void
grouped_tones_are_judged_by_what_they_can_tell(void **state)
{
    // The 30 groups of the Intel 5300: every delay is seen two or four times
    rv_tap_gate_config config;
    rv_tap_gate_config_default(&config);
    for (uint16_t mhz = 20; mhz <= 40; mhz += 20) {
        static bed             b;
        const rv_cir_config    solver  = bed_config(RV_CIR_SPARSE, 0);
        const rv_layout *const layout  = rv_layout_find(RV_CHIP_INTEL5300, mhz, 30, 0);
        const rv_segment      *seg     = &layout->segment[0];
        int                    refused = 0, rooms = 0;
        bed_open_list(&b, seg->tone, seg->n_tones, layout->spacing_hz, &solver);
        assert_int_equal(b.plan.comb, mhz == 20 ? 2 : 4);
        for (int f = 0; f < 2000; ++f) {
            for (uint32_t k = 0; k < b.plan.n_tones; ++k) {
                const double turn = 6.283185307179586 * bed_uniform(&b);
                b.re[k]           = (float)cos(turn);
                b.im[k]           = (float)sin(turn);
            }
            rv_tap_gate gate = {0};
            refused += judge(&b, &gate, &config).reason == RV_REASON_PHASE_GARBAGE;
        }
        for (int f = 0; f < 500; ++f) {
            rv_tap_gate gate = {0};
            model_d(&b);
            rooms += judge(&b, &gate, &config).reason != RV_REASON_NONE;
        }
        print_message("    %d MHz: random phases %d of 2000, rooms %d of 500 refused\n",
                      mhz, refused, rooms);
        assert_int_equal(refused, 2000);
        assert_true(rooms <= (mhz == 20 ? 0 : 5));
        for (double delay = -300.0; delay < 1200.0; delay += 7.0) {
            rv_tap_gate gate = {0};
            bed_clear(&b);
            bed_path(&b, 1.0, 0.0, delay);
            const rv_tap_verdict verdict = judge(&b, &gate, &config);
            assert_int_equal(verdict.reason, RV_REASON_NONE);
            assert_true(verdict.inside > 0.9F);
        }
        bed_close(&b);
    }
}

// The strongest tap jumps to and fro across the end of the circle: two taps, not all
// but two, smoothed as an exponential mean
static void
a_jump_goes_the_short_way_round(void **state)
{
    static bed          b;
    rv_tap_gate_config  config;
    const rv_cir_config solver = bed_config(RV_CIR_SPARSE, 0);
    rv_tap_gate         gate   = {0};
    double              mean   = 0;
    rv_tap_gate_config_default(&config);
    bed_open(&b, &bed_tiers[0], &solver);
    for (int f = 0; f < 40; ++f) {
        const double taps = f % 2 ? 1 : -1;
        bed_clear(&b);
        bed_path(&b, 1.0, 0.0, taps * (double)b.plan.tap_ns);
        const rv_tap_verdict verdict = judge(&b, &gate, &config);
        mean +=
            f > 0 ? (double)config.smoothing * (2 * (double)b.plan.tap_ns - mean) : 0;
        assert_true(fabs((double)verdict.jump_ns - mean) < 1e-3);
    }
    assert_true(mean > (double)b.plan.tap_ns);
    // Delays of the upper half are negative
    const uint32_t g = b.plan.n_taps;
    assert_true(rv_cir_tap_delay_ns(&b.plan, 3) == 3 * (double)b.plan.tap_ns);
    assert_true(rv_cir_tap_delay_ns(&b.plan, g / 2) == g / 2 * (double)b.plan.tap_ns);
    assert_true(rv_cir_tap_delay_ns(&b.plan, g - 3) == -3 * (double)b.plan.tap_ns);
    bed_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clean_path_passes_wherever_it_lies),
        cmocka_unit_test(random_phases_are_refused),
        cmocka_unit_test(rooms_pass_and_the_switch_works),
        cmocka_unit_test(an_offset_that_was_not_removed_is_noticed),
        cmocka_unit_test(grouped_tones_are_judged_by_what_they_can_tell),
        cmocka_unit_test(a_jump_goes_the_short_way_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
