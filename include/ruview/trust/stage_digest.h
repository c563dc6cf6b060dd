// SPDX-License-Identifier: MIT
/**
   @file stage_digest.h
   A digest per stage per cycle: what each stage handed on, hashed as little-endian
   bytes with canonical NaN. Off by default; when two runs differ, they name the first
   stage that did.

   Stage digests are recomputed, not chained, and are no part of the witness.

   A probe, where the caller sets one, also sees the numbers themselves, so that a
   difference can be shown element by element.
*/
#ifndef RV_TRUST_STAGE_DIGEST_H
#define RV_TRUST_STAGE_DIGEST_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>
#include <ruview/math/blake3.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_MAX_DIGEST_STAGES  = 12,
    RV_STAGE_DIGEST_BYTES = 16, ///< Kept of each BLAKE3 digest
};

/// Sees what a stage adds; `index` tells links or nodes apart
typedef void rv_stage_probe(void *user, unsigned stage, const char *name,
                            uint32_t index, const float *values, size_t n);

/// State; start with rv_stage_digests_init
typedef struct {
    bool            is_on;
    unsigned        n_stages;
    rv_stage_probe *probe; ///< NULL: none
    void           *user;
    rv_blake3       hash[RV_MAX_DIGEST_STAGES];
    bool            touched[RV_MAX_DIGEST_STAGES]; ///< In this cycle
} rv_stage_digests;

/// Digests of one cycle; zeros for a stage that added nothing
typedef struct {
    uint8_t stage[RV_MAX_DIGEST_STAGES][RV_STAGE_DIGEST_BYTES];
} rv_stage_row;

/// ERR_CONFIG when n_stages > RV_MAX_DIGEST_STAGES. Off: adding costs one comparison.
RV_API RV_NODISCARD rv_status rv_stage_digests_init(rv_stage_digests *self,
                                                    unsigned n_stages, bool is_on);

/// Add named numbers that stage `stage` made for item `index`
RV_API RV_REALTIME void rv_stage_add_f32(rv_stage_digests *self, unsigned stage,
                                         const char *name, uint32_t index,
                                         const float *values, size_t n);

/// Add bytes that are already canonical
RV_API RV_REALTIME void rv_stage_add_bytes(rv_stage_digests *self, unsigned stage,
                                           const void *bytes, size_t n);

/// Close the cycle: writes its digests and starts the next
RV_API RV_REALTIME void rv_stage_digests_end(rv_stage_digests *self, rv_stage_row *row);

RV_END_DECLS

#endif // RV_TRUST_STAGE_DIGEST_H
