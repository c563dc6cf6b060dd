// SPDX-License-Identifier: MIT
/**
   @file play.h
   One run: the simulator's datagrams through the engine, and what is known of the first
   person at the end of every cycle.
*/
#ifndef RV_TOOLS_POSE_PLAY_H
#define RV_TOOLS_POSE_PLAY_H

#include "engine/engine_state.h"
#include "tools/pose/rooms.h"

#include <ruview/sim/sim.h>

/// Whose word is taken for where the person is
typedef enum {
    POSE_NOISY_TRUTH, ///< The truth, with errors like a tracker's
    POSE_OWN_TRACKS,  ///< The engine's tracker
} pose_tracks;

/// One cycle in which the person is there and tracked
typedef struct {
    uint64_t            t_us;
    uint32_t            n; ///< Cycles before it since the track began
    rv_engine          *engine;
    rv_pose_track_state track;
    rv_sim_truth_person truth;
} pose_moment;

typedef void pose_look(void *context, const pose_moment *moment);

/// @return false without memory, or when the run does not start
bool pose_play(const pose_run *run, double seconds, pose_tracks tracks, pose_look *look,
               void *context);

#endif // RV_TOOLS_POSE_PLAY_H
