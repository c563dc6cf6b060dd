// SPDX-License-Identifier: MIT
#include <ruview/trust/witness.h>

#include "base/try.h"

#include <ruview/base/bytes.h>
#include <ruview/math/blake3.h>

#include <string.h>

enum { n_domain = 15 };
static const char cycle_domain[n_domain + 1] = "ruview.cycle.v1";
static const char run_domain[]               = "ruview.run.v1";

void
rv_run_digest(const rv_run_header *const header, uint8_t out[RV_DIGEST_BYTES])
{
    uint8_t   versions[8];
    rv_blake3 hash;
    rv_store_u32(versions, header->record_format);
    rv_store_u32(versions + 4, header->digest_epoch);
    rv_blake3_init(&hash);
    rv_blake3_update(&hash, run_domain, sizeof run_domain - 1);
    rv_blake3_update(&hash, header->config, RV_DIGEST_BYTES);
    rv_blake3_update(&hash, header->calibration, RV_DIGEST_BYTES);
    rv_blake3_update(&hash, header->model, RV_DIGEST_BYTES);
    rv_blake3_update(&hash, header->privacy, RV_DIGEST_BYTES);
    rv_blake3_update(&hash, versions, sizeof versions);
    rv_blake3_final(&hash, out);
}

void
rv_witness_init(rv_witness *const self, const uint8_t head[RV_DIGEST_BYTES],
                const uint64_t n)
{
    memcpy(self->head, head, RV_DIGEST_BYTES);
    self->n        = n;
    self->cpu_mask = 0;
}

void
rv_witness_push(rv_witness *const self, const uint8_t *const bytes,
                const size_t n_bytes)
{
    rv_blake3 hash;
    rv_blake3_init(&hash);
    rv_blake3_select(&hash, self->cpu_mask);
    rv_blake3_update(&hash, cycle_domain, n_domain);
    rv_blake3_update(&hash, self->head, RV_DIGEST_BYTES);
    rv_blake3_update(&hash, bytes, n_bytes);
    rv_blake3_final(&hash, self->head);
    ++self->n;
}

rv_status
rv_witness_seal(rv_witness *const self, rv_record *const record, uint8_t *const bytes,
                size_t *const n_bytes)
{
    RV_TRY(rv_record_encode(record, bytes, n_bytes));
    rv_witness_push(self, bytes, *n_bytes);
    memcpy(record->witness, self->head, RV_DIGEST_BYTES);
    return RV_OK;
}
