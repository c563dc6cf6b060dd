// SPDX-License-Identifier: MIT
/**
   @file eval_room.h
   A simulated room whose links are asked what they and the room say of motion, presence
   and breathing, beside the truth: four nodes, twelve links.
*/
#ifndef RV_CLI_EVAL_ROOM_H
#define RV_CLI_EVAL_ROOM_H

#include <ruview/base/reason.h>

#include <stdbool.h>
#include <stdint.h>

enum { RV_EVAL_WARM_S = 30 }; ///< Not scored

typedef enum {
    RV_EVAL_EMPTY,
    RV_EVAL_SIT,
    RV_EVAL_HOLD, ///< Sits and holds the breath now and then
    RV_EVAL_WALK,
    RV_EVAL_FAN,
    RV_EVAL_FAN_SWINGS,
} rv_eval_what;

typedef struct {
    const char  *name;
    rv_eval_what what;
    float        rate_hz;
    float        bpm;  ///< True rate; 0 nobody breathes in peace
    uint64_t     seed; ///< Of a fan, its turns a minute
} rv_eval_scene;

/// What a scene came to
typedef struct {
    uint32_t cycles, moving, present;  ///< Fused, after the warm-up
    uint32_t looks, answers, wrong;    ///< Of links; wrong: more than 2/min off
    uint32_t episodes;                 ///< Runs of answers
    uint32_t best_looks, best_answers; ///< Of the room
    uint32_t room_episodes;            ///< Runs of answers of the room
    uint32_t pauses;                   ///< Of breath, told
    bool     room_answering;
    double   error; ///< Sum over answers
    double   best_error;
    double   link_hours;
} rv_eval_outcome;

/// The room begins to answer a rate (known) or ceases to
typedef void rv_eval_told(void *context, double t_s, const rv_estimate *room);

typedef struct rv_eval_room rv_eval_room;

/// NULL: out of memory
rv_eval_room *rv_eval_room_make(void);
void          rv_eval_room_free(rv_eval_room *self);

/// Ask somebody each time the room begins or ceases to answer; NULL: nobody
void rv_eval_room_listen(rv_eval_room *self, rv_eval_told *told, void *context);

/// Play a scene; false: out of memory
bool rv_eval_room_play(rv_eval_room *self, const rv_eval_scene *scene, double minutes,
                       rv_eval_outcome *out);

#endif // RV_CLI_EVAL_ROOM_H
