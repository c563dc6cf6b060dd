// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/capture/capture.h>
#include <ruview/capture/pcapng.h>

#include "reader_rv.h"

static uint8_t file[1 << 16];

/// A recording of one input of every kind
static size_t
write_recording(void)
{
    static float   re[64] = {1.0F, 2.0F}, im[64] = {0.5F};
    const rv_frame frame = {.t_us     = 4,
                            .layout   = rv_layout_by_id(1),
                            .n_rx     = 1,
                            .n_tx     = 1,
                            .rssi_dbm = -3,
                            .re       = re,
                            .im       = im};
    rv_input       in[5] = {
              {.kind  = RV_INPUT_DATAGRAM,
               .t_us  = 1775182186957776,
               .from  = rv_address_v4(0xC0A80102, 40000),
               .to    = rv_address_v4(0xC0A80101, 5005),
               .bytes = (const uint8_t *)"hello",
               .n     = 5},
              {.kind = RV_INPUT_TICK, .t_us = 1775182187000000},
              {.kind = RV_INPUT_NOTE, .t_us = 3, .bytes = (const uint8_t *)"note!", .n = 5},
              {.kind = RV_INPUT_FRAME, .t_us = 4, .frame = &frame},
              {.kind = RV_INPUT_DATAGRAM, .t_us = 5, .bytes = (const uint8_t *)"x", .n = 1},
    };
    in[4].from.ip[15] = in[4].to.ip[15] = 1; // ::1
    rv_writer w                         = {.bytes = file, .size = sizeof file};
    assert_int_equal(rv_pcapng_write_header(&w), RV_OK);
    assert_int_equal(w.at, RV_PCAPNG_HEADER);
    for (int i = 0; i < 5; ++i) {
        const size_t before = w.at;
        assert_int_equal(rv_pcapng_write(&in[i], &w), RV_OK);
        assert_int_equal(w.at - before, rv_pcapng_size(&in[i]));
    }
    return w.at;
}

static void
check_recording(rv_capture *const c)
{
    rv_capture_item item;
    assert_int_equal(rv_capture_next(c, &item), RV_OK);
    assert_int_equal(item.reason, RV_REASON_NONE);
    assert_int_equal(item.offset, RV_PCAPNG_HEADER);
    assert_int_equal(item.input.kind, RV_INPUT_DATAGRAM);
    assert_int_equal(item.input.t_us, 1775182186957776);
    assert_int_equal(item.input.from.port, 40000);
    assert_int_equal(item.input.from.ip[15], 2);
    assert_int_equal(item.input.to.port, 5005);
    assert_int_equal(item.input.n, 5);
    assert_memory_equal(item.input.bytes, "hello", 5);
    assert_int_equal(rv_capture_next(c, &item), RV_OK);
    assert_int_equal(item.input.kind, RV_INPUT_TICK);
    assert_int_equal(item.input.t_us, 1775182187000000);
    assert_int_equal(rv_capture_next(c, &item), RV_OK);
    assert_int_equal(item.input.kind, RV_INPUT_NOTE);
    assert_memory_equal(item.input.bytes, "note!", 5);
    assert_int_equal(rv_capture_next(c, &item), RV_OK);
    assert_int_equal(item.input.kind, RV_INPUT_FRAME);
    assert_true(item.input.frame->re[1] == 2.0F);
    assert_int_equal(rv_capture_next(c, &item), RV_OK);
    assert_int_equal(item.input.kind, RV_INPUT_DATAGRAM);
    assert_int_equal(item.input.from.ip[15], 1);
    assert_int_equal(rv_capture_next(c, &item), RV_ERR_END);
    assert_int_equal(rv_capture_counted(c)->inputs, 5);
}

static void
what_was_written_is_read(void **state)
{
    const size_t      n = write_recording();
    rv_test_reader    r;
    rv_capture *const c = rv_test_open(&r, file, n);
    assert_string_equal(rv_format_name(rv_capture_format(c)), "pcapng");
    check_recording(c);
    rv_test_close(&r);
}

static void
a_pipe_gives_the_same(void **state)
{
    const size_t n = write_recording();
    for (size_t piece = 1; piece < 200; piece += 7) {
        rv_test_reader    r;
        rv_capture *const c = rv_test_open_pipe(&r, file, n, piece);
        check_recording(c);
        rv_test_close(&r);
    }
}

static void
a_file_cut_anywhere_loses_the_cut_block_only(void **state)
{
    const size_t n = write_recording();
    for (size_t k = 12; k < n; ++k) {
        rv_test_reader    r;
        rv_capture *const c    = rv_test_open(&r, file, k);
        unsigned          good = 0, bad = 0;
        rv_capture_item   item;
        while (rv_capture_next(c, &item) == RV_OK) {
            good += item.reason == RV_REASON_NONE;
            bad += item.reason == RV_REASON_TRUNCATED;
        }
        assert_true(bad <= 1 && good < 5);
        rv_test_close(&r);
    }
}

static void
flipped_bytes_never_crash(void **state)
{
    const size_t n = write_recording();
    for (size_t i = 0; i < n; ++i) {
        const uint8_t kept = file[i];
        file[i] ^= 0xFF;
        rv_test_reader    r;
        rv_capture *const c = rv_test_open(&r, file, n);
        rv_capture_item   item;
        while (c && rv_capture_next(c, &item) == RV_OK) {
        }
        rv_test_close(&r);
        file[i] = kept;
    }
}

static void
a_torn_block_costs_itself_only(void **state)
{
    // a recorder that died inside a block, and another that went on in the same file
    const size_t   n = write_recording();
    static uint8_t two[sizeof file];
    memcpy(two, file, n - 10);
    memcpy(two + n - 10, file, n);
    rv_test_reader    r;
    rv_capture *const c    = rv_test_open(&r, two, 2 * n - 10);
    unsigned          good = 0, bad = 0;
    rv_capture_item   item;
    while (rv_capture_next(c, &item) == RV_OK) {
        good += item.reason == RV_REASON_NONE;
        bad += item.reason != RV_REASON_NONE;
    }
    assert_int_equal(good, 9);
    assert_int_equal(bad, 1);
    rv_test_close(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(a_pipe_gives_the_same),
        cmocka_unit_test(a_file_cut_anywhere_loses_the_cut_block_only),
        cmocka_unit_test(flipped_bytes_never_crash),
        cmocka_unit_test(a_torn_block_costs_itself_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
