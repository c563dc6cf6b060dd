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

// Place of (i, j) in the triangle
static const uint8_t triangle[4][4] = {
    {0, 1, 2, 3}, {1, 4, 5, 6}, {2, 5, 7, 8}, {3, 6, 8, 9}};

// A measurement is H x with H = [I, -lag I]: what is seen is where somebody was
typedef struct {
    double ph[4][2];    // P H'
    double xx, xy, yy;  // S = H P H' + R
    double det, dx, dy; // of S; innovation
} innovation;

static innovation
innovate(const double x[4], const double p[10], const double z[2], const double r[3],
         const double lag)
{
    innovation n;
    for (uint32_t i = 0; i < 4; ++i) {
        n.ph[i][0] = p[triangle[i][0]] - lag * p[triangle[i][2]];
        n.ph[i][1] = p[triangle[i][1]] - lag * p[triangle[i][3]];
    }
    n.xx  = n.ph[0][0] - lag * n.ph[2][0] + r[0];
    n.xy  = n.ph[0][1] - lag * n.ph[2][1] + r[1];
    n.yy  = n.ph[1][1] - lag * n.ph[3][1] + r[2];
    n.det = n.xx * n.yy - n.xy * n.xy;
    n.dx  = z[0] - (x[0] - lag * x[2]);
    n.dy  = z[1] - (x[1] - lag * x[3]);
    return n;
}

double
rv_motion_distance2(const double x[4], const double p[10], const double z[2],
                    const double r[3], const double lag)
{
    const innovation n = innovate(x, p, z, r, lag);
    if (!(n.det > 0.0)) {
        return 1e300;
    }
    return (n.yy * n.dx * n.dx - 2.0 * n.xy * n.dx * n.dy + n.xx * n.dy * n.dy) / n.det;
}

void
rv_motion_update(double x[4], double p[10], const double z[2], const double r[3],
                 const double lag)
{
    const innovation n = innovate(x, p, z, r, lag);
    if (!(n.det > 0.0)) {
        return;
    }
    double gain[4][2];
    for (uint32_t i = 0; i < 4; ++i) {
        gain[i][0] = (n.ph[i][0] * n.yy - n.ph[i][1] * n.xy) / n.det;
        gain[i][1] = (n.ph[i][1] * n.xx - n.ph[i][0] * n.xy) / n.det;
        x[i] += gain[i][0] * n.dx + gain[i][1] * n.dy;
    }
    uint32_t at = 0;
    for (uint32_t i = 0; i < 4; ++i) {
        for (uint32_t j = i; j < 4; ++j) {
            p[at++] -= gain[i][0] * n.ph[j][0] + gain[i][1] * n.ph[j][1];
        }
    }
}
