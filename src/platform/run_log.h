// SPDX-License-Identifier: MIT
/**
   @file run_log.h
   Reads the logs that publish/json_digest.h writes: witness log and digest table.
*/
#ifndef RV_PLATFORM_RUN_LOG_H
#define RV_PLATFORM_RUN_LOG_H

#include "platform/signature.h"

#include <ruview/base/status.h>
#include <ruview/trust/stage_digest.h>
#include <ruview/trust/verify.h>
#include <ruview/trust/witness.h>

#include <stdio.h>

enum { RV_STAGE_NAME = 24 };

/// Takes a decision about privacy as the log tells it, unchecked
typedef void rv_run_log_attested(void *user, const rv_attested *attested);

/// Takes an input that the run had beside its recording: an encoded command (input.h)
typedef void rv_run_log_input(void *user, uint64_t t_us, const uint8_t *bytes,
                              size_t n);

typedef struct {
    FILE                *file;
    char                *line; ///< Buffer of getline
    size_t               room;
    uint64_t             n_lines; ///< Read so far, the header included
    rv_run_header        header;
    uint8_t              run[RV_DIGEST_BYTES];
    unsigned             n_stages; ///< 0: a witness log
    char                 stage[RV_MAX_DIGEST_STAGES][RV_STAGE_NAME];
    rv_run_log_attested *attested; ///< NULL: such lines are read over
    rv_run_log_input    *input;    ///< NULL: such lines are read over
    void                *user;
} rv_run_log;

/**
   Open and read the header line.

   @return ERR_IO; ERR_MAGIC: not such a log; ERR_VALUE: a header field is missing or
   the digest of the run does not follow from the others; ERR_UNSUPPORTED: another
           record format.
*/
rv_status rv_run_log_open(rv_run_log *self, const char *path);
void      rv_run_log_close(rv_run_log *self);

/// Next cycle; ERR_END, ERR_VALUE (a damaged line), ERR_TRUNCATED (the last line is
/// cut)
rv_status rv_run_log_next(rv_run_log *self, rv_witness_line *line, rv_stage_row *row);

/// Lower- or upper-case hexadecimal text of exactly n bytes
bool rv_parse_hex(const char *text, uint8_t *bytes, size_t n);

#endif // RV_PLATFORM_RUN_LOG_H
