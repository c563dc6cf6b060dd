// SPDX-License-Identifier: MIT
/**
   @file script.h
   Where a person is told to be at a moment: stops, walks between them, postures.
*/
#ifndef RV_SIM_SCRIPT_H
#define RV_SIM_SCRIPT_H

#include "sim/sim_math.h"

#include <ruview/sim/scenario.h>

#include <stdbool.h>

/// The way of one person, laid out in time at init
typedef struct {
    float start_s[RV_SIM_MAX_WAYPOINTS];  ///< Arrival at each stop
    float length_m[RV_SIM_MAX_WAYPOINTS]; ///< Way from it to the next
    float heading[RV_SIM_MAX_WAYPOINTS];  ///< Of that way [rad]
    float walk_s[RV_SIM_MAX_WAYPOINTS];   ///< Its duration
    float total_s;                        ///< Of one round
} rv_script;

/// What the script says for one moment
typedef struct {
    bool           present;
    bool           moving;
    float          x, y;
    float          vx, vy;
    float          speed;   ///< On the way [m/s]
    float          nominal; ///< Speed that the stride is made for
    float          heading;
    float          walked_m;  ///< On this way: the phase of the gait
    float          walking;   ///< 0 stands .. 1 walks, blends the gait in and out
    rv_sim_posture posture;   ///< That blends with standing by `blend`
    float          blend;     ///< 0 standing .. 1 the posture
    float          posture_s; ///< Time since the stop was reached
} rv_script_state;

void rv_script_init(rv_script *self, const rv_sim_person *person);

rv_script_state rv_script_at(const rv_script *self, const rv_sim_person *person,
                             double t_s);

#endif // RV_SIM_SCRIPT_H
