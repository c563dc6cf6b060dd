// SPDX-License-Identifier: MIT
// Sampling-time offset and common phase come out, delay structure stays.
#include "channel_rv.h"
#include "cmocka_rv.h"

#include <ruview/prep/rotate.h>
#include <ruview/prep/sanitise.h>

static const ch_path room[3] = {{30, 1.0}, {75, 0.5 * I}, {140, -0.3}};

typedef struct {
    rv_sanitise s;
    void       *mem;
} link;

static void
link_init(link *const l, const uint16_t tones, const uint16_t streams)
{
    const rv_sanitise_config cfg = rv_sanitise_config_default(tones, streams);
    size_t                   n   = 0;
    assert_int_equal(rv_sanitise_size(&cfg, &n), RV_OK);
    l->mem = ch_memory(n);
    assert_int_equal(rv_sanitise_init(&l->s, &cfg, l->mem, n), RV_OK);
}

static void
test_removes_what_the_packet_added(void **state)
{
    ch_random r = {1};
    link      l;
    link_init(&l, 56, 1);
    ch_slot a, b;
    ch_slot_init(&a, ch_tones56(), 56, 1);
    ch_slot_init(&b, ch_tones56(), 56, 1);
    rv_sanitise_result result;
    const ch_packet    first = {0, 0, 1, 0};
    ch_fill(&a, 0, room, 3, &first, &r);
    ch_normalise(&a);
    assert_int_equal(rv_sanitise_push(&l.s, &a.csi, NULL, &result), RV_OK);
    assert_true(result.replaced);
    for (int i = 0; i < 500; ++i) {
        const ch_packet p = {400 * (ch_uniform(&r) - 0.5), 7 * ch_normal(&r), 1, 0};
        ch_fill(&b, 0, room, 3, &p, &r);
        ch_normalise(&b);
        b.csi.t_us = (uint64_t)(i + 1) * 10000;
        assert_int_equal(rv_sanitise_push(&l.s, &b.csi, NULL, &result), RV_OK);
        assert_int_equal(result.reason, RV_REASON_NONE);
        assert_true(result.match > 0.9999F);
        for (int k = 0; k < 56; ++k) {
            assert_float_equal(b.re[k], a.re[k], 2e-3);
            assert_float_equal(b.im[k], a.im[k], 2e-3);
        }
        // Both frames are relative to the same mean delay
        assert_float_equal(b.csi.sto_ns - a.csi.sto_ns, p.sto_ns, 0.5);
    }
    free(l.mem);
}

static void
test_noise_and_errors_are_known(void **state)
{
    ch_random r = {2};
    link      l;
    link_init(&l, 52, 1);
    ch_slot b;
    ch_slot_init(&b, ch_tones52(), 52, 1);
    rv_sanitise_result result;
    double             sum2 = 0, claimed = 0, base = 0;
    const double       rms   = sqrt(1 + 0.25 + 0.09);
    const double       sigma = rms * sqrt(0.5 * 0.01); // 20 dB
    int                n     = 0;
    for (int i = 0; i < 2000; ++i) {
        const ch_packet p = {100 * (ch_uniform(&r) - 0.5), 6 * ch_uniform(&r), 1,
                             sigma};
        ch_fill(&b, 0, room, 3, &p, &r);
        ch_normalise(&b);
        b.csi.t_us = (uint64_t)i * 10000;
        assert_int_equal(rv_sanitise_push(&l.s, &b.csi, NULL, &result), RV_OK);
        assert_int_equal(result.reason, RV_REASON_NONE);
        if (i >= 1000) {
            const double e = b.csi.sto_ns - p.sto_ns;
            base += e;
            sum2 += e * e;
            claimed += (double)result.sto_sigma_ns * result.sto_sigma_ns;
            ++n;
        }
    }
    const double sd = sqrt(sum2 / n - (base / n) * (base / n));
    print_message("offset error %.3f ns, claimed %.3f ns, noise %.4f of 0.0707\n", sd,
                  sqrt(claimed / n), (double)b.csi.noise);
    assert_true(sd < 1.2 * sqrt(claimed / n) && sd > 0.8 * sqrt(claimed / n));
    assert_float_equal(b.csi.noise, 0.0707, 0.01);
    free(l.mem);
}

static void
test_garbage_is_left_alone(void **state)
{
    ch_random r = {3};
    link      l;
    link_init(&l, 52, 1);
    ch_slot b;
    ch_slot_init(&b, ch_tones52(), 52, 1);
    int refused = 0;
    for (int i = 0; i < 2000; ++i) {
        for (int k = 0; k < 52; ++k) {
            const double p = 2 * CH_PI * ch_uniform(&r);
            b.re[k]        = (float)cos(p);
            b.im[k]        = (float)sin(p);
        }
        rv_sanitise_result result;
        b.csi.t_us = (uint64_t)i * 10000;
        assert_int_equal(rv_sanitise_push(&l.s, &b.csi, NULL, &result), RV_OK);
        refused += result.reason == RV_REASON_PHASE_GARBAGE;
    }
    print_message("garbage refused: %d of 2000\n", refused);
    assert_true(refused >= 1960);
    free(l.mem);
}

static void
test_antennas_share_both_numbers(void **state)
{
    ch_random r = {4};
    link      l;
    link_init(&l, 56, 3);
    ch_slot a, b;
    ch_slot_init(&a, ch_tones56(), 56, 3);
    ch_slot_init(&b, ch_tones56(), 56, 3);
    for (int i = 0; i < 50; ++i) {
        ch_slot *const  s = i == 0 ? &a : &b;
        const ch_packet p = {i == 0 ? 0 : 200 * ch_uniform(&r), ch_normal(&r), 1, 0};
        for (int rx = 0; rx < 3; ++rx) {
            const ch_path path[2] = {{20 + rx, cexp(I * rx)},
                                     {90, 0.4 * cexp(-2 * I * rx)}};
            ch_fill(s, rx, path, 2, &p, &r);
        }
        ch_normalise(s);
        s->csi.t_us = (uint64_t)i * 10000;
        rv_sanitise_result result;
        assert_int_equal(rv_sanitise_push(&l.s, &s->csi, NULL, &result), RV_OK);
        for (int k = 0; i > 0 && k < 3 * 56; ++k) {
            assert_float_equal(b.re[k], a.re[k], 2e-3);
            assert_float_equal(b.im[k], a.im[k], 2e-3);
        }
    }
    free(l.mem);
}

static void
test_ratio_cancels_gain_and_phase(void **state)
{
    ch_random r = {5};
    ch_slot   a, b;
    float     ra[56], ia[56], rb[56], ib[56];
    ch_slot_init(&a, ch_tones56(), 56, 2);
    ch_slot_init(&b, ch_tones56(), 56, 2);
    const ch_packet p = {0, 0, 1, 0}, q = {170, 2, 9, 0};
    for (int s = 0; s < 2; ++s) {
        const ch_path path[2] = {{20, 1}, {60, 0.5 * cexp(I * s)}};
        ch_fill(&a, s, path, 2, &p, &r);
        ch_fill(&b, s, path, 2, &q, &r);
    }
    assert_int_equal(rv_csi_ratio(&a.csi, 0, 1, 1e-3F, ra, ia), RV_OK);
    assert_int_equal(rv_csi_ratio(&b.csi, 0, 1, 1e-3F, rb, ib), RV_OK);
    for (int k = 0; k < 56; ++k) {
        assert_float_equal(ra[k], rb[k], 1e-5);
        assert_float_equal(ia[k], ib[k], 1e-5);
    }
    assert_int_equal(rv_csi_ratio(&a.csi, 0, 2, 1e-3F, ra, ia), RV_ERR_RANGE);
    assert_int_equal(rv_csi_product(&a.csi, 2, 0, ra, ia), RV_ERR_RANGE);
}

// The template must not wander over a long time
static void
test_template_stays(void **state)
{
    ch_random r = {6};
    link      l;
    link_init(&l, 52, 1);
    ch_slot b;
    ch_slot_init(&b, ch_tones52(), 52, 1);
    double first = 0, last = 0;
    for (int i = 0; i < 60000; ++i) {
        const ch_packet p = {0, 0, 1, 0.1};
        ch_fill(&b, 0, room, 3, &p, &r);
        ch_normalise(&b);
        b.csi.t_us = (uint64_t)i * 10000;
        rv_sanitise_result result;
        assert_int_equal(rv_sanitise_push(&l.s, &b.csi, NULL, &result), RV_OK);
        first += i >= 8000 && i < 10000 ? b.csi.sto_ns / 2000.0 : 0;
        last += i >= 58000 ? b.csi.sto_ns / 2000.0 : 0;
    }
    assert_float_equal(first, last, 0.3);
    free(l.mem);
}

static void
test_new_channel_replaces_the_template(void **state)
{
    ch_random     r        = {7};
    const ch_path other[2] = {{10, 1}, {300, cexp(2 * I)}};
    link          l;
    link_init(&l, 52, 1);
    ch_slot b;
    ch_slot_init(&b, ch_tones52(), 52, 1);
    int replaced = 0, step = 0;
    for (int i = 0; i < 200; ++i) {
        const ch_packet p = {50 * ch_uniform(&r), ch_normal(&r), 1, 0.02};
        ch_fill(&b, 0, i < 100 ? room : other, i < 100 ? 3 : 2, &p, &r);
        ch_normalise(&b);
        b.csi.t_us = (uint64_t)i * 10000;
        rv_sanitise_result result;
        assert_int_equal(rv_sanitise_push(&l.s, &b.csi, NULL, &result), RV_OK);
        replaced += result.replaced;
        step += result.reason == RV_REASON_STEP;
    }
    assert_true(replaced <= 2);
    assert_true(step <= 8);
    free(l.mem);
}

// Delay is kept: a path 0, 50 or 150 ns late shows as that much offset, whatever the
// rate and however irregular the frames (the reference: the same bin for all three)
static void
test_delay_is_kept_at_any_rate(void **state)
{
    ch_random r = {8};
    for (int rate = 0; rate < 3; ++rate) {
        link l;
        link_init(&l, 52, 1);
        ch_slot b;
        ch_slot_init(&b, ch_tones52(), 52, 1);
        uint64_t     t_us     = 0;
        const double delay[3] = {0, 50, 150};
        double       first    = 0;
        for (int i = 0; i < 300; ++i) {
            const ch_packet p = {delay[i % 3], ch_normal(&r), 1, 1e-3};
            ch_fill(&b, 0, room, 3, &p, &r);
            ch_normalise(&b);
            t_us += rate == 0   ? 10000
                    : rate == 1 ? 50000
                                : (uint64_t)(1 + 200000 * ch_uniform(&r));
            b.csi.t_us = t_us;
            rv_sanitise_result result;
            assert_int_equal(rv_sanitise_push(&l.s, &b.csi, NULL, &result), RV_OK);
            first = i == 0 ? b.csi.sto_ns : first;
            assert_float_equal(b.csi.sto_ns - first, delay[i % 3], 0.6);
        }
        free(l.mem);
    }
}

// Intel's 30 of 56 tones stand 2 apart, with a few pairs 1 apart
static void
test_grouped_tones(void **state)
{
    static const int16_t tone[30] = {-28, -26, -24, -22, -20, -18, -16, -14, -12, -10,
                                     -8,  -6,  -4,  -2,  -1,  1,   3,   5,   7,   9,
                                     11,  13,  15,  17,  19,  21,  23,  25,  27,  28};
    ch_random            r        = {9};
    link                 l;
    link_init(&l, 30, 1);
    ch_slot b;
    ch_slot_init(&b, tone, 30, 1);
    double first = 0, sum2 = 0;
    int    garbage = 0;
    for (int i = 0; i < 1000; ++i) {
        const ch_packet p = {300 * (ch_uniform(&r) - 0.5), 6 * ch_uniform(&r), 1, 0.08};
        rv_sanitise_result result;
        ch_fill(&b, 0, room, 3, &p, &r);
        ch_normalise(&b);
        b.csi.t_us = (uint64_t)i * 10000;
        assert_int_equal(rv_sanitise_push(&l.s, &b.csi, NULL, &result), RV_OK);
        assert_int_equal(result.reason, RV_REASON_NONE);
        first += i >= 500 ? (b.csi.sto_ns - p.sto_ns) / 500 : 0;
        sum2 += i >= 500 ? pow(b.csi.sto_ns - p.sto_ns, 2) / 500 : 0;
    }
    print_message("grouped tones: offset error %.3f ns\n", sqrt(sum2 - first * first));
    assert_true(sqrt(sum2 - first * first) < 1);
    for (int i = 0; i < 1000; ++i) {
        rv_sanitise_result result;
        for (int k = 0; k < 30; ++k) {
            b.re[k] = (float)ch_normal(&r);
            b.im[k] = (float)ch_normal(&r);
        }
        assert_int_equal(rv_sanitise_push(&l.s, &b.csi, NULL, &result), RV_OK);
        garbage += result.reason == RV_REASON_PHASE_GARBAGE;
    }
    print_message("grouped tones: garbage refused %d of 1000\n", garbage);
    assert_true(garbage >= 900);
    free(l.mem);
}

// Weak links: at 3 dB no slope is a lobe off
static void
test_no_false_lobe(void **state)
{
    ch_random    r      = {10};
    const double snr[3] = {10, 5, 3};
    for (int v = 0; v < 3; ++v) {
        float   ref_re[52], ref_im[52];
        int     off  = 0;
        double  sum2 = 0;
        ch_slot b;
        ch_slot_init(&b, ch_tones52(), 52, 1);
        for (int k = 0; k < 52; ++k) {
            const double complex h = ch_at(room, 3, b.csi.tone[k], 312500);
            ref_re[k]              = (float)creal(h);
            ref_im[k]              = (float)cimag(h);
        }
        for (int i = 0; i < 5000; ++i) {
            const ch_packet p = {400 * (ch_uniform(&r) - 0.5), 6 * ch_uniform(&r), 1,
                                 sqrt(0.5 * 1.34 * pow(10, -snr[v] / 10))};
            ch_fill(&b, 0, room, 3, &p, &r);
            const rv_rotation fit = rv_rotation_fit(&b.csi, ref_re, ref_im, NULL);
            const double e = rv_rotation_delay_ns(fit.slope_rad, 312500) - p.sto_ns;
            off += fabs(e) > 30;
            sum2 += e * e / 5000;
        }
        print_message("%2.0f dB: offset error %.2f ns, %d of 5000 a lobe off\n", snr[v],
                      sqrt(sum2), off);
        assert_true(off <= (snr[v] > 4 ? 0 : 5));
    }
}

static void
test_refuses_other_shapes(void **state)
{
    link l;
    link_init(&l, 52, 1);
    ch_slot b;
    ch_slot_init(&b, ch_tones56(), 56, 1);
    rv_sanitise_result result;
    assert_int_equal(rv_sanitise_push(&l.s, &b.csi, NULL, &result), RV_ERR_SHAPE);
    rv_sanitise_config cfg = rv_sanitise_config_default(3, 1);
    size_t             n   = 0;
    assert_int_equal(rv_sanitise_size(&cfg, &n), RV_ERR_CONFIG);
    cfg = rv_sanitise_config_default(52, 1);
    assert_int_equal(rv_sanitise_init(&l.s, &cfg, NULL, 0), RV_ERR_MEMORY);
    free(l.mem);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_removes_what_the_packet_added),
        cmocka_unit_test(test_noise_and_errors_are_known),
        cmocka_unit_test(test_garbage_is_left_alone),
        cmocka_unit_test(test_antennas_share_both_numbers),
        cmocka_unit_test(test_ratio_cancels_gain_and_phase),
        cmocka_unit_test(test_template_stays),
        cmocka_unit_test(test_new_channel_replaces_the_template),
        cmocka_unit_test(test_delay_is_kept_at_any_rate),
        cmocka_unit_test(test_grouped_tones),
        cmocka_unit_test(test_no_false_lobe),
        cmocka_unit_test(test_refuses_other_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
