// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/base/arena.h>

static void
measured_then_placed(void **state)
{
    static _Alignas(RV_ARENA_ALIGN) uint8_t memory[256];
    rv_arena                                sizes = {0}, place = {0};
    assert_null(rv_arena_take(&sizes, 3, 20)); // 60 bytes are one line
    assert_null(rv_arena_take(&sizes, 1, 65)); // 65 are two
    assert_null(rv_arena_take(&sizes, 0, 8));
    assert_int_equal(sizes.used, 192);
    assert_false(sizes.failed);
    assert_int_equal(rv_arena_open(&place, memory, sizeof memory, sizes.used), RV_OK);
    assert_ptr_equal(rv_arena_take(&place, 3, 20), memory);
    assert_ptr_equal(rv_arena_take(&place, 1, 65), memory + 64);
    assert_ptr_equal(rv_arena_take(&place, 1, 64), memory + 192);
    assert_int_equal(place.used, 256);
    assert_false(place.failed);
    assert_null(rv_arena_take(&place, 1, 1)); // full
    assert_true(place.failed);
    assert_null(rv_arena_take(&place, 0, 1)); // and stays so
}

static void
what_cannot_be_lent_is_refused(void **state)
{
    static _Alignas(RV_ARENA_ALIGN) uint8_t memory[256];
    const rv_arena                          before = {.used = 7};
    rv_arena                                self   = before;
    assert_int_equal(rv_arena_open(&self, NULL, 256, 0), RV_ERR_MEMORY);
    for (size_t off = 1; off < RV_ARENA_ALIGN; ++off) {
        assert_int_equal(rv_arena_open(&self, memory + off, 128, 128), RV_ERR_MEMORY);
    }
    assert_int_equal(rv_arena_open(&self, memory, 127, 128), RV_ERR_MEMORY);
    assert_memory_equal(&self, &before, sizeof self);
    assert_int_equal(rv_arena_open(&self, memory, 128, 128), RV_OK);
    assert_int_equal(self.used, 0);
}

static void
sizes_that_overflow_fail(void **state)
{
    const size_t big[][2] = {
        {SIZE_MAX, 1}, {SIZE_MAX, SIZE_MAX}, {SIZE_MAX / 8, 9}, {2, SIZE_MAX / 2 + 1}};
    for (size_t i = 0; i < sizeof big / sizeof *big; ++i) {
        rv_arena self = {0};
        assert_null(rv_arena_take(&self, big[i][0], big[i][1]));
        assert_true(self.failed);
    }
    rv_arena many = {0};
    for (int i = 0; i < 4 && !many.failed; ++i) {
        (void)rv_arena_take(&many, SIZE_MAX / 5, 1);
    }
    assert_true(many.failed);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measured_then_placed),
        cmocka_unit_test(what_cannot_be_lent_is_refused),
        cmocka_unit_test(sizes_that_overflow_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
