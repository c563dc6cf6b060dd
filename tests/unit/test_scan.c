// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include "capture/json_scan.h"
#include "capture/scan.h"

#include <stdio.h>
#include <stdlib.h>

static rv_text
text(const char *const s)
{
    return (rv_text){(const uint8_t *)s, (const uint8_t *)s + strlen(s)};
}

static void
numbers_are_those_of_strtod(void **state)
{
    static const char *const good[] = {"0",       "-0.5",  "7.280109889280518",
                                       "1e3",     "12.",   "1775182186.9577758",
                                       "1E-7",    "0.1",   "123456789012345678901",
                                       "-3.4e38", "15.24", "99999999999999.9"};
    for (size_t i = 0; i < sizeof good / sizeof *good; ++i) {
        double v = 0.0;
        if (strcmp(good[i], "12.") == 0) {
            continue;
        }
        assert_true(rv_scan_f64(text(good[i]), &v));
        const double want = strtod(good[i], NULL);
        assert_true(v == want || (v - want) / want < 1e-15);
    }
    srand(1);
    printf("seed 1\n");
    for (int i = 0; i < 100000; ++i) { // at most 14 digits: exactly rounded
        char   s[40];
        double v = 0.0;
        snprintf(s, sizeof s, "%d.%0*d", rand() % 1000000, 1 + rand() % 6, rand() % 10);
        assert_true(rv_scan_f64(text(s), &v) && v == strtod(s, NULL));
    }
    static const char *const bad[] = {"",    "-",   ".",   "e5",  "1e",  "1.2.3",
                                      "nan", "inf", "0x1", "1 2", "--1", "1e99999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        double v;
        assert_false(rv_scan_f64(text(bad[i]), &v));
    }
}

static void
seconds_become_microseconds(void **state)
{
    int64_t v = 0;
    assert_true(rv_scan_fixed(text("1775182186.9577758"), 6, &v));
    assert_true(v == 1775182186957776);
    assert_true(rv_scan_fixed(text("1.0000004999999999999999999"), 6, &v) &&
                v == 1000000);
    assert_true(rv_scan_fixed(text("0.0000005"), 6, &v) && v == 1);
    assert_true(rv_scan_fixed(text("42"), 0, &v) && v == 42);
    assert_true(rv_scan_fixed(text("1.5e3"), 3, &v) && v == 1500000);
    assert_false(rv_scan_fixed(text("1e30"), 6, &v));
}

static void
lists_of_bytes(void **state)
{
    uint8_t out[8];
    assert_int_equal(rv_scan_i8_list(text("1 -2,127, -128"), out, 8), 4);
    assert_int_equal((int8_t)out[1], -2);
    assert_int_equal((int8_t)out[3], -128);
    assert_int_equal(rv_scan_i8_list(text(""), out, 8), 0);
    static const char *const bad[] = {"128", "-129", "1-2", "1000",
                                      "x",   "1;2",  "-",   "+1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        assert_true(rv_scan_i8_list(text(bad[i]), out, 8) == SIZE_MAX);
    }
    assert_true(rv_scan_i8_list(text("1 2 3"), out, 2) == SIZE_MAX);
    char s[8];
    for (int v = -128; v <= 127; ++v) { // all of them, at the end and before it
        snprintf(s, sizeof s, "%d", v);
        assert_int_equal(rv_scan_i8_list(text(s), out, 1), 1);
        assert_int_equal((int8_t)out[0], v);
        strcat(s, " 5");
        assert_int_equal(rv_scan_i8_list(text(s), out, 2), 2);
        assert_int_equal((int8_t)out[0], v);
    }
}

static uint32_t
draw(uint32_t *const seed, const uint32_t n)
{
    *seed = *seed * 1664525U + 1013904223U;
    return (uint32_t)((uint64_t)*seed * n >> 32);
}

/// What a list is, character by character: count, or SIZE_MAX
static size_t
plain_list(const char *p, uint8_t *const out, const size_t size)
{
    size_t n = 0;
    for (;;) {
        p += strspn(p, " ,\t");
        if (*p == 0) {
            return n;
        }
        const size_t length = strcspn(p, " ,\t"), negative = *p == '-';
        const size_t digits = strspn(p + negative, "0123456789");
        const long   v      = strtol(p, NULL, 10);
        if (digits + negative != length || digits < 1 || digits > 3 || v < -128 ||
            v > 127 || n == size) {
            return SIZE_MAX;
        }
        out[n++] = (uint8_t)v;
        p += length;
    }
}

static void
lists_of_any_length_are_what_they_are_character_by_character(void **state)
{
    uint32_t seed = 1;
    unsigned good = 0;
    for (int round = 0; round < 60000; ++round) {
        static const char odd[] = "0123456789-- ,\t+;\x80\xff";
        char              s[512];
        uint8_t           want[160], got[160];
        size_t            n = 0;
        for (uint32_t count = draw(&seed, 120); count > 0; --count) {
            const int v = (int)draw(&seed, 256) - 128;
            n += (size_t)sprintf(s + n, "%d%s", v,
                                 draw(&seed, 20) == 0 ? ", \t"
                                 : count > 1          ? " "
                                                      : "");
        }
        s[n] = 0;
        if (n > 0 && round % 2 == 1) { // one character is another
            s[draw(&seed, (uint32_t)n)] = odd[draw(&seed, sizeof odd - 1)];
        }
        const size_t size   = draw(&seed, 10) == 0 ? draw(&seed, 120) : sizeof want;
        const size_t expect = plain_list(s, want, size);
        assert_true(rv_scan_i8_list(text(s), got, size) == expect);
        if (expect != SIZE_MAX) {
            assert_memory_equal(got, want, expect);
            ++good;
        }
    }
    assert_true(good > 30000);
}

static void
plain_numbers_are_those_of_strtod(void **state)
{
    uint32_t seed = 7;
    for (int round = 0; round < 200000; ++round) {
        static const char some[] = "0123456789012345678901234567890123456789..-e ";
        char              s[32], *end;
        uint32_t          n = 1 + draw(&seed, 14);
        for (uint32_t i = 0; i < n; ++i) {
            s[i] = some[draw(&seed, sizeof some - 1)];
        }
        strcpy(s + n, draw(&seed, 2) ? ",xxxxxxxxx" : "");
        const rv_text        t = text(s);
        double               v = 0.0;
        const uint8_t *const p = rv_scan_plain(t.at, t.end, &v);
        if (!p) {
            continue;
        }
        const double want = strtod(s, &end);
        assert_true(*p == 'e' || p == (const uint8_t *)end);
        if (*p != 'e') {
            assert_memory_equal(&v, &want, sizeof v);
        }
    }
}

static void
hexadecimal_of_every_byte(void **state)
{
    char    s[513];
    uint8_t out[256];
    for (int i = 0; i < 256; ++i) {
        snprintf(s + 2 * i, 3, i % 2 ? "%02x" : "%02X", i);
    }
    assert_int_equal(rv_scan_hex(text(s), out, 256), 256);
    for (int i = 0; i < 256; ++i) {
        assert_int_equal(out[i], i);
    }
    assert_true(rv_scan_hex(text("abc"), out, 8) == SIZE_MAX);
    for (int c = 1; c < 256; ++c) { // a digit is a digit and nothing else is
        const char pair[3] = {'0', (char)c, 0};
        const bool digit =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        assert_int_equal(rv_scan_hex(text(pair), out, 8) == 1, digit);
    }
}

static void
objects_are_scanned_strictly(void **state)
{
    rv_text t = text(" {\"a\": 1, \"b\\\"\": [1, {\"c\": \"]\"}], \"d\": \"x\\\\\"} ");
    rv_scan_json_member m;
    assert_true(rv_scan_json_open(&t));
    assert_int_equal(rv_scan_json_next(&t, &m), RV_SCAN_MEMBER);
    assert_true(rv_text_is(m.key, "a") && m.type == RV_SCAN_NUMBER);
    assert_int_equal(rv_scan_json_next(&t, &m), RV_SCAN_MEMBER);
    assert_true(m.type == RV_SCAN_ARRAY && rv_text_size(m.text) == 15);
    assert_int_equal(rv_scan_json_next(&t, &m), RV_SCAN_MEMBER);
    assert_true(rv_text_is(m.text, "x\\\\"));
    assert_int_equal(rv_scan_json_next(&t, &m), RV_SCAN_DONE);
    static const char *const bad[] = {"{\"a\" 1}",         "{\"a\":01}",  "{\"a\":1,}",
                                      "{\"a\":[1}",        "{\"a\":tru}", "{\"a\":1}}",
                                      "{\"a\":1 \"b\":2}", "{a:1}",       "{\"a\":1.}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        rv_text u = text(bad[i]);
        assert_true(rv_scan_json_open(&u));
        rv_scan_json_step step;
        while ((step = rv_scan_json_next(&u, &m)) == RV_SCAN_MEMBER) {
        }
        assert_int_equal(step, RV_SCAN_BAD);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_of_strtod),
        cmocka_unit_test(seconds_become_microseconds),
        cmocka_unit_test(lists_of_bytes),
        cmocka_unit_test(lists_of_any_length_are_what_they_are_character_by_character),
        cmocka_unit_test(plain_numbers_are_those_of_strtod),
        cmocka_unit_test(hexadecimal_of_every_byte),
        cmocka_unit_test(objects_are_scanned_strictly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
