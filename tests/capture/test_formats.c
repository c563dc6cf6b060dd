// SPDX-License-Identifier: MIT
// Every format against captures of our own writers: recognised by content, complete,
// and losing nothing but the cut record when cut.
#include "cmocka_rv.h"

#include "bench/samples.h"
#include "platform/lend.h"
#include "reader_rv.h"

#include <ruview/capture/wire.h>

static uint8_t file[1 << 20];

static size_t
make(const rv_sample *const s, const unsigned n_frames)
{
    rv_writer w = {.bytes = file, .size = sizeof file};
    s->write(&w, n_frames);
    assert_false(w.failed);
    return w.at;
}

/// Frames good and items refused
static unsigned
count(const size_t n, unsigned *const refused)
{
    static rv_wire          wire;
    const rv_capture_source source = {.bytes = file, .n = n};
    rv_capture_config       config;
    rv_capture             *capture;
    rv_capture_item         item;
    rv_packet               packet;
    size_t                  need = 0;
    unsigned                good = 0;
    *refused                     = 0;
    rv_capture_config_default(&config);
    config.table.rate_mhz = 100000;
    assert_int_equal(rv_capture_size(&config, &source, &need), RV_OK);
    void *const memory = rv_lend(need);
    rv_wire_init(&wire);
    if (rv_capture_init(&capture, &config, &source, memory, need) == RV_OK) {
        while (rv_capture_next(capture, &item) == RV_OK) {
            if (item.reason != RV_REASON_NONE) {
                ++*refused;
            } else if (item.input.kind == RV_INPUT_DATAGRAM) {
                rv_wire_decode(&wire, &item.input, &packet);
                good += packet.reason == RV_REASON_NONE;
            } else {
                good += item.input.kind == RV_INPUT_FRAME;
            }
        }
    }
    free(memory);
    return good;
}

static void
content_decides_and_all_is_read(void **state)
{
    const rv_sample *s;
    for (unsigned i = 0; (s = rv_sample_at(i)) != NULL; ++i) {
        unsigned     refused = 0;
        const size_t n       = make(s, 20);
        assert_string_equal(rv_format_name(rv_format_sniff(file, n)), s->format);
        assert_int_equal(count(n, &refused), 20);
        assert_int_equal(refused, 0);
    }
}

static void
a_cut_costs_one_record(void **state)
{
    const rv_sample *s;
    for (unsigned i = 0; (s = rv_sample_at(i)) != NULL; ++i) {
        if (strcmp(s->format, "espectre-npz") == 0 ||
            strcmp(s->format, "npy-table") == 0 ||
            strcmp(s->format, "ruview-npz") == 0) {
            continue; // an array is whole or it is none
        }
        const size_t n    = make(s, 6);
        unsigned     last = 0, refused = 0;
        for (size_t k = 1; k < n; ++k) {
            const unsigned good = count(k, &refused);
            assert_true(good >= last || good + 1 == last || k < 4096);
            assert_true(refused <= 1 || s->is_text);
            last = good;
        }
        assert_true(last >= 5);
    }
}

static void
other_files_are_no_capture(void **state)
{
    static const char *const others[] = {"#!/bin/sh\necho hello\n", "<html></html>",
                                         "a,b,c\n1,2,3\n", "{\"a\": 1}\n",
                                         "\x89PNG\r\n\x1a\n________________"};
    for (size_t i = 0; i < sizeof others / sizeof *others; ++i) {
        assert_null(rv_format_sniff((const uint8_t *)others[i], strlen(others[i])));
    }
    static const uint8_t zeros[4096];
    assert_null(rv_format_sniff(zeros, sizeof zeros));
    memset(file, 0xFF, 4096);
    assert_null(rv_format_sniff(file, 4096));
}

static void
levels_that_do_not_fit_are_refused(void **state)
{
    unsigned  refused = 0;
    rv_writer w       = {.bytes = file, .size = sizeof file};
    rv_sample_write_wide_levels(&w, 3);
    assert_int_equal(count(w.at, &refused), 0);
    assert_int_equal(refused, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_decides_and_all_is_read),
        cmocka_unit_test(a_cut_costs_one_record),
        cmocka_unit_test(other_files_are_no_capture),
        cmocka_unit_test(levels_that_do_not_fit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
