// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/elementary.h>
#include <ruview/math/random.h>
#include <ruview/math/text.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASSERT_TEXT(call, want)                                                        \
    do {                                                                               \
        char out[RV_TEXT_MAX + 1];                                                     \
        out[call] = 0;                                                                 \
        assert_string_equal(out, want);                                                \
    } while (0)

static void
numbers_as_people_write_them(void **state)
{
    ASSERT_TEXT(rv_text_f32(out, 0.85F), "0.85");
    ASSERT_TEXT(rv_text_f32(out, 1.0F), "1.0");
    ASSERT_TEXT(rv_text_f32(out, -0.0F), "-0.0");
    ASSERT_TEXT(rv_text_f32(out, 1e-7F), "1e-7");
    ASSERT_TEXT(rv_text_f32(out, NAN), "null");
    ASSERT_TEXT(rv_text_debug_f32(out, NAN), "NaN");
    ASSERT_TEXT(rv_text_debug_f32(out, -INFINITY), "-inf");
    ASSERT_TEXT(rv_text_debug_f32(out, 0.99999994F), "0.99999994");
    ASSERT_TEXT(rv_text_f64(out, 1e16), "1e16");
    ASSERT_TEXT(rv_text_u64(out, UINT64_MAX), "18446744073709551615");
    ASSERT_TEXT(rv_text_i64(out, INT64_MIN), "-9223372036854775808");
    ASSERT_TEXT(rv_text_hex(out, 0xBEEF, 8), "0000beef");
    ASSERT_TEXT(rv_text_decimal(out, -1234, 2), "-12.34");
    ASSERT_TEXT(rv_text_decimal(out, 5, 3), "0.005");
    ASSERT_TEXT(rv_text_fixed(out, 2.5, 0), "2");
    ASSERT_TEXT(rv_text_fixed(out, 0.125, 2), "0.12");
    ASSERT_TEXT(rv_text_fixed(out, -0.001, 2), "-0.00");
}

static void
every_text_reads_back(void **state)
{
    rv_random random;
    rv_random_init(&random, 1, 0);
    for (int i = 0; i < 200000; ++i) {
        char           out[RV_TEXT_MAX + 1];
        const uint64_t bits = rv_random_u64(&random);
        const float    x    = rv_from_bits_f32((uint32_t)bits);
        const double   y    = rv_from_bits_f64(bits);
        if (isfinite(x)) {
            out[rv_text_f32(out, x)] = 0;
            assert_int_equal(rv_bits_f32(strtof(out, NULL)), rv_bits_f32(x));
        }
        if (isfinite(y)) {
            out[rv_text_debug_f64(out, y)] = 0;
            assert_int_equal(rv_bits_f64(strtod(out, NULL)), bits);
        }
    }
}

static void
fixed_places_are_those_of_printf(void **state)
{
    rv_random random;
    rv_random_init(&random, 2, 0);
    for (int i = 0; i < 200000; ++i) {
        char           out[RV_TEXT_MAX + 1];
        char           want[RV_TEXT_MAX + 300];
        const uint32_t places = rv_random_below(&random, 10);
        const double   y = i % 3 == 0 ? (double)rv_from_bits_f32(rv_random_u32(&random))
                           : i % 3 == 1
                               ? rv_random_normal_f64(&random) * 1000.0
                               : (double)(int32_t)rv_random_u32(&random) / 65536.0;
        if (isfinite(y)) {
            out[rv_text_fixed(out, y, places)] = 0;
            snprintf(want, sizeof want, "%.*f", (int)places, y);
            assert_string_equal(out, want);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_as_people_write_them),
        cmocka_unit_test(every_text_reads_back),
        cmocka_unit_test(fixed_places_are_those_of_printf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
