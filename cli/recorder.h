// SPDX-License-Identifier: MIT
/**
   @file recorder.h
   Writes the input log of a run as pcapng, and its witness log as JSON Lines beside it.
   Blocks go to the file as they come: a killed run loses at most the last one.
*/
#ifndef RV_CLI_RECORDER_H
#define RV_CLI_RECORDER_H

#include "platform/signature.h"

#include <ruview/capture/input.h>
#include <ruview/engine/engine.h>

#include <stdbool.h>
#include <stdio.h>

typedef struct {
    FILE            *file;
    FILE            *witness;
    uint8_t         *block;
    size_t           room;
    uint64_t         inputs, bytes;
    const rv_signer *signer; ///< Of decisions about privacy; NULL: none
    bool             failed; ///< A write failed: the disk is full, say; said once
} rv_recorder;

/**
   Open PATH and PATH.witness.jsonl, neither of which may exist, and write the headers
   and the configuration. Prints the reason and returns false when it cannot.
*/
bool rv_recorder_open(rv_recorder *self, const char *path, const rv_engine *engine,
                      uint64_t t_us);

/// Write one input as one block
void rv_recorder_input(rv_recorder *self, const rv_input *input);

/// Write the witness of one cycle
void rv_recorder_cycle(rv_recorder *self, const rv_cycle_output *output);

/// Hand what was written to the system
void rv_recorder_flush(rv_recorder *self);

/// @return false when something could not be written
bool rv_recorder_close(rv_recorder *self);

#endif // RV_CLI_RECORDER_H
