// SPDX-License-Identifier: MIT
// What is claimed of the delay profile's numbers, against how they scatter.
#include "cmocka_rv.h"

#include "cir_bed.h"

#include <ruview/cir/tap_sigma.h>

enum { trials = 300 };

typedef struct {
    double mean, scatter, claimed, quality;
} outcome;

static void
scatter_of(const double second, const double noise, outcome *const spread,
           outcome *const share)
{
    static bed          b;
    const rv_cir_config config = bed_config(RV_CIR_SPARSE, 0);
    rv_cir_taps_config  taps_config;
    rv_cir_result       result;
    rv_cir_taps         taps;
    double              sum[2][4] = {{0}};
    rv_cir_taps_config_default(&taps_config);
    bed_open(&b, &bed_tiers[1], &config);
    const uint64_t seed = b.seed;
    for (int t = 0; t < trials; ++t) {
        bed_clear(&b);
        b.seed = seed + 7919 * (uint64_t)t;
        bed_path(&b, 1.0, 0.7, 30.0);
        if (second > 0) {
            bed_path(&b, second, -1.0, 330.0);
        }
        bed_noise(&b, noise);
        rv_cir_solve(&b.solver, b.re, b.im, (float)noise, NULL, &result);
        rv_cir_taps_of(&b.plan, &taps_config, &result, &taps);
        const rv_estimate e[2] = {rv_cir_spread(&taps, &result),
                                  rv_cir_dominance(&taps, &result)};
        for (int i = 0; i < 2; ++i) {
            assert_int_equal(e[i].reason, RV_REASON_NONE);
            sum[i][0] += (double)e[i].value / trials;
            sum[i][1] += pow((double)e[i].value, 2) / trials;
            sum[i][2] += pow((double)e[i].sigma, 2) / trials;
            sum[i][3] += (double)e[i].quality / trials;
        }
    }
    outcome *const out[2] = {spread, share};
    for (int i = 0; i < 2; ++i) {
        *out[i] = (outcome){sum[i][0], sqrt(sum[i][1] - sum[i][0] * sum[i][0]),
                            sqrt(sum[i][2]), sum[i][3]};
        print_message("second path %.2f, noise %.3f, %s: %.4f, scatter %.4f, claimed "
                      "%.4f, quality %.4f\n",
                      second, noise, i ? "share" : "spread [ns]", out[i]->mean,
                      out[i]->scatter, out[i]->claimed, out[i]->quality);
    }
    bed_close(&b);
}

static void
two_paths_scatter_as_claimed(void **state)
{
    for (double noise = 0.02; noise < 0.11; noise *= 2) {
        outcome spread, share;
        scatter_of(0.5, noise, &spread, &share);
        assert_true(spread.scatter < 1.4 * spread.claimed);
        assert_true(spread.scatter > 0.7 * spread.claimed);
        assert_true(share.scatter < 1.4 * share.claimed);
        assert_true(share.scatter > 0.7 * share.claimed);
        // Noise of re and im on paths of power 1.25
        assert_true(fabs(share.quality - 1.25 / (1.25 + 2 * noise * noise)) < 0.03);
    }
}

static void
a_lone_path_is_known_as_its_delay_is(void **state)
{
    outcome spread, share;
    scatter_of(0.0, 0.03, &spread, &share);
    assert_true(spread.mean + spread.scatter < 1.0);
    assert_true(spread.claimed > 0.05 && spread.claimed < 1.0);
    assert_true(share.claimed > 0.0);
}

static void
nothing_known_stays_unknown(void **state)
{
    const rv_cir_result result = {.n = 0};
    const rv_cir_taps   taps   = {.reason = RV_REASON_ALL_ZERO};
    assert_int_equal(rv_cir_spread(&taps, &result).reason, RV_REASON_ALL_ZERO);
    assert_int_equal(rv_cir_dominance(&taps, &result).reason, RV_REASON_ALL_ZERO);
}

// Propagation of errors by finite differences: the spread of four paths, each gain with
// a deviation of re and im and each delay with one of its own
static double
spread_of(const rv_cir_taps *const taps, const int which, const double re,
          const double im, const double ns)
{
    double power = 0, mean = 0, square = 0;
    for (int i = 0; i < taps->n_paths; ++i) {
        const double a = (double)taps->path[i].re + (i == which ? re : 0);
        const double b = (double)taps->path[i].im + (i == which ? im : 0);
        const double t = (double)taps->path[i].delay_ns + (i == which ? ns : 0);
        const double p = a * a + b * b;
        power += p;
        mean += p * t;
        square += p * t * t;
    }
    return sqrt(square / power - mean / power * (mean / power));
}

static void
four_paths_by_finite_differences(void **state)
{
    const rv_cir_result result = {.energy = 1.0F, .residual = 0.1F};
    for (int v = 0; v < 2; ++v) { // gains alone, and delays alone
        rv_cir_taps taps     = {.n_paths = 4,
                                .path    = {{.delay_ns = -20, .re = 0.3F, .im = -0.2F},
                                            {.delay_ns = 0, .re = 0.9F, .im = 0.4F},
                                            {.delay_ns = 45, .re = -0.5F, .im = 0.1F},
                                            {.delay_ns = 160, .re = 0.1F, .im = 0.3F}}};
        double      variance = 0;
        for (int i = 0; i < 4; ++i) {
            const double s = v ? 0 : 0.02 + 0.01 * i, t = v ? 0.1 + 2 * i : 1e-6,
                         h              = 1e-5;
            taps.path[i].sigma          = (float)s;
            taps.path[i].delay_sigma_ns = (float)t;
            const double at             = spread_of(&taps, -1, 0, 0, 0);
            variance += pow((spread_of(&taps, i, h, 0, 0) - at) / h * s, 2) +
                        pow((spread_of(&taps, i, 0, h, 0) - at) / h * s, 2) +
                        pow((spread_of(&taps, i, 0, 0, h) - at) / h * t, 2);
        }
        taps.rms_spread_ns  = (float)spread_of(&taps, -1, 0, 0, 0);
        const rv_estimate e = rv_cir_spread(&taps, &result);
        assert_float_equal(e.value, taps.rms_spread_ns, 0);
        assert_float_equal(e.sigma, sqrt(variance), 1e-3 * sqrt(variance));
        assert_float_equal(e.quality, 0.9, 1e-6);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_paths_scatter_as_claimed),
        cmocka_unit_test(a_lone_path_is_known_as_its_delay_is),
        cmocka_unit_test(nothing_known_stays_unknown),
        cmocka_unit_test(four_paths_by_finite_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
