// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"
#include "platform/lend.h"
#include "record_samples.h"

#include <math.h>
#include <stdlib.h>

enum { N = 1 << 16 };
static uint8_t first[N];
static uint8_t second[N];

static void *
lend(const size_t n)
{
    void *const memory = rv_lend(n);
    assert_non_null(memory);
    memset(memory, 0xCD, n);
    return memory;
}

static size_t
encode(const rv_record *const record, uint8_t *const out)
{
    size_t n = N;
    assert_int_equal(rv_record_encode(record, out, &n), RV_OK);
    return n;
}

static void
smallest_record(void **state)
{
    const rv_record record = {.persons_reason = RV_REASON_NOBODY};
    size_t          n      = 0;
    assert_int_equal(rv_record_encode(&record, NULL, &n),
                     RV_ERR_RANGE); // map of size 0
    rv_record fixed  = record;
    fixed.map_reason = RV_REASON_NO_GEOMETRY;
    assert_int_equal(rv_record_encode(&fixed, NULL, &n), RV_OK);
    assert_int_equal(encode(&fixed, first), n);
    size_t too_small = n - 1;
    assert_int_equal(rv_record_encode(&fixed, first, &too_small), RV_ERR_FULL);
    assert_int_equal(too_small, n);
}

static void
decode_gives_back(void **state)
{
    static sample s;
    sample_fill(&s);
    const size_t n = encode(&s.record, first);
    size_t       n_memory;
    assert_int_equal(rv_record_decode_size(n, &n_memory), RV_OK);
    void *const memory = lend(n_memory);
    rv_record   back;
    assert_int_equal(rv_record_decode(first, n, memory, n_memory, &back), RV_OK);
    assert_int_equal(encode(&back, second), n);
    assert_memory_equal(first, second, n);
    assert_int_equal(back.cycle, 4211);
    assert_int_equal(back.n_links, SAMPLE_LINKS);
    assert_int_equal(back.persons[0].zone, 2);
    assert_int_equal(back.persons[1].zone, -1);
    assert_memory_equal(back.links[5].amplitude, s.amplitude[5], sizeof s.amplitude[5]);
    assert_memory_equal(back.map, s.map, sizeof s.map);
    free(memory);
}

static void
bytes_are_little_endian(void **state)
{
    static sample s;
    sample_fill(&s);
    (void)encode(&s.record, first);
    const uint8_t head[] = {0x73, 0x10, 0, 0, 0, 0, 0, 0}; // 4211
    assert_memory_equal(first, head, sizeof head);
    assert_int_equal(first[8], 1760000000123456 & 0xFF);
}

static void
prefixes_and_tails_are_refused(void **state)
{
    static sample s;
    sample_fill(&s);
    s.record.n_links = 2;
    const size_t n   = encode(&s.record, first);
    size_t       n_memory;
    assert_int_equal(rv_record_decode_size(n, &n_memory), RV_OK);
    void *const memory = lend(n_memory);
    rv_record   back;
    for (size_t cut = 0; cut < n; ++cut) {
        uint8_t *const copy = malloc(cut ? cut : 1); // exact, so that ASan sees the end
        memcpy(copy, first, cut);
        assert_int_equal(rv_record_decode(copy, cut, memory, n_memory, &back),
                         RV_ERR_TRUNCATED);
        free(copy);
    }
    first[n] = 0;
    assert_int_equal(rv_record_decode(first, n + 1, memory, n_memory, &back),
                     RV_ERR_TRAILING);
    free(memory);
}

static void
damaged_bytes_never_pass_as_another_encoding(void **state)
{
    static sample s;
    sample_fill(&s);
    const size_t n = encode(&s.record, first);
    size_t       n_memory;
    assert_int_equal(rv_record_decode_size(n, &n_memory), RV_OK);
    void *const memory   = lend(n_memory);
    unsigned    accepted = 0;
    srand(7);
    for (int trial = 0; trial < 4000; ++trial) {
        memcpy(second, first, n);
        second[(size_t)rand() % n] ^= (uint8_t)(1U << (rand() % 8));
        rv_record back;
        if (rv_record_decode(second, n, memory, n_memory, &back) == RV_OK) {
            static uint8_t again[N];
            assert_int_equal(encode(&back, again), n); // what it read, it writes
            assert_memory_equal(again, second, n);
            ++accepted;
        }
    }
    assert_true(accepted > 0); // most bits are plain numbers
    free(memory);
}

static void
bad_records_are_refused(void **state)
{
    static sample s;
    size_t        n = N;
    sample_fill(&s);
    s.map[7] = NAN;
    assert_int_equal(rv_record_encode(&s.record, first, &n), RV_ERR_NONFINITE);
    sample_fill(&s);
    s.record.motion.value = INFINITY;
    assert_int_equal(rv_record_encode(&s.record, first, &n), RV_ERR_NONFINITE);
    sample_fill(&s);
    s.record.presence = (rv_tristate)3;
    assert_int_equal(rv_record_encode(&s.record, first, &n), RV_ERR_RANGE);
    sample_fill(&s);
    s.record.n_links = RV_MAX_LINKS + 1;
    assert_int_equal(rv_record_encode(&s.record, first, &n), RV_ERR_RANGE);
    sample_fill(&s);
    s.links[0].n_taps = RV_RECORD_TAPS + 1;
    assert_int_equal(rv_record_encode(&s.record, first, &n), RV_ERR_RANGE);
    sample_fill(&s);
    s.record.nodes = NULL;
    assert_int_equal(rv_record_encode(&s.record, first, &n), RV_ERR_RANGE);
}

static void
unknown_estimates_hide_leftovers(void **state)
{
    static sample s;
    sample_fill(&s);
    s.record.heart_bpm = (rv_estimate){71.0F, 2.0F, 0.5F, RV_REASON_MOVING};
    const size_t n     = encode(&s.record, first);
    s.record.heart_bpm = rv_unknown(RV_REASON_MOVING);
    assert_int_equal(encode(&s.record, second), n);
    assert_memory_equal(first, second, n);
}

// A byte that is no value of its field is refused where it stands
static void
values_out_of_range_are_refused(void **state)
{
    static sample s;
    sample_fill(&s);
    const size_t n = encode(&s.record, first);
    size_t       n_memory;
    assert_int_equal(rv_record_decode_size(n, &n_memory), RV_OK);
    void *const memory = lend(n_memory);
    rv_record   back;
    // After cycle and time: synthetic, live, source, class, mode, consent, demoted
    const uint8_t beyond[] = {2,
                              2,
                              RV_SOURCE_RECORDING + 1,
                              RV_CLASS_RESTRICTED + 1,
                              RV_MODE_STRICT_NO_IDENTITY + 1,
                              RV_CONSENT_COUNT,
                              2,
                              RV_REASON_COUNT};
    for (size_t i = 0; i < sizeof beyond; ++i) {
        const uint8_t kept = first[16 + i];
        first[16 + i]      = beyond[i];
        assert_int_equal(rv_record_decode(first, n, memory, n_memory, &back),
                         RV_ERR_VALUE);
        first[16 + i] = (uint8_t)(beyond[i] - 1);
        assert_int_equal(rv_record_decode(first, n, memory, n_memory, &back), RV_OK);
        first[16 + i] = kept;
    }
    free(memory);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smallest_record),
        cmocka_unit_test(decode_gives_back),
        cmocka_unit_test(bytes_are_little_endian),
        cmocka_unit_test(prefixes_and_tails_are_refused),
        cmocka_unit_test(damaged_bytes_never_pass_as_another_encoding),
        cmocka_unit_test(bad_records_are_refused),
        cmocka_unit_test(unknown_estimates_hide_leftovers),
        cmocka_unit_test(values_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
