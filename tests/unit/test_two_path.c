// SPDX-License-Identifier: MIT
// Two paths through normalise, sanitise and align: the relative delay survives. The
// estimator is maximum likelihood over both delays, written for this test; the bound is
// the inverse of the Fisher matrix of six parameters. Beside it stands the control: the
// same estimator on the same noise without offset, phase and gain.
#include "channel_rv.h"
#include "cmocka_rv.h"

#include <ruview/cir/solver.h>
#include <ruview/cir/taps.h>
#include <ruview/prep/align.h>
#include <ruview/prep/normalise.h>
#include <ruview/prep/sanitise.h>

enum { tones = 56, frames = 10, phases = 8 };

static const double df = 312500.0;

static double complex
steer(const int k, const double ns)
{
    return cexp(-2.0 * I * CH_PI * k * df * ns * 1e-9);
}

/// Invert a symmetric 6 x 6 matrix by Gauss-Jordan; returns entry sums for a contrast
static double
bound_ns(const double complex a1, const double complex a2, const double t1,
         const double t2, const double sigma)
{
    double f[6][12] = {{0}};
    for (int i = 0; i < tones; ++i) {
        const int            k  = ch_tones56()[i];
        const double complex d1 = -2.0 * I * CH_PI * k * df * 1e-9;
        const double complex b1 = steer(k, t1), b2 = steer(k, t2);
        const double complex g[6] = {b1, I * b1, a1 * d1 * b1,
                                     b2, I * b2, a2 * d1 * b2};
        for (int p = 0; p < 6; ++p) {
            for (int q = 0; q < 6; ++q) {
                f[p][q] += creal(conj(g[p]) * g[q]) / (sigma * sigma);
            }
        }
    }
    for (int p = 0; p < 6; ++p) {
        f[p][6 + p] = 1;
    }
    for (int p = 0; p < 6; ++p) {
        int best = p;
        for (int q = p; q < 6; ++q) {
            best = fabs(f[q][p]) > fabs(f[best][p]) ? q : best;
        }
        for (int c = 0; c < 12; ++c) {
            const double swap = f[p][c];
            f[p][c]           = f[best][c];
            f[best][c]        = swap;
        }
        const double pivot = f[p][p];
        for (int c = 0; c < 12; ++c) {
            f[p][c] /= pivot;
        }
        for (int q = 0; q < 6; ++q) {
            const double m = q == p ? 0 : f[q][p];
            for (int c = 0; c < 12; ++c) {
                f[q][c] -= m * f[p][c];
            }
        }
    }
    return sqrt(f[2][8] + f[5][11] - f[2][11] - f[5][8]);
}

// Energy that two paths explain, and their amplitudes
static double
explain(const double complex *const h, const double t1, const double t2,
        double complex *const a1, double complex *const a2)
{
    double complex c1 = 0, c2 = 0, g = 0;
    for (int i = 0; i < tones; ++i) {
        const int            k  = ch_tones56()[i];
        const double complex b1 = steer(k, t1), b2 = steer(k, t2);
        c1 += conj(b1) * h[i];
        c2 += conj(b2) * h[i];
        g += conj(b1) * b2;
    }
    const double det = (double)tones * tones - creal(g * conj(g));
    *a1              = (tones * c1 - g * c2) / det;
    *a2              = (tones * c2 - conj(g) * c1) / det;
    return creal(conj(c1) * *a1 + conj(c2) * *a2);
}

// Climbs from (t1, t2) to the top of the likelihood; returns the energy explained
// there. Gauss-Newton with damping, the amplitudes projected out
static double
climb(const double complex *const h, double *const t1, double *const t2)
{
    const double   eps  = 1e-3;
    double         damp = 1e-3;
    double complex u, v;
    double         here = explain(h, *t1, *t2, &u, &v);
    for (int it = 0; it < 100; ++it) {
        double e[3][3];
        for (int p = 0; p < 3; ++p) {
            for (int q = 0; q < 3; ++q) {
                e[p][q] = explain(h, *t1 + (p - 1) * eps, *t2 + (q - 1) * eps, &u, &v);
            }
        }
        const double g1 = (e[2][1] - e[0][1]) / (2 * eps);
        const double g2 = (e[1][2] - e[1][0]) / (2 * eps);
        const double h1 = -(e[2][1] - 2 * here + e[0][1]) / (eps * eps);
        const double h2 = -(e[1][2] - 2 * here + e[1][0]) / (eps * eps);
        const double hx = -(e[2][2] - e[2][0] - e[0][2] + e[0][0]) / (4 * eps * eps);
        const double p = fabs(h1) * (1 + damp), r = fabs(h2) * (1 + damp);
        const double q     = hx * hx < p * r ? hx : 0;
        const double s1    = (r * g1 - q * g2) / (p * r - q * q);
        const double s2    = (p * g2 - q * g1) / (p * r - q * q);
        const double there = explain(h, *t1 + s1, *t2 + s2, &u, &v);
        const bool   inside =
            fabs(s1) < 100 && fabs(s2) < 100 && fabs(*t2 + s2 - *t1 - s1) > 1;
        if (there >= here && inside) {
            *t1 += s1, *t2 += s2, here = there, damp *= 0.3;
            if (fabs(s1) + fabs(s2) < 1e-5) {
                break;
            }
        } else {
            damp = damp < 1e-4 ? 1e-2 : damp * 10;
            if (damp > 1e12) {
                break;
            }
        }
    }
    return here;
}

// Maximum likelihood: a grid over both delays, then a climb from its best places
static double
relative_delay(const double complex *const h)
{
    enum {
        first  = -150,
        last   = 360,
        step   = 6,
        count  = (last - first) / step,
        starts = 6
    };
    double complex c[count], g[count];
    double         top[starts], at[starts][2];
    for (int j = 0; j < count; ++j) {
        c[j] = g[j] = 0;
        for (int i = 0; i < tones; ++i) {
            const int k = ch_tones56()[i];
            c[j] += conj(steer(k, first + j * step)) * h[i];
            g[j] += steer(k, j * step);
        }
    }
    for (int s = 0; s < starts; ++s) {
        top[s] = -1;
    }
    for (int a = 0; a < count; ++a) {
        for (int b = a + 2; b < count; ++b) {
            const double complex d   = g[b - a];
            const double         det = (double)tones * tones - creal(d * conj(d));
            const double         e =
                (tones * (creal(c[a] * conj(c[a])) + creal(c[b] * conj(c[b]))) -
                 2 * creal(conj(c[a]) * d * c[b])) /
                det;
            // The best place of each distance between the paths competes on its own
            const int s = (b - a) * step < 30    ? 0
                          : (b - a) * step < 60  ? 1
                          : (b - a) * step < 110 ? 2
                          : (b - a) * step < 170 ? 3
                          : (b - a) * step < 260 ? 4
                                                 : 5;
            if (e > top[s]) {
                top[s] = e, at[s][0] = first + a * step, at[s][1] = first + b * step;
            }
        }
    }
    double best = -1, found = 0;
    for (int s = 0; s < starts; ++s) {
        const double e = climb(h, &at[s][0], &at[s][1]);
        if (e > best) {
            best = e, found = fabs(at[s][1] - at[s][0]);
        }
    }
    return found;
}

typedef struct {
    rv_normalise     n;
    rv_sanitise      s;
    rv_align         a;
    void            *mem_n, *mem_s, *mem_a;
    const rv_layout *layout;
} chain;

static void
chain_init(chain *const c)
{
    // The HT field of a 128-entry ESP32 report: 56 tones
    size_t n  = 0;
    c->layout = rv_layout_find(RV_CHIP_ESP32, 20, 128, 0);
    assert_non_null(c->layout);
    assert_int_equal(c->layout->segment[c->layout->primary].n_tones, tones);
    const rv_normalise_config nc = rv_normalise_config_default(c->layout, 1, 1);
    const rv_sanitise_config  sc = rv_sanitise_config_default(tones, 1);
    const rv_align_config     ac = rv_align_config_default(tones);
    assert_int_equal(rv_normalise_size(&nc, &n), RV_OK);
    c->mem_n = ch_memory(n);
    assert_int_equal(rv_normalise_init(&c->n, &nc, c->mem_n, n), RV_OK);
    assert_int_equal(rv_sanitise_size(&sc, &n), RV_OK);
    c->mem_s = ch_memory(n);
    assert_int_equal(rv_sanitise_init(&c->s, &sc, c->mem_s, n), RV_OK);
    assert_int_equal(rv_align_size(&ac, &n), RV_OK);
    c->mem_a = ch_memory(n);
    assert_int_equal(rv_align_init(&c->a, &ac, c->mem_a, n), RV_OK);
}

static void
chain_free(chain *const c)
{
    free(c->mem_n);
    free(c->mem_s);
    free(c->mem_a);
}

// One packet through the chain into `out`
static void
chain_push(chain *const c, const ch_path *const path, const int n_paths,
           const double sigma, const int index, ch_slot *const first,
           ch_slot *const out, ch_random *const r, double complex *const control)
{
    static float      re[RV_MAX_ENTRIES], im[RV_MAX_ENTRIES];
    const rv_segment *seg  = &c->layout->segment[c->layout->primary];
    const double      gain = pow(10, (6 * ch_uniform(r) - 3) / 20) * 20;
    const double      sto  = 200 * (ch_uniform(r) - 0.5);
    const double      turn = 2 * CH_PI * ch_uniform(r);
    memset(re, 0, sizeof re);
    memset(im, 0, sizeof im);
    for (int i = 0; i < tones; ++i) {
        const int            k     = seg->tone[i];
        const double complex noise = sigma * (ch_normal(r) + I * ch_normal(r));
        const double complex clean = ch_at(path, n_paths, k, df) + noise;
        const double complex h     = gain * cexp(I * turn) * steer(k, sto) * clean;
        control[i] =
            clean * steer(k, -17.3); // off the estimator's grid, as the chain's result
        re[seg->first + seg->entry[i]] = (float)creal(h);
        im[seg->first + seg->entry[i]] = (float)cimag(h);
    }
    const rv_frame     frame = {.layout        = c->layout,
                                .n_rx          = 1,
                                .n_tx          = 1,
                                .bandwidth_mhz = 20,
                                .t_us          = 1000000 + 10000 * (uint64_t)index,
                                .re            = re,
                                .im            = im};
    rv_sanitise_result result;
    ch_slot_init(out, NULL, 0, 1);
    assert_int_equal(rv_normalise_push(&c->n, &frame, &out->csi), RV_REASON_NONE);
    assert_int_equal(
        rv_sanitise_push(&c->s, &out->csi, rv_normalise_weight(&c->n), &result), RV_OK);
    rv_csi *const group[2] = {&first->csi, &out->csi};
    assert_int_equal(rv_align_push(&c->a, group, index == 0 ? 1 : 2, NULL), RV_OK);
}

static void
test_relative_delay(void **state)
{
    const double delay[4] = {50, 100, 150, 300}, level[3] = {0, -5, -10};
    ch_random    r = {20260101};
    for (int d = 0; d < 4; ++d) {
        for (int l = 0; l < 3; ++l) {
            double err2 = 0, crb2 = 0, bias = 0, mean_bias = 0, mean2 = 0, control2 = 0;
            for (int p = 0; p < phases; ++p) {
                const double complex a2 =
                    pow(10, level[l] / 20) * cexp(2 * CH_PI * I * ch_uniform(&r));
                const ch_path path[2] = {{0, 1}, {delay[d], a2}};
                double        power   = 0;
                for (int i = 0; i < tones; ++i) {
                    const double complex h = ch_at(path, 2, ch_tones56()[i], df);
                    power += creal(h * conj(h)) / tones;
                }
                const double   sigma = sqrt(0.5 * power * 0.01); // 20 dB
                const double   crb   = bound_ns(1, a2, 0, delay[d], sigma);
                chain          c;
                ch_slot        first, now;
                double complex sum[tones] = {0};
                chain_init(&c);
                for (int f = 0; f < frames; ++f) {
                    ch_slot *const s = f == 0 ? &first : &now;
                    double complex h[tones], control[tones];
                    chain_push(&c, path, 2, sigma, f, &first, s, &r, control);
                    for (int i = 0; i < tones; ++i) {
                        h[i] = s->re[i] + I * s->im[i];
                        sum[i] += h[i];
                    }
                    const double e = relative_delay(h) - delay[d];
                    err2 += e * e;
                    bias += e;
                    crb2 += crb * crb;
                    const double o = relative_delay(control) - delay[d];
                    control2 += o * o;
                }
                const double e = relative_delay(sum) - delay[d];
                mean_bias += e / phases;
                mean2 += e * e / phases;
                chain_free(&c);
            }
            const double n     = frames * phases;
            const double ratio = sqrt(err2 / crb2), without = sqrt(control2 / crb2);
            print_message(
                "%3.0f ns %3.0f dB: CRB %.3f ns, rmse %.3f CRB (control %.3f), bias "
                "%+.3f ns; mean of %d aligned: rmse %.3f CRB, bias %+.3f ns\n",
                delay[d], level[l], sqrt(crb2 / n), ratio, without, bias / n, frames,
                sqrt(mean2) / sqrt(crb2 / n), mean_bias);
            assert_true(ratio <= 1.02 * without);
            assert_true(ratio <= 1.5);
            assert_true(sqrt(mean2) <= 1.5 * sqrt(crb2 / n));
            assert_true(fabs(mean_bias) <= 1);
            assert_true(fabs(bias / n) <= 1);
        }
    }
}

// One path alone, through the delay-profile solver of the next stage
static void
test_one_path_has_no_spread(void **state)
{
    ch_random r = {3};
    chain     c;
    ch_slot   first, now;
    chain_init(&c);
    const rv_segment *const seg    = &c.layout->segment[c.layout->primary];
    const rv_cir_layout     layout = {
            .tone = seg->tone, .n_tones = tones, .spacing_hz = 312500};
    rv_cir_plan        plan;
    rv_cir_solver      solver;
    rv_cir_config      cfg;
    rv_cir_taps_config taps_cfg;
    size_t             n = 0;
    rv_cir_config_default(&cfg);
    rv_cir_taps_config_default(&taps_cfg);
    assert_int_equal(rv_cir_plan_size(&layout, &n), RV_OK);
    void *const mem_plan = ch_memory(n);
    assert_int_equal(rv_cir_plan_init(&plan, &layout, mem_plan, n), RV_OK);
    assert_int_equal(rv_cir_solver_size(&plan, &cfg, &n), RV_OK);
    void *const mem_solver = ch_memory(n);
    assert_int_equal(rv_cir_solver_init(&solver, &plan, &cfg, mem_solver, n), RV_OK);
    static rv_cir_state  warm;
    static rv_cir_result result;
    static rv_cir_taps   taps;
    double               worst = 0, sum2 = 0;
    for (int f = 0; f < 400; ++f) {
        const ch_path  path[1] = {{37.3, cexp(I * f)}};
        ch_slot *const s       = f == 0 ? &first : &now;
        double complex control[tones];
        chain_push(&c, path, 1, sqrt(0.5 * 0.01), f, &first, s, &r, control);
        rv_cir_solve_csi(&solver, &s->csi, &warm, &result);
        rv_cir_taps_of(&plan, &taps_cfg, &result, &taps);
        assert_int_equal(taps.reason, RV_REASON_NONE);
        worst = taps.rms_spread_ns > worst ? taps.rms_spread_ns : worst;
        sum2 += (double)taps.rms_spread_ns * taps.rms_spread_ns / 400;
    }
    print_message("one path at 20 dB: spread %.2f ns rms, worst %.2f ns\n", sqrt(sum2),
                  worst);
    assert_true(sqrt(sum2) <= 5);
    free(mem_plan);
    free(mem_solver);
    chain_free(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_relative_delay),
        cmocka_unit_test(test_one_path_has_no_spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
