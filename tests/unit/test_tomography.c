// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/room/tomography.h>

#include "platform/lend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Eight nodes around a 6 x 6 m room, at two heights, and every ordered pair of them
enum { n_nodes = 8, n_links = n_nodes * (n_nodes - 1) };

static const float nodes[n_nodes][3] = {
    {0.2F, 0.2F, 0.8F}, {5.8F, 0.2F, 1.6F}, {5.8F, 5.8F, 0.8F}, {0.2F, 5.8F, 1.6F},
    {3.0F, 0.1F, 1.2F}, {5.9F, 3.0F, 0.8F}, {3.0F, 5.9F, 1.2F}, {0.1F, 3.0F, 1.6F}};

static uint32_t
all_links(rv_room_link *const links, const uint32_t n)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; ++i) {
        for (uint32_t j = 0; j < n; ++j) {
            if (i != j) {
                rv_room_link *const link = &links[count++];
                memcpy(link->tx_m, nodes[i], sizeof nodes[i]);
                memcpy(link->rx_m, nodes[j], sizeof nodes[j]);
                link->located = true;
            }
        }
    }
    return count;
}

static void *
begin(rv_tomography *const self, const rv_tomography_config *const cfg)
{
    size_t n_bytes = 0;
    assert_int_equal(rv_tomography_size(cfg, &n_bytes), RV_OK);
    void *const mem = rv_lend(n_bytes);
    assert_int_equal(rv_tomography_init(self, cfg, mem, n_bytes), RV_OK);
    return mem;
}

// Detour of the plan over a body at (x, y), heights ignored: test-side formula
static double
plan_detour(const rv_room_link *const link, const double x, const double y)
{
    const double a = hypot(x - link->tx_m[0], y - link->tx_m[1]);
    const double b = hypot(x - link->rx_m[0], y - link->rx_m[1]);
    return a + b - hypot(link->tx_m[0] - link->rx_m[0], link->tx_m[1] - link->rx_m[1]);
}

static void
shadow(rv_room_sample *const samples, const rv_room_link *const links, const double x,
       const double y)
{
    for (uint32_t i = 0; i < n_links; ++i) {
        const double near = exp(-plan_detour(&links[i], x, y) / 0.03);
        samples[i]        = (rv_room_sample){.loss_db      = (float)(5.0 * near),
                                             .variance_db2 = (float)(0.01 + 9.0 * near),
                                             .sigma_db     = 0.1F,
                                             .weight       = 1.0F,
                                             .valid        = true,
                                             .has_baseline = true};
    }
}

static uint32_t
brightest(const float *const image, const uint32_t n)
{
    uint32_t best = 0;
    for (uint32_t v = 1; v < n; ++v) {
        best = image[v] > image[best] ? v : best;
    }
    return best;
}

static void
a_body_appears_where_it_stands(void **state)
{
    const float          origin[3] = {0}, size[3] = {6, 6, 2.8F};
    rv_tomography_config cfg = rv_tomography_config_plan(origin, size, 0.25F);
    {
        rv_tomography self;
        void *const   mem = begin(&self, &cfg);
        rv_room_link  links[n_links];
        assert_int_equal(all_links(links, n_nodes), n_links);
        assert_int_equal(rv_tomography_set_links(&self, links, n_links), RV_OK);
        double worst = 0.0;
        for (int k = 0; k < 25; ++k) {
            const double   x = 1.5 + 0.7 * (k % 5), y = 1.5 + 0.7 * (k / 5);
            rv_room_sample samples[n_links];
            shadow(samples, links, x, y);
            rv_tomography_frame frame;
            assert_int_equal(rv_tomography_push(&self, samples, n_links, &frame),
                             RV_OK);
            assert_int_equal(frame.reason, RV_REASON_NONE);
            assert_int_equal(frame.loss_reason, RV_REASON_NONE);
            assert_int_equal(frame.n_pairs, n_nodes * (n_nodes - 1) / 2);
            float centre[3];
            rv_tomography_centre(&self, brightest(frame.loss, self.n_voxels), centre);
            const double off = hypot(centre[0] - x, centre[1] - y);
            worst            = off > worst ? off : worst;
        }
        print_message("worst of 25 places: %.2f m\n", worst);
        assert_true(worst < 0.9);
        free(mem);
    }
}

// Optimality of min 1/2 |W x - y|^2 + lambda sum x, x >= 0: no voxel pulls harder than
// lambda, and those in use pull exactly that hard
static void
the_sparse_image_is_optimal(void **state)
{
    const float          origin[3] = {0}, size[3] = {6, 6, 2.8F};
    rv_tomography_config cfg = rv_tomography_config_plan(origin, size, 0.25F);
    cfg.solver               = RV_TOMOGRAPHY_SPARSE;
    cfg.sparse_gap           = 1e-5F;
    cfg.max_iterations       = 20000;
    rv_tomography self;
    void *const   mem = begin(&self, &cfg);
    rv_room_link  links[n_links];
    all_links(links, n_nodes);
    assert_int_equal(rv_tomography_set_links(&self, links, n_links), RV_OK);
    for (int k = 0; k < 9; ++k) {
        rv_room_sample samples[n_links];
        shadow(samples, links, 1.5 + 1.3 * (k % 3), 1.5 + 1.3 * (k / 3));
        rv_tomography_frame frame;
        assert_int_equal(rv_tomography_push(&self, samples, n_links, &frame), RV_OK);
        assert_true(frame.gap <= cfg.sparse_gap);
        double y[n_links] = {0}, left[n_links] = {0}, lambda = 0.0, steepest = 0.0;
        for (uint32_t i = 0; i < n_links; ++i) {
            y[self.pair_of[i]] = left[self.pair_of[i]] = samples[i].loss_db;
        }
        for (uint32_t v = 0; v < self.n_voxels; ++v) {
            double pull = 0.0;
            for (uint32_t p = 0; p < self.n_pairs; ++p) {
                const double w = self.weight[p * self.n_voxels + v];
                pull += w * y[p];
                left[p] -= w * frame.loss[v];
            }
            lambda = fmax(lambda, (double)cfg.sparse_kappa * pull);
        }
        for (uint32_t v = 0; v < self.n_voxels; ++v) {
            double pull = 0.0;
            for (uint32_t p = 0; p < self.n_pairs; ++p) {
                pull += self.weight[p * self.n_voxels + v] * left[p];
            }
            assert_true(frame.loss[v] >= 0.0F);
            steepest = fmax(steepest, pull);
            if (frame.loss[v] > 0.05F) {
                assert_true(fabs(pull - lambda) < 0.02 * lambda);
            }
        }
        assert_true(steepest < 1.02 * lambda);
    }
    free(mem);
}

// The inverse against the textbook form in voxel space, by elimination, in the test
static void
the_linear_inverse_is_the_regularised_one(void **state)
{
    rv_tomography_config cfg = rv_tomography_config_default();
    cfg.nx = cfg.ny = 5;
    cfg.nz          = 2;
    enum { n_voxels = 50, n_six = 12 };
    rv_tomography  self;
    void *const    mem = begin(&self, &cfg);
    rv_room_link   links[n_links];
    const uint32_t n = all_links(links, 4);
    assert_int_equal(n, n_six);
    assert_int_equal(rv_tomography_set_links(&self, links, n), RV_OK);
    rv_room_sample samples[n_links];
    for (uint32_t i = 0; i < n; ++i) {
        samples[i] = (rv_room_sample){.loss_db      = (float)sin(1.0 + i),
                                      .variance_db2 = 0.5F,
                                      .sigma_db     = 0.2F,
                                      .weight       = 1.0F,
                                      .valid        = true,
                                      .has_baseline = true};
    }
    rv_tomography_frame frame;
    assert_int_equal(rv_tomography_push(&self, samples, n, &frame), RV_OK);
    // x = (W' R^-1 W + C^-1)^-1 W' R^-1 y  <=>  x = C W' (W C W' + R)^-1 y; check the
    // first through (C W' R^-1 W + I) x = C W' R^-1 y
    const double  prior = 0.32 * 0.32, noise = 0.2 * 0.2 / 2 + 0.25;
    static double c[n_voxels][n_voxels], m[n_voxels][2 * n_voxels + 1];
    for (uint32_t u = 0; u < n_voxels; ++u) {
        for (uint32_t v = 0; v < n_voxels; ++v) {
            float a[3], b[3];
            rv_tomography_centre(&self, u, a);
            rv_tomography_centre(&self, v, b);
            const double d =
                sqrt(pow(a[0] - b[0], 2) + pow(a[1] - b[1], 2) + pow(a[2] - b[2], 2));
            c[u][v] = prior * exp(-d / 0.7);
        }
    }
    for (uint32_t u = 0; u < n_voxels; ++u) {
        for (uint32_t v = 0; v <= n_voxels; ++v) {
            double sum = u == v ? 1.0 : 0.0;
            for (uint32_t p = 0; p < self.n_pairs; ++p) {
                double spread = 0.0;
                for (uint32_t w = 0; w < n_voxels; ++w) {
                    spread += c[u][w] * self.weight[p * n_voxels + w];
                }
                double y = 0.0;
                for (uint32_t i = 0; i < n; ++i) {
                    y += self.pair_of[i] == p ? 0.5 * samples[i].loss_db : 0.0;
                }
                sum += spread / noise *
                       (v < n_voxels ? (double)self.weight[p * n_voxels + v] : y);
            }
            m[u][v] = sum;
        }
        // and the posterior covariance (C W' R^-1 W + I)^-1 C beside it
        memcpy(&m[u][n_voxels + 1], c[u], sizeof c[u]);
    }
    for (uint32_t k = 0; k < n_voxels; ++k) {
        for (uint32_t r = 0; r < n_voxels; ++r) {
            const double factor = r == k ? 0.0 : m[r][k] / m[k][k];
            for (uint32_t v = k; v <= 2 * n_voxels; ++v) {
                m[r][v] -= factor * m[k][v];
            }
        }
    }
    double removed = 0.0;
    for (uint32_t v = 0; v < n_voxels; ++v) {
        const double wanted = m[v][n_voxels] / m[v][v];
        assert_true(fabs(wanted - frame.loss[v]) < 2e-6);
        const double var = m[v][n_voxels + 1 + v] / m[v][v];
        assert_true(fabs(sqrt(var) - frame.loss_sigma[v]) < 2e-6);
        removed += (1.0 - pow(frame.motion_sigma[v], 2) / self.motion.prior) / n_voxels;
    }
    assert_true(fabs(removed - frame.resolution) < 1e-5);
    free(mem);
}

// A voxel weighs its share within the ellipse over the root of the length: at each of
// nine places of the plan, the shortest way by a body between floor and head
static void
weights_are_shares_of_an_ellipse(void **state)
{
    const float          origin[3] = {0}, size[3] = {6, 6, 2.8F};
    rv_tomography_config cfg = rv_tomography_config_plan(origin, size, 0.5F);
    rv_tomography        self;
    void *const          mem = begin(&self, &cfg);
    rv_room_link         links[n_links];
    int                  n_open = 0;
    all_links(links, n_nodes);
    assert_int_equal(rv_tomography_set_links(&self, links, n_links), RV_OK);
    for (uint32_t p = 0; p < self.n_pairs; ++p) {
        const rv_room_pair *const pair = &self.pair[p];
        for (uint32_t v = 0; v < self.n_voxels; ++v) {
            float centre[3];
            rv_tomography_centre(&self, v, centre);
            int sure = 0, open = 0;
            for (int s = 0; s < 9; ++s) {
                const double x     = centre[0] + 0.5 / 3 * (s % 3 - 1);
                const double y     = centre[1] + 0.5 / 3 * (s / 3 - 1);
                double       least = 1e9;
                for (double z = 0; z <= cfg.body_m + 1e-9; z += 0.002) {
                    const double a = hypot(hypot(x - pair->a_m[0], y - pair->a_m[1]),
                                           z - pair->a_m[2]);
                    const double b = hypot(hypot(x - pair->b_m[0], y - pair->b_m[1]),
                                           z - pair->b_m[2]);
                    least          = fmin(least, a + b - pair->length_m);
                }
                sure += least < cfg.excess_m - 2e-5;
                open += fabs(least - cfg.excess_m) <= 2e-5;
            }
            const double w     = self.weight[p * self.n_voxels + v];
            const double share = 9.0 * w * sqrt(pair->length_m);
            n_open += open > 0;
            assert_true(share > sure - 1e-4 && share < sure + open + 1e-4);
        }
    }
    assert_true(n_open < 50);
    free(mem);
}

static void
too_little_geometry_is_an_answer(void **state)
{
    const rv_tomography_config cfg = rv_tomography_config_default();
    rv_tomography              self;
    void *const                mem = begin(&self, &cfg);
    rv_tomography_frame        frame;
    assert_int_equal(rv_tomography_push(&self, NULL, 0, &frame), RV_OK);
    assert_int_equal(frame.reason, RV_REASON_NO_GEOMETRY);
    assert_null(frame.motion);

    rv_room_link links[n_links];
    all_links(links, n_nodes);
    rv_room_sample samples[n_links];
    shadow(samples, links, 3.0, 3.0);
    assert_int_equal(rv_tomography_set_links(&self, links, 2), RV_OK);
    assert_int_equal(rv_tomography_push(&self, samples, 2, &frame), RV_OK);
    assert_int_equal(frame.reason, RV_REASON_GEOMETRY_INSUFFICIENT);
    assert_int_equal(frame.n_directions, 2);

    // Links whose transmitter nobody knows are not part of geometry
    for (uint32_t i = 0; i < 6; ++i) {
        links[i].located = false;
    }
    assert_int_equal(rv_tomography_set_links(&self, links, 6), RV_OK);
    assert_int_equal(rv_tomography_push(&self, samples, 6, &frame), RV_OK);
    assert_int_equal(frame.reason, RV_REASON_NO_GEOMETRY);
    assert_int_equal(rv_tomography_push(&self, samples, 5, &frame), RV_ERR_SHAPE);

    all_links(links, n_nodes);
    assert_int_equal(rv_tomography_set_links(&self, links, n_links), RV_OK);
    for (uint32_t i = 0; i < n_links; ++i) {
        samples[i].has_baseline = false;
        samples[i].loss_db      = i % 2 ? NAN : 0.0F;
    }
    assert_int_equal(rv_tomography_push(&self, samples, n_links, &frame), RV_OK);
    assert_int_equal(frame.reason, RV_REASON_NONE);
    assert_int_equal(frame.loss_reason, RV_REASON_NOT_CALIBRATED);
    assert_null(frame.loss);
    for (uint32_t v = 0; v < self.n_voxels; ++v) {
        assert_true(isfinite(frame.motion[v]));
    }
    for (uint32_t i = 0; i < n_links; ++i) {
        samples[i].valid = false;
    }
    assert_int_equal(rv_tomography_push(&self, samples, n_links, &frame), RV_OK);
    assert_int_equal(frame.reason, RV_REASON_NO_DATA);
    links[3].rx_m[1] = INFINITY;
    assert_int_equal(rv_tomography_set_links(&self, links, n_links), RV_ERR_NONFINITE);
    free(mem);
}

static void
links_may_come_and_go(void **state)
{
    const rv_tomography_config cfg = rv_tomography_config_default();
    rv_tomography              grown, whole;
    void *const                mem[2] = {begin(&grown, &cfg), begin(&whole, &cfg)};
    rv_room_link               links[n_links];
    all_links(links, n_nodes);
    rv_room_sample samples[n_links];
    shadow(samples, links, 2.2, 4.1);
    for (uint32_t n = 1; n <= n_links; ++n) {
        assert_int_equal(rv_tomography_set_links(&grown, links, n), RV_OK);
    }
    assert_int_equal(rv_tomography_set_links(&whole, links, n_links), RV_OK);
    rv_tomography_frame a, b;
    assert_int_equal(rv_tomography_push(&grown, samples, n_links, &a), RV_OK);
    assert_int_equal(rv_tomography_push(&whole, samples, n_links, &b), RV_OK);
    assert_memory_equal(a.loss, b.loss, whole.n_voxels * sizeof(float));
    assert_memory_equal(a.loss_sigma, b.loss_sigma, whole.n_voxels * sizeof(float));
    // A link that drops out and returns leaves no trace
    samples[4].valid = samples[11].valid = false;
    assert_int_equal(rv_tomography_push(&grown, samples, n_links, &a), RV_OK);
    samples[4].valid = samples[11].valid = true;
    assert_int_equal(rv_tomography_push(&grown, samples, n_links, &a), RV_OK);
    assert_memory_equal(a.loss, b.loss, whole.n_voxels * sizeof(float));
    free(mem[0]);
    free(mem[1]);
}

static void
bad_configurations_are_refused(void **state)
{
    size_t               n_bytes = 0;
    rv_tomography_config cfg     = rv_tomography_config_default();
    cfg.nx                       = 0;
    assert_int_equal(rv_tomography_size(&cfg, &n_bytes), RV_ERR_CONFIG);
    cfg           = rv_tomography_config_default();
    cfg.size_m[1] = NAN;
    assert_int_equal(rv_tomography_size(&cfg, &n_bytes), RV_ERR_CONFIG);
    cfg = rv_tomography_config_default();
    assert_int_equal(rv_tomography_size(&cfg, &n_bytes), RV_OK);
    rv_tomography self;
    assert_int_equal(rv_tomography_init(&self, &cfg, NULL, n_bytes), RV_ERR_MEMORY);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_appears_where_it_stands),
        cmocka_unit_test(the_sparse_image_is_optimal),
        cmocka_unit_test(the_linear_inverse_is_the_regularised_one),
        cmocka_unit_test(weights_are_shares_of_an_ellipse),
        cmocka_unit_test(too_little_geometry_is_an_answer),
        cmocka_unit_test(links_may_come_and_go),
        cmocka_unit_test(bad_configurations_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
