// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/random.h>
#include <ruview/room/sightings.h>

#include <math.h>
#include <string.h>

enum { n_nodes = 6, n_links = n_nodes * (n_nodes - 1) };

static const float node[n_nodes][3] = {{0.3F, 0.4F, 1.2F}, {5.6F, 0.3F, 1.0F},
                                       {5.7F, 4.6F, 1.4F}, {0.2F, 4.7F, 1.1F},
                                       {2.9F, 0.2F, 1.3F}, {3.1F, 4.8F, 0.9F}};

static double
distance(const float a[3], const double b[3])
{
    return sqrt(((double)a[0] - b[0]) * ((double)a[0] - b[0]) +
                ((double)a[1] - b[1]) * ((double)a[1] - b[1]) +
                ((double)a[2] - b[2]) * ((double)a[2] - b[2]));
}

// Excess paths over some things, with noise, and paths that belong to nothing
static uint32_t
make(rv_sighting_link *const link, const double (*const thing)[3], const int n_things,
     const double sigma_m, const int n_false, rv_random *const random)
{
    uint32_t n = 0;
    memset(link, 0, sizeof *link * n_links);
    for (int i = 0; i < n_nodes; ++i) {
        for (int j = 0; j < n_nodes; ++j) {
            if (i == j) {
                continue;
            }
            rv_sighting_link *const l = &link[n++];
            memcpy(l->tx_m, node[i], sizeof l->tx_m);
            memcpy(l->rx_m, node[j], sizeof l->rx_m);
            const double far[3] = {(double)node[j][0], (double)node[j][1],
                                   (double)node[j][2]};
            for (int t = 0; t < n_things + n_false; ++t) {
                const double way         = t < n_things
                                               ? distance(node[i], thing[t]) +
                                             distance(node[j], thing[t]) -
                                             distance(node[i], far) +
                                             sigma_m * rv_random_normal_f64(random)
                                               : 6.0 * (double)rv_random_uniform_f32(random);
                l->excess_m[l->n_paths]  = (float)(way > 0.01 ? way : 0.01);
                l->sigma_m[l->n_paths++] = (float)sigma_m;
            }
        }
    }
    return n;
}

static void
ellipses_meet_where_things_are(void **state)
{
    static const double       thing[2][3] = {{1.7, 3.1, 1.15}, {4.3, 2.0, 1.15}};
    static const float        origin[2] = {0}, size[2] = {6, 5};
    const rv_sightings_config cfg = rv_sightings_config_default(origin, size);
    rv_random                 random;
    double                    nees  = 0.0;
    unsigned                  right = 0, ghosts = 0;
    enum { trials = 60 };
    rv_random_init(&random, 7, 1);
    for (int trial = 0; trial < trials; ++trial) {
        rv_sighting_link link[n_links];
        rv_sighting      seen[RV_SIGHTINGS_MAX];
        uint32_t         n = 0;
        (void)make(link, thing, 2, 0.08, 1, &random);
        assert_int_equal(rv_sightings_find(&cfg, link, n_links, seen, &n), RV_OK);
        for (uint32_t s = 0; s < n; ++s) {
            const float *const c    = seen[s].covariance_m2;
            double             best = 1e9, bx = 0.0, by = 0.0;
            for (int t = 0; t < 2; ++t) {
                const double x = (double)seen[s].position_m[0] - thing[t][0];
                const double y = (double)seen[s].position_m[1] - thing[t][1];
                if (x * x + y * y < best) {
                    best = x * x + y * y;
                    bx = x, by = y;
                }
            }
            ghosts += best > 0.25;
            right += best <= 0.25;
            nees +=
                best > 0.25
                    ? 0.0
                    : ((double)c[2] * bx * bx - 2 * (double)c[1] * bx * by +
                       (double)c[0] * by * by) /
                          ((double)c[0] * (double)c[2] - (double)c[1] * (double)c[1]);
        }
    }
    print_message(
        "%u of %d places, %u ghosts, squared error over covariance %.2f (2)\n", right,
        2 * trials, ghosts, nees / right);
    assert_true(right >= 2 * trials * 9 / 10);
    assert_true(ghosts <= trials / 20);
    assert_true(nees / right > 1.0 && nees / right < 3.5);
}

static void
what_does_not_agree_is_nothing(void **state)
{
    static const float        origin[2] = {0}, size[2] = {6, 5};
    const rv_sightings_config cfg = rv_sightings_config_default(origin, size);
    rv_random                 random;
    unsigned                  found = 0;
    rv_random_init(&random, 9, 1);
    for (int trial = 0; trial < 40; ++trial) {
        rv_sighting_link link[n_links];
        rv_sighting      seen[RV_SIGHTINGS_MAX];
        uint32_t         n = 0;
        (void)make(link, NULL, 0, 0.08, 2, &random);
        assert_int_equal(rv_sightings_find(&cfg, link, n_links, seen, &n), RV_OK);
        found += n;
    }
    print_message("%u places from paths of chance in 40 rooms\n", found);
    assert_true(found <= 4);
}

static void
bad_input_is_refused(void **state)
{
    static const float  origin[2] = {0}, size[2] = {6, 5};
    rv_sightings_config cfg = rv_sightings_config_default(origin, size);
    rv_sighting_link    link[1];
    rv_sighting         seen[RV_SIGHTINGS_MAX];
    uint32_t            n = 9;
    memset(link, 0, sizeof link);
    assert_int_equal(rv_sightings_find(&cfg, link, 1, seen, &n), RV_OK);
    assert_int_equal(n, 0);
    assert_int_equal(rv_sightings_find(&cfg, link, 65, seen, &n), RV_ERR_RANGE);
    cfg.min_links = 2;
    assert_int_equal(rv_sightings_find(&cfg, link, 1, seen, &n), RV_ERR_CONFIG);
    cfg        = rv_sightings_config_default(origin, size);
    cfg.step_m = NAN;
    assert_int_equal(rv_sightings_find(&cfg, link, 1, seen, &n), RV_ERR_CONFIG);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ellipses_meet_where_things_are),
        cmocka_unit_test(what_does_not_agree_is_nothing),
        cmocka_unit_test(bad_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
