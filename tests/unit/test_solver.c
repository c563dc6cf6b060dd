// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include "cir_bed.h"

#include <ruview/cir/taps.h>

static void
two_paths_are_two_paths(void **state)
{
    static bed          b;
    const rv_cir_config config = bed_config(RV_CIR_SPARSE, 0);
    bed_open(&b, &bed_tiers[0], &config);
    bed_path(&b, 10.0, 0.7, 30.0);
    bed_path(&b, 5.0, -1.0, 170.0);
    rv_cir_result result;
    rv_cir_state  memory = {0};
    rv_cir_solve(&b.solver, b.re, b.im, 0.0F, &memory, &result);
    assert_int_equal(result.reason, RV_REASON_NONE);
    assert_true(result.converged);
    assert_true(result.gap <= 1e-4F);
    assert_true(result.n >= 2);
    assert_int_equal(memory.n, result.n);
    bed_close(&b);
}

/// Objective and relative duality gap of the listed taps, all in f64 from the
/// definition
static double
gap_by_definition(const bed *const b, const rv_cir_result *const result,
                  double *const objective)
{
    const uint32_t G  = b->plan.n_taps;
    const uint32_t K  = b->plan.n_tones;
    double         rr = 0.0;
    double         yr = 0.0;
    double         l1 = 0.0;
    static double  r_re[BED_TONES];
    static double  r_im[BED_TONES];
    const double   turn = -6.283185307179586 / G;
    for (uint32_t k = 0; k < K; ++k) {
        r_re[k] = b->re[k];
        r_im[k] = b->im[k];
        for (uint32_t i = 0; i < result->n; ++i) {
            const double a =
                turn * (double)((long)b->tone[k] * result->tap[i] % (long)G);
            r_re[k] -= (result->re[i] * cos(a) - result->im[i] * sin(a)) / sqrt(K);
            r_im[k] -= (result->re[i] * sin(a) + result->im[i] * cos(a)) / sqrt(K);
        }
        rr += r_re[k] * r_re[k] + r_im[k] * r_im[k];
        yr += b->re[k] * r_re[k] + b->im[k] * r_im[k];
    }
    for (uint32_t i = 0; i < result->n; ++i) {
        l1 += hypot(result->re[i], result->im[i]);
    }
    double steepest = 0.0;
    for (uint32_t g = 0; g < G; ++g) {
        double q_re = 0.0;
        double q_im = 0.0;
        for (uint32_t k = 0; k < K; ++k) {
            const double a = -turn * (double)((long)b->tone[k] * (long)g % (long)G);
            q_re += (r_re[k] * cos(a) - r_im[k] * sin(a)) / sqrt(K);
            q_im += (r_re[k] * sin(a) + r_im[k] * cos(a)) / sqrt(K);
        }
        steepest = fmax(steepest, hypot(q_re, q_im));
    }
    const double lambda = (double)result->lambda;
    const double scale  = fmin(lambda / steepest, yr / rr);
    *objective          = 0.5 * rr + lambda * l1;
    return (*objective - (scale * yr - 0.5 * scale * scale * rr)) / *objective;
}

static void
the_certificate_is_true(void **state)
{
    double worst = 0.0;
    for (int i = 0; i < BED_N_TIERS; ++i) {
        static bed          b;
        const rv_cir_config config = bed_config(RV_CIR_SPARSE, i % 2 ? 0 : 256);
        bed_open(&b, &bed_tiers[i], &config);
        for (int f = 0; f < (i < 3 ? 20 : 3); ++f) {
            bed_random(&b);
            rv_cir_result result;
            rv_cir_solve(&b.solver, b.re, b.im, 0.0F, NULL, &result);
            double       objective = 0.0;
            const double gap       = gap_by_definition(&b, &result, &objective);
            worst                  = fmax(worst, gap);
            assert_true(result.converged);
            assert_true(gap <= 1.1e-4);
            assert_true(fabs(gap - (double)result.gap) < 1e-5);
            assert_true(fabs(objective / (double)result.objective - 1.0) < 1e-5);
        }
        bed_close(&b);
    }
    print_message("    largest gap, recomputed: %.2e\n", worst);
}

static void
every_solver_reaches_the_same_minimum(void **state)
{
    for (int i = 0; i < 4; ++i) {
        double objective[4];
        for (int kind = 0; kind < 4; ++kind) {
            static bed    b;
            rv_cir_config config = bed_config((rv_cir_kind)kind, 0);
            config.gap           = 1e-6F;
            if (kind == RV_CIR_DENSE_ISTA || kind == RV_CIR_FFT_ISTA) {
                config.tolerance      = 0.0F;
                config.max_iterations = 600;
            }
            bed_open(&b, &bed_tiers[i], &config);
            bed_path(&b, 10.0, 0.7, 30.0);
            bed_path(&b, 5.0, -1.0, 170.0);
            bed_path(&b, 3.0, 2.0, 333.0);
            rv_cir_result result;
            rv_cir_solve(&b.solver, b.re, b.im, 0.0F, NULL, &result);
            objective[kind] = (double)result.objective;
            assert_true(result.gap < 2e-4F);
            bed_close(&b);
        }
        for (int kind = 1; kind < 4; ++kind) {
            assert_true(fabs(objective[kind] / objective[0] - 1.0) < 1e-4);
        }
    }
}

static void
gain_scales_taps_and_nothing_else(void **state)
{
    static bed          b;
    const rv_cir_config config = bed_config(RV_CIR_SPARSE, 0);
    bed_open(&b, &bed_tiers[2], &config);
    for (int f = 0; f < 50; ++f) {
        bed_random(&b);
        rv_cir_result one;
        rv_cir_solve(&b.solver, b.re, b.im, 0.0F, NULL, &one);
        for (int exponent = -3; exponent <= 3; ++exponent) {
            const float  gain = (float)pow(10.0, exponent);
            static float re[BED_TONES];
            static float im[BED_TONES];
            for (uint32_t k = 0; k < b.plan.n_tones; ++k) {
                re[k] = gain * b.re[k];
                im[k] = gain * b.im[k];
            }
            rv_cir_result other;
            rv_cir_solve(&b.solver, re, im, 0.0F, NULL, &other);
            assert_int_equal(other.n, one.n);
            assert_memory_equal(other.tap, one.tap, sizeof one.tap);
            for (uint32_t i = 0; i < one.n; ++i) {
                assert_true(hypot(other.re[i] / gain - one.re[i],
                                  other.im[i] / gain - one.im[i]) <
                            2e-4 * (double)one.peak);
            }
        }
        // Powers of two change no bit of any tap
        for (uint32_t k = 0; k < b.plan.n_tones; ++k) {
            b.re[k] *= 1024.0F;
            b.im[k] *= 1024.0F;
        }
        rv_cir_result other;
        rv_cir_solve(&b.solver, b.re, b.im, 0.0F, NULL, &other);
        for (uint32_t i = 0; i < one.n; ++i) {
            assert_true(other.re[i] == 1024.0F * one.re[i]);
            assert_true(other.im[i] == 1024.0F * one.im[i]);
        }
    }
    bed_close(&b);
}

static void
every_instruction_set_gives_the_same_bytes(void **state)
{
    // What this CPU lacks must not be asked for; the default build has at most these
    uint32_t mask[4] = {256, 0, 0, 0};
    int      n_masks = 2;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        mask[n_masks++] = 1;
        if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512dq")) {
            mask[n_masks++] = 3;
        }
    }
#endif
    for (int i = 0; i < BED_N_TIERS; ++i) {
        for (int kind = 0; kind < 4; ++kind) {
            rv_cir_result first[4];
            rv_cir_state  first_state = {0};
            for (int m = 0; m < n_masks; ++m) {
                static bed    b;
                rv_cir_config config = bed_config((rv_cir_kind)kind, mask[m]);
                if (kind != RV_CIR_SPARSE) {
                    config.max_iterations = 30;
                }
                bed_open(&b, &bed_tiers[i], &config);
                rv_cir_state memory = {0};
                for (int f = 0; f < 4; ++f) {
                    rv_cir_result result;
                    bed_random(&b);
                    rv_cir_solve(&b.solver, b.re, b.im, 0.0F, &memory, &result);
                    if (m == 0) {
                        first[f] = result;
                    }
                    assert_memory_equal(&result, &first[f], sizeof result);
                }
                first_state = m == 0 ? memory : first_state;
                assert_memory_equal(&memory, &first_state, sizeof memory);
                bed_close(&b);
            }
        }
    }
}

static void
a_warm_start_changes_the_way_and_not_the_goal(void **state)
{
    static bed          b;
    const rv_cir_config config = bed_config(RV_CIR_SPARSE, 0);
    bed_open(&b, &bed_tiers[0], &config);
    uint32_t cold_rounds = 0;
    uint32_t warm_rounds = 0;
    for (int f = 0; f < 50; ++f) {
        rv_cir_state  memory = {0};
        rv_cir_result result;
        bed_random(&b);
        rv_cir_solve(&b.solver, b.re, b.im, 0.0F, &memory, &result);
        bed_noise(&b, 0.02);
        rv_cir_result warm;
        rv_cir_solve(&b.solver, b.re, b.im, 0.0F, &memory, &warm);
        rv_cir_solve(&b.solver, b.re, b.im, 0.0F, NULL, &result);
        assert_true(fabsf(warm.objective / result.objective - 1.0F) < 2e-4F);
        cold_rounds += result.iterations;
        warm_rounds += warm.iterations;
    }
    assert_true(warm_rounds < cold_rounds);
    bed_close(&b);
}

static void
bad_input_has_a_defined_result(void **state)
{
    for (int kind = 0; kind < 4; ++kind) {
        static bed          b;
        const rv_cir_config config = bed_config((rv_cir_kind)kind, 0);
        bed_open(&b, &bed_tiers[1], &config);
        rv_cir_result result;
        rv_cir_state  memory = {.n = 1};
        rv_cir_solve(&b.solver, b.re, b.im, 0.0F, &memory, &result);
        assert_int_equal(result.reason, RV_REASON_ALL_ZERO);
        assert_int_equal(result.n, 0);
        assert_int_equal(memory.n, 0);
        bed_path(&b, 1.0, 0.0, 50.0);
        memory.n = 1;
        b.im[7]  = NAN;
        rv_cir_solve(&b.solver, b.re, b.im, 0.0F, &memory, &result);
        assert_int_equal(result.reason, RV_REASON_NONFINITE);
        assert_int_equal(memory.n, 0);
        b.im[7] = -INFINITY;
        rv_cir_solve(&b.solver, b.re, b.im, 0.0F, &memory, &result);
        assert_int_equal(result.reason, RV_REASON_NONFINITE);
        // The largest and the smallest that a float holds
        for (int big = 0; big < 2; ++big) {
            bed_clear(&b);
            bed_path(&b, big ? 3e38 : 1e-39, 0.3, 50.0);
            rv_cir_solve(&b.solver, b.re, b.im, 0.0F, NULL, &result);
            assert_int_equal(result.reason, RV_REASON_NONE);
            assert_true(result.n_nonzero > 0);
            assert_true(result.gap < 0.1F);
        }
        bed_close(&b);
    }
}

static void
what_is_not_sparse_ends_soon_and_says_so(void **state)
{
    // Noise, with the rule that would keep it out switched off
    static bed    b;
    rv_cir_config config = bed_config(RV_CIR_SPARSE, 0);
    config.lambda_noise  = 0.0F;
    config.lambda_rel    = 0.05F;
    bed_open(&b, &bed_tiers[4], &config);
    for (int f = 0; f < 5; ++f) {
        bed_clear(&b);
        bed_noise(&b, 1.0);
        rv_cir_result result;
        rv_cir_solve(&b.solver, b.re, b.im, 0.0F, NULL, &result);
        assert_int_equal(result.reason, RV_REASON_NONE);
        assert_false(result.converged);
        assert_true(result.gap > 1e-4F && result.gap < 1.0F);
        assert_true(result.iterations < 10);
    }
    bed_close(&b);
}

static void
streams_are_not_summed(void **state)
{
    static bed          b;
    const rv_cir_config config = bed_config(RV_CIR_SPARSE, 0);
    bed_open(&b, &bed_tiers[0], &config);
    bed_path(&b, 5.0, 0.4, 80.0);
    static float re[2 * 52];
    static float im[2 * 52];
    for (uint32_t k = 0; k < 52; ++k) { // two antennas in anti-phase
        re[k]      = b.re[k];
        im[k]      = b.im[k];
        re[52 + k] = -1.5F * b.re[k];
        im[52 + k] = -1.5F * b.im[k];
    }
    rv_csi        csi = {.n_tones    = 52,
                         .n_streams  = 2,
                         .spacing_hz = 312500,
                         .tone       = b.tone,
                         .re         = re,
                         .im         = im};
    rv_cir_result both;
    rv_cir_result second;
    rv_cir_solve_csi(&b.solver, &csi, NULL, &both);
    rv_cir_solve(&b.solver, re + 52, im + 52, 0.0F, NULL, &second);
    assert_memory_equal(&both, &second, sizeof both);
    csi.amplitude_only = true;
    rv_cir_solve_csi(&b.solver, &csi, NULL, &both);
    assert_int_equal(both.reason, RV_REASON_UNSUPPORTED);
    csi.amplitude_only = false;
    csi.n_tones        = 51;
    rv_cir_solve_csi(&b.solver, &csi, NULL, &both);
    assert_int_equal(both.reason, RV_REASON_BAD_VALUE);
    bed_close(&b);
}

static void
bad_settings_are_refused(void **state)
{
    static bed          b;
    const rv_cir_config good = bed_config(RV_CIR_SPARSE, 0);
    bed_open(&b, &bed_tiers[0], &good);
    size_t        bytes = 0;
    rv_cir_config bad   = good;
    bad.lambda_rel      = -0.1F;
    assert_int_equal(rv_cir_solver_size(&b.plan, &bad, &bytes), RV_ERR_CONFIG);
    bad      = good;
    bad.kind = RV_CIR_DENSE_ISTA; // the plan keeps no matrix
    assert_int_equal(rv_cir_solver_size(&b.plan, &bad, &bytes), RV_ERR_CONFIG);
    bad     = good;
    bad.gap = NAN;
    assert_int_equal(rv_cir_solver_size(&b.plan, &bad, &bytes), RV_ERR_CONFIG);
    assert_string_equal(rv_cir_kind_name(RV_CIR_FFT_ISTA), "fft-ista");
    bed_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_paths_are_two_paths),
        cmocka_unit_test(the_certificate_is_true),
        cmocka_unit_test(every_solver_reaches_the_same_minimum),
        cmocka_unit_test(gain_scales_taps_and_nothing_else),
        cmocka_unit_test(every_instruction_set_gives_the_same_bytes),
        cmocka_unit_test(a_warm_start_changes_the_way_and_not_the_goal),
        cmocka_unit_test(bad_input_has_a_defined_result),
        cmocka_unit_test(what_is_not_sparse_ends_soon_and_says_so),
        cmocka_unit_test(streams_are_not_summed),
        cmocka_unit_test(bad_settings_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
