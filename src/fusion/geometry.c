// SPDX-License-Identifier: MIT
#include <ruview/fusion/geometry.h>

#include <ruview/math/elementary.h>

#include "base/exact.h"

static const double pi       = 3.14159265358979323846;
static const double near_m   = 0.1;    // closer to an end the direction means nothing
static const double singular = 1.0e-9; // det F over (trace F)^2

/// Horizontal Fisher information
typedef struct {
    double xx, xy, yy;
} information;

// Adds unit vector from `end` to `place`, horizontal part; false when they coincide
static bool
add_direction(const float end[3], const float place[3], double g[2])
{
    const double dx = (double)place[0] - (double)end[0];
    const double dy = (double)place[1] - (double)end[1];
    const double dz = (double)place[2] - (double)end[2];
    const double r  = rv_sqrt_f64(dx * dx + dy * dy + dz * dz);
    if (!(r >= near_m)) {
        return false;
    }
    g[0] += dx / r;
    g[1] += dy / r;
    return true;
}

// Information of all links about a place; `unit`: as if every sigma were 1 m
static information
gather(const rv_geometry_link *const link, const uint32_t n, const float place[3],
       const bool unit)
{
    information f = {0};
    for (uint32_t i = 0; i < n; ++i) {
        double g[2] = {0.0, 0.0};
        if (!(link[i].weight > 0.0F) || !(link[i].sigma_m > 0.0F) ||
            !add_direction(link[i].tx_m, place, g) ||
            !add_direction(link[i].rx_m, place, g)) {
            continue;
        }
        const double sigma = unit ? 1.0 : (double)link[i].sigma_m;
        const double w     = (unit ? 1.0 : (double)link[i].weight) / (sigma * sigma);
        f.xx += w * (g[0] * g[0]);
        f.xy += w * (g[0] * g[1]);
        f.yy += w * (g[1] * g[1]);
    }
    return f;
}

static bool
invert(const information *const f, information *const out)
{
    const double det   = f->xx * f->yy - f->xy * f->xy;
    const double trace = f->xx + f->yy;
    if (!(det > singular * trace * trace)) {
        return false;
    }
    *out = (information){.xx = f->yy / det, .xy = -f->xy / det, .yy = f->xx / det};
    return true;
}

rv_geometry_bound
rv_geometry_at(const rv_geometry_link *const link, const uint32_t n,
               const float place_m[3])
{
    const information f = gather(link, n, place_m, false);
    const information u = gather(link, n, place_m, true);
    information       c, g;
    if (n == 0) {
        return (rv_geometry_bound){.reason = RV_REASON_NO_GEOMETRY};
    }
    if (!invert(&f, &c) || !invert(&u, &g)) {
        return (rv_geometry_bound){.reason = RV_REASON_GEOMETRY_INSUFFICIENT};
    }
    // Axis of the larger eigenvalue of the covariance
    const double angle = 0.5 * rv_atan2_f64(2.0 * c.xy, c.xx - c.yy);
    const double turn  = angle < 0.0 ? angle + pi : angle;
    return (rv_geometry_bound){
        .crb_xx    = (float)c.xx,
        .crb_xy    = (float)c.xy,
        .crb_yy    = (float)c.yy,
        .rmse_m    = (float)rv_sqrt_f64(c.xx + c.yy),
        .gdop      = (float)rv_sqrt_f64(g.xx + g.yy),
        .minor_deg = (float)(turn * 180.0 / pi),
    };
}

rv_estimate
rv_geometry_diversity(const rv_geometry_link *const link, const uint32_t n,
                      const float min_m[2], const float max_m[2], const float height_m,
                      const uint32_t steps)
{
    if (n == 0) {
        return rv_unknown(RV_REASON_NO_GEOMETRY);
    }
    if (steps == 0 || !(max_m[0] > min_m[0]) || !(max_m[1] > min_m[1])) {
        return rv_unknown(RV_REASON_BAD_VALUE);
    }
    double sum = 0.0, sum2 = 0.0;
    for (uint32_t y = 0; y < steps; ++y) {
        for (uint32_t x = 0; x < steps; ++x) {
            const float       u     = ((float)x + 0.5F) / (float)steps;
            const float       v     = ((float)y + 0.5F) / (float)steps;
            const float       at[3] = {min_m[0] + u * (max_m[0] - min_m[0]),
                                       min_m[1] + v * (max_m[1] - min_m[1]), height_m};
            const information f     = gather(link, n, at, true);
            const double      trace = f.xx + f.yy;
            const double      det   = f.xx * f.yy - f.xy * f.xy;
            const double      even  = trace > 0.0 ? 4.0 * det / (trace * trace) : 0.0;
            const double      e     = even > 0.0 ? even : 0.0;
            sum += e;
            sum2 += e * e;
        }
    }
    const double count = (double)steps * (double)steps;
    const double mean  = sum / count;
    const double var   = sum2 / count - mean * mean;
    return rv_known((float)mean, (float)rv_sqrt_f64(var > 0.0 ? var : 0.0), 1.0F);
}

float
rv_geometry_angle(const float a_rad, const float b_rad)
{
    const float two_pi = 6.28318548F;
    const float d      = rv_abs_f32(a_rad - b_rad);
    const float r      = d - two_pi * rv_floor_f32(d / two_pi);
    return r > 3.14159274F ? two_pi - r : r;
}
