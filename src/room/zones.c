// SPDX-License-Identifier: MIT
#include <ruview/room/zones.h>

#include "room/room_math.h"

static float
twice_area(const rv_zone *const zone)
{
    float sum = 0.0F;
    for (uint32_t i = 0, j = zone->n_corners - 1; i < zone->n_corners; j = i++) {
        sum += zone->corner_m[j][0] * zone->corner_m[i][1] -
               zone->corner_m[i][0] * zone->corner_m[j][1];
    }
    return sum;
}

rv_status
rv_zones_check(const rv_zones *const zones)
{
    if (zones->n_zones > RV_ZONES_MAX || !rv_is_finite_f32(zones->hysteresis_m) ||
        zones->hysteresis_m < 0.0F) {
        return RV_ERR_CONFIG;
    }
    for (uint32_t z = 0; z < zones->n_zones; ++z) {
        const rv_zone *const zone = &zones->zone[z];
        if (zone->n_corners < 3 || zone->n_corners > RV_ZONE_MAX_CORNERS) {
            return RV_ERR_CONFIG;
        }
        for (uint32_t i = 0; i < zone->n_corners; ++i) {
            if (!rv_is_finite_f32(zone->corner_m[i][0]) ||
                !rv_is_finite_f32(zone->corner_m[i][1])) {
                return RV_ERR_CONFIG;
            }
        }
        const float area = twice_area(zone);
        if (!(area > 1e-4F || area < -1e-4F)) {
            return RV_ERR_CONFIG;
        }
    }
    return RV_OK;
}

static float
squared_distance_to_edge(const float a[2], const float b[2], const float x,
                         const float y)
{
    const float ex      = b[0] - a[0];
    const float ey      = b[1] - a[1];
    const float px      = x - a[0];
    const float py      = y - a[1];
    const float length2 = ex * ex + ey * ey;
    float       along   = length2 > 0.0F ? (px * ex + py * ey) / length2 : 0.0F;
    along               = along < 0.0F ? 0.0F : along > 1.0F ? 1.0F : along;
    const float dx      = px - along * ex;
    const float dy      = py - along * ey;
    return dx * dx + dy * dy;
}

float
rv_zone_distance_m(const rv_zone *const zone, const float x_m, const float y_m)
{
    bool  inside   = false;
    float nearest2 = 3.4e38F;
    for (uint32_t i = 0, j = zone->n_corners - 1; i < zone->n_corners; j = i++) {
        const float *const a  = zone->corner_m[j];
        const float *const b  = zone->corner_m[i];
        const float        d2 = squared_distance_to_edge(a, b, x_m, y_m);
        nearest2              = d2 < nearest2 ? d2 : nearest2;
        // A ray to the east crosses the edge (half-open in y, so corners count once)
        if ((a[1] > y_m) != (b[1] > y_m) &&
            x_m < a[0] + (b[0] - a[0]) * ((y_m - a[1]) / (b[1] - a[1]))) {
            inside = !inside;
        }
    }
    const float distance = __builtin_sqrtf(nearest2);
    return inside ? -distance : distance;
}

int16_t
rv_zones_locate(const rv_zones *const zones, const float x_m, const float y_m,
                const int16_t previous)
{
    if (!rv_is_finite_f32(x_m) || !rv_is_finite_f32(y_m)) {
        return -1;
    }
    int16_t found = -1;
    for (uint32_t z = 0; z < zones->n_zones && found < 0; ++z) {
        if (rv_zone_distance_m(&zones->zone[z], x_m, y_m) <= 0.0F) {
            found = (int16_t)z;
        }
    }
    if (found == previous || previous < 0 || previous >= (int16_t)zones->n_zones) {
        return found;
    }
    return rv_zone_distance_m(&zones->zone[previous], x_m, y_m) <= zones->hysteresis_m
               ? previous
               : found;
}
