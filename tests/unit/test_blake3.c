// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/blake3.h>
#include <ruview/math/text.h>

#include <stdlib.h>
#include <string.h>

// From the published test vectors, version 1.5: input bytes i mod 251, first 32 bytes
// of the hash. tests/golden_math/b3sum.c asks b3sum for many more lengths.
static const struct {
    size_t      n;
    const char *hash;
} vectors[] = {
    {0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"},
    {1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"},
    {1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"},
    {1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"},
};

static void
published_vectors(void **state)
{
    uint8_t data[1025];
    for (size_t i = 0; i < sizeof data; ++i) {
        data[i] = (uint8_t)(i % 251);
    }
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; ++i) {
        uint8_t hash[32];
        char    hex[65] = {0};
        rv_blake3_hash(data, vectors[i].n, hash);
        rv_text_hex_bytes(hex, hash, 32);
        assert_string_equal(hex, vectors[i].hash);
    }
}

static void
a_hash_goes_on_after_final(void **state)
{
    static uint8_t data[5000];
    uint8_t        early[32];
    uint8_t        late[32];
    uint8_t        whole[32];
    rv_blake3      h;
    rv_blake3_init(&h);
    rv_blake3_update(&h, data, 2048);
    rv_blake3_final(&h, early);
    rv_blake3_update(&h, data, 2952);
    rv_blake3_final(&h, late);
    rv_blake3_hash(data, 2048, whole);
    assert_memory_equal(early, whole, 32);
    rv_blake3_hash(data, 5000, whole);
    assert_memory_equal(late, whole, 32);
    const uint8_t key[32] = {0};
    rv_blake3_keyed(key, data, 5000, late);
    assert_memory_not_equal(late, whole, 32);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(a_hash_goes_on_after_final),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
