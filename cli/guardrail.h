// SPDX-License-Identifier: MIT
/**
   @file guardrail.h
   The distributions that a change of the software must not move: variance, motion,
   presence, confidence, persons, keypoint spread, RSSI, changes of the count. Collected
   over a run and written as quantiles, so that two runs can be compared.
*/
#ifndef RV_CLI_GUARDRAIL_H
#define RV_CLI_GUARDRAIL_H

#include <ruview/trust/record.h>

#include <stdbool.h>
#include <stdio.h>

/// Values of one quantity; cycles in which it was unknown are counted apart
typedef struct {
    float   *value;
    size_t   n, room;
    uint64_t unknown;
} rv_guardrail_series;

typedef struct {
    rv_guardrail_series variance, motion, confidence, persons, keypoint_spread_m, rssi;
    uint64_t            cycles, presence_yes, presence_no, presence_unknown;
    uint64_t            count_changes;
    float               last_count;
    bool                has_count;
    uint8_t             witness[RV_DIGEST_BYTES];
} rv_guardrail;

/// Take note of one cycle
void rv_guardrail_push(rv_guardrail *self, const rv_record *record);

/// Write one JSON object; false when it could not be written
bool rv_guardrail_write(rv_guardrail *self, FILE *out);

void rv_guardrail_free(rv_guardrail *self);

#endif // RV_CLI_GUARDRAIL_H
