// SPDX-License-Identifier: MIT
#define _DEFAULT_SOURCE // mkstemp
// Ed25519 against the vectors of RFC 8032, section 7.1.
#include "cmocka_rv.h"

#include "platform/run_log.h"
#include "platform/signature.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const char *secret, *key, *message, *signature;
} vector;

static const vector vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc"
     "6"
     "1e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e4"
     "5"
     "8f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290a"
     "e"
     "67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

static char path[] = "/tmp/rv_key_XXXXXX";

/// A private key as a PEM file: RFC 8410, section 7
static void
write_key(const char *const secret)
{
    uint8_t           der[48] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    assert_true(rv_parse_hex(secret, der + 16, 32));
    FILE *const file = fopen(path, "w");
    fputs("-----BEGIN PRIVATE KEY-----\n", file);
    for (int i = 0; i < 48; i += 3) {
        const unsigned v = (unsigned)(der[i] << 16 | der[i + 1] << 8 | der[i + 2]);
        for (int k = 18; k >= 0; k -= 6) {
            putc(digits[v >> k & 63], file);
        }
    }
    fputs("\n-----END PRIVATE KEY-----\n", file);
    fclose(file);
}

static void
published_vectors_hold(void **state)
{
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; ++i) {
        uint8_t      key[RV_KEY_BYTES], signature[RV_SIGNATURE_BYTES], message[2];
        const size_t n = strlen(vectors[i].message) / 2;
        assert_true(rv_parse_hex(vectors[i].key, key, sizeof key));
        assert_true(rv_parse_hex(vectors[i].signature, signature, sizeof signature));
        assert_true(rv_parse_hex(vectors[i].message, message, n));
        assert_true(rv_signature_holds(key, message, n, signature));
        for (size_t bit = 0; bit < 8 * sizeof signature; bit += 61) {
            signature[bit / 8] ^= (uint8_t)(1U << bit % 8);
            assert_false(rv_signature_holds(key, message, n, signature));
            signature[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        key[5] ^= 1;
        assert_false(rv_signature_holds(key, message, n, signature));
        uint8_t read[RV_KEY_BYTES];
        write_key(vectors[i].secret);
        assert_int_equal(rv_signature_read_key(path, read), RV_OK);
        key[5] ^= 1;
        assert_memory_equal(read, key, sizeof key);
    }
}

static void
entries_are_signed_and_followed(void **state)
{
    rv_signer          *signer;
    rv_attestation_head head    = {0};
    rv_attested         made[4] = {0};
    uint8_t             key[RV_KEY_BYTES];
    write_key(vectors[0].secret);
    assert_int_equal(rv_signer_open(&signer, path), RV_OK);
    assert_int_equal(rv_signature_read_key(path, key), RV_OK);
    for (int i = 0; i < 4; ++i) {
        rv_attestation e = {.mode = (rv_privacy_mode)i, .t_us = (uint64_t)i};
        assert_int_equal(rv_attest(&head, &e), RV_OK);
        made[i] = rv_attested_make(&e, i < 3 ? signer : NULL);
        assert_int_equal(made[i].is_signed, i < 3);
        assert_true(i == 3 ||
                    rv_signature_holds(key, e.hash, sizeof e.hash, made[i].signature));
    }
    rv_signer_close(signer);
    rv_attested_check any = {0}, only = {0};
    for (int i = 0; i < 4; ++i) {
        assert_true(rv_attested_follow(&any, &made[i], NULL));
        assert_int_equal(rv_attested_follow(&only, &made[i], key), i < 3);
    }
    assert_int_equal(any.n_signed, 3);
    // Out of order, and signed by somebody else
    rv_attested_check wrong = {0};
    assert_false(rv_attested_follow(&wrong, &made[1], NULL));
    assert_false(rv_attested_follow(&wrong, &made[0], NULL)); // for ever after
    rv_attested_check other = {0};
    made[0].key[0] ^= 1;
    assert_false(rv_attested_follow(&other, &made[0], NULL));
}

static void
other_files_are_refused(void **state)
{
    rv_signer *signer;
    uint8_t    key[RV_KEY_BYTES];
    assert_int_equal(rv_signer_open(&signer, "/nonexistent/key.pem"), RV_ERR_IO);
    assert_int_equal(rv_signature_read_key("/nonexistent/key.pem", key), RV_ERR_IO);
    FILE *const file = fopen(path, "w");
    fputs("no key\n", file);
    fclose(file);
    assert_int_equal(rv_signer_open(&signer, path), RV_ERR_CONFIG);
    assert_int_equal(rv_signature_read_key(path, key), RV_ERR_CONFIG);
    rv_signer_close(NULL);
}

int
main(void)
{
    const int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors_hold),
        cmocka_unit_test(entries_are_signed_and_followed),
        cmocka_unit_test(other_files_are_refused),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    remove(path);
    return failed;
}
