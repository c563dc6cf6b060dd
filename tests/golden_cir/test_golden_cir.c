// SPDX-License-Identifier: MIT
/**
   @file test_golden_cir.c
   dense-ista and fft-ista against the reference's vectors, all five tiers. The numbers
   that the reference derives from the taps (ratio, spread, counts) are computed here:
   the product has better ones.

   Left out by name, with our defined result printed beside: nan_input_* (we refuse
   what is not finite), zero_input_* (we say that everything is zero),
   unsanitized_ramp_active and the two_equal_taps_active of he20 and he40 (clean
   channels that the reference's guard refuses, so that there are no taps to compare;
   the circular variance that it refuses them for is checked).
*/
#include "cmocka_rv.h"

#include <ruview/cir/operator.h>
#include <ruview/cir/solver.h>
#include <ruview/cir/tap_gate.h>

#include "platform/lend.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *tier;
    double      taps;   ///< Tolerance of a tap, of the largest tap
    double      ratio;  ///< Of the dominant ratio
    double      spread; ///< Of the delay spread, relative
} tolerance;

static const tolerance tiers[] = {
    {"ht20", 5e-5, 1e-5, 2e-5}, {"canonical56", 5e-5, 1e-5, 2e-5},
    {"ht40", 5e-5, 1e-5, 2e-5}, {"he20", 2e-4, 1e-5, 2e-5},
    {"he40", 2e-4, 3e-5, 3e-3},
};

typedef struct {
    int compared;
    int left_out;
} score;

static double
number(const json_t *const value)
{
    if (json_is_string(value)) {
        const char *const text = json_string_value(value);
        return text[0] == '-' ? -INFINITY : text[0] == 'I' ? INFINITY : NAN;
    }
    return json_number_value(value);
}

static double
field(const json_t *const object, const char *const name)
{
    return number(json_object_get(object, name));
}

/// A setting of the case, or of the file
static const json_t *
setting(const json_t *const file, const json_t *const test, const char *const name)
{
    const json_t *const own = json_object_get(json_object_get(test, "config"), name);
    return own ? own : json_object_get(json_object_get(file, "config"), name);
}

typedef struct {
    uint32_t n_taps;
    uint32_t dominant;
    double   ratio;
    double   rms;
    uint32_t active;
} derived;

static derived
derive(const float *const re, const float *const im, const uint32_t n,
       const double spacing)
{
    derived d   = {.n_taps = n};
    double  sum = 0.0;
    double  top = -1.0;
    for (uint32_t g = 0; g < n; ++g) {
        const double size = hypot(re[g], im[g]);
        sum += size;
        if (size >= top) { // the last of equals
            top        = size;
            d.dominant = g;
        }
    }
    const uint32_t first = d.dominant > 0 ? d.dominant - 1 : 0;
    const uint32_t last  = d.dominant + 1 < n ? d.dominant + 1 : n - 1;
    double         near  = 0.0;
    for (uint32_t g = first; g <= last; ++g) {
        near += hypot(re[g], im[g]);
    }
    d.ratio      = sum > 1e-12 ? near / sum : 0.0;
    double power = 0.0;
    double mean  = 0.0;
    for (uint32_t g = 0; g < n; ++g) {
        d.active += hypot(re[g], im[g]) >= 0.01 * top;
        const double p = (double)re[g] * re[g] + (double)im[g] * im[g];
        power += g < n / 2 ? p : 0.0;
        mean += g < n / 2 ? g * spacing * p : 0.0;
    }
    if (power > 1e-24) {
        mean /= power;
        double variance = 0.0;
        for (uint32_t g = 0; g < n / 2; ++g) {
            const double p = (double)re[g] * re[g] + (double)im[g] * im[g];
            variance += (g * spacing - mean) * (g * spacing - mean) * p;
        }
        d.rms = sqrt(variance / power);
    }
    return d;
}

/// Mean over the streams, on the active tones in ascending order
static void
read_csi(const json_t *const inputs, const int16_t *const tone, const uint32_t n_tones,
         const uint32_t n_grid, float *const re, float *const im)
{
    const json_t *const csi       = json_object_get(inputs, "csi");
    const size_t        n_streams = json_array_size(csi);
    const size_t        columns   = json_array_size(json_array_get(csi, 0));
    for (uint32_t k = 0; k < n_tones; ++k) {
        const size_t column = columns == n_tones ? k
                              : tone[k] >= 0     ? (size_t)tone[k]
                                                 : (size_t)(n_grid + tone[k]);
        float        sum_re = 0.0F;
        float        sum_im = 0.0F;
        for (size_t s = 0; s < n_streams; ++s) {
            const json_t *const value = json_array_get(json_array_get(csi, s), column);
            sum_re += (float)number(json_array_get(value, 0));
            sum_im += (float)number(json_array_get(value, 1));
        }
        re[k] = sum_re * (1.0F / (float)n_streams);
        im[k] = sum_im * (1.0F / (float)n_streams);
    }
}

/// 1 - |mean of exp(j arg y)|: what the reference's guard looks at
static double
circular_variance(const float *const re, const float *const im, const uint32_t n)
{
    double x = 0.0;
    double y = 0.0;
    for (uint32_t k = 0; k < n; ++k) {
        const double size = hypot(re[k], im[k]);
        x += re[k] / size;
        y += im[k] / size;
    }
    return 1.0 - hypot(x, y) / n;
}

static bool
is_left_out(const char *const name)
{
    return !strncmp(name, "nan_input_", 10) || !strncmp(name, "zero_input_", 11);
}

static void
compare(const tolerance *const t, const char *const name, const json_t *const want,
        const rv_cir_solver *const solver, const rv_cir_result *const got)
{
    const json_t *const taps = json_object_get(want, "taps");
    const uint32_t      n    = (uint32_t)json_array_size(taps);
    assert_int_equal(n, solver->plan->n_taps);
    double largest = 0.0;
    double worst   = 0.0;
    for (uint32_t g = 0; g < n; ++g) {
        const json_t *const tap = json_array_get(taps, g);
        const double        re  = number(json_array_get(tap, 0));
        const double        im  = number(json_array_get(tap, 1));
        largest                 = fmax(largest, hypot(re, im));
        worst = fmax(worst, hypot(re - solver->x_re[g], im - solver->x_im[g]));
    }
    const derived d =
        derive(solver->x_re, solver->x_im, n, field(want, "tap_spacing_sec"));
    assert_true(worst <= t->taps * largest);
    assert_int_equal(d.dominant, (uint32_t)field(want, "dominant_tap_idx"));
    assert_true(fabs(d.ratio - field(want, "dominant_tap_ratio")) <= t->ratio);
    const double rms = field(want, "rms_delay_spread_s");
    assert_true(fabs(d.rms - rms) <= t->spread * rms);
    assert_true(fabs(d.active - field(want, "active_tap_count")) <= 2.0);
    const uint32_t iterations = (uint32_t)field(want, "iters_used");
    assert_int_equal(got->iterations, iterations);
    if (!strstr(name, "large_scale_active") && !strstr(name, "cfg_lambda_0") &&
        iterations > 0) {
        const double residual = field(want, "residual");
        assert_true(fabs((double)got->change - residual) <= 1e-3 * residual);
    }
    assert_true(fabs(solver->plan->tap_ns * 1e-9 / field(want, "tap_spacing_sec") -
                     1.0) < 1e-12);
}

static void
check_plan(const json_t *const file, const json_t *const test,
           const rv_cir_plan *const plan)
{
    const double lipschitz = number(setting(file, test, "lipschitz"));
    assert_true(fabs((double)plan->lipschitz / lipschitz - 1.0) <= 1e-5);
    if (json_object_get(test, "config")) {
        return;
    }
    const json_t *const probes =
        json_object_get(json_object_get(file, "config"), "phi_probes");
    for (size_t i = 0; i < json_array_size(probes); ++i) {
        const json_t *const probe = json_array_get(probes, i);
        const json_t *const value = json_object_get(probe, "value");
        const size_t        at =
            (size_t)field(probe, "k") * plan->dense_stride + (size_t)field(probe, "g");
        assert_true(fabs((double)plan->dense_re[at] -
                         number(json_array_get(value, 0))) <= 2e-8);
        assert_true(fabs((double)plan->dense_im[at] -
                         number(json_array_get(value, 1))) <= 2e-8);
    }
}

static void
run_case(const tolerance *const t, const json_t *const file, const json_t *const test,
         const rv_cir_kind kind, const uint32_t cpu_mask, score *const total)
{
    const char *const   name   = json_string_value(json_object_get(test, "name"));
    const json_t *const inputs = json_object_get(test, "inputs");
    const json_t *const want   = json_object_get(
          json_object_get(test, "outputs"), kind == RV_CIR_DENSE_ISTA ? "dense" : "fft");
    const json_t *const list = setting(file, test, "active_indices");
    static int16_t      tone[512];
    const uint32_t      n_tones = (uint32_t)json_array_size(list);
    for (uint32_t k = 0; k < n_tones; ++k) {
        tone[k] = (int16_t)json_integer_value(json_array_get(list, k));
    }
    const uint32_t n_grid = (uint32_t)number(setting(file, test, "num_subcarriers"));
    const double   width  = number(setting(file, test, "bandwidth_hz"));
    const rv_cir_layout layout = {
        .tone       = tone,
        .n_tones    = (uint16_t)n_tones,
        .spacing_hz = (uint32_t)(width / n_grid),
        .n_taps     = (uint16_t)number(setting(file, test, "num_taps")),
        .dense      = true,
        .cpu_mask   = cpu_mask,
    };
    rv_cir_config config;
    rv_cir_config_default(&config);
    config.kind           = kind;
    config.lambda_abs     = (float)number(setting(file, test, "lambda"));
    config.lambda_rel     = 0.0F;
    config.lambda_noise   = 0.0F;
    config.max_iterations = (uint32_t)number(setting(file, test, "max_iters"));
    config.tolerance      = (float)number(setting(file, test, "tolerance"));
    config.cpu_mask       = cpu_mask;

    rv_cir_plan   plan;
    rv_cir_solver solver;
    size_t        bytes = 0;
    assert_int_equal(rv_cir_plan_size(&layout, &bytes), RV_OK);
    void *const a = rv_lend(bytes);
    assert_int_equal(rv_cir_plan_init(&plan, &layout, a, bytes), RV_OK);
    assert_int_equal(rv_cir_solver_size(&plan, &config, &bytes), RV_OK);
    void *const b = rv_lend(bytes);
    assert_int_equal(rv_cir_solver_init(&solver, &plan, &config, b, bytes), RV_OK);
    check_plan(file, test, &plan);

    static float        re[512];
    static float        im[512];
    rv_cir_result       got;
    const uint32_t      columns = (uint32_t)field(inputs, "num_subcarriers");
    const json_t *const error   = json_object_get(want, "error");
    if (columns != n_tones && columns != n_grid) {
        const rv_csi csi = {.n_tones    = (uint16_t)columns,
                            .n_streams  = 1,
                            .spacing_hz = layout.spacing_hz,
                            .tone       = tone,
                            .re         = re,
                            .im         = im};
        rv_cir_solve_csi(&solver, &csi, NULL, &got);
        assert_non_null(error);
        assert_int_equal(got.reason, RV_REASON_BAD_VALUE);
        ++total->compared;
    } else {
        read_csi(inputs, tone, n_tones, n_grid, re, im);
        rv_cir_solve(&solver, re, im, 0.0F, NULL, &got);
        if (error) {
            const double theirs = field(json_object_get(error, "fields"), "variance");
            assert_true(fabs(circular_variance(re, im, n_tones) - theirs) < 1e-5);
        }
        if (error || is_left_out(name)) {
            printf("    left out: %s %s: ours says %s, %u taps, %.0f %% of the energy "
                   "in one window\n",
                   t->tier, name, rv_reason_name(got.reason), got.n_nonzero,
                   100.0 * (double)got.window);
            ++total->left_out;
        } else {
            compare(t, name, want, &solver, &got);
            ++total->compared;
        }
    }
    free(a);
    free(b);
}

static void
conforms(void **state)
{
    static const uint32_t mask[] = {256, 0};
    score                 total  = {0, 0};
    for (size_t i = 0; i < sizeof tiers / sizeof *tiers; ++i) {
        char path[512];
        snprintf(path, sizeof path, RV_SHARED "/golden/cir_%s.json", tiers[i].tier);
        json_t *const file = json_load_file(path, 0, NULL);
        if (!file) {
            printf("    not run: no data (%s)\n", tiers[i].tier);
            continue;
        }
        const json_t *const cases = json_object_get(file, "cases");
        for (size_t k = 0; k < json_array_size(cases); ++k) {
            const json_t *const test = json_array_get(cases, k);
            run_case(&tiers[i], file, test, RV_CIR_DENSE_ISTA, mask[k % 2], &total);
            run_case(&tiers[i], file, test, RV_CIR_FFT_ISTA, mask[k % 2], &total);
        }
        json_decref(file);
    }
    printf("    %d results compared, %d left out\n", total.compared, total.left_out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(conforms)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
