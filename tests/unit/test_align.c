// SPDX-License-Identifier: MIT
#include "channel_rv.h"
#include "cmocka_rv.h"

#include <ruview/prep/align.h>
#include <ruview/prep/multiband.h>
#include <ruview/prep/rotate.h>

static void *
begin(rv_align *const self)
{
    const rv_align_config cfg = rv_align_config_default(56);
    size_t                n   = 0;
    assert_int_equal(rv_align_size(&cfg, &n), RV_OK);
    void *const mem = ch_memory(n);
    assert_int_equal(rv_align_init(self, &cfg, mem, n), RV_OK);
    return mem;
}

static void
test_pick_is_the_sorted_head(void **state)
{
    ch_random r = {1};
    for (int trial = 0; trial < 3000; ++trial) {
        const uint32_t n    = 1 + (uint32_t)(ch_bits(&r) % 200);
        const uint32_t pick = 1 + (uint32_t)(ch_bits(&r) % n);
        float          v[200];
        uint16_t       got[200];
        for (uint32_t i = 0; i < n; ++i) { // many ties
            v[i] = (float)(ch_bits(&r) % (trial % 2 ? 5 : 1000));
        }
        rv_align_pick(v, n, pick, got);
        for (uint32_t i = 0, k = 0; i < n; ++i) {
            uint32_t before = 0;
            for (uint32_t j = 0; j < n; ++j) {
                before += v[j] < v[i] || (v[j] == v[i] && j < i);
            }
            if (before < pick) {
                assert_int_equal(got[k], i);
                ++k;
            }
        }
    }
}

// Two channels whose slopes differ by 0.04 rad per tone: the reference removes an
// offset only and leaves 1.88 rad
static void
test_offset_and_slope(void **state)
{
    ch_random     r = {2};
    rv_align      a;
    void *const   mem = begin(&a);
    ch_slot       s[3];
    rv_csi *const frames[3] = {&s[0].csi, &s[1].csi, &s[2].csi};
    const ch_path path[2]   = {{0, 1}, {40, 0.4 * I}};
    const double  ns        = 0.04 / (2 * CH_PI * 312500) * 1e9;
    for (int i = 0; i < 3; ++i) {
        const ch_packet p = {ns * i, 0.3 * i, 1, 1e-4};
        ch_slot_init(&s[i], ch_tones56(), 56, 1);
        ch_fill(&s[i], 0, path, 2, &p, &r);
    }
    rv_align_result result[3];
    assert_int_equal(rv_align_push(&a, frames, 3, result), RV_OK);
    double worst = 0;
    for (int k = 0; k < 56; ++k) {
        for (int i = 1; i < 3; ++i) {
            const double d =
                carg((s[i].re[k] + I * s[i].im[k]) * conj(s[0].re[k] + I * s[0].im[k]));
            worst = fabs(d) > worst ? fabs(d) : worst;
        }
    }
    print_message("worst phase left: %.2e rad\n", worst);
    assert_true(worst < 0.01);
    for (int i = 1; i < 3; ++i) {
        assert_int_equal(result[i].reason, RV_REASON_NONE);
        assert_float_equal(result[i].delay_ns, ns * i, 0.02);
        assert_float_equal(result[i].phase_rad, 0.3 * i, 1e-3);
    }
    // Noise does not fit and stays as it is
    for (int k = 0; k < 56; ++k) {
        s[1].re[k] = (float)ch_normal(&r);
        s[1].im[k] = (float)ch_normal(&r);
    }
    const float before = s[1].re[7];
    assert_int_equal(rv_align_push(&a, frames, 2, result), RV_OK);
    assert_int_equal(result[1].reason, RV_REASON_LOW_QUALITY);
    assert_true(s[1].re[7] == before);
    s[1].csi.n_tones = 52;
    assert_int_equal(rv_align_push(&a, frames, 2, result), RV_ERR_SHAPE);
    assert_int_equal(rv_align_push(&a, frames, 0, result), RV_ERR_EMPTY);
    free(mem);
}

// The tones that somebody's echo shakes must not be those that are fitted on
static void
test_static_tones_are_temporal(void **state)
{
    ch_random   r = {3};
    rv_align    a;
    void *const mem = begin(&a);
    ch_slot     s;
    ch_slot_init(&s, ch_tones56(), 56, 1);
    rv_csi *const frames[2] = {&s.csi, &s.csi};
    for (int i = 0; i < 300; ++i) {
        for (int k = 0; k < 56; ++k) {
            const double shake = k >= 20 && k < 40 ? 0.3 : 0.02;
            s.re[k]            = (float)(1 + shake * ch_normal(&r));
            s.im[k]            = 0;
        }
        s.csi.t_us = (uint64_t)i * 10000;
        assert_int_equal(rv_align_push(&a, frames, i == 299 ? 2 : 1, NULL), RV_OK);
    }
    int still = 0;
    for (int k = 0; k < 56; ++k) {
        still += a.weight[k] == 1;
        assert_true(k < 20 || k >= 40 || a.weight[k] < 0.02F);
    }
    assert_int_equal(still, 17); // ceil(0.3 x 56)
    free(mem);
}

// 36 quiet tones and 20 sensitive ones: the reference's cut isolates one tone
static void
test_otsu_splits_groups(void **state)
{
    ch_random r = {5};
    float     score[56];
    uint16_t  index[56];
    for (int trial = 0; trial < 200; ++trial) {
        for (int k = 0; k < 56; ++k) {
            const bool strong = k >= 14 && k < 34;
            score[k]          = (float)((strong ? 3.0 : 1.0) + 0.25 * ch_normal(&r));
        }
        assert_int_equal(rv_align_otsu(score, 56, index), 20);
        for (int i = 36; i < 56; ++i) {
            assert_true(index[i] >= 14 && index[i] < 34);
        }
    }
    for (int k = 0; k < 56; ++k) {
        score[k] = 2;
    }
    assert_int_equal(rv_align_otsu(score, 56, index), 0);
    score[9] = 3;
    assert_int_equal(rv_align_otsu(score, 56, index), 1);
    assert_int_equal(index[55], 9);
    assert_int_equal(rv_align_otsu(score, 0, index), 0);
}

static void
test_multiband_snapshot(void **state)
{
    ch_random                 r       = {4};
    const rv_multiband_config cfg     = rv_multiband_config_default();
    const uint32_t            mhz[3]  = {2462, 2412, 2437};
    const ch_path             path[2] = {{0, 1}, {40, 0.6}};
    rv_multiband              m;
    ch_slot                   s[3];
    rv_multiband_init(&m, &cfg);
    assert_int_equal(rv_multiband_get(&m, 0).reason, RV_REASON_NO_DATA);
    for (int i = 0; i < 3; ++i) {
        const ch_packet p = {0, i, 1, 0.01};
        ch_slot_init(&s[i], ch_tones56(), 56, 1);
        ch_fill(&s[i], 0, path, 2, &p, &r);
        s[i].csi.t_us = 1000000 + 50000 * (uint64_t)i;
        assert_int_equal(rv_multiband_push(&m, &s[i].csi, mhz[i]), RV_OK);
    }
    rv_multiband_view v = rv_multiband_get(&m, 1100000);
    assert_int_equal(v.reason, RV_REASON_NONE);
    assert_int_equal(v.n, 3);
    assert_int_equal(v.span_us, 100000);
    for (uint32_t i = 0; i < 3; ++i) {
        assert_int_equal(v.band[i].freq_mhz, 2412 + 25 * i);
    }
    assert_true(v.coherence.value > 0.95F);
    // Uncorrelated channels score near 0 and are refused (the reference: 0.5 and never)
    for (int i = 0; i < 3; ++i) {
        for (int k = 0; k < 56; ++k) {
            s[i].re[k] = (float)(1 + fabs(ch_normal(&r)));
        }
    }
    v = rv_multiband_get(&m, 1100000);
    assert_int_equal(v.reason, RV_REASON_LOW_QUALITY);
    assert_true(v.coherence.value < 0.3F);
    // Frames fall out of the window one by one
    assert_int_equal(rv_multiband_get(&m, 1000000 + 200001).n, 2);
    assert_int_equal(rv_multiband_get(&m, 1100000 + 200001).reason, RV_REASON_NO_DATA);
}

// What was turned is added to what was turned before
static void
test_corrections_add_up(void **state)
{
    ch_random       r = {6};
    rv_align        a;
    void *const     mem = begin(&a);
    ch_slot         s[2];
    rv_csi *const   frames[2] = {&s[0].csi, &s[1].csi};
    const ch_path   path      = {20, 1};
    const ch_packet p[2]      = {{0, 0, 1, 1e-4}, {15, 0.4, 1, 1e-4}};
    for (int i = 0; i < 2; ++i) {
        ch_slot_init(&s[i], ch_tones56(), 56, 1);
        ch_fill(&s[i], 0, &path, 1, &p[i], &r);
        s[i].csi.phase_rad = 1;
        s[i].csi.sto_ns    = 100;
    }
    assert_int_equal(rv_align_push(&a, frames, 2, NULL), RV_OK);
    assert_float_equal(s[1].csi.phase_rad, 1.4, 1e-3);
    assert_float_equal(s[1].csi.sto_ns, 115, 0.05);
    assert_float_equal(s[0].csi.phase_rad, 1, 0);
    assert_float_equal(s[0].csi.sto_ns, 100, 0);
    free(mem);
}

// Frames of one moment weigh alike: the variance is that of the samples
static void
test_variance_of_amplitude(void **state)
{
    enum { n_frames = 40 };
    ch_random   r = {7};
    rv_align    a;
    double      x[n_frames], mean = 0, var = 0;
    void *const mem = begin(&a);
    ch_slot     s;
    ch_slot_init(&s, ch_tones56(), 56, 1);
    rv_csi *const frame = &s.csi;
    for (int i = 0; i < n_frames; ++i) {
        x[i] = 3 + ch_normal(&r);
        for (int k = 0; k < 56; ++k) {
            s.re[k] = (float)(0.6 * x[i]);
            s.im[k] = (float)(-0.8 * x[i]);
        }
        mean += x[i] / n_frames;
        assert_int_equal(rv_align_push(&a, &frame, 1, NULL), RV_OK);
    }
    for (int i = 0; i < n_frames; ++i) {
        var += (x[i] - mean) * (x[i] - mean) / n_frames;
    }
    assert_float_equal(a.mean[11], mean, 1e-5);
    assert_float_equal(a.var[11], var, 1e-5);
    free(mem);
}

// Phase and slope scatter as the fit says, whatever the gain between the two
static void
test_fit_scatters_as_stated(void **state)
{
    enum { trials = 3000 };
    const double gain[2] = {0.25, 4};
    for (int v = 0; v < 2; ++v) {
        ch_random       r      = {8};
        const ch_path   path   = {30, 1};
        const ch_packet clean  = {0, 0, 1, 0};
        const ch_packet p      = {12, 0.7, gain[v], 0.1 * gain[v]};
        const double    slope  = -2 * CH_PI * 312500 * 12e-9;
        double          phase2 = 0, slope2 = 0, phase_said = 0, slope_said = 0;
        ch_slot         ref, s;
        ch_slot_init(&ref, ch_tones56(), 56, 1);
        ch_slot_init(&s, ch_tones56(), 56, 1);
        ch_fill(&ref, 0, &path, 1, &clean, &r);
        for (int t = 0; t < trials; ++t) {
            ch_fill(&s, 0, &path, 1, &p, &r);
            const rv_rotation f = rv_rotation_fit(&s.csi, ref.re, ref.im, NULL);
            phase2 += pow((double)f.phase_rad - 0.7, 2) / trials;
            slope2 += pow((double)f.slope_rad - slope, 2) / trials;
            phase_said += (double)f.phase_sigma / trials;
            slope_said += (double)f.slope_sigma / trials;
            assert_float_equal(f.gain, gain[v], 0.1 * gain[v]);
        }
        print_message("gain %.2f: phase scatters %.3f, slope %.3f of what is stated\n",
                      gain[v], sqrt(phase2) / phase_said, sqrt(slope2) / slope_said);
        assert_float_equal(sqrt(phase2) / phase_said, 1, 0.05);
        assert_float_equal(sqrt(slope2) / slope_said, 1, 0.05);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pick_is_the_sorted_head),
        cmocka_unit_test(test_offset_and_slope),
        cmocka_unit_test(test_static_tones_are_temporal),
        cmocka_unit_test(test_otsu_splits_groups),
        cmocka_unit_test(test_multiband_snapshot),
        cmocka_unit_test(test_corrections_add_up),
        cmocka_unit_test(test_variance_of_amplitude),
        cmocka_unit_test(test_fit_scatters_as_stated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
