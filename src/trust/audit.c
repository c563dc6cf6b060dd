// SPDX-License-Identifier: MIT
#include <ruview/trust/audit.h>

#include <ruview/base/bytes.h>
#include <ruview/math/blake3.h>

#include <string.h>

static void
move_head(rv_audit *const self, const uint8_t record[RV_AUDIT_BYTES])
{
    uint8_t hash[RV_BLAKE3_BYTES];
    rv_blake3_hash(record, RV_AUDIT_BYTES, hash);
    memcpy(self->link, hash, RV_AUDIT_LINK);
    ++self->n;
}

void
rv_audit_head_after(rv_audit *const self, const uint8_t record[RV_AUDIT_BYTES],
                    const uint64_t n)
{
    move_head(self, record);
    self->n = n;
}

void
rv_audit_append(rv_audit *const self, const rv_audit_entry *const entry,
                uint8_t out[RV_AUDIT_BYTES])
{
    rv_store_u64(out, entry->cycle);
    rv_store_u64(out + 8, entry->t_us);
    out[16] = (uint8_t)entry->privacy_class;
    out[17] = (uint8_t)entry->what;
    rv_store_u16(out + 18, entry->flags);
    rv_store_u32(out + 20, entry->item);
    memcpy(out + RV_AUDIT_LINK_AT, self->link, RV_AUDIT_LINK);
    memcpy(out + 40, entry->witness, RV_AUDIT_WITNESS);
    move_head(self, out);
}

rv_status
rv_audit_verify(rv_audit *const self, const uint8_t *const records, const size_t n,
                size_t *const first_bad)
{
    for (size_t i = 0; i < n; ++i) {
        const uint8_t *const record = records + i * RV_AUDIT_BYTES;
        *first_bad                  = i;
        if (memcmp(record + RV_AUDIT_LINK_AT, self->link, RV_AUDIT_LINK) != 0 ||
            record[17] >= RV_AUDIT_WHAT_COUNT || record[16] > RV_CLASS_RESTRICTED) {
            return RV_ERR_DIFFERENT;
        }
        move_head(self, record);
    }
    *first_bad = n;
    return RV_OK;
}

void
rv_audit_read(const uint8_t record[RV_AUDIT_BYTES], rv_audit_entry *const entry)
{
    entry->cycle         = rv_load_u64(record);
    entry->t_us          = rv_load_u64(record + 8);
    entry->privacy_class = (rv_privacy_class)record[16];
    entry->what          = (rv_audit_what)record[17];
    entry->flags         = rv_load_u16(record + 18);
    entry->item          = rv_load_u32(record + 20);
    memcpy(entry->witness, record + 40, RV_AUDIT_WITNESS);
}
