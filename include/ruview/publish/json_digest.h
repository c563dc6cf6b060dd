// SPDX-License-Identifier: MIT
/**
   @file json_digest.h
   The two logs beside a recording, JSON Lines: the witness log (one line per cycle,
   after a header line) and the digest table (the same with a digest per stage).

   `{"type":"witness","record_format":2,"digest_epoch":2,"run":"…","config":"…",
     "calibration":"…","model":"…","privacy":"…","stages":["ingest",…]}`
   `{"cycle":0,"t_us":1760000000000000,"witness":"…","stages":["<32 hex>",…]}`

   `{"type":"attestation","mode":"private_home","class":"anonymous","consent":"none",
     "reason":"start","t_us":0,"actor":"config","core":"…","hash":"…","key":"…",
     "signature":"<128 hex>"}`

   `stages` is there only in a digest table; an attestation only in a witness log,
   before the first cycle that it holds for, `key` and `signature` only where one is
   configured. No line has a line end.
*/
#ifndef RV_PUBLISH_JSON_DIGEST_H
#define RV_PUBLISH_JSON_DIGEST_H

#include <ruview/trust/attestation.h>
#include <ruview/trust/stage_digest.h>
#include <ruview/trust/verify.h>
#include <ruview/trust/witness.h>

RV_BEGIN_DECLS

/// Header line; `stages` NULL: a witness log. Conventions of rv_json_record.
RV_API RV_NODISCARD rv_status rv_json_witness_header(const rv_run_header *header,
                                                     const char *const   *stages,
                                                     unsigned n_stages, char *out,
                                                     size_t *n_bytes);

/// Line of one cycle; `row` NULL: a witness log
RV_API RV_REALTIME RV_NODISCARD rv_status
rv_json_witness_line(const rv_witness_line *line, const rv_stage_row *row,
                     unsigned n_stages, char *out, size_t *n_bytes);

/**
   Line of a decision about privacy.

   @param key        [32] Public key; NULL: not signed.
   @param signature  [64] NULL: not signed.
*/
RV_API RV_NODISCARD rv_status rv_json_attestation_line(const rv_attestation *entry,
                                                       const uint8_t        *key,
                                                       const uint8_t        *signature,
                                                       char *out, size_t *n_bytes);

RV_END_DECLS

#endif // RV_PUBLISH_JSON_DIGEST_H
