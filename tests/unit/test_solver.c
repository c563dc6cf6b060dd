// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/cir/operator.h>
#include <ruview/cir/solver.h>
#include <ruview/cir/tap_gate.h>
#include <ruview/cir/taps.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int16_t       tone[512];
    rv_cir_plan   plan;
    rv_cir_solver solver;
    void         *memory[2];
} bed;

static void *
take(const size_t bytes)
{
    return aligned_alloc(64, (bytes + 63) / 64 * 64);
}

static void
make(bed *const b, const int half, const int first, const uint32_t spacing,
     const rv_cir_config *const config)
{
    uint16_t n = 0;
    for (int t = -half; t <= half; ++t) {
        if (t <= -first || t >= first) {
            b->tone[n++] = (int16_t)t;
        }
    }
    const rv_cir_layout layout = {
        .tone = b->tone, .n_tones = n, .spacing_hz = spacing, .dense = true};
    size_t bytes;
    assert_int_equal(rv_cir_plan_size(&layout, &bytes), RV_OK);
    b->memory[0] = take(bytes);
    assert_int_equal(rv_cir_plan_init(&b->plan, &layout, b->memory[0], bytes), RV_OK);
    assert_int_equal(rv_cir_solver_size(&b->plan, config, &bytes), RV_OK);
    b->memory[1] = take(bytes);
    assert_int_equal(
        rv_cir_solver_init(&b->solver, &b->plan, config, b->memory[1], bytes), RV_OK);
}

static void
end(bed *const b)
{
    free(b->memory[0]);
    free(b->memory[1]);
}

/// Adds a path of `gain` at `delay_ns`
static void
add_path(const bed *const b, float *const re, float *const im, const double gain,
         const double phase, const double delay_ns)
{
    for (uint32_t k = 0; k < b->plan.n_tones; ++k) {
        const double a = phase - 6.283185307179586 * b->tone[k] * b->plan.spacing_hz *
                                     delay_ns * 1e-9;
        re[k] += (float)(gain * cos(a));
        im[k] += (float)(gain * sin(a));
    }
}

static void
two_paths_are_two_paths(void **state)
{
    rv_cir_config config;
    rv_cir_config_default(&config);
    bed b;
    make(&b, 26, 1, 312500, &config);
    assert_int_equal(b.plan.n_tones, 52);
    assert_int_equal(b.plan.n_taps, 156);
    float re[52] = {0};
    float im[52] = {0};
    add_path(&b, re, im, 10.0, 0.7, 30.0);
    add_path(&b, re, im, 5.0, -1.0, 170.0);
    rv_cir_result result;
    rv_cir_state  memory = {0};
    rv_cir_solve(&b.solver, re, im, 0.0F, &memory, &result);
    assert_int_equal(result.reason, RV_REASON_NONE);
    assert_true(result.converged);
    assert_true(result.gap <= 1e-4F);
    rv_cir_taps_config taps_config;
    rv_cir_taps_config_default(&taps_config);
    rv_cir_taps taps;
    rv_cir_taps_of(&b.plan, &taps_config, &result, &taps);
    assert_int_equal(taps.n_paths, 2);
    assert_true(fabsf(taps.path[1].delay_ns - 140.0F) < 8.0F);
    assert_true(fabs(hypot(taps.path[0].re, taps.path[0].im) - 10.0) < 1.0);
    assert_true(fabs(hypot(taps.path[1].re, taps.path[1].im) - 5.0) < 1.0);
    assert_int_equal(taps.ranging, RV_REASON_UNSUPPORTED);
    end(&b);
}

static void
every_solver_reaches_the_same_minimum(void **state)
{
    static const int shape[3][3] = {{26, 1, 312500}, {58, 2, 312500}, {122, 2, 78125}};
    for (int s = 0; s < 3; ++s) {
        double objective[4];
        for (int kind = 0; kind < 4; ++kind) {
            rv_cir_config config;
            rv_cir_config_default(&config);
            config.kind = (rv_cir_kind)kind;
            config.gap  = 1e-6F;
            if (kind == RV_CIR_DENSE_ISTA || kind == RV_CIR_FFT_ISTA) {
                config.tolerance      = 0.0F;
                config.max_iterations = 1000;
            }
            bed b;
            make(&b, shape[s][0], shape[s][1], (uint32_t)shape[s][2], &config);
            float re[512] = {0};
            float im[512] = {0};
            add_path(&b, re, im, 10.0, 0.7, 30.0);
            add_path(&b, re, im, 5.0, -1.0, 170.0);
            add_path(&b, re, im, 3.0, 2.0, 333.0);
            rv_cir_result result;
            rv_cir_solve(&b.solver, re, im, 0.0F, NULL, &result);
            objective[kind] = (double)result.objective;
            assert_true(result.gap < 1e-4F);
            end(&b);
        }
        for (int kind = 1; kind < 4; ++kind) {
            assert_true(fabs(objective[kind] / objective[0] - 1.0) < 1e-4);
        }
    }
}

static void
bad_input_has_a_defined_result(void **state)
{
    rv_cir_config config;
    rv_cir_config_default(&config);
    bed b;
    make(&b, 28, 1, 312500, &config);
    float         re[56] = {0};
    float         im[56] = {0};
    rv_cir_result result;
    rv_cir_solve(&b.solver, re, im, 0.0F, NULL, &result);
    assert_int_equal(result.reason, RV_REASON_ALL_ZERO);
    re[3]               = NAN;
    rv_cir_state memory = {.n = 1};
    rv_cir_solve(&b.solver, re, im, 0.0F, &memory, &result);
    assert_int_equal(result.reason, RV_REASON_NONFINITE);
    assert_int_equal(memory.n, 0);
    end(&b);
}

static void
equal_taps_rank_by_index(void **state)
{
    const float re[8] = {1, 3, 3, 0, 2, 3, 1, 0};
    const float im[8] = {0};
    uint16_t    index[8];
    assert_int_equal(rv_cir_top_k(re, im, 8, 4, index), 4);
    assert_int_equal(index[0], 1);
    assert_int_equal(index[1], 2);
    assert_int_equal(index[2], 5);
    assert_int_equal(index[3], 4);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_paths_are_two_paths),
        cmocka_unit_test(every_solver_reaches_the_same_minimum),
        cmocka_unit_test(bad_input_has_a_defined_result),
        cmocka_unit_test(equal_taps_rank_by_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
