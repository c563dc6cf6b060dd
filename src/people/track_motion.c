// SPDX-License-Identifier: MIT
#include "people/track_motion.h"

#include "base/exact.h"

#include <stdint.h>

void
rv_motion_predict(double x[4], double p[10], const double dt, const double accel,
                  const double keep)
{
    const double k = 1.0 - (1.0 - keep) * (dt < 1.0 ? dt : 1.0);
    const double q = accel * accel;
    x[0] += dt * x[2];
    x[1] += dt * x[3];
    x[2] *= k;
    x[3] *= k;

    // F P F' with F = [1 dt; 0 k] per axis; the blocks are pp, pv (not symmetric), vv
    const double pp[3] = {p[0] + 2.0 * dt * p[2] + dt * dt * p[7],
                          p[1] + dt * (p[3] + p[5]) + dt * dt * p[8],
                          p[4] + 2.0 * dt * p[6] + dt * dt * p[9]};
    const double pv[4] = {k * (p[2] + dt * p[7]), k * (p[3] + dt * p[8]),
                          k * (p[5] + dt * p[8]), k * (p[6] + dt * p[9])};
    const double vv[3] = {k * k * p[7], k * k * p[8], k * k * p[9]};
    const double q_pp  = 0.25 * q * dt * dt * dt * dt;
    const double q_pv  = 0.5 * q * dt * dt * dt;
    const double q_vv  = q * dt * dt;
    p[0]               = pp[0] + q_pp;
    p[1]               = pp[1];
    p[2]               = pv[0] + q_pv;
    p[3]               = pv[1];
    p[4]               = pp[2] + q_pp;
    p[5]               = pv[2];
    p[6]               = pv[3] + q_pv;
    p[7]               = vv[0] + q_vv;
    p[8]               = vv[1];
    p[9]               = vv[2] + q_vv;
}

double
rv_motion_distance2(const double x[4], const double p[10], const double z[2],
                    const double r[3])
{
    const double sxx = p[0] + r[0];
    const double sxy = p[1] + r[1];
    const double syy = p[4] + r[2];
    const double det = sxx * syy - sxy * sxy;
    const double dx  = z[0] - x[0];
    const double dy  = z[1] - x[1];
    if (!(det > 0.0)) {
        return 1e300;
    }
    return (syy * dx * dx - 2.0 * sxy * dx * dy + sxx * dy * dy) / det;
}

void
rv_motion_update(double x[4], double p[10], const double z[2], const double r[3])
{
    // Rows of P H': covariance of each state with x and with y
    const double ph[4][2] = {{p[0], p[1]}, {p[1], p[4]}, {p[2], p[5]}, {p[3], p[6]}};
    const double sxx      = p[0] + r[0];
    const double sxy      = p[1] + r[1];
    const double syy      = p[4] + r[2];
    const double det      = sxx * syy - sxy * sxy;
    if (!(det > 0.0)) {
        return;
    }
    const double dx = z[0] - x[0];
    const double dy = z[1] - x[1];
    double       gain[4][2];
    for (uint32_t i = 0; i < 4; ++i) {
        gain[i][0] = (ph[i][0] * syy - ph[i][1] * sxy) / det;
        gain[i][1] = (ph[i][1] * sxx - ph[i][0] * sxy) / det;
        x[i] += gain[i][0] * dx + gain[i][1] * dy;
    }
    uint32_t at = 0;
    for (uint32_t i = 0; i < 4; ++i) {
        for (uint32_t j = i; j < 4; ++j) {
            p[at++] -= gain[i][0] * ph[j][0] + gain[i][1] * ph[j][1];
        }
    }
}
