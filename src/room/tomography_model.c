// SPDX-License-Identifier: MIT
#include "room/tomography_model.h"

#include "room/room_math.h"

#include <string.h>

// Points per axis at which a voxel is tested against the ellipse
enum { sub_samples = 3 };

float
rv_tomography_step(const rv_tomography *const self, const uint32_t axis)
{
    const uint32_t n[3] = {self->cfg.nx, self->cfg.ny, self->cfg.nz};
    return self->cfg.size_m[axis] / (float)n[axis];
}

static float
hypot3(const float dx, const float dy, const float dz)
{
    return __builtin_sqrtf(dx * dx + dy * dy + dz * dz);
}

// Detour over a point, or over the best height of a column in a plan
static float
detour(const rv_tomography *const self, const rv_room_pair *const pair,
       const float point[3])
{
    const float ax = point[0] - pair->a_m[0];
    const float ay = point[1] - pair->a_m[1];
    const float bx = point[0] - pair->b_m[0];
    const float by = point[1] - pair->b_m[1];
    float       z  = point[2];
    if (self->cfg.nz == 1) {
        // The sum of distances is convex in z: its free minimum, clamped to the body
        const float a = __builtin_sqrtf(ax * ax + ay * ay);
        const float b = __builtin_sqrtf(bx * bx + by * by);
        z = a + b > 0.0F ? pair->a_m[2] + (pair->b_m[2] - pair->a_m[2]) * (a / (a + b))
                         : pair->a_m[2];
        const float floor_m = self->cfg.origin_m[2];
        const float head_m  = floor_m + self->cfg.body_m;
        z                   = z < floor_m ? floor_m : z > head_m ? head_m : z;
    }
    return hypot3(ax, ay, z - pair->a_m[2]) + hypot3(bx, by, z - pair->b_m[2]) -
           pair->length_m;
}

void
rv_tomography_fill_weight(const rv_tomography *const self,
                          const rv_room_pair *const pair, float *const weight)
{
    const uint32_t n_sub_z = self->cfg.nz == 1 ? 1 : sub_samples;
    const float    share   = 1.0F / ((float)(sub_samples * sub_samples * n_sub_z) *
                                __builtin_sqrtf(pair->length_m));
    for (uint32_t v = 0; v < self->n_voxels; ++v) {
        float centre[3];
        rv_tomography_centre(self, v, centre);
        uint32_t inside = 0;
        for (uint32_t s = 0; s < sub_samples * sub_samples * n_sub_z; ++s) {
            const uint32_t at[3] = {s % sub_samples, s / sub_samples % sub_samples,
                                    s / (sub_samples * sub_samples)};
            const uint32_t n[3]  = {sub_samples, sub_samples, n_sub_z};
            float          point[3];
            for (uint32_t k = 0; k < 3; ++k) {
                point[k] = centre[k] + (((float)at[k] + 0.5F) / (float)n[k] - 0.5F) *
                                           rv_tomography_step(self, k);
            }
            inside += (detour(self, pair, point) < self->cfg.excess_m);
        }
        weight[v] = (float)inside * share;
    }
}

static uint32_t
offset(const uint32_t a, const uint32_t b)
{
    return a > b ? a - b : b - a;
}

// spread = C w for a sparse w: voxels of w in ascending order, added to every voxel
void
rv_tomography_fill_spread(const rv_tomography *const self, const float *const weight,
                          float *const spread)
{
    const uint32_t nx = self->cfg.nx;
    const uint32_t ny = self->cfg.ny;
    memset(spread, 0, self->n_voxels * sizeof *spread);
    for (uint32_t u = 0; u < self->n_voxels; ++u) {
        if (weight[u] <= 0.0F) {
            continue;
        }
        const uint32_t ux = u % nx;
        const uint32_t uy = u / nx % ny;
        const uint32_t uz = u / (nx * ny);
        uint32_t       v  = 0;
        for (uint32_t z = 0; z < self->cfg.nz; ++z) {
            for (uint32_t y = 0; y < ny; ++y) {
                const float *const row =
                    self->kernel + ((size_t)offset(z, uz) * ny + offset(y, uy)) * nx;
                for (uint32_t x = 0; x < nx; ++x) {
                    spread[v++] += weight[u] * row[offset(x, ux)];
                }
            }
        }
    }
}
