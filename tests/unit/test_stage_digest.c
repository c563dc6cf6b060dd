// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/trust/stage_digest.h>

#include <math.h>
#include <string.h>

enum { n_values = 130 }; // more than two blocks of 64

// What a stage added, written by hand: index, count, values, all little-endian
static size_t
by_hand(uint8_t *const out, const uint32_t index, const float *const x, const size_t n)
{
    const uint32_t head[2] = {index, (uint32_t)n};
    for (size_t i = 0; i < n + 2; ++i) {
        uint32_t bits = 0x7FC00000; // of every NaN
        if (i < 2) {
            bits = head[i];
        } else if (!isnan(x[i - 2])) {
            memcpy(&bits, &x[i - 2], 4);
        }
        for (int b = 0; b < 4; ++b) {
            out[4 * i + (size_t)b] = (uint8_t)(bits >> 8 * b);
        }
    }
    return 4 * (n + 2);
}

typedef struct {
    unsigned stage, calls;
    uint32_t index;
    size_t   n;
    char     name[16];
} heard;

static void
hear(void *const user, const unsigned stage, const char *const name,
     const uint32_t index, const float *const values, const size_t n)
{
    heard *const h = user;
    *h             = (heard){.stage = stage, .calls = h->calls + 1, .index = index};
    h->n           = n;
    strncpy(h->name, name, sizeof h->name - 1);
    assert_true(values[0] == 0.5F);
}

static void
digest_of_what_was_added(void **state)
{
    static uint8_t   bytes[2 * 4 * (n_values + 2) + 3];
    static float     x[n_values];
    rv_stage_digests self;
    rv_stage_row     row;
    heard            h = {0};
    uint8_t          hash[32];
    const uint8_t    nothing[RV_STAGE_DIGEST_BYTES] = {0};
    for (int i = 0; i < n_values; ++i) {
        x[i] = (float)i * 0.37F + 0.5F;
    }
    x[70] = -NAN;
    assert_int_equal(rv_stage_digests_init(&self, 3, true), RV_OK);
    self.probe = hear;
    self.user  = &h;
    rv_stage_add_f32(&self, 1, "power", 7, x, n_values);
    rv_stage_add_bytes(&self, 1, "abc", 3);
    rv_stage_add_f32(&self, 1, "phase", 9, x, 5);
    rv_stage_add_f32(&self, 3, "beyond", 9, x, 5); // no such stage
    assert_int_equal(h.calls, 2);
    assert_int_equal(h.stage, 1);
    assert_int_equal(h.index, 9);
    assert_int_equal(h.n, 5);
    assert_string_equal(h.name, "phase");

    size_t n = by_hand(bytes, 7, x, n_values);
    memcpy(bytes + n, "abc", 3);
    n += 3;
    n += by_hand(bytes + n, 9, x, 5);
    rv_blake3_hash(bytes, n, hash);
    rv_stage_digests_end(&self, &row);
    assert_memory_equal(row.stage[1], hash, RV_STAGE_DIGEST_BYTES);
    assert_memory_equal(row.stage[0], nothing, RV_STAGE_DIGEST_BYTES);
    assert_memory_equal(row.stage[2], nothing, RV_STAGE_DIGEST_BYTES);

    // The next cycle starts from nothing
    rv_stage_add_bytes(&self, 2, "abc", 3);
    rv_stage_digests_end(&self, &row);
    rv_blake3_hash("abc", 3, hash);
    assert_memory_equal(row.stage[2], hash, RV_STAGE_DIGEST_BYTES);
    assert_memory_equal(row.stage[1], nothing, RV_STAGE_DIGEST_BYTES);
}

static void
off_and_out_of_range(void **state)
{
    const uint8_t    nothing[RV_STAGE_DIGEST_BYTES] = {0};
    rv_stage_digests self;
    rv_stage_row     row;
    assert_int_equal(rv_stage_digests_init(&self, RV_MAX_DIGEST_STAGES + 1, true),
                     RV_ERR_CONFIG);
    assert_int_equal(rv_stage_digests_init(&self, RV_MAX_DIGEST_STAGES, false), RV_OK);
    rv_stage_add_bytes(&self, 0, "abc", 3);
    rv_stage_digests_end(&self, &row);
    assert_memory_equal(row.stage[0], nothing, RV_STAGE_DIGEST_BYTES);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digest_of_what_was_added),
        cmocka_unit_test(off_and_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
