// SPDX-License-Identifier: MIT
// The simulated flat: empty, it is subtracted to 25 dB below its static channel and
// better; a walker three metres from the link stands out by 10 dB and more in what the
// tones share, which is where an echo is and noise is not.
#include "channel_rv.h"
#include "cmocka_rv.h"

#include <ruview/prep/calibrate.h>
#include <ruview/prep/sanitise.h>
#include <ruview/sim/sim.h>

enum { tones = 52, empty_frames = 1200, walk_frames = 1200 };

typedef struct {
    rv_sim       empty, walker;
    rv_sanitise  s;
    rv_calibrate c;
    void        *mem[4];
    ch_random    r;
    ch_slot      slot;
} bench;

static void *
world(rv_sim *const sim, const rv_sim_config *const cfg)
{
    size_t n = 0;
    assert_int_equal(rv_sim_size(cfg, &n), RV_OK);
    void *const mem = ch_memory(n);
    assert_int_equal(rv_sim_init(sim, cfg, mem, n), RV_OK);
    return mem;
}

static void
bench_init(bench *const b)
{
    static rv_sim_config      cfg;
    const rv_sanitise_config  sc = rv_sanitise_config_default(tones, 1);
    const rv_calibrate_config cc = rv_calibrate_config_default(tones, 1);
    size_t                    n  = 0;
    rv_sim_config_default(&cfg);
    b->mem[0]     = world(&b->empty, &cfg);
    cfg.n_persons = 1;
    rv_sim_person_default(&cfg.person[0]);
    cfg.person[0].n_waypoints = 2;
    cfg.person[0].waypoint[0] = (rv_sim_waypoint){2.0F, 3.4F, 0.0F, 1.0F, RV_SIM_STAND};
    cfg.person[0].waypoint[1] = (rv_sim_waypoint){4.0F, 3.4F, 0.0F, 1.0F, RV_SIM_STAND};
    b->mem[1]                 = world(&b->walker, &cfg);
    assert_int_equal(rv_sanitise_size(&sc, &n), RV_OK);
    b->mem[2] = ch_memory(n);
    assert_int_equal(rv_sanitise_init(&b->s, &sc, b->mem[2], n), RV_OK);
    assert_int_equal(rv_calibrate_size(&cc, &n), RV_OK);
    b->mem[3] = ch_memory(n);
    assert_int_equal(rv_calibrate_init(&b->c, &cc, b->mem[3], n), RV_OK);
    b->r = (ch_random){7};
    ch_slot_init(&b->slot, ch_tones52(), tones, 1);
}

// One packet from node 0 to node 1, 20 Hz, 30 dB SNR
static void
packet(bench *const b, rv_sim *const sim, const int index)
{
    float  re[tones], im[tones];
    double power = 0;
    assert_int_equal(
        rv_sim_channel(sim, 0, 1, 0.05 * index, tones, ch_tones52(), re, im), RV_OK);
    for (int k = 0; k < tones; ++k) {
        power += ((double)re[k] * re[k] + (double)im[k] * im[k]) / tones;
    }
    const double sigma = sqrt(0.5 * power * 1e-3);
    const double sto = 60 * (ch_uniform(&b->r) - 0.5), turn = 7 * ch_normal(&b->r);
    for (int k = 0; k < tones; ++k) {
        const double complex h =
            (re[k] + I * im[k]) * cexp(I * turn - 2.0 * I * CH_PI * ch_tones52()[k] *
                                                      312500.0 * sto * 1e-9) +
            sigma * (ch_normal(&b->r) + I * ch_normal(&b->r));
        b->slot.re[k] = (float)creal(h);
        b->slot.im[k] = (float)cimag(h);
    }
    rv_sanitise_result result;
    ch_normalise(&b->slot);
    b->slot.csi.t_us = 1000000 + 50000 * (uint64_t)index;
    assert_int_equal(rv_sanitise_push(&b->s, &b->slot.csi, NULL, &result), RV_OK);
    assert_int_equal(result.reason, RV_REASON_NONE);
}

static double
residual_db(bench *const b, rv_sim *const sim, const int first, const int n,
            double *const echo_db)
{
    double rest = 0, still = 0, echo = 0;
    for (int i = first; i < first + n; ++i) {
        float               re[tones], im[tones];
        rv_calibrate_result result;
        packet(b, sim, i);
        assert_int_equal(rv_calibrate_apply(&b->c, &b->slot.csi, &result), RV_OK);
        assert_int_equal(rv_calibrate_subtract(&b->c, &b->slot.csi, re, im), RV_OK);
        echo += pow(10, (double)result.echo_db / 10) / n;
        for (int k = 0; k < tones; ++k) {
            rest += (double)re[k] * re[k] + (double)im[k] * im[k];
            still += (double)b->slot.re[k] * b->slot.re[k] +
                     (double)b->slot.im[k] * b->slot.im[k];
        }
    }
    *echo_db = 10 * log10(echo);
    return 10 * log10(rest / still);
}

// What the walker really adds, without noise: over the static energy, and what is left
// of it once the best gain, phase and delay of each packet are taken out
static void
true_echo(bench *const b, const int n, double *const plain_db, double *const aligned_db)
{
    double echo = 0, left = 0, still = 0;
    for (int i = 0; i < n; ++i) {
        float re[2][tones], im[2][tones];
        for (int w = 0; w < 2; ++w) {
            assert_int_equal(rv_sim_channel(w ? &b->walker : &b->empty, 0, 1,
                                            0.05 * (empty_frames + i), tones,
                                            ch_tones52(), re[w], im[w]),
                             RV_OK);
        }
        double best = 1e9;
        for (double ns = -1.5; ns < 1.51; ns += 0.05) {
            double complex dot = 0;
            double         a = 0, c = 0;
            for (int k = 0; k < tones; ++k) {
                const double complex e = re[0][k] + I * im[0][k];
                const double complex h =
                    (re[1][k] + I * im[1][k]) *
                    cexp(2.0 * I * CH_PI * ch_tones52()[k] * 312500.0 * ns * 1e-9);
                dot += h * conj(e);
                a += creal(e * conj(e));
                c += creal(h * conj(h));
            }
            const double rest = c - creal(dot * conj(dot)) / a;
            best              = rest < best ? rest : best;
        }
        left += best;
        for (int k = 0; k < tones; ++k) {
            const double complex e = re[0][k] + I * im[0][k];
            const double complex d = re[1][k] + I * im[1][k] - e;
            echo += creal(d * conj(d));
            still += creal(e * conj(e));
        }
    }
    *plain_db   = 10 * log10(echo / still);
    *aligned_db = 10 * log10(left / still);
}

static void
test_background(void **state)
{
    static bench b;
    rv_reason    refused;
    bench_init(&b);
    rv_calibrate_begin(&b.c, 1);
    for (int i = 0; i < empty_frames; ++i) {
        packet(&b, &b.empty, i);
        assert_int_equal(rv_calibrate_record(&b.c, &b.slot.csi), RV_OK);
    }
    rv_calibrate_finish(&b.c, &refused);
    assert_int_equal(refused, RV_REASON_NONE);
    double       echo_empty = 0, echo_walk = 0;
    const double empty = residual_db(&b, &b.empty, empty_frames, 600, &echo_empty);
    const double walk =
        residual_db(&b, &b.walker, empty_frames, walk_frames, &echo_walk);
    print_message(
        "residual: empty %.1f dB, walker 3 m away %.1f dB; shared by the tones: "
        "%.1f dB, %.1f dB\n",
        empty, walk, echo_empty, echo_walk);
    double plain = 0, aligned = 0;
    true_echo(&b, walk_frames, &plain, &aligned);
    print_message("the walker's echo, without noise: %.1f dB, %.1f dB after alignment; "
                  "noise -30.0 dB\n",
                  plain, aligned);
    assert_true(empty <= -25);
    assert_true(walk > empty + 3);
    assert_true(echo_walk >= echo_empty + 10);
    for (int i = 0; i < 4; ++i) {
        free(b.mem[i]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_background)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
