// SPDX-License-Identifier: MIT
/**
   @file eval_simulated.h
   Scores motion, presence and breathing in simulated rooms, labelled as such.
*/
#ifndef RV_CLI_EVAL_SIMULATED_H
#define RV_CLI_EVAL_SIMULATED_H

#include <stdbool.h>
#include <stdio.h>

/**
   Run all simulated cases for `minutes` each and print them.

   @return false: out of memory
*/
bool rv_eval_simulated(FILE *out, bool json, double minutes, bool quiet);

#endif // RV_CLI_EVAL_SIMULATED_H
