// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/blake3.h>
#include <ruview/trust/audit.h>

#include <string.h>

static const rv_audit_entry one = {
    .cycle         = UINT64_C(0x0102030405060708),
    .t_us          = UINT64_C(0x1112131415161718),
    .privacy_class = RV_CLASS_ANONYMOUS,
    .what          = RV_AUDIT_TRACK,
    .flags         = 0x2122,
    .item          = 0x31323334,
    .witness       = {0x41, 0x42, 0x43, [23] = 0x58},
};

static void
record_byte_by_byte(void **state)
{
    const uint8_t want[40] = {
        0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, // cycle
        0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, // time
        2,    2,    0x22, 0x21, 0x34, 0x33, 0x32, 0x31, // class, what, flags, item
    };                                                  // and nothing before the first
    rv_audit       chain = {0};
    rv_audit_entry back;
    uint8_t        record[2][RV_AUDIT_BYTES], hash[32];
    rv_audit_append(&chain, &one, record[0]);
    assert_memory_equal(record[0], want, 40);
    assert_memory_equal(record[0] + 40, one.witness, RV_AUDIT_WITNESS);
    assert_int_equal(chain.n, 1);
    // The second begins with the hash of the first
    rv_audit_append(&chain, &one, record[1]);
    rv_blake3_hash(record[0], RV_AUDIT_BYTES, hash);
    assert_memory_equal(record[1] + RV_AUDIT_LINK_AT, hash, RV_AUDIT_LINK);
    rv_blake3_hash(record[1], RV_AUDIT_BYTES, hash);
    assert_memory_equal(chain.link, hash, RV_AUDIT_LINK);

    memset(&back, 0, sizeof back);
    rv_audit_read(record[0], &back);
    assert_true(back.cycle == one.cycle && back.t_us == one.t_us);
    assert_int_equal(back.privacy_class, one.privacy_class);
    assert_int_equal(back.what, one.what);
    assert_int_equal(back.flags, one.flags);
    assert_int_equal(back.item, one.item);
    assert_memory_equal(back.witness, one.witness, RV_AUDIT_WITNESS);
}

enum { n_records = 9 };

static void
write_chain(uint8_t (*const record)[RV_AUDIT_BYTES])
{
    rv_audit chain = {0};
    for (uint32_t i = 0; i < n_records; ++i) {
        rv_audit_entry entry = one;
        entry.item           = i;
        rv_audit_append(&chain, &entry, record[i]);
    }
}

static size_t
first_bad_of(uint8_t (*const record)[RV_AUDIT_BYTES], const size_t n)
{
    rv_audit        head = {0};
    size_t          bad  = SIZE_MAX;
    const rv_status s    = rv_audit_verify(&head, record[0], n, &bad);
    assert_int_equal(s, bad == n ? RV_OK : RV_ERR_DIFFERENT);
    assert_int_equal(head.n, bad);
    return bad;
}

static void
what_was_touched_is_found(void **state)
{
    uint8_t record[n_records][RV_AUDIT_BYTES], kept[RV_AUDIT_BYTES];
    write_chain(record);
    assert_int_equal(first_bad_of(record, n_records), n_records);
    // A bit anywhere: the next record does not follow, or this one says nonsense
    for (size_t bit = 0; bit < 8 * RV_AUDIT_BYTES; ++bit) {
        record[4][bit / 8] ^= (uint8_t)(1U << bit % 8);
        const size_t bad     = first_bad_of(record, n_records);
        const bool   is_link = bit / 8 >= RV_AUDIT_LINK_AT && bit / 8 < 40;
        assert_true(bad == 5 || (bad == 4 && (is_link || bit / 64 == 2)));
        record[4][bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    // Dropped
    memmove(record[3], record[4], (n_records - 4) * RV_AUDIT_BYTES);
    assert_int_equal(first_bad_of(record, n_records - 1), 3);
    // Two exchanged
    write_chain(record);
    memcpy(kept, record[6], sizeof kept);
    memcpy(record[6], record[7], sizeof kept);
    memcpy(record[7], kept, sizeof kept);
    assert_int_equal(first_bad_of(record, n_records), 6);
}

// A chain is followed from the middle by what its head was there
static void
goes_on_from_a_head(void **state)
{
    uint8_t  record[n_records][RV_AUDIT_BYTES];
    rv_audit head = {0};
    size_t   bad  = 0;
    write_chain(record);
    rv_audit_head_after(&head, record[4], 5);
    assert_int_equal(head.n, 5);
    assert_int_equal(rv_audit_verify(&head, record[5], n_records - 5, &bad), RV_OK);
    assert_int_equal(bad, n_records - 5);
    assert_int_equal(head.n, n_records);
    assert_int_equal(rv_audit_verify(&head, record[5], 1, &bad), RV_ERR_DIFFERENT);
    assert_int_equal(bad, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record_byte_by_byte),
        cmocka_unit_test(what_was_touched_is_found),
        cmocka_unit_test(goes_on_from_a_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
