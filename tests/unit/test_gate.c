// SPDX-License-Identifier: MIT
// Every decision and every reason of the gate is reachable, and none is a dead end.
#include "cmocka_rv.h"

#include <ruview/gate/gate.h>

#include <math.h>

static rv_gate_input
input(const float score, const uint64_t t_us)
{
    return (rv_gate_input){.score     = rv_known(score, 0.05F, 1),
                           .structure = 0.9F,
                           .has_frame = true,
                           .t_us      = t_us};
}

static void
test_score_decides_with_hysteresis(void **state)
{
    rv_gate              g;
    const rv_gate_config cfg = rv_gate_config_default();
    rv_gate_init(&g, &cfg);
    const struct {
        float            score;
        rv_gate_decision want;
    } walk[] = {
        {0.90F, RV_GATE_ACCEPT},       {0.55F, RV_GATE_ACCEPT}, // held
        {0.49F, RV_GATE_PREDICT_ONLY}, {0.55F, RV_GATE_PREDICT_ONLY},
        {0.30F, RV_GATE_PREDICT_ONLY}, // held
        {0.24F, RV_GATE_REJECT},       {0.30F, RV_GATE_REJECT},
        {0.40F, RV_GATE_PREDICT_ONLY}, {0.61F, RV_GATE_ACCEPT},
        {NAN, RV_GATE_REJECT},         {0.95F, RV_GATE_ACCEPT},
    };
    for (size_t i = 0; i < sizeof walk / sizeof walk[0]; ++i) {
        const rv_gate_input  in  = input(walk[i].score, 50000 * (i + 1));
        const rv_gate_output out = rv_gate_push(&g, &in);
        assert_int_equal(out.decision, walk[i].want);
        assert_int_equal(out.reason == RV_REASON_NONE, out.decision == RV_GATE_ACCEPT);
        assert_true(out.noise >= 1 && out.noise <= 3);
    }
}

static void
test_reasons(void **state)
{
    rv_gate              g;
    const rv_gate_config cfg = rv_gate_config_default();
    rv_gate_init(&g, &cfg);
    // Nothing yet
    rv_gate_input  in  = {.t_us = 50000};
    rv_gate_output out = rv_gate_push(&g, &in);
    assert_int_equal(out.decision, RV_GATE_REJECT);
    assert_int_equal(out.reason, RV_REASON_NO_DATA);
    // Warming up
    in       = input(0, 100000);
    in.score = rv_unknown(RV_REASON_WARMING_UP);
    out      = rv_gate_push(&g, &in);
    assert_int_equal(out.decision, RV_GATE_PREDICT_ONLY);
    assert_int_equal(out.reason, RV_REASON_WARMING_UP);
    // Garbage phase, whatever the score
    in           = input(1, 150000);
    in.structure = 0.1F;
    out          = rv_gate_push(&g, &in);
    assert_int_equal(out.decision, RV_GATE_REJECT);
    assert_int_equal(out.reason, RV_REASON_PHASE_GARBAGE);
    // A source without phase is not judged by it
    in.structure = -1;
    in.t_us      = 200000;
    assert_int_equal(rv_gate_push(&g, &in).decision, RV_GATE_ACCEPT);
    // Short silence: the last word stands; long silence: no data
    in = (rv_gate_input){.t_us = 250000};
    assert_int_equal(rv_gate_push(&g, &in).decision, RV_GATE_ACCEPT);
    in.t_us = 2300000;
    out     = rv_gate_push(&g, &in);
    assert_int_equal(out.decision, RV_GATE_REJECT);
    assert_int_equal(out.reason, RV_REASON_NO_DATA);
    // and back
    in = input(1, 2350000);
    assert_int_equal(rv_gate_push(&g, &in).decision, RV_GATE_ACCEPT);
}

static void
test_recalibrate_comes_and_goes(void **state)
{
    rv_gate              g;
    const rv_gate_config cfg = rv_gate_config_default();
    rv_gate_init(&g, &cfg);
    rv_gate_input in = input(1, 1000000);
    assert_int_equal(rv_gate_push(&g, &in).decision, RV_GATE_ACCEPT);
    in.t_us            = 1050000;
    in.step            = true;
    in.restarted       = true;
    rv_gate_output out = rv_gate_push(&g, &in);
    assert_int_equal(out.decision, RV_GATE_RECALIBRATE);
    assert_int_equal(out.reason, RV_REASON_STEP);
    int held = 0;
    for (uint64_t t = 1100000; t < 8000000; t += 50000) {
        in  = input(1, t);
        out = rv_gate_push(&g, &in);
        held += out.decision == RV_GATE_RECALIBRATE;
    }
    assert_in_range(held, 35, 45); // hold_us is 2 s
    assert_int_equal(out.decision, RV_GATE_ACCEPT);
    // Drift against the baseline lasts until there is a new one
    in.drift = 20;
    in.t_us  = 9000000;
    out      = rv_gate_push(&g, &in);
    assert_int_equal(out.decision, RV_GATE_RECALIBRATE);
    assert_int_equal(out.reason, RV_REASON_DRIFT);
    in.t_us = 90000000;
    assert_int_equal(rv_gate_push(&g, &in).decision, RV_GATE_RECALIBRATE);
    rv_gate_calibrated(&g);
    in.drift = 0;
    in.t_us  = 90050000;
    assert_int_equal(rv_gate_push(&g, &in).decision, RV_GATE_ACCEPT);
}

static void
test_over_links(void **state)
{
    const rv_gate_output a        = {RV_GATE_ACCEPT, RV_REASON_NONE, 1};
    const rv_gate_output p        = {RV_GATE_PREDICT_ONLY, RV_REASON_LOW_QUALITY, 2};
    const rv_gate_output r        = {RV_GATE_REJECT, RV_REASON_PHASE_GARBAGE, 3};
    const rv_gate_output c        = {RV_GATE_RECALIBRATE, RV_REASON_STEP, 1};
    const rv_gate_output mixed[4] = {r, p, a, c};
    assert_int_equal(rv_gate_over_links(mixed, NULL, 4).decision, RV_GATE_ACCEPT);
    const rv_gate_output step[3] = {c, c, a};
    assert_int_equal(rv_gate_over_links(step, NULL, 3).decision, RV_GATE_RECALIBRATE);
    assert_int_equal(rv_gate_over_links(step, NULL, 3).reason, RV_REASON_STEP);
    assert_int_equal(rv_gate_over_links(mixed, NULL, 2).decision, RV_GATE_PREDICT_ONLY);
    assert_int_equal(rv_gate_over_links(mixed, NULL, 1).reason,
                     RV_REASON_PHASE_GARBAGE);
    assert_int_equal(rv_gate_over_links(mixed, NULL, 0).reason, RV_REASON_NO_DATA);
    const float weight[4] = {1, 1, 0, 1};
    assert_int_equal(rv_gate_over_links(mixed, weight, 3).decision,
                     RV_GATE_PREDICT_ONLY);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_score_decides_with_hysteresis),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_recalibrate_comes_and_goes),
        cmocka_unit_test(test_over_links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
