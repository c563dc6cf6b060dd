// SPDX-License-Identifier: MIT
#include "sim/paths.h"

static float
axis_of(const rv_vec3 p, const int axis)
{
    return axis == 0 ? p.x : axis == 1 ? p.y : p.z;
}

static void
set_axis(rv_vec3 *const p, const int axis, const float value)
{
    if (axis == 0) {
        p->x = value;
    } else if (axis == 1) {
        p->y = value;
    } else {
        p->z = value;
    }
}

/// Coordinate of a wall on its axis
static float
plane_of(const rv_box *const self, const int wall)
{
    return wall % 2 == 0 ? 0.0F : self->size[wall / 2];
}

void
rv_box_init(rv_box *const self, const rv_sim_room *const room, const uint32_t freq_mhz)
{
    self->freq_ghz     = (float)freq_mhz * 1e-3F;
    self->wavelength_m = (float)(RV_SIM_C_MPS / ((double)freq_mhz * 1e6));
    for (int i = 0; i < 3; ++i) {
        self->size[i] = room->size_m[i];
    }
    for (int wall = 0; wall < 6; ++wall) {
        self->permittivity[wall] =
            rv_material_permittivity(room->wall[wall], self->freq_ghz);
    }
}

rv_vec3
rv_box_image(const rv_box *const self, const int wall, const rv_vec3 p)
{
    rv_vec3 image = p;
    set_axis(&image, wall / 2, 2.0F * plane_of(self, wall) - axis_of(p, wall / 2));
    return image;
}

rv_cplx
rv_box_reflection(const rv_box *const self, const int wall, const rv_vec3 a,
                  const rv_vec3 b)
{
    const float d      = (float)rv_vec_distance(a, b);
    const float along  = axis_of(b, wall / 2) - axis_of(a, wall / 2);
    const float cosine = (along < 0.0F ? -along : along) / (d > 1e-6F ? d : 1e-6F);
    return rv_material_reflection(self->permittivity[wall],
                                  cosine < 1.0F ? cosine : 1.0F, wall >= 4);
}

rv_vec3
rv_box_bounce(const rv_box *const self, const int wall, const rv_vec3 a,
              const rv_vec3 b)
{
    const float from  = axis_of(a, wall / 2);
    const float along = axis_of(b, wall / 2) - from;
    const float share = along != 0.0F ? (plane_of(self, wall) - from) / along : 0.5F;
    return rv_vec(a.x + share * (b.x - a.x), a.y + share * (b.y - a.y),
                  a.z + share * (b.z - a.z));
}

static bool
is_inside(const rv_box *const self, const rv_vec3 p, const int wall)
{
    for (int axis = 0; axis < 3; ++axis) {
        const float x = axis_of(p, axis);
        if (axis != wall / 2 && !(x >= 0.0F && x <= self->size[axis])) {
            return false;
        }
    }
    return true;
}

static void
finish(const rv_box *const self, rv_path *const path, const rv_vec3 image,
       const rv_vec3 rx, const rv_cplx reflections)
{
    path->length_m     = rv_vec_distance(image, rx);
    const float spread = self->wavelength_m / (float)(4.0 * RV_SIM_PI * path->length_m);
    path->gain.re      = reflections.re * spread;
    path->gain.im      = reflections.im * spread;
}

/// Over wall `a`, then wall `b`; false where no such way exists
static bool
twice(const rv_box *const self, const int a, const int b, const rv_vec3 tx,
      const rv_vec3 rx, rv_path *const path)
{
    const rv_vec3 first  = rv_box_image(self, a, tx);
    const rv_vec3 second = rv_box_image(self, b, first);
    const rv_vec3 hit_b  = rv_box_bounce(self, b, second, rx);
    const rv_vec3 hit_a  = rv_box_bounce(self, a, first, hit_b);
    if (!is_inside(self, hit_a, a) || !is_inside(self, hit_b, b)) {
        return false;
    }
    path->n_bounces = 2;
    path->corner[0] = tx;
    path->corner[1] = hit_a;
    path->corner[2] = hit_b;
    path->corner[3] = rx;
    finish(self, path, second, rx,
           rv_cplx_mul(rv_box_reflection(self, a, second, rx),
                       rv_box_reflection(self, b, second, rx)));
    return true;
}

int
rv_box_paths(const rv_box *const self, const rv_vec3 tx, const rv_vec3 rx,
             const int order, rv_path out[RV_PATHS_MAX])
{
    const rv_cplx one = {1.0F, 0.0F};
    int           n   = 0;
    out[n].n_bounces  = 0;
    out[n].corner[0]  = tx;
    out[n].corner[1]  = rx;
    finish(self, &out[n++], tx, rx, one);
    for (int wall = 0; wall < 6 && order >= 1; ++wall) {
        const rv_vec3 image = rv_box_image(self, wall, tx);
        out[n].n_bounces    = 1;
        out[n].corner[0]    = tx;
        out[n].corner[1]    = rv_box_bounce(self, wall, image, rx);
        out[n].corner[2]    = rx;
        finish(self, &out[n++], image, rx, rv_box_reflection(self, wall, image, rx));
    }
    for (int a = 0; a < 6 && order >= 2; ++a) {
        for (int b = 0; b < 6 && n < RV_PATHS_MAX; ++b) {
            if (a != b && twice(self, a, b, tx, rx, &out[n])) {
                ++n;
            }
        }
    }
    return n;
}
