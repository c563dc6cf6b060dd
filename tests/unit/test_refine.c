// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include "cir_bed.h"

#include <ruview/cir/refine.h>

static rv_cir_taps
refined(bed *const b)
{
    rv_cir_taps_config config;
    rv_cir_taps        taps;
    rv_cir_result      result;
    float *const       work = bed_take(rv_cir_refine_floats(&b->plan) * sizeof *work);
    rv_cir_taps_config_default(&config);
    rv_cir_solve(&b->solver, b->re, b->im, 0.0F, NULL, &result);
    rv_cir_taps_of(&b->plan, &config, &result, &taps);
    rv_cir_refine(&b->plan, &config, b->re, b->im, &taps, work);
    free(work);
    return taps;
}

static void
without_noise_the_paths_come_back_exactly(void **state)
{
    for (int i = 0; i < BED_N_TIERS; ++i) {
        static bed          b;
        const rv_cir_config config = bed_config(RV_CIR_SPARSE, i % 2 ? 0 : 256);
        bed_open(&b, &bed_tiers[i], &config);
        bed_path(&b, 100.0, 0.7, 31.7);
        bed_path(&b, 50.0, -1.0, 171.3);
        bed_path(&b, 40.0, 2.0, -93.1);
        const rv_cir_taps taps = refined(&b);
        assert_int_equal(taps.n_paths, 3);
        assert_true(fabsf(taps.path[0].delay_ns + 124.8F) < 0.02F);
        assert_true(fabsf(taps.path[2].delay_ns - 139.6F) < 0.02F);
        assert_true(fabs(taps.path[0].re - 40.0 * cos(2.0)) < 0.02);
        assert_true(fabs(taps.path[0].im - 40.0 * sin(2.0)) < 0.02);
        assert_true(fabs(taps.path[1].re - 100.0 * cos(0.7)) < 0.02);
        assert_true(fabs(taps.path[2].im - 50.0 * sin(-1.0)) < 0.02);
        assert_true(taps.noise < 0.01F);
        bed_close(&b);
    }
}

static void
lopsided_tone_lists_keep_their_phase(void **state)
{
    int16_t tone[40];
    for (int k = 0; k < 40; ++k) {
        tone[k] = (int16_t)(k < 25 ? 30 + k : 33 + k); // one gap, nowhere near zero
    }
    static bed          b;
    const rv_cir_config config = bed_config(RV_CIR_SPARSE, 0);
    bed_open_list(&b, tone, 40, 312500, &config);
    bed_path(&b, 3.0, 0.7, 31.7);
    bed_path(&b, 2.0, 2.2, 251.0);
    const rv_cir_taps taps = refined(&b);
    assert_int_equal(taps.n_paths, 2);
    assert_true(fabs(taps.path[0].re - 3.0 * cos(0.7)) < 1e-3);
    assert_true(fabs(taps.path[0].im - 3.0 * sin(0.7)) < 1e-3);
    assert_true(fabs(taps.path[1].re - 2.0 * cos(2.2)) < 1e-3);
    assert_true(fabsf(taps.path[1].delay_ns - 219.3F) < 0.02F);
    bed_close(&b);
}

static void
errors_are_as_large_as_stated(void **state)
{
    static bed          b;
    const rv_cir_config config = bed_config(RV_CIR_SPARSE, 0);
    bed_open(&b, &bed_tiers[2], &config);
    double score = 0.0;
    double noise = 0.0;
    int    n     = 0;
    for (int f = 0; f < 400; ++f) {
        bed_clear(&b);
        bed_path(&b, 1.0, 6.28 * bed_uniform(&b), 20.0);
        bed_path(&b, 0.6, 6.28 * bed_uniform(&b), 117.0);
        bed_noise(&b, 0.08);
        const rv_cir_taps taps = refined(&b);
        assert_int_equal(taps.n_paths, 2);
        const double error = (double)taps.path[1].delay_ns - 97.0;
        score +=
            error * error /
            ((double)taps.path[1].delay_sigma_ns * (double)taps.path[1].delay_sigma_ns);
        noise += (double)taps.noise;
        ++n;
    }
    print_message(
        "    errors / stated deviation, rms: %.3f; noise found %.4f, made 0.08\n",
        sqrt(score / n), noise / n);
    assert_true(fabs(sqrt(score / n) - 1.0) < 0.12);
    assert_true(fabs(noise / n - 0.08) < 0.002);
    bed_close(&b);
}

static void
every_instruction_set_gives_the_same_bytes(void **state)
{
    uint32_t mask[3] = {256, 0, 0};
    int      n_masks = 2;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq")) {
        mask[n_masks++] = 3;
    } else if (__builtin_cpu_supports("avx2")) {
        mask[n_masks++] = 1;
    }
#endif
    for (int i = 0; i < BED_N_TIERS; ++i) {
        rv_cir_taps first[6];
        for (int m = 0; m < n_masks; ++m) {
            static bed          b;
            const rv_cir_config config = bed_config(RV_CIR_SPARSE, mask[m]);
            bed_open(&b, &bed_tiers[i], &config);
            for (int f = 0; f < 6; ++f) {
                bed_random(&b);
                const rv_cir_taps taps = refined(&b);
                if (m == 0) {
                    first[f] = taps;
                }
                assert_memory_equal(&taps, &first[f], sizeof taps);
            }
            bed_close(&b);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_noise_the_paths_come_back_exactly),
        cmocka_unit_test(lopsided_tone_lists_keep_their_phase),
        cmocka_unit_test(errors_are_as_large_as_stated),
        cmocka_unit_test(every_instruction_set_gives_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
