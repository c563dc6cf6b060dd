// SPDX-License-Identifier: MIT
/**
   @file eval_breathing.h
   What the links of an unlabelled recording say of breathing, minute by minute.
*/
#ifndef RV_CLI_EVAL_BREATHING_H
#define RV_CLI_EVAL_BREATHING_H

#include <ruview/base/reason.h>
#include <ruview/vital/vital_spectrum.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { RV_EVAL_MINUTES = 120 };

/// One minute of one link
typedef struct {
    uint32_t  looks, answers;
    float     bpm;    ///< Mean of the answers
    rv_reason reason; ///< Of the last look without one
} rv_eval_minute;

typedef struct {
    char           recording[64];
    char           layout[32];
    uint8_t        node;
    uint32_t       frames;
    uint32_t       n_minutes;
    rv_eval_minute minute[RV_EVAL_MINUTES];
    rv_spectrum    spectrum; ///< Of its last look
} rv_eval_breath;

typedef struct {
    rv_eval_breath *item;
    size_t          n;
} rv_eval_breaths;

/// Every *.jsonl below a folder; false: out of memory
bool rv_eval_breathing(const char *folder, rv_eval_breaths *breaths);
void rv_eval_breaths_free(rv_eval_breaths *breaths);

void rv_eval_print_breaths(FILE *out, const rv_eval_breaths *breaths);

#endif // RV_CLI_EVAL_BREATHING_H
