// SPDX-License-Identifier: MIT
// The core digests are compared with vectors published for the existing implementation.
#include "cmocka_rv.h"

#include <ruview/math/text.h>
#include <ruview/trust/attestation.h>

#include <stdlib.h>
#include <string.h>

static void
attest(rv_attestation_head *const head, const rv_privacy_mode mode,
       rv_attestation *const entry)
{
    *entry = (rv_attestation){
        .mode = mode, .reason = RV_ATTEST_OPERATOR, .t_us = 1000, .actor = "somebody"};
    assert_int_equal(rv_attest(head, entry), RV_OK);
}

static void
expect(const rv_attestation *const entry, const char *const hex)
{
    char text[65] = {0};
    rv_text_hex_bytes(text, entry->core, RV_DIGEST_BYTES);
    assert_string_equal(text, hex);
}

static void
published_vectors(void **state)
{
    static const char *const genesis[] = {
        "497fdc775a89377c5a58057cfce9ddcedf2fd2dc7678b9b1120cffd4b3d2bb2e",
        "0a9ad085ce7092a539737058805a5ab58cc963a4207e7a5efeef05cb10a4068b",
        "1c3ac0b28432c983359219b998afb1909a3a019d5adefd0b7fc5c7c0569da85a",
        "746046ab3fc4b0154618c92c294a32a4087a71883880ee6b838a55635ff0cec4",
        "a70cc43f44afae4310bc3b7f307de11200268af5d01fb02d083f0a57e58205fa"};
    rv_attestation entry;
    for (int mode = 0; mode < 5; ++mode) {
        rv_attestation_head head = {0};
        attest(&head, (rv_privacy_mode)mode, &entry);
        expect(&entry, genesis[mode]);
    }
    rv_attestation_head head = {0};
    attest(&head, RV_MODE_PRIVATE_HOME, &entry);
    attest(&head, RV_MODE_STRICT_NO_IDENTITY, &entry);
    expect(&entry, "20b12f6257dd82ef6e9be7051575e4a4df4b2e0be6c61979e9278098c43df58a");
    assert_int_equal(head.n, 2);
}

enum { N = 6 };

static void
make_chain(rv_attestation chain[N])
{
    rv_attestation_head head = {0};
    for (int i = 0; i < N; ++i) {
        attest(&head, (rv_privacy_mode)(i % 5), &chain[i]);
    }
}

static void
any_change_is_named(void **state)
{
    rv_attestation chain[N];
    size_t         bad;
    make_chain(chain);
    assert_int_equal(rv_attest_verify(chain, N, &bad), RV_OK);
    assert_int_equal(bad, N);
    for (int i = 0; i < N; ++i) {
        for (int field = 0; field < 8; ++field) {
            make_chain(chain);
            rv_attestation *const e = &chain[i];
            e->mode ^= field == 0 ? 1 : 0;
            e->target_class ^= field == 1 ? 1 : 0;
            e->consent ^= field == 2 ? 1 : 0;
            e->reason ^= field == 3 ? 1 : 0;
            e->t_us ^= field == 4 ? 1 : 0;
            e->actor[3] ^= field == 5 ? 1 : 0;
            e->core[9] ^= field == 6 ? 1 : 0;
            e->hash[9] ^= field == 7 ? 1 : 0;
            assert_int_equal(rv_attest_verify(chain, N, &bad), RV_ERR_DIFFERENT);
            assert_int_equal(bad, i);
        }
    }
}

static void
dropping_inserting_reordering_is_named(void **state)
{
    rv_attestation chain[N + 1];
    size_t         bad;
    make_chain(chain);
    memmove(&chain[2], &chain[3], 3 * sizeof chain[0]);
    assert_int_equal(rv_attest_verify(chain, N - 1, &bad), RV_ERR_DIFFERENT);
    assert_int_equal(bad, 2);

    make_chain(chain);
    memmove(&chain[4], &chain[3], 3 * sizeof chain[0]);
    assert_int_equal(rv_attest_verify(chain, N + 1, &bad), RV_ERR_DIFFERENT);
    assert_int_equal(bad, 4);

    make_chain(chain);
    const rv_attestation kept = chain[1];
    chain[1]                  = chain[2];
    chain[2]                  = kept;
    assert_int_equal(rv_attest_verify(chain, N, &bad), RV_ERR_DIFFERENT);
    assert_int_equal(bad, 1);
}

static void
nonsense_is_refused(void **state)
{
    rv_attestation_head head  = {0};
    rv_attestation      entry = {.mode = (rv_privacy_mode)5};
    assert_int_equal(rv_attest(&head, &entry), RV_ERR_RANGE);
    assert_int_equal(head.n, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(any_change_is_named),
        cmocka_unit_test(dropping_inserting_reordering_is_named),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
