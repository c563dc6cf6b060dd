// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include "cir_bed.h"

#include <complex.h>

static double complex
entry(const bed *const b, const uint32_t k, const uint32_t g)
{
    const long   n     = (long)b->tone[k] * (long)g % (long)b->plan.n_taps;
    const double angle = -6.283185307179586 * (double)n / b->plan.n_taps;
    return (cos(angle) + I * sin(angle)) / sqrt(b->plan.n_tones);
}

static void
every_layout_has_its_grid(void **state)
{
    for (int i = 0; i < BED_N_TIERS; ++i) {
        int16_t        tone[BED_TONES];
        const uint16_t n = bed_tones(&bed_tiers[i], tone);
        assert_int_equal(rv_cir_choose_taps(tone, n), bed_tiers[i].n_taps);
    }
    // 30 tones of the Intel 5300 at 20 MHz, most of them two apart
    const int16_t intel[30] = {-28, -26, -24, -22, -20, -18, -16, -14, -12, -10,
                               -8,  -6,  -4,  -2,  -1,  1,   3,   5,   7,   9,
                               11,  13,  15,  17,  19,  21,  23,  25,  27,  28};
    assert_int_equal(rv_cir_choose_taps(intel, 30), 180); // 2^2 3^2 5 >= 3 x 57
    bed                 b;
    const rv_cir_config config = bed_config(RV_CIR_SPARSE, 0);
    bed_open_list(&b, intel, 30, 312500, &config);
    assert_false(b.plan.real_kernel);
    bed_path(&b, 4.0, 1.0, 77.0);
    rv_cir_result result;
    rv_cir_solve(&b.solver, b.re, b.im, 0.0F, NULL, &result);
    assert_true(result.converged);
    bed_close(&b);
}

static void
products_are_the_sums_they_stand_for(void **state)
{
    for (int i = 0; i < BED_N_TIERS; ++i) {
        static bed          b;
        const rv_cir_config config = bed_config(RV_CIR_SPARSE, i % 2 ? 0 : 256);
        bed_open(&b, &bed_tiers[i], &config);
        const uint32_t G      = b.plan.n_taps;
        const uint32_t K      = b.plan.n_tones;
        float *const   work   = malloc(rv_cir_work_floats(&b.plan) * sizeof *work);
        float *const   x      = malloc(4 * (size_t)G * sizeof *x);
        double         worst  = 0.0;
        double         direct = 0.0;
        for (uint32_t g = 0; g < 2 * G; ++g) {
            x[g] = (float)bed_normal(&b);
        }
        rv_cir_forward(&b.plan, x, x + G, b.re, b.im, work);
        for (uint32_t k = 0; k < K; k += 7) {
            double complex sum = 0.0;
            for (uint32_t g = 0; g < G; ++g) {
                sum += entry(&b, k, g) * (x[g] + I * x[G + g]);
            }
            worst  = fmax(worst, cabs(sum - (b.re[k] + I * b.im[k])));
            direct = fmax(direct, cabs(sum));
        }
        assert_true(worst < 2e-6 * direct);
        // Phi Phi^H = G/K
        rv_cir_adjoint(&b.plan, b.re, b.im, x, x + G, work);
        static float u_re[BED_TONES];
        static float u_im[BED_TONES];
        rv_cir_forward(&b.plan, x, x + G, u_re, u_im, work);
        for (uint32_t k = 0; k < K; ++k) {
            const double scale = (double)G / K;
            assert_true(hypot(u_re[k] - scale * b.re[k], u_im[k] - scale * b.im[k]) <
                        1e-5 * scale * direct);
        }
        free(work);
        free(x);
        bed_close(&b);
    }
}

static void
the_kernel_is_one_column_of_the_gram_matrix(void **state)
{
    const int16_t lopsided[9] = {-7, -5, -4, -3, 1, 2, 3, 8, 11};
    for (int i = 0; i < 3; ++i) {
        static bed          b;
        const rv_cir_config config = bed_config(RV_CIR_SPARSE, 0);
        if (i == 0) {
            bed_open_list(&b, lopsided, 9, 312500, &config);
        } else {
            bed_open(&b, &bed_tiers[i], &config);
        }
        assert_int_equal(b.plan.real_kernel, i != 0);
        for (uint32_t d = 0; d < b.plan.n_taps; ++d) {
            double complex sum = 0.0;
            for (uint32_t k = 0; k < b.plan.n_tones; ++k) {
                sum += conj(entry(&b, k, d)) * entry(&b, k, 0);
            }
            const double complex have = b.plan.kernel_re[d] + I * b.plan.kernel_im[d];
            assert_true(cabs(sum - have) < 1e-7);
            assert_true(b.plan.kernel_re[d] == b.plan.kernel_re[d + b.plan.n_taps]);
        }
        bed_close(&b);
    }
}

static void
unusable_layouts_are_refused(void **state)
{
    const int16_t falling[3] = {3, 2, 1};
    const int16_t wide[2]    = {-1000, 1000};
    rv_cir_layout layout     = {.tone = falling, .n_tones = 3, .spacing_hz = 312500};
    size_t        bytes      = 0;
    assert_int_equal(rv_cir_plan_size(&layout, &bytes), RV_ERR_CONFIG);
    layout.tone    = wide;
    layout.n_tones = 2;
    layout.n_taps  = 64; // tones would fall onto each other
    assert_int_equal(rv_cir_plan_size(&layout, &bytes), RV_ERR_CONFIG);
    layout.n_taps = 0;
    assert_int_equal(rv_cir_plan_size(&layout, &bytes), RV_OK);
    rv_cir_plan plan;
    assert_int_equal(rv_cir_plan_init(&plan, &layout, NULL, bytes), RV_ERR_MEMORY);
    void *const memory = bed_take(bytes);
    assert_int_equal(rv_cir_plan_init(&plan, &layout, memory, bytes - 64),
                     RV_ERR_MEMORY);
    free(memory);
}

static void
state_fits_the_edge(void **state)
{
    static const size_t most[BED_N_TIERS] = {130000, 130000, 130000, 130000, 200000};
    for (int i = 0; i < BED_N_TIERS; ++i) {
        int16_t             tone[BED_TONES];
        const rv_cir_layout layout = {.tone       = tone,
                                      .n_tones    = bed_tones(&bed_tiers[i], tone),
                                      .spacing_hz = bed_tiers[i].spacing_hz};
        size_t              plan   = 0;
        assert_int_equal(rv_cir_plan_size(&layout, &plan), RV_OK);
        static bed          b;
        const rv_cir_config config = bed_config(RV_CIR_SPARSE, 0);
        bed_open(&b, &bed_tiers[i], &config);
        size_t solver = 0;
        assert_int_equal(rv_cir_solver_size(&b.plan, &config, &solver), RV_OK);
        print_message("    %s: plan %zu bytes, solver %zu bytes\n", bed_tiers[i].name,
                      plan, solver);
        assert_true(plan <= 100000);
        assert_true(plan + solver <= most[i]);
        bed_close(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_layout_has_its_grid),
        cmocka_unit_test(products_are_the_sums_they_stand_for),
        cmocka_unit_test(the_kernel_is_one_column_of_the_gram_matrix),
        cmocka_unit_test(unusable_layouts_are_refused),
        cmocka_unit_test(state_fits_the_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
