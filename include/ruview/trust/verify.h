// SPDX-License-Identifier: MIT
/**
   @file verify.h
   Does a recomputed run equal the one that was published? Compares two witness chains
   cycle by cycle and names the first that differs.
*/
#ifndef RV_TRUST_VERIFY_H
#define RV_TRUST_VERIFY_H

#include <ruview/trust/record.h>

RV_BEGIN_DECLS

/// Also the exit codes of `ruview verify`
typedef enum {
    RV_VERIFY_SAME        = 0,
    RV_VERIFY_DIFFERENT   = 1,
    RV_VERIFY_CANNOT_TELL = 2, ///< Nothing to compare
} rv_verdict;

/// What differed first
typedef enum {
    RV_VERIFY_NOTHING,
    RV_VERIFY_RUN,     ///< Configuration, calibration, model, format or epoch
    RV_VERIFY_CYCLE,   ///< Number of the cycle
    RV_VERIFY_TIME,    ///< End of the cycle
    RV_VERIFY_WITNESS, ///< Digest
    RV_VERIFY_MISSING, ///< The recomputed run ended before the published one
    RV_VERIFY_EXTRA,   ///< The recomputed run has more cycles
    RV_VERIFY_DAMAGED, ///< The published log or the recording could not be read on
    RV_VERIFY_PRIVACY, ///< A decision about privacy, or its signature
} rv_verify_what;

/// One line of a witness log
typedef struct {
    uint64_t cycle;
    uint64_t t_us;
    uint8_t  witness[RV_DIGEST_BYTES];
} rv_witness_line;

/// State; start with rv_verify_init
typedef struct {
    rv_verify_what what;      ///< First difference
    uint64_t       cycle;     ///< Where
    uint64_t       n_same;    ///< Cycles that agreed before it
    bool           has_lines; ///< Something was compared
} rv_verify;

/// Compare the digests of the two run headers
RV_API void rv_verify_init(rv_verify    *self,
                           const uint8_t published_run[RV_DIGEST_BYTES],
                           const uint8_t recomputed_run[RV_DIGEST_BYTES]);

/**
   Compare the next cycle.

   @param published, recomputed  NULL: that side has ended.
   @return Whether to go on: false after the first difference or when both have ended.
*/
RV_API bool rv_verify_push(rv_verify *self, const rv_witness_line *published,
                           const rv_witness_line *recomputed);

/// One side could not be read past `cycle`
RV_API void rv_verify_damaged(rv_verify *self, uint64_t cycle);

/// The chain of privacy decisions parts at the cycle
RV_API void rv_verify_privacy(rv_verify *self, uint64_t cycle);

/// CANNOT_TELL when no line was compared and the runs have the same header
RV_API RV_PURE rv_verdict rv_verify_verdict(const rv_verify *self);

/// "witness" …
RV_API RV_CONST const char *rv_verify_what_name(rv_verify_what what);

RV_END_DECLS

#endif // RV_TRUST_VERIFY_H
