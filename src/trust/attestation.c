// SPDX-License-Identifier: MIT
#include <ruview/trust/attestation.h>

#include "base/try.h"

#include <ruview/base/bytes.h>
#include <ruview/math/blake3.h>

#include <string.h>

static const char domain[] = "ruview.privacy.v1";

const char *
rv_attest_reason_name(const rv_attest_reason reason)
{
    static const char *const names[] = {"start", "config", "operator", "consent"};
    return (unsigned)reason < RV_ATTEST_REASON_COUNT ? names[reason] : "?";
}

const char *
rv_consent_name(const rv_consent consent)
{
    static const char *const names[] = {"none", "vitals", "full"};
    return (unsigned)consent < RV_CONSENT_COUNT ? names[consent] : "?";
}

static void
hash_core(const rv_attestation_head *const head, rv_attestation *const entry)
{
    uint8_t bytes[RV_DIGEST_BYTES + 3];
    memcpy(bytes, head->core, RV_DIGEST_BYTES);
    bytes[32] = (uint8_t)entry->mode;
    bytes[33] = rv_mode_actions(entry->mode);
    bytes[34] = (uint8_t)entry->target_class;
    rv_blake3_hash(bytes, sizeof bytes, entry->core);
}

static void
hash_entry(const rv_attestation_head *const head, rv_attestation *const entry)
{
    uint8_t   fields[12];
    rv_blake3 hash;
    fields[0] = (uint8_t)entry->mode;
    fields[1] = (uint8_t)entry->target_class;
    fields[2] = (uint8_t)entry->consent;
    fields[3] = (uint8_t)entry->reason;
    rv_store_u64(fields + 4, entry->t_us);
    rv_blake3_init(&hash);
    rv_blake3_update(&hash, domain, sizeof domain - 1);
    rv_blake3_update(&hash, head->hash, RV_DIGEST_BYTES);
    rv_blake3_update(&hash, entry->core, RV_DIGEST_BYTES);
    rv_blake3_update(&hash, fields, sizeof fields);
    rv_blake3_update(&hash, entry->actor, RV_ACTOR_BYTES);
    rv_blake3_final(&hash, entry->hash);
}

rv_status
rv_attest(rv_attestation_head *const head, rv_attestation *const entry)
{
    if ((unsigned)entry->mode > RV_MODE_STRICT_NO_IDENTITY ||
        (unsigned)entry->consent >= RV_CONSENT_COUNT ||
        (unsigned)entry->reason >= RV_ATTEST_REASON_COUNT) {
        return RV_ERR_RANGE;
    }
    entry->target_class = rv_mode_class(entry->mode);
    hash_core(head, entry);
    hash_entry(head, entry);
    memcpy(head->core, entry->core, RV_DIGEST_BYTES);
    memcpy(head->hash, entry->hash, RV_DIGEST_BYTES);
    ++head->n;
    return RV_OK;
}

rv_status
rv_attest_verify(const rv_attestation *const entries, const size_t n,
                 size_t *const first_bad)
{
    rv_attestation_head head = {0};
    for (size_t i = 0; i < n; ++i) {
        rv_attestation again = entries[i];
        *first_bad           = i;
        if (rv_attest(&head, &again) != RV_OK ||
            again.target_class != entries[i].target_class ||
            memcmp(again.core, entries[i].core, RV_DIGEST_BYTES) != 0 ||
            memcmp(again.hash, entries[i].hash, RV_DIGEST_BYTES) != 0) {
            return RV_ERR_DIFFERENT;
        }
    }
    *first_bad = n;
    return RV_OK;
}
