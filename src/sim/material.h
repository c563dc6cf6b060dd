// SPDX-License-Identifier: MIT
/**
   @file material.h
   How walls reflect and pass waves: Fresnel coefficients of the materials of
   Recommendation ITU-R P.2040-3 (2023), equations 31a and 31b, permittivity by 28
   and 29.
*/
#ifndef RV_SIM_MATERIAL_H
#define RV_SIM_MATERIAL_H

#include "sim/sim_math.h"

#include <ruview/sim/scenario.h>

#include <stdbool.h>

/// Complex relative permittivity at a frequency
rv_cplx rv_material_permittivity(rv_sim_material material, float freq_ghz);

/**
   Reflection coefficient of a half space.

   @param cosine     Of the angle between ray and normal, 0..1.
   @param parallel   The electric field lies in the plane of incidence (floor and
   ceiling for vertical antennas); else across it (walls).
*/
rv_cplx rv_material_reflection(rv_cplx permittivity, float cosine, bool parallel);

/// Amplitude that a wall of that thickness passes at right angles, 0..1: two interfaces
/// and the attenuation between them (P.2040-3, equations 23 and 43, without resonance)
float rv_material_transmission(rv_cplx permittivity, float freq_ghz, float thickness_m);

#endif // RV_SIM_MATERIAL_H
