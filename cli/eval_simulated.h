// SPDX-License-Identifier: MIT
/**
   @file eval_simulated.h
   Scores motion, presence and breathing in simulated rooms, labelled as such.
*/
#ifndef RV_CLI_EVAL_SIMULATED_H
#define RV_CLI_EVAL_SIMULATED_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
   Run all simulated cases for `minutes` each and print them.

   @return false: out of memory
*/
bool rv_eval_simulated(FILE *out, bool json, double minutes, bool quiet);

/**
   Count how often a breath is answered where nobody breathes in peace: empty rooms,
   somebody who walks, fans of constant speed, a third of `hours` each.

   @return false: out of memory
*/
bool rv_eval_nobody(FILE *out, double hours, uint64_t seed, bool quiet);

/**
   Count falls told and falls invented through the whole engine: one person who falls,
   lives, sits or lies down, jumps, stops, a sixth of `hours` each.

   @return false: out of memory
*/
bool rv_eval_falls(FILE *out, double hours, uint64_t seed, bool quiet);

/**
   Score breath, heart and pauses of breath of somebody in bed through the whole engine,
   half of `hours` without and half with pauses.

   @return false: out of memory
*/
bool rv_eval_night(FILE *out, double hours, uint64_t seed, bool quiet);

#endif // RV_CLI_EVAL_SIMULATED_H
