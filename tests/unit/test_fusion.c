// SPDX-License-Identifier: MIT
// Fused numbers, cross-link coherence, geometry, array gate, mesh guard.
#include "channel_rv.h"
#include "cmocka_rv.h"

#include <ruview/fusion/array.h>
#include <ruview/fusion/attention.h>
#include <ruview/fusion/cross.h>
#include <ruview/fusion/fuse.h>
#include <ruview/fusion/geometry.h>
#include <ruview/fusion/mesh_guard.h>

static void
test_attention_refuses_nan(void **state)
{
    float        a[4] = {1, 2, 3, 4}, b[4] = {1, 2, NAN, 4}, mean[4], w[2];
    const float *p[2] = {a, b};
    uint32_t     bad  = 9;
    assert_int_equal(rv_attention(p, 2, 4, 1, mean, w, &bad), RV_ERR_NONFINITE);
    assert_int_equal(bad, 1);
    p[1] = a;
    assert_int_equal(rv_attention(p, 2, 4, 0, mean, w, &bad), RV_ERR_RANGE);
    assert_int_equal(rv_attention(p, 0, 4, 1, mean, w, &bad), RV_ERR_EMPTY);
    assert_int_equal(rv_attention(p, 2, 4, 1, mean, w, &bad), RV_OK);
    assert_float_equal(w[0], 0.5, 1e-6);
}

static void
test_fused_numbers(void **state)
{
    const rv_estimate e[3] = {{10, 1, 1, RV_REASON_NONE},
                              {0, 0, 0, RV_REASON_STALE},
                              {13, 2, 0.5F, RV_REASON_NONE}};
    const rv_estimate i    = rv_fuse_independent(e, 3);
    assert_float_equal(i.value, (10 + 13 / 4.0) / 1.25, 1e-5);
    assert_float_equal(i.sigma, sqrt(1 / 1.25), 1e-6);
    assert_float_equal(i.quality, (1 + 0.5 / 4) / 1.25, 1e-6);
    // Covariance intersection never claims more than the best input
    const rv_estimate c = rv_fuse_intersect(e, 3);
    assert_float_equal(c.value, i.value, 1e-6);
    // with the weights 4/5 and 1/5, information 4/5 + 1/20
    assert_float_equal(c.sigma, sqrt(1 / 0.85), 1e-6);
    assert_float_equal(c.quality, i.quality, 1e-6);
    assert_int_equal(rv_fuse_independent(e + 1, 1).reason, RV_REASON_STALE);
    assert_int_equal(rv_fuse_intersect(e, 0).reason, RV_REASON_NO_DATA);
    const float       w[3]     = {3, 1, 1};
    const rv_estimate weighted = rv_fuse_weighted(e, w, 3);
    assert_float_equal(weighted.value, 10.75, 1e-6);
    assert_float_equal(weighted.sigma, 1.25, 1e-6);
    assert_float_equal(weighted.quality, 0.875, 1e-6);
}

// Two links that see opposite phases: the reference's fused amplitude is 0 and its
// coherence 1. Here quantities are fused, and a link that is there twice adds no
// certainty
static void
test_opposite_links_do_not_cancel(void **state)
{
    const rv_estimate motion[2] = {rv_known(0.8F, 0.1F, 1), rv_known(0.8F, 0.1F, 1)};
    const rv_estimate both      = rv_fuse_intersect(motion, 2);
    assert_float_equal(both.value, 0.8, 1e-6);
    assert_float_equal(both.sigma, 0.1, 1e-6);
    assert_true(rv_fuse_independent(motion, 2).sigma < 0.08F);
}

static double
cross_of(const int kind, const int n, const uint64_t seed, const int samples)
{
    ch_random       r   = {seed};
    rv_cross_config cfg = rv_cross_config_default((uint16_t)n);
    rv_cross        x;
    size_t          bytes = 0;
    assert_int_equal(rv_cross_size(&cfg, &bytes), RV_OK);
    void *const mem = ch_memory(bytes);
    assert_int_equal(rv_cross_init(&x, &cfg, mem, bytes), RV_OK);
    rv_estimate e = {0};
    for (int t = 0; t < samples; ++t) {
        float        v[64];
        const double common = ch_normal(&r);
        for (int i = 0; i < n; ++i) {
            const double own = ch_normal(&r);
            v[i]             = (float)(kind == 0   ? own
                                       : kind == 1 ? 5 + (i + 1) * common
                                       : kind == 2 ? (i % 2 ? -common : common) + 0.05 * own
                                                   : (i == 0 ? -common : common) + 0.05 * own);
        }
        e = rv_cross_push(&x, v, 1000000 + 50000 * (uint64_t)t);
        assert_true(t >= 19 || !rv_is_known(e));
    }
    assert_true(rv_is_known(e));
    free(mem);
    return (double)e.value;
}

// The reference gives 1.0 for every pair and 0.986 or more for random nodes
static void
test_cross_link_coherence(void **state)
{
    const int sizes[4] = {2, 4, 12, 64};
    for (int s = 0; s < 4; ++s) {
        double worst = 0, mean = 0;
        for (int trial = 0; trial < 40; ++trial) {
            const double c = cross_of(0, sizes[s], 100 + (uint64_t)trial, 200);
            worst          = c > worst ? c : worst;
            mean += c / 40;
        }
        const double same = cross_of(1, sizes[s], 7, 200);
        print_message("%d links: independent mean %.3f worst %.3f, identical %.3f\n",
                      sizes[s], mean, worst, same);
        assert_true(mean < 0.1 && worst < 0.3);
        assert_true(same > 0.95);
    }
    assert_true(cross_of(2, 4, 8, 200) > 0.9); // one brightens, one darkens
    assert_true(cross_of(3, 4, 9, 200) > 0.9);
    rv_cross_config cfg = rv_cross_config_default(65);
    size_t          n;
    assert_int_equal(rv_cross_size(&cfg, &n), RV_ERR_CONFIG);
}

static void
test_cross_survives_gaps_and_nan(void **state)
{
    ch_random       r   = {11};
    rv_cross_config cfg = rv_cross_config_default(3);
    rv_cross        x;
    size_t          bytes = 0;
    assert_int_equal(rv_cross_size(&cfg, &bytes), RV_OK);
    void *const mem = ch_memory(bytes);
    assert_int_equal(rv_cross_init(&x, &cfg, mem, bytes), RV_OK);
    rv_estimate e = {0};
    for (int t = 0; t < 400; ++t) {
        const float c    = (float)ch_normal(&r);
        const float v[3] = {c, t % 7 == 0 ? NAN : 2 * c, t > 100 ? NAN : c};
        e                = rv_cross_push(&x, v, 50000 * (uint64_t)(t + 1));
    }
    assert_true(rv_is_known(e) && e.value > 0.8F);
    free(mem);
}

// One link along x, one along y, place in the middle off both lines: by hand
static void
test_bistatic_bound(void **state)
{
    // Transmitter and receiver together: gradient 2u, a monostatic radar
    const rv_geometry_link  two[2]    = {{{-5, 0, 0}, {-5, 0, 0}, 0.1F, 1},
                                         {{0, -5, 0}, {0, -5, 0}, 0.1F, 1}};
    const float             origin[3] = {0, 0, 0};
    const rv_geometry_bound b         = rv_geometry_at(two, 2, origin);
    assert_int_equal(b.reason, RV_REASON_NONE);
    assert_float_equal(b.crb_xx, 0.01 / 4, 1e-6);
    assert_float_equal(b.crb_yy, 0.01 / 4, 1e-6);
    assert_float_equal(b.rmse_m, 0.1 / sqrt(2), 1e-5);
    assert_float_equal(b.gdop, 1 / sqrt(2), 1e-5);
    // On the line between the two ends a link says nothing along it
    const rv_geometry_link line[1] = {{{-5, 0, 0}, {5, 0, 0}, 0.1F, 1}};
    assert_int_equal(rv_geometry_at(line, 1, origin).reason,
                     RV_REASON_GEOMETRY_INSUFFICIENT);
    // Co-located links: the reference gives them the highest diversity of all
    rv_geometry_link same[4];
    for (int i = 0; i < 4; ++i) {
        same[i] = (rv_geometry_link){{-5, 0, 0}, {-5, 0, 0}, 0.1F, 1};
    }
    assert_int_equal(rv_geometry_at(same, 4, origin).reason,
                     RV_REASON_GEOMETRY_INSUFFICIENT);
    const float lo[2] = {-2, -2}, hi[2] = {2, 2};
    assert_true(rv_geometry_diversity(same, 4, lo, hi, 0, 8).value < 1e-5F);
    assert_true(rv_geometry_diversity(two, 2, lo, hi, 0, 8).value > 0.8F);
    assert_int_equal(rv_geometry_diversity(two, 0, lo, hi, 0, 8).reason,
                     RV_REASON_NO_GEOMETRY);
    assert_int_equal(rv_geometry_at(two, 0, origin).reason, RV_REASON_NO_GEOMETRY);
    // GDOP does not depend on sigma; the bound does
    rv_geometry_link loud[2] = {two[0], two[1]};
    loud[0].sigma_m = loud[1].sigma_m = 1;
    const rv_geometry_bound l         = rv_geometry_at(loud, 2, origin);
    assert_float_equal(l.gdop, b.gdop, 1e-6);
    assert_float_equal(l.rmse_m, 10 * b.rmse_m, 1e-4);
}

// The bound against the scatter of a maximum-likelihood fix
static void
test_bound_is_reached(void **state)
{
    const rv_geometry_link  link[3] = {{{0, 0, 0}, {4, 0, 0}, 0.02F, 1},
                                       {{0, 0, 0}, {0, 5, 0}, 0.02F, 1},
                                       {{4, 0, 0}, {4, 5, 0}, 0.02F, 1}};
    const float             at[3]   = {1.5F, 2.5F, 0};
    const rv_geometry_bound b       = rv_geometry_at(link, 3, at);
    ch_random               r       = {12};
    double                  sum     = 0;
    for (int trial = 0; trial < 2000; ++trial) {
        double z[3], x = 1.5, y = 2.5;
        for (int i = 0; i < 3; ++i) {
            z[i] = hypot(1.5 - link[i].tx_m[0], 2.5 - link[i].tx_m[1]) +
                   hypot(1.5 - link[i].rx_m[0], 2.5 - link[i].rx_m[1]) +
                   0.02 * ch_normal(&r);
        }
        for (int it = 0; it < 20; ++it) { // Gauss-Newton
            double a = 0, c = 0, d = 0, p = 0, q = 0;
            for (int i = 0; i < 3; ++i) {
                const double tx = x - link[i].tx_m[0], ty = y - link[i].tx_m[1];
                const double rx = x - link[i].rx_m[0], ry = y - link[i].rx_m[1];
                const double t = hypot(tx, ty), s = hypot(rx, ry);
                const double gx = tx / t + rx / s, gy = ty / t + ry / s,
                             e = z[i] - t - s;
                a += gx * gx, c += gx * gy, d += gy * gy, p += gx * e, q += gy * e;
            }
            const double det = a * d - c * c;
            x += (d * p - c * q) / det;
            y += (a * q - c * p) / det;
        }
        sum += (x - 1.5) * (x - 1.5) + (y - 2.5) * (y - 2.5);
    }
    const double rmse = sqrt(sum / 2000);
    print_message("fix %.4f m rms, bound %.4f m\n", rmse, (double)b.rmse_m);
    assert_true(rmse > 0.95 * b.rmse_m && rmse < 1.05 * b.rmse_m);
}

static rv_array_node
node(const float coherence, const float spread_us)
{
    rv_array_node n   = {.coherence = rv_known(coherence, 0.01F, 1)};
    n.clock.present   = true;
    n.clock.spread_us = rv_known(spread_us, 0, 1);
    n.clock.loss      = rv_known(0, 0, 1);
    return n;
}

static void
test_array_gate(void **state)
{
    rv_array              a;
    const rv_array_config cfg = rv_array_config_default();
    rv_array_result       out;
    rv_array_init(&a, &cfg);
    // Three nodes, one low; the earlier implementation needs six to see it
    rv_array_node n[4] = {node(0.9F, 100), node(0.9F, 100), node(0.1F, 100),
                          node(0.9F, 100)};
    assert_int_equal(rv_array_push(&a, n, 3, &out), RV_OK);
    assert_int_equal(out.contradicts, 2);
    assert_int_equal(out.part[2], RV_ARRAY_OUT);
    assert_int_equal(out.why[2], RV_REASON_LOW_QUALITY);
    assert_float_equal(out.weight[0] + out.weight[1], 1, 1e-6);
    // Hysteresis lives per node across calls: 0.68 stays in, but does not come in
    n[2] = node(0.75F, 100);
    assert_int_equal(rv_array_push(&a, n, 4, &out), RV_OK);
    assert_int_equal(out.part[2], RV_ARRAY_IN);
    n[2] = node(0.68F, 100);
    assert_int_equal(rv_array_push(&a, n, 4, &out), RV_OK);
    assert_int_equal(out.part[2], RV_ARRAY_IN);
    n[2] = node(0.60F, 100);
    assert_int_equal(rv_array_push(&a, n, 4, &out), RV_OK);
    assert_int_equal(out.part[2], RV_ARRAY_OUT);
    n[2] = node(0.68F, 100);
    assert_int_equal(rv_array_push(&a, n, 4, &out), RV_OK);
    assert_int_equal(out.part[2], RV_ARRAY_OUT);
    // The clock: in, watched, out
    n[2]               = node(0.9F, 30000);
    n[3]               = node(0.9F, 70000);
    n[1].clock.present = false;
    assert_int_equal(rv_array_push(&a, n, 4, &out), RV_OK);
    assert_int_equal(out.part[2], RV_ARRAY_WATCHED);
    assert_int_equal(out.why[3], RV_REASON_CLOCK);
    assert_int_equal(out.why[1], RV_REASON_NO_DATA);
    assert_int_equal(out.n_in, 1);
    assert_int_equal(rv_array_push(&a, n, 17, &out), RV_ERR_RANGE);
}

static void
coupled(float *const c, const uint32_t n, const float *const yield)
{
    for (uint32_t i = 0; i < n; ++i) {
        for (uint32_t j = 0; j < n; ++j) {
            c[i * n + j] = rv_mesh_coupling(yield[i], yield[j], 1, 1, 0.9F);
        }
    }
}

// Every state is reached; one of four nodes at 5 % yield fires (the reference never
// does)
static void
test_mesh_states(void **state)
{
    float          c[16];
    uint32_t       work[16];
    rv_mesh_result out;
    const float    good[4] = {1, 1, 1, 1}, weak[4] = {1, 1, 0.05F, 1},
                gone[4] = {1, 0, 1, 1};
    coupled(c, 1, good);
    assert_int_equal(rv_mesh_guard(c, 1, 0.25F, work, &out), RV_OK);
    assert_int_equal(out.state, RV_MESH_ABSENT);
    coupled(c, 2, good);
    assert_int_equal(rv_mesh_guard(c, 2, 0.25F, work, &out), RV_OK);
    assert_int_equal(out.state, RV_MESH_PAIR);
    coupled(c, 4, good);
    assert_int_equal(rv_mesh_guard(c, 4, 0.25F, work, &out), RV_OK);
    assert_int_equal(out.state, RV_MESH_WHOLE);
    coupled(c, 4, weak);
    assert_int_equal(rv_mesh_guard(c, 4, 0.25F, work, &out), RV_OK);
    assert_int_equal(out.state, RV_MESH_AT_RISK);
    assert_int_equal(out.n_weak, 1);
    assert_int_equal(out.weak[0], 2);
    coupled(c, 4, gone);
    assert_int_equal(rv_mesh_guard(c, 4, 0.25F, work, &out), RV_OK);
    assert_int_equal(out.state, RV_MESH_SPLIT);
    assert_int_equal(out.weak[0], 1);
    assert_int_equal(rv_mesh_guard(c, 200, 0.25F, work, &out), RV_ERR_RANGE);
}

// Against enumeration of every cut
static void
test_mesh_cut_is_minimal(void **state)
{
    ch_random r = {13};
    for (int trial = 0; trial < 300; ++trial) {
        const uint32_t n = 2 + (uint32_t)(ch_bits(&r) % 8);
        float          c[81];
        uint32_t       work[81], q[81];
        for (uint32_t i = 0; i < n; ++i) {
            for (uint32_t j = 0; j <= i; ++j) {
                const float w = ch_bits(&r) % 3 ? (float)ch_uniform(&r) : 0;
                c[i * n + j] = c[j * n + i] = w;
                q[i * n + j] = q[j * n + i] = rv_mesh_quantise(w);
            }
        }
        uint64_t best = UINT64_MAX;
        for (uint32_t set = 1; set + 1 < 1u << n; ++set) {
            uint64_t cut = 0;
            for (uint32_t i = 0; i < n; ++i) {
                for (uint32_t j = 0; j < n; ++j) {
                    cut += (set >> i & 1) && !(set >> j & 1) ? q[i * n + j] : 0;
                }
            }
            best = cut < best ? cut : best;
        }
        rv_mesh_result out;
        assert_int_equal(rv_mesh_guard(c, n, 0.25F, work, &out), RV_OK);
        assert_true(out.cut == (float)best / 64);
        // and the weak side is a cut of that value
        uint64_t cut = 0;
        uint32_t set = 0;
        for (uint32_t k = 0; k < out.n_weak; ++k) {
            set |= 1u << out.weak[k];
        }
        for (uint32_t i = 0; i < n; ++i) {
            for (uint32_t j = 0; j < n; ++j) {
                cut += (set >> i & 1) && !(set >> j & 1) ? q[i * n + j] : 0;
            }
        }
        assert_true(cut == best && 2 * out.n_weak <= n);
    }
}

// Room for links that never speak changes nothing
static void
test_cross_link_room(void **state)
{
    rv_cross x[2];
    void    *mem[2];
    for (int v = 0; v < 2; ++v) {
        const rv_cross_config cfg = rv_cross_config_default(v == 0 ? 4 : 32);
        size_t                n   = 0;
        assert_int_equal(rv_cross_size(&cfg, &n), RV_OK);
        mem[v] = ch_memory(n);
        assert_int_equal(rv_cross_init(&x[v], &cfg, mem[v], n), RV_OK);
    }
    ch_random r = {3};
    for (uint64_t t = 1; t < 400; ++t) {
        float        value[32];
        const double common = ch_normal(&r);
        for (int i = 0; i < 32; ++i) {
            value[i] = i < 4 ? (float)(common + 0.5 * ch_normal(&r)) : RV_CROSS_SILENT;
        }
        const rv_estimate a = rv_cross_push(&x[0], value, 50000 * t);
        const rv_estimate b = rv_cross_push(&x[1], value, 50000 * t);
        assert_memory_equal(&a, &b, sizeof a);
        assert_true(t < 399 || (a.value > 0.5F && a.quality > 0.99F));
    }
    free(mem[0]);
    free(mem[1]);
}

// The place that is seen worst turns with the links
static void
test_worst_direction_turns(void **state)
{
    const float place[3] = {0, 0, 0};
    for (int deg = 5; deg < 180; deg += 10) {
        const double a = deg * CH_PI / 180;
        // One end only: every gradient points at it. The weak one sees along `deg`
        const float            c = (float)cos(a), s = (float)sin(a);
        const rv_geometry_link link[2] = {
            {{5 * c, 5 * s, 0}, {5 * c, 5 * s, 0}, 0.3F, 1},
            {{-5 * s, 5 * c, 0}, {-5 * s, 5 * c, 0}, 0.1F, 1}};
        const rv_geometry_bound b = rv_geometry_at(link, 2, place);
        assert_float_equal(b.minor_deg, deg, 0.01);
        assert_float_equal(b.rmse_m, sqrt(0.09 / 4 + 0.01 / 4), 1e-5);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attention_refuses_nan),
        cmocka_unit_test(test_fused_numbers),
        cmocka_unit_test(test_opposite_links_do_not_cancel),
        cmocka_unit_test(test_cross_link_coherence),
        cmocka_unit_test(test_cross_link_room),
        cmocka_unit_test(test_cross_survives_gaps_and_nan),
        cmocka_unit_test(test_bistatic_bound),
        cmocka_unit_test(test_bound_is_reached),
        cmocka_unit_test(test_array_gate),
        cmocka_unit_test(test_mesh_states),
        cmocka_unit_test(test_mesh_cut_is_minimal),
        cmocka_unit_test(test_worst_direction_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
