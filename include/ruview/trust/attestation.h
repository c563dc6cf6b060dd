// SPDX-License-Identifier: MIT
/**
   @file attestation.h
   The chain of privacy decisions: who set which mode when and why, so that nobody can
   change, drop, insert or reorder an entry unnoticed.

   Two digests per entry. `core` is the one that other implementations compute:
   BLAKE3(core before | mode | action bits | class), from 32 zero bytes. `hash` covers
   the whole entry: BLAKE3("ruview.privacy.v1" | hash before | core | mode | class |
   consent | reason | time | actor). Its head is in the run header that the witness
   starts from. A signature, where a key is configured, is made over `hash` outside the
   core (platform/signature.h).

   Method     hash chain as in "How to Time-Stamp a Digital Document", J. Cryptology
              1991.
*/
#ifndef RV_TRUST_ATTESTATION_H
#define RV_TRUST_ATTESTATION_H

#include <ruview/trust/privacy.h>

RV_BEGIN_DECLS

enum { RV_ACTOR_BYTES = 32 };

/// Why a mode was set
typedef enum {
    RV_ATTEST_START,    ///< First of a run
    RV_ATTEST_CONFIG,   ///< Configuration was read again
    RV_ATTEST_OPERATOR, ///< Somebody asked for it: CLI or REST
    RV_ATTEST_CONSENT,  ///< Consent was given or withdrawn
    RV_ATTEST_REASON_COUNT,
} rv_attest_reason;

/// One decision
typedef struct {
    rv_privacy_mode  mode;
    rv_privacy_class target_class; ///< Of the mode
    rv_consent       consent;
    rv_attest_reason reason;
    uint64_t         t_us;
    char    actor[RV_ACTOR_BYTES]; ///< Padded with zeros; "config", a token's name
    uint8_t core[RV_DIGEST_BYTES];
    uint8_t hash[RV_DIGEST_BYTES];
} rv_attestation;

/// The newest entry of a chain; start from {0}
typedef struct {
    uint8_t  core[RV_DIGEST_BYTES];
    uint8_t  hash[RV_DIGEST_BYTES];
    uint64_t n;
} rv_attestation_head;

/// Name of a reason, "start" …
RV_API RV_CONST const char *rv_attest_reason_name(rv_attest_reason reason);

/// Name of what was agreed to, "none", "vitals", "full"
RV_API RV_CONST const char *rv_consent_name(rv_consent consent);

/**
   Append: fills `entry`'s class and digests from its other fields.

   @return OK; ERR_RANGE when an enumeration is outside its range.
*/
RV_API RV_NODISCARD rv_status rv_attest(rv_attestation_head *head,
                                        rv_attestation      *entry);

/**
   Check a chain from its beginning.

   @param first_bad  O  Index of the first entry that does not follow; n when all do.
   @return OK; ERR_DIFFERENT.
*/
RV_API RV_NODISCARD rv_status rv_attest_verify(const rv_attestation *entries, size_t n,
                                               size_t *first_bad);

RV_END_DECLS

#endif // RV_TRUST_ATTESTATION_H
