// SPDX-License-Identifier: MIT
#include <ruview/trust/stage_digest.h>

#include "base/exact.h"

#include <ruview/base/bytes.h>

#include <string.h>

rv_status
rv_stage_digests_init(rv_stage_digests *const self, const unsigned n_stages,
                      const bool is_on)
{
    if (n_stages > RV_MAX_DIGEST_STAGES) {
        return RV_ERR_CONFIG;
    }
    memset(self, 0, sizeof *self);
    self->is_on    = is_on;
    self->n_stages = n_stages;
    return RV_OK;
}

static rv_blake3 *
begin(rv_stage_digests *const self, const unsigned stage)
{
    if (!self->touched[stage]) {
        rv_blake3_init(&self->hash[stage]);
        self->touched[stage] = true;
    }
    return &self->hash[stage];
}

void
rv_stage_add_f32(rv_stage_digests *const self, const unsigned stage,
                 const char *const name, const uint32_t index,
                 const float *const values, const size_t n)
{
    enum { block = 64 };
    if (!self->is_on || stage >= self->n_stages) {
        return;
    }
    uint8_t          bytes[4 * block];
    rv_blake3 *const hash = begin(self, stage);
    rv_store_u32(bytes, index);
    rv_store_u32(bytes + 4, (uint32_t)n);
    rv_blake3_update(hash, bytes, 8);
    for (size_t i = 0; i < n; i += block) {
        const size_t count = n - i < block ? n - i : block;
        for (size_t k = 0; k < count; ++k) {
            rv_store_f32(bytes + 4 * k, values[i + k]);
        }
        rv_blake3_update(hash, bytes, 4 * count);
    }
    if (self->probe) {
        self->probe(self->user, stage, name, index, values, n);
    }
}

void
rv_stage_add_bytes(rv_stage_digests *const self, const unsigned stage,
                   const void *const bytes, const size_t n)
{
    if (self->is_on && stage < self->n_stages) {
        rv_blake3_update(begin(self, stage), bytes, n);
    }
}

void
rv_stage_digests_end(rv_stage_digests *const self, rv_stage_row *const row)
{
    memset(row, 0, sizeof *row);
    for (unsigned i = 0; i < self->n_stages; ++i) {
        if (self->touched[i]) {
            uint8_t digest[RV_BLAKE3_BYTES];
            rv_blake3_final(&self->hash[i], digest);
            memcpy(row->stage[i], digest, RV_STAGE_DIGEST_BYTES);
            self->touched[i] = false;
        }
    }
}
