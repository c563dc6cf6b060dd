// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"
#include "record_samples.h"

#include <ruview/math/blake3.h>
#include <ruview/trust/witness.h>

static void
chain_is_what_the_definition_says(void **state)
{
    uint8_t    head[RV_DIGEST_BYTES] = {1, 2, 3};
    uint8_t    preimage[15 + 32 + 5];
    uint8_t    expected[32];
    rv_witness witness;
    memcpy(preimage, "ruview.cycle.v1", 15);
    memcpy(preimage + 15, head, 32);
    memcpy(preimage + 47, "bytes", 5);
    rv_blake3_hash(preimage, sizeof preimage, expected);

    rv_witness_init(&witness, head, 7);
    rv_witness_push(&witness, (const uint8_t *)"bytes", 5);
    assert_memory_equal(witness.head, expected, 32);
    assert_int_equal(witness.n, 8);
}

static void
seal_writes_the_head_and_nothing_else(void **state)
{
    static sample  s;
    static uint8_t bytes[1 << 16];
    static uint8_t again[1 << 16];
    rv_witness     a, b;
    const uint8_t  zeros[32] = {0};
    size_t         n         = sizeof bytes;
    sample_fill(&s);
    rv_witness_init(&a, zeros, 0);
    assert_int_equal(rv_witness_seal(&a, &s.record, bytes, &n), RV_OK);
    assert_memory_equal(s.record.witness, a.head, 32);

    size_t n_again = sizeof again; // the witness is not part of what it hashes
    assert_int_equal(rv_record_encode(&s.record, again, &n_again), RV_OK);
    assert_int_equal(n, n_again);
    assert_memory_equal(bytes, again, n);

    rv_witness_init(&b, zeros, 0);
    bytes[n / 2] ^= 1;
    rv_witness_push(&b, bytes, n);
    assert_memory_not_equal(a.head, b.head, 32);

    n = 10; // an error leaves the chain alone
    assert_int_equal(rv_witness_seal(&a, &s.record, bytes, &n), RV_ERR_FULL);
    assert_int_equal(a.n, 1);
}

static void
header_covers_each_part(void **state)
{
    const rv_run_header header = {.record_format = 1, .digest_epoch = 1};
    uint8_t             first[32];
    rv_run_digest(&header, first);
    for (size_t i = 0; i < sizeof header; ++i) {
        rv_run_header changed = header;
        ((uint8_t *)&changed)[i] ^= 0x10;
        uint8_t other[32];
        rv_run_digest(&changed, other);
        assert_memory_not_equal(first, other, 32);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chain_is_what_the_definition_says),
        cmocka_unit_test(seal_writes_the_head_and_nothing_else),
        cmocka_unit_test(header_covers_each_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
