// SPDX-License-Identifier: MIT
#include "sim/channel.h"

#include <ruview/math/kernels.h>

enum { batch = 64, edges = 4 };

/// Screens whose edges are looked up together
typedef struct {
    int  n;
    int  path[batch];
    bool dark[batch][edges]; ///< The straight way lies on the screen's side of the edge
    float way[batch][edges]; ///< Tangent of the angle that the edge's share is made of
} screens;

/// Tangent for a way over an edge that is `detour` longer [m] than the straight way
static float
tangent(const float detour, const float wavelength_m)
{
    const float d = detour > 0.0F ? detour : 0.0F;
    return (float)(RV_SIM_PI / 2) *
           __builtin_sqrtf((float)RV_SIM_PI / wavelength_m * d);
}

/// The edges of a body seen along a path from `a` to `b`, as screen `s`; false where it
/// does not stand between
static bool
look_over(screens *const s, const rv_body *const body, const float wavelength_m,
          const rv_vec3 a, const rv_vec3 b)
{
    const float x  = b.x - a.x;
    const float y  = b.y - a.y;
    const float dd = x * x + y * y;
    if (dd < 1e-6F) {
        return false;
    }
    // Along and across the path, seen from above; the screen faces the path
    const float d      = __builtin_sqrtf(dd);
    const float px     = body->centre.x - a.x;
    const float py     = body->centre.y - a.y;
    const float along  = (px * x + py * y) / d;
    const float across = (px * y - py * x) / d;
    if (along < 0.05F || along > d - 0.05F) {
        return false; // behind an end
    }
    const float rest  = d - along;
    const float half  = 0.5F * body->width;
    const float left  = across - half; // lateral offsets of the two edges from the ray
    const float right = across + half;
    const float z_ray = a.z + (b.z - a.z) * along / d;
    const float low   = body->bottom - z_ray;
    const float high  = body->top - z_ray;
    const float over[edges] = {left, right, low, high};
    const bool  dark[edges] = {left<0.0F, right> 0.0F, low<0.0F, high> 0.0F};
    for (int i = 0; i < edges; ++i) {
        const float e    = over[i];
        const float side = __builtin_sqrtf(along * along + e * e) +
                           __builtin_sqrtf(rest * rest + e * e) - d;
        s->way[s->n][i]  = tangent(side, wavelength_m);
        s->dark[s->n][i] = dark[i];
    }
    return true;
}

/// What the screens leave of their paths, in their order: each edge a share of
/// -1/2..1/2
static void
darken(screens *const s, float *const left)
{
    float one[batch * edges], angle[batch * edges];
    for (int i = 0; i < edges * s->n; ++i) {
        one[i] = 1.0F;
    }
    rv_kernels_for(0)->atan2(&s->way[0][0], one, angle, (size_t)(edges * s->n));
    for (int k = 0; k < s->n; ++k) {
        float share[edges];
        for (int i = 0; i < edges; ++i) {
            const float f = angle[edges * k + i] * (float)(1.0 / RV_SIM_PI);
            share[i]      = s->dark[k][i] ? f : -f;
        }
        const float w = share[0] + share[1];
        const float h = share[2] + share[3];
        left[s->path[k]] *= rv_sim_clamp(1.0F - w * h, 0.0F, 1.0F);
    }
    s->n = 0;
}

void
rv_channel_shade(const rv_body *const body, const int n_bodies,
                 const float wavelength_m, const rv_path *const path, const int n_paths,
                 float *const left)
{
    screens s;
    s.n = 0;
    for (int p = 0; p < n_paths; ++p) {
        for (int b = 0; b < n_bodies; ++b) {
            for (int i = 0; i <= path[p].n_bounces; ++i) {
                if (!look_over(&s, &body[b], wavelength_m, path[p].corner[i],
                               path[p].corner[i + 1])) {
                    continue;
                }
                s.path[s.n] = p;
                if (++s.n == batch) {
                    darken(&s, left);
                }
            }
        }
    }
    darken(&s, left);
}
