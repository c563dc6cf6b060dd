// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/base/arena.h>
#include <ruview/base/bytes.h>
#include <ruview/base/ring.h>

static void
numbers_lie_little_end_first(void **state)
{
    uint8_t   bytes[15] = {0};
    rv_writer w         = {.bytes = bytes, .size = sizeof bytes};
    rv_write_u8(&w, 1);
    rv_write_u16(&w, 0x0302);
    rv_write_u32(&w, 0x07060504);
    rv_write_u64(&w, 0x0f0e0d0c0b0a0908);
    assert_false(w.failed);
    for (uint8_t i = 0; i < 15; ++i) {
        assert_int_equal(bytes[i], i + 1);
    }
    rv_write_u8(&w, 9);
    assert_true(w.failed);
    assert_int_equal(w.at, 15);
}

static void
a_reader_that_ran_out_stays_failed(void **state)
{
    const uint8_t bytes[3] = {1, 2, 3};
    rv_reader     r        = {.bytes = bytes, .size = sizeof bytes};
    assert_int_equal(rv_read_u16(&r), 0x0201);
    assert_int_equal(rv_read_u16(&r), 0);
    assert_true(r.failed);
    assert_int_equal(rv_read_u8(&r), 0);
    assert_int_equal(r.at, 2);
}

static void
every_nan_is_written_alike(void **state)
{
    const uint32_t patterns[3] = {0x7FC00001U, 0xFFC00000U, 0x7F800001U};
    for (int i = 0; i < 3; ++i) {
        float value;
        memcpy(&value, &patterns[i], sizeof value);
        uint8_t bytes[4];
        rv_store_f32(bytes, value);
        assert_int_equal(rv_load_u32(bytes), 0x7FC00000U);
    }
    uint8_t bytes[4];
    rv_store_f32(bytes, -0.0F);
    assert_int_equal(rv_load_u32(bytes), 0x80000000U);
}

static void
an_arena_measures_then_places(void **state)
{
    _Alignas(64) static uint8_t memory[256];
    rv_arena                    measure = {0};
    assert_null(rv_arena_take(&measure, 3, 4));
    assert_null(rv_arena_take(&measure, 1, 65));
    assert_int_equal(measure.used, 64 + 128);
    assert_false(measure.failed);

    rv_arena place = {.base = memory, .size = 192};
    assert_ptr_equal(rv_arena_take(&place, 3, 4), memory);
    assert_ptr_equal(rv_arena_take(&place, 1, 65), memory + 64);
    assert_null(rv_arena_take(&place, 1, 1));
    assert_true(place.failed);

    rv_arena huge = {0};
    rv_arena_take(&huge, SIZE_MAX / 2, 16);
    assert_true(huge.failed);
}

static void
a_ring_keeps_the_newest(void **state)
{
    rv_ring ring = {.capacity = 3};
    int     item[3];
    for (int i = 0; i < 5; ++i) {
        item[rv_ring_push(&ring)] = i;
    }
    assert_int_equal(ring.count, 3);
    assert_int_equal(ring.total, 5);
    for (uint32_t age = 0; age < 3; ++age) {
        assert_int_equal(item[rv_ring_slot(&ring, age)], 4 - (int)age);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_lie_little_end_first),
        cmocka_unit_test(a_reader_that_ran_out_stays_failed),
        cmocka_unit_test(every_nan_is_written_alike),
        cmocka_unit_test(an_arena_measures_then_places),
        cmocka_unit_test(a_ring_keeps_the_newest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
