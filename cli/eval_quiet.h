// SPDX-License-Identifier: MIT
/**
   @file eval_quiet.h
   What the whole engine says of recordings of empty rooms, without a baseline: each
   "somebody is there" is false.
*/
#ifndef RV_CLI_EVAL_QUIET_H
#define RV_CLI_EVAL_QUIET_H

#include "cli/eval.h"

/// Of one data set
typedef struct {
    const char *set;
    uint32_t    stretches; ///< Recordings, or blocks of one
    double      hours;
    uint32_t    cycles, yes; ///< Cycles, and those that say somebody is there
    uint32_t    onsets;      ///< Times that presence became yes
    uint32_t    late;        ///< Of them, more than 5 s after the start
    uint32_t    touched;     ///< Stretches with a yes
    uint32_t    breaths;     ///< Times that a breath began to be answered
    uint32_t    falls;       ///< Confirmed
} rv_eval_quiet;

/// Play every quiet stretch of 8 s or more of a set, each to an engine of its own;
/// false: out of memory
bool rv_eval_quiet_play(const char *name, const rv_eval_set *set, rv_eval_quiet *out);

/// Text, or the member "quiet" of a JSON object
void rv_eval_quiet_print(FILE *out, bool json, const rv_eval_quiet *sets, size_t n);

#endif // RV_CLI_EVAL_QUIET_H
