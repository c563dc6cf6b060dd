// SPDX-License-Identifier: MIT
/**
   @file rooms.h
   The rooms, bodies and walks that the pose model is trained and scored on. Each is a
   function of its own seed alone, so that a room can be held out without its walks.
*/
#ifndef RV_TOOLS_POSE_ROOMS_H
#define RV_TOOLS_POSE_ROOMS_H

#include <ruview/sim/scenario.h>

#include <stdbool.h>
#include <stdint.h>

/// What one run consists of
typedef struct {
    uint32_t room, body, walk;
} pose_run;

/// Which rooms and bodies a run may have
typedef enum {
    POSE_TRAIN,      ///< Rooms 0 .. 399, bodies 0 .. 299
    POSE_CHECK,      ///< The same with other walks, for early stopping
    POSE_IN_DOMAIN,  ///< The same with other walks again
    POSE_CROSS_BODY, ///< Bodies never seen in rooms of the training
    POSE_CROSS_ROOM, ///< Rooms never seen with bodies of the training
    POSE_CROSS_BOTH, ///< Neither seen
    POSE_N_SETS
} pose_set;

extern const char *const pose_set_name[POSE_N_SETS];

/// Run `index` of a set
pose_run pose_run_of(pose_set set, uint32_t index);

/// The scenario of a run; `empty_s` is the time before anybody comes, 0 or 14
void pose_furnish(const pose_run *run, rv_sim_config *config, float *empty_s);

#endif // RV_TOOLS_POSE_ROOMS_H
