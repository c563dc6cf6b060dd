// SPDX-License-Identifier: MIT
/**
   @file paths.h
   Specular paths in a box: the straight way and every way over one or two walls.
*/
#ifndef RV_SIM_PATHS_H
#define RV_SIM_PATHS_H

#include "sim/material.h"

enum { RV_PATHS_MAX = 25 }; ///< 1 + 6 + 18

/// One specular path
typedef struct {
    double  length_m;
    rv_cplx gain; ///< Product of reflections x wavelength / (4 pi length)
    uint8_t n_bounces;
    rv_vec3 corner[4]; ///< Transmitter, bounces, receiver: n_bounces + 2
} rv_path;

/// The walls with their electrical properties at the carrier
typedef struct {
    float   size[3];
    rv_cplx permittivity[6];
    float   freq_ghz;
    float   wavelength_m;
} rv_box;

void rv_box_init(rv_box *self, const rv_sim_room *room, uint32_t freq_mhz);

/// Mirror image of a point in wall 0..5
rv_vec3 rv_box_image(const rv_box *self, int wall, rv_vec3 p);

/// Reflection at that wall for a ray from `a` (an image) to `b`
rv_cplx rv_box_reflection(const rv_box *self, int wall, rv_vec3 a, rv_vec3 b);

/// Where the line from image `a` to `b` meets that wall
rv_vec3 rv_box_bounce(const rv_box *self, int wall, rv_vec3 a, rv_vec3 b);

/// All paths up to `order` (0..2) in a fixed order: straight, then by wall indices
int rv_box_paths(const rv_box *self, rv_vec3 tx, rv_vec3 rx, int order,
                 rv_path out[RV_PATHS_MAX]);

#endif // RV_SIM_PATHS_H
