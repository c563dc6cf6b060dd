// SPDX-License-Identifier: MIT
/**
   @file eval_engine.h
   A simulated room heard by the whole engine, with the truth beside every record.
*/
#ifndef RV_CLI_EVAL_ENGINE_H
#define RV_CLI_EVAL_ENGINE_H

#include <ruview/sim/sim.h>
#include <ruview/trust/record.h>

#include <stdbool.h>

/// A record and what was true at its end; `t_s` since the scene's start
typedef void rv_eval_heard(void *context, double t_s, const rv_record *record,
                           const rv_sim_truth *truth);

/**
   Play a room without a gate that withholds anything.

   @param placed  The engine knows the room and where its nodes stand; false: nothing
                  but the links' own signs is worked out.
   @return false: out of memory, or the scene is wrong
*/
bool rv_eval_engine_play(const rv_sim_config *room, bool placed, double minutes,
                         rv_eval_heard *heard, void *context);

#endif // RV_CLI_EVAL_ENGINE_H
