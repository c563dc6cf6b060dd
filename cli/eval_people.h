// SPDX-License-Identifier: MIT
/**
   @file eval_people.h
   Scores tracks of people in simulated rooms, labelled as such.
*/
#ifndef RV_CLI_EVAL_PEOPLE_H
#define RV_CLI_EVAL_PEOPLE_H

#include <stdbool.h>
#include <stdio.h>

/**
   Run the simulated rooms for `minutes` each through the whole engine and print
   distance (OSPA, cut off at 1 m), swapped numbers, interruptions and false tracks.

   @return false: out of memory
*/
bool rv_eval_people(FILE *out, bool json, double minutes, bool quiet);

#endif // RV_CLI_EVAL_PEOPLE_H
