// SPDX-License-Identifier: MIT
/**
   @file audit.h
   What was believed and is about to be forgotten, as a chain of 64-byte records: cycle
   u64 | time u64 [us] | class u8 | what u8 | flags u16 | item u32 | 16 bytes of BLAKE3
   of the record before | first 24 bytes of the cycle's witness. Little-endian. Appended
   to a file by whoever owns one; a record changed, dropped, inserted or moved breaks
   the chain.
*/
#ifndef RV_TRUST_AUDIT_H
#define RV_TRUST_AUDIT_H

#include <ruview/trust/record.h>

RV_BEGIN_DECLS

enum {
    RV_AUDIT_BYTES   = 64,
    RV_AUDIT_LINK_AT = 24, ///< Where the hash of the record before stands
    RV_AUDIT_LINK    = 16,
    RV_AUDIT_WITNESS = 24,
};

typedef enum {
    RV_AUDIT_STATE,   ///< A belief ended
    RV_AUDIT_EVENT,   ///< An event left the ring
    RV_AUDIT_TRACK,   ///< A person's track was deleted
    RV_AUDIT_ANCHOR,  ///< An anchor was deleted
    RV_AUDIT_SENSOR,  ///< A sensor was deleted
    RV_AUDIT_RESTART, ///< A run began
    RV_AUDIT_WHAT_COUNT,
} rv_audit_what;

typedef struct {
    uint64_t         cycle;
    uint64_t         t_us;
    rv_privacy_class privacy_class;
    rv_audit_what    what;
    uint16_t         flags; ///< RV_FLAG_* of the cycle
    uint32_t         item;  ///< Low 32 bits of the item's id
    uint8_t          witness[RV_AUDIT_WITNESS];
} rv_audit_entry;

/// Head of the chain; start from {0}
typedef struct {
    uint8_t  link[RV_AUDIT_LINK];
    uint64_t n;
} rv_audit;

/// Append: writes the record and moves the head
RV_API RV_REALTIME void rv_audit_append(rv_audit *self, const rv_audit_entry *entry,
                                        uint8_t out[RV_AUDIT_BYTES]);

/**
   Follow `n` records from the head `self` (that before the first), which ends as the
   head after the last good one.

   @param first_bad  O  Index of the first record that does not follow; n when all do.
   @return OK; ERR_DIFFERENT.
*/
RV_API RV_NODISCARD rv_status rv_audit_verify(rv_audit *self, const uint8_t *records,
                                              size_t n, size_t *first_bad);

/// The head after `record`, which is the n-th
RV_API void rv_audit_head_after(rv_audit *self, const uint8_t record[RV_AUDIT_BYTES],
                                uint64_t n);

/// Fields of one record
RV_API void rv_audit_read(const uint8_t record[RV_AUDIT_BYTES], rv_audit_entry *entry);

RV_END_DECLS

#endif // RV_TRUST_AUDIT_H
