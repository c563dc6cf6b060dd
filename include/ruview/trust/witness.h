// SPDX-License-Identifier: MIT
/**
   @file witness.h
   The chain that makes a run checkable: every published record is hashed together with
   the digest before it.

   w[n] = BLAKE3("ruview.cycle.v1" | w[n-1] | canonical record n),
   w[-1] = BLAKE3("ruview.run.v1" | run header).

   The canonical record holds the digest of its inputs, so one changed bit of an input,
   of the configuration, of a calibration, of the model or of an output changes every
   digest from its cycle on. Nothing of the machine is in it.

   Place      trust: after the privacy gate.
   Method     hash chain as in "How to Time-Stamp a Digital Document", J. Cryptology
              1991.
*/
#ifndef RV_TRUST_WITNESS_H
#define RV_TRUST_WITNESS_H

#include <ruview/trust/record.h>

RV_BEGIN_DECLS

/// What a run hangs on besides its inputs
typedef struct {
    uint8_t  config[RV_DIGEST_BYTES];      ///< Of the configuration as canonical bytes
    uint8_t  calibration[RV_DIGEST_BYTES]; ///< Of the baselines at start; zeros: none
    uint8_t  model[RV_DIGEST_BYTES];       ///< Of the model's weights; zeros: none
    uint8_t  privacy[RV_DIGEST_BYTES];     ///< Head of the attestation chain at start
    uint32_t record_format;
    uint32_t digest_epoch;
} rv_run_header;

/// The chain; start with rv_witness_init
typedef struct {
    uint8_t  head[RV_DIGEST_BYTES]; ///< w[n-1]
    uint64_t n;                     ///< Cycles so far
    uint32_t cpu_mask; ///< What the hash may use, math/kernels.h; 0 after init
} rv_witness;

/// w[-1] of a run with this header
RV_API void rv_run_digest(const rv_run_header *header, uint8_t out[RV_DIGEST_BYTES]);

/// Begin, or resume with `n` cycles done and `head` = w[n-1]
RV_API void rv_witness_init(rv_witness *self, const uint8_t head[RV_DIGEST_BYTES],
                            uint64_t n);

/// Add the canonical record of the next cycle; the new head is w[n]
RV_API RV_REALTIME void rv_witness_push(rv_witness *self, const uint8_t *bytes,
                                        size_t n_bytes);

/**
   Encode `record` into `bytes`, add it to the chain and write the head into it.

   @param n_bytes  I/O  Room at `bytes`; then bytes of the canonical record.
   @return Of rv_record_encode; on error the chain is unchanged.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_witness_seal(rv_witness *self,
                                                          rv_record  *record,
                                                          uint8_t    *bytes,
                                                          size_t     *n_bytes);

RV_END_DECLS

#endif // RV_TRUST_WITNESS_H
