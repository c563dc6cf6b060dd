// SPDX-License-Identifier: MIT
#include "sim/channel.h"

/**
   Share of the wave that one edge leaves, -1/2 .. 1/2.

   @param detour  Way over the edge less the straight way [m], >= 0.
   @param dark    The straight way lies on the screen's side of the edge.
*/
static float
edge(const float detour, const float wavelength_m, const bool dark)
{
    const float d = detour > 0.0F ? detour : 0.0F;
    const float f =
        rv_atan2_f32((float)(RV_SIM_PI / 2) *
                         __builtin_sqrtf((float)RV_SIM_PI / wavelength_m * d),
                     1.0F) *
        (float)(1.0 / RV_SIM_PI);
    return dark ? f : -f;
}

float
rv_channel_shadow(const rv_body *const body, const float wavelength_m, const rv_vec3 a,
                  const rv_vec3 b)
{
    const float x  = b.x - a.x;
    const float y  = b.y - a.y;
    const float dd = x * x + y * y;
    if (dd < 1e-6F) {
        return 1.0F;
    }
    // Along and across the path, seen from above; the screen faces the path
    const float d      = __builtin_sqrtf(dd);
    const float px     = body->centre.x - a.x;
    const float py     = body->centre.y - a.y;
    const float along  = (px * x + py * y) / d;
    const float across = (px * y - py * x) / d;
    if (along < 0.05F || along > d - 0.05F) {
        return 1.0F; // behind an end: the screen does not stand between
    }
    const float rest  = d - along;
    const float half  = 0.5F * body->width;
    const float left  = across - half; // lateral offsets of the two edges from the ray
    const float right = across + half;
    const float z_ray = a.z + (b.z - a.z) * along / d;
    const float low   = body->bottom - z_ray;
    const float high  = body->top - z_ray;
    const float over[4] = {left, right, low, high};
    float       side[4];
    for (int i = 0; i < 4; ++i) {
        const float e = over[i];
        side[i]       = __builtin_sqrtf(along * along + e * e) +
                  __builtin_sqrtf(rest * rest + e * e) - d;
    }
    const float w = edge(side[0], wavelength_m, left < 0.0F) +
                    edge(side[1], wavelength_m, right > 0.0F);
    const float h = edge(side[2], wavelength_m, low < 0.0F) +
                    edge(side[3], wavelength_m, high > 0.0F);
    return rv_sim_clamp(1.0F - w * h, 0.0F, 1.0F);
}
