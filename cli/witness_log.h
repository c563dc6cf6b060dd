// SPDX-License-Identifier: MIT
/**
   @file witness_log.h
   Witness logs and digest tables on disk, JSON Lines (docs/schema.md): written by
   recordings and replays, read by verify.
*/
#ifndef RV_CLI_WITNESS_LOG_H
#define RV_CLI_WITNESS_LOG_H

#include "platform/signature.h"

#include <ruview/engine/engine.h>
#include <ruview/trust/verify.h>

#include <stdbool.h>
#include <stdio.h>

/// Write the header; with stage names for a digest table
bool rv_witness_log_begin(FILE *file, const rv_engine *engine, bool stages);

/// Write one cycle; its stage digests too when the header named stages
bool rv_witness_log_cycle(FILE *file, const rv_cycle_output *output, bool stages);

/// Write the decisions about privacy that hold from this cycle on; `signer` NULL: not
/// signed. They stand before the cycle's line.
bool rv_witness_log_attested(FILE *file, const rv_cycle_output *output,
                             const rv_signer *signer);

/// Write a command that the run was given beside its recording, such as a baseline, so
/// that verify can give it too. It stands before the first cycle's line.
bool rv_witness_log_input(FILE *file, const rv_input *input);

/// A command in memory
typedef struct {
    uint64_t t_us;
    uint8_t *bytes;
    size_t   n;
} rv_witness_input;

/// A log in memory
typedef struct {
    uint8_t           run[RV_DIGEST_BYTES];    ///< Digest of the run header
    uint8_t           config[RV_DIGEST_BYTES]; ///< In it: of the configuration
    rv_witness_line  *line;
    size_t            n;
    rv_attested      *attested;
    size_t            n_attested;
    rv_witness_input *input;
    size_t            n_inputs;
    bool              damaged; ///< Ended in something that is no line
} rv_witness_log;

/// Read a log; prints the reason and returns false when not even the header is there
bool rv_witness_log_read(rv_witness_log *log, const char *path);
void rv_witness_log_free(rv_witness_log *log);

#endif // RV_CLI_WITNESS_LOG_H
