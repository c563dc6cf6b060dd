// SPDX-License-Identifier: MIT
/**
   @file body.h
   The articulated body: from what the script says to joints, scatterers and the screen
   that shadows other paths.
*/
#ifndef RV_SIM_BODY_H
#define RV_SIM_BODY_H

#include "sim/script.h"

#include <ruview/sim/sim.h>

enum { RV_BODY_SCATTERERS = 13 };

typedef struct {
    rv_vec3 centre;      ///< Between hips and shoulders
    float   top, bottom; ///< Of the shadowing screen [m above the floor]
    float   width;       ///< Of the screen
    rv_vec3 point[RV_BODY_SCATTERERS];
    float   root_rcs[RV_BODY_SCATTERERS]; ///< Square root of the cross-section [m]
} rv_body;

/**
   The body at one moment.

   @param truth  O  Everything of rv_sim_truth_person; may be NULL.
   @return false when nobody is there; `body` is then unset.
*/
bool rv_body_at(const rv_script *script, const rv_sim_person *person, double t_s,
                rv_body *body, rv_sim_truth_person *truth);

#endif // RV_SIM_BODY_H
