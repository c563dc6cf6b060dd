// SPDX-License-Identifier: MIT
/**
   @file stage_times.h
   What each stage took over a run, in processor time: a table, and the cycle's
   distribution as a picture in text.
*/
#ifndef RV_CLI_STAGE_TIMES_H
#define RV_CLI_STAGE_TIMES_H

#include <ruview/engine/engine.h>

#include <stdio.h>

/// Let the engine's histograms count processor time of its thread
void rv_stage_times_start(rv_engine *engine);

void rv_stage_times_print(const rv_engine *engine, FILE *out);

#endif // RV_CLI_STAGE_TIMES_H
