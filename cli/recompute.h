// SPDX-License-Identifier: MIT
/**
   @file recompute.h
   Runs a recording again and compares every cycle with its witness log.
*/
#ifndef RV_CLI_RECOMPUTE_H
#define RV_CLI_RECOMPUTE_H

#include <ruview/trust/verify.h>
#include <ruview/trust/witness.h>

#include <stdbool.h>
#include <stdio.h>

typedef struct {
    rv_verify     verify; ///< What the comparison came to
    rv_run_header header; ///< Of the recomputed run
    uint64_t      cycles;
    uint8_t       last[RV_DIGEST_BYTES]; ///< Its last witness
    uint64_t      n_attested, n_signed;  ///< Decisions about privacy
    uint8_t       key[RV_DIGEST_BYTES];  ///< Who signed the newest
    bool          synthetic;
    char         *config; ///< Configuration in the recording as text; free it
} rv_recomputed;

/**
   @param key      [32] Every decision about privacy must be signed by it; NULL: what is
                   signed must hold, by whatever key.
   @param digests  Where a digest table goes; NULL: none.
   @return false, after a message, when it cannot be told (no such file, no log).
*/
bool rv_recompute(const char *recording, const char *witness_log, const uint8_t *key,
                  FILE *digests, rv_recomputed *result);

#endif // RV_CLI_RECOMPUTE_H
