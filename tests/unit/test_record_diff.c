// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"
#include "record_samples.h"

#include <ruview/trust/record_diff.h>

#include <stdio.h>

static void
names_field_and_values(void **state)
{
    static sample        a, b;
    rv_record_difference d;
    char                 path[32];
    sample_fill(&a);
    sample_fill(&b);
    assert_int_equal(rv_record_diff(&a.record, &b.record, &d), RV_OK);

    b.links[3].coherence.value = 0.72F;
    assert_int_equal(rv_record_diff(&a.record, &b.record, &d), RV_ERR_DIFFERENT);
    assert_string_equal(d.path, "links[3].coherence.value");
    assert_string_equal(d.first, "0.71");
    assert_string_equal(d.second, "0.72");

    sample_fill(&b);
    b.record.heart_bpm = rv_known(70.0F, 1.0F, 0.5F);
    assert_int_equal(rv_record_diff(&a.record, &b.record, &d), RV_ERR_DIFFERENT);
    assert_string_equal(d.path, "heart_bpm.reason");
    assert_string_equal(d.first, "moving");
    assert_string_equal(d.second, "none");

    sample_fill(&b);
    b.map[17] += 1e-5F;
    assert_int_equal(rv_record_diff(&a.record, &b.record, &d), RV_ERR_DIFFERENT);
    assert_string_equal(d.path, "map[17]");

    sample_fill(&b);
    b.record.n_persons = 1;
    assert_int_equal(rv_record_diff(&a.record, &b.record, &d), RV_ERR_DIFFERENT);
    assert_string_equal(d.path, "n_persons");
    assert_string_equal(d.second, "1");

    sample_fill(&b);
    b.record.input_digest[0] ^= 1;
    assert_int_equal(rv_record_diff(&a.record, &b.record, &d), RV_ERR_DIFFERENT);
    assert_string_equal(d.path, "input_digest");
    assert_int_equal(strlen(d.first), 64);
    for (int i = 0; i < 32; ++i) {
        char hex[3];
        (void)snprintf(hex, sizeof hex, "%02x", b.record.input_digest[i]);
        assert_memory_equal(d.second + 2 * i, hex, 2);
    }

    sample_fill(&b);
    b.record.zone_occupied[a.record.n_zones - 1] ^= 1;
    assert_int_equal(rv_record_diff(&a.record, &b.record, &d), RV_ERR_DIFFERENT);
    (void)snprintf(path, sizeof path, "zone_occupied[%d]", a.record.n_zones - 1);
    assert_string_equal(d.path, path);
}

/// Whatever changes the bytes is found, and nothing else
static void
agrees_with_the_bytes(void **state)
{
    static sample               a;
    static uint8_t              bytes[1 << 16], changed[1 << 16];
    static _Alignas(64) uint8_t memory[1 << 18];
    rv_record_difference        d;
    size_t                      n     = sizeof bytes;
    unsigned                    found = 0;
    sample_fill(&a);
    assert_int_equal(rv_record_encode(&a.record, bytes, &n), RV_OK);
    srand(5);
    for (int trial = 0; trial < 3000; ++trial) {
        rv_record back;
        memcpy(changed, bytes, n);
        changed[(size_t)rand() % n] ^= (uint8_t)(1U << rand() % 8);
        if (rv_record_decode(changed, n, memory, sizeof memory, &back) == RV_OK) {
            assert_int_equal(rv_record_diff(&a.record, &back, &d), RV_ERR_DIFFERENT);
            assert_true(d.path[0] && strcmp(d.first, d.second) != 0);
            ++found;
        }
    }
    assert_true(found > 1000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_field_and_values),
        cmocka_unit_test(agrees_with_the_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
