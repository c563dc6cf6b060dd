// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include "people/track_line.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { step_us = 50000, span_us = 2400000 };

static const double        var_m2[3] = {0.0225, 0.0, 0.0225};
static const rv_line_model model     = {
        .wander = 0.0025, .unsteady = 0.05, .speed_mps = 0.8};

static double
normal(void)
{
    const double u = (rand() + 1.0) / (RAND_MAX + 2.0);
    const double v = (rand() + 1.0) / (RAND_MAX + 2.0);
    return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

// From `from` for a while at velocity v, seen with 0.15 m of noise
static rv_track_line
walked(const double x, const double y, const double vx, const double vy,
       const uint64_t from_us, const int n, const double noise)
{
    rv_track_trail trail = {.count = 0};
    for (int k = 0; k < n; ++k) {
        const double t    = 0.05 * k;
        const double z[2] = {x + vx * t + noise * normal(),
                             y + vy * t + noise * normal()};
        rv_trail_push(&trail, from_us + (uint64_t)k * step_us, z, var_m2, span_us);
    }
    return rv_trail_fit(&trail, span_us);
}

static void
a_line_is_found_exactly(void **state)
{
    const rv_track_line line = walked(1.0, 2.0, 0.5, -1.0, 1000000, 41, 0.0);
    assert_true(line.valid);
    assert_int_equal(line.t_us, 2000000);
    assert_true(fabs(line.at_m[0] - 1.5) < 1e-6 && fabs(line.at_m[1] - 1.0) < 1e-6);
    assert_true(fabs(line.velocity_mps[0] - 0.5) < 1e-6);
    assert_true(fabs(line.velocity_mps[1] + 1.0) < 1e-6);
    double x[4], p[10];
    rv_line_state(&line, &model, 4000000, x, p);
    assert_true(fabs(x[0] - 2.5) < 1e-6 && fabs(x[1] + 1.0) < 1e-6);
    assert_true(p[0] > line.place_var && p[7] > line.velocity_var);
    assert_false(walked(1.0, 2.0, 0.5, -1.0, 1000000, 5, 0.0).valid);
    assert_false(walked(1.0, 2.0, 0.5, -1.0, 1000000, 10, 0.0).valid);
}

// Variances of ordinary least squares: s^2 / n and s^2 / sum (t - mean)^2
static void
its_variance_is_that_of_the_theory(void **state)
{
    srand(3);
    double place = 0.0, velocity = 0.0, said[2] = {0.0, 0.0};
    enum { n = 400 };
    for (int k = 0; k < n; ++k) {
        const rv_track_line l = walked(0.0, 0.0, 1.0, 0.0, 1000000, 41, 0.15);
        place += l.at_m[1] * l.at_m[1] / n;
        velocity += l.velocity_mps[1] * l.velocity_mps[1] / n;
        said[0] += (l.place_var - 0.0009) / n; // without its floor
        said[1] += l.velocity_var / n;
    }
    const double theory[2] = {0.0225 / 41.0,
                              0.0225 / (41.0 * (41.0 * 41.0 - 1.0) / 12.0 * 0.0025)};
    assert_true(fabs(place / theory[0] - 1.0) < 0.25);
    assert_true(fabs(velocity / theory[1] - 1.0) < 0.25);
    // What it says of itself allows for neighbours that may share their error
    assert_true(said[0] >= theory[0] && said[0] < 1.4 * theory[0]);
    assert_true(said[1] >= theory[1] && said[1] < 1.4 * theory[1]);
}

static void
lines_that_go_on_are_told_from_lines_that_do_not(void **state)
{
    srand(4);
    for (int k = 0; k < 50; ++k) {
        const rv_track_line in[2] = {walked(-3.0, 0.0, 1.0, 0.0, 1000000, 41, 0.15),
                                     walked(0.0, -3.0, 0.0, 1.0, 1000000, 41, 0.15)};
        // Two seconds later, a metre behind the crossing
        const rv_track_line out[2]     = {walked(1.0, 0.0, 1.0, 0.0, 5000000, 31, 0.15),
                                          walked(0.0, 1.0, 0.0, 1.0, 5000000, 31, 0.15)};
        const rv_track_line swapped[2] = {out[1], out[0]};
        const double        kept       = rv_line_choice(in, out, &model);
        assert_true(kept > 4.6);
        assert_true(fabs(kept + rv_line_choice(in, swapped, &model)) < 1e-9);
        // Who is there three seconds too late has stopped, and may be either
        const rv_track_line late[2] = {walked(1.0, 0.0, 1.0, 0.0, 8000000, 31, 0.15),
                                       walked(0.0, 1.0, 0.0, 1.0, 8000000, 31, 0.15)};
        assert_true(fabs(rv_line_choice(in, late, &model)) < 0.5);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_found_exactly),
        cmocka_unit_test(its_variance_is_that_of_the_theory),
        cmocka_unit_test(lines_that_go_on_are_told_from_lines_that_do_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
