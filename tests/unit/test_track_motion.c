// SPDX-License-Identifier: MIT
// The filter's unrolled triangle against dense matrices written here.
#include "channel_rv.h"
#include "cmocka_rv.h"

#include "people/track_motion.h"

typedef struct {
    double at[4][4];
} dense;

static dense
times(const dense a, const dense b, const bool transpose_b)
{
    dense c = {{{0}}};
    for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 4; ++j) {
            for (int k = 0; k < 4; ++k) {
                c.at[i][j] += a.at[i][k] * (transpose_b ? b.at[j][k] : b.at[k][j]);
            }
        }
    }
    return c;
}

// A covariance without a zero in it
static dense
random_covariance(ch_random *const r, double p[10])
{
    dense a, c;
    for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 4; ++j) {
            a.at[i][j] = ch_normal(r);
        }
    }
    c = times(a, a, true);
    for (int i = 0, at = 0; i < 4; ++i) {
        for (int j = i; j < 4; ++j) {
            p[at++] = c.at[i][j];
        }
    }
    return c;
}

static void
check(const double p[10], const dense want)
{
    for (int i = 0, at = 0; i < 4; ++i) {
        for (int j = i; j < 4; ++j) {
            assert_true(fabs(p[at++] - want.at[i][j]) < 1e-9);
        }
    }
}

static void
prediction_is_f_p_f_plus_q(void **state)
{
    ch_random r = {1};
    for (int trial = 0; trial < 50; ++trial) {
        const double dt = 0.05 + ch_uniform(&r) * 0.5, accel = 0.3 + ch_uniform(&r);
        const double keep = trial % 2 ? 1 : 0.4, k = 1 - (1 - keep) * dt;
        double       p[10], x[4];
        const dense  before = random_covariance(&r, p);
        const dense  f = {{{1, 0, dt, 0}, {0, 1, 0, dt}, {0, 0, k, 0}, {0, 0, 0, k}}};
        dense        want = times(times(f, before, false), f, true);
        double       x0[4];
        for (int i = 0; i < 4; ++i) {
            x[i] = x0[i] = ch_normal(&r);
        }
        for (int i = 0; i < 4; ++i) { // acceleration that is constant within the step
            for (int j = i % 2; j < 4; j += 2) {
                const double g[2] = {0.5 * dt * dt, dt};
                want.at[i][j] += accel * accel * g[i / 2] * g[j / 2];
            }
        }
        rv_motion_predict(x, p, dt, accel, keep);
        check(p, want);
        for (int i = 0; i < 4; ++i) {
            double sum = 0;
            for (int j = 0; j < 4; ++j) {
                sum += f.at[i][j] * x0[j];
            }
            assert_true(fabs(x[i] - sum) < 1e-12);
        }
    }
}

// Information form: P+ = (P^-1 + H' R^-1 H)^-1, tested as P+ (P^-1 + H' R^-1 H) = 1 by
// way of P+ (1 + H' R^-1 H P) = P; and x+ = x + P+ H' R^-1 (z - H x)
static void
update_is_that_of_the_information(void **state)
{
    ch_random r = {2};
    for (int trial = 0; trial < 50; ++trial) {
        const double lag       = trial % 3 ? 0.1 + ch_uniform(&r) : 0;
        const double n[3]      = {0.5 + ch_uniform(&r), 0.3, 0.6 + ch_uniform(&r)};
        const double z[2]      = {ch_normal(&r), ch_normal(&r)};
        const double h[2][4]   = {{1, 0, -lag, 0}, {0, 1, 0, -lag}};
        const double det       = n[0] * n[2] - n[1] * n[1];
        const double inv[2][2] = {{n[2] / det, -n[1] / det}, {-n[1] / det, n[0] / det}};
        double       p[10], x[4], x0[4], off[2], s[3] = {n[0], n[1], n[2]};
        const dense  before = random_covariance(&r, p);
        for (int i = 0; i < 4; ++i) {
            x[i] = x0[i] = ch_normal(&r);
        }
        dense hrh = {{{0}}};
        for (int i = 0; i < 4; ++i) {
            for (int j = 0; j < 4; ++j) {
                for (int a = 0; a < 4; ++a) {
                    hrh.at[i][j] += h[a / 2][i] * inv[a / 2][a % 2] * h[a % 2][j];
                }
                s[0] += h[0][i] * before.at[i][j] * h[0][j];
                s[1] += h[0][i] * before.at[i][j] * h[1][j];
                s[2] += h[1][i] * before.at[i][j] * h[1][j];
            }
        }
        for (int a = 0; a < 2; ++a) {
            off[a] = z[a];
            for (int i = 0; i < 4; ++i) {
                off[a] -= h[a][i] * x0[i];
            }
        }
        const double d2 = (s[2] * off[0] * off[0] - 2 * s[1] * off[0] * off[1] +
                           s[0] * off[1] * off[1]) /
                          (s[0] * s[2] - s[1] * s[1]);
        assert_true(fabs(rv_motion_distance2(x, p, z, n, lag) - d2) < 1e-9);
        rv_motion_update(x, p, z, n, lag);
        dense after;
        for (int i = 0, at = 0; i < 4; ++i) {
            for (int j = i; j < 4; ++j) {
                after.at[i][j] = after.at[j][i] = p[at++];
            }
        }
        dense one = times(hrh, before, false);
        for (int i = 0; i < 4; ++i) {
            one.at[i][i] += 1;
        }
        check((const double[10]){before.at[0][0], before.at[0][1], before.at[0][2],
                                 before.at[0][3], before.at[1][1], before.at[1][2],
                                 before.at[1][3], before.at[2][2], before.at[2][3],
                                 before.at[3][3]},
              times(after, one, false));
        for (int i = 0; i < 4; ++i) {
            double moved = x0[i];
            for (int j = 0; j < 4; ++j) {
                for (int a = 0; a < 4; ++a) {
                    moved +=
                        after.at[i][j] * h[a / 2][j] * inv[a / 2][a % 2] * off[a % 2];
                }
            }
            assert_true(fabs(x[i] - moved) < 1e-9);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prediction_is_f_p_f_plus_q),
        cmocka_unit_test(update_is_that_of_the_information),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
