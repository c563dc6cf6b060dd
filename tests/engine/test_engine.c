// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include "feed.h"

#include <ruview/base/bytes.h>

#include <stdlib.h>
#include <string.h>

static feed f;

static const rv_engine_counters *
counters(void)
{
    return rv_engine_get_counters(f.engine);
}

static void
ten_seconds_of_a_room_are_two_hundred_cycles(void **state)
{
    feed_defaults(&f);
    feed_start(&f);
    feed_run(&f, 10.0);
    rv_engine_finish(f.engine);
    assert_in_range(f.n_cycles, 200, 202);
    assert_int_equal(f.last.n_nodes, 4);
    assert_int_equal(f.last.n_links, 12);
    assert_true(f.last.synthetic);
    assert_true(f.last.live);
    assert_int_equal(f.last.source, RV_SOURCE_ESP32);
    assert_true(counters()->frames_accepted > 2000);
    assert_int_equal(counters()->frames_refused, 0);
    feed_stop(&f);
}

static void
the_same_input_gives_the_same_witness(void **state)
{
    uint8_t first[RV_DIGEST_BYTES];
    for (int run = 0; run < 3; ++run) {
        feed_defaults(&f);
        f.config.cpu_mask = run == 1 ? UINT32_MAX : 0;
        f.config.digests  = run == 2;
        feed_start(&f);
        feed_run(&f, 3.0);
        rv_engine_finish(f.engine);
        if (run == 0) {
            memcpy(first, f.witness, sizeof first);
        }
        assert_memory_equal(first, f.witness, sizeof first);
        feed_stop(&f);
    }
    feed_defaults(&f);
    f.scene.seed += 1;
    feed_start(&f);
    feed_run(&f, 3.0);
    rv_engine_finish(f.engine);
    assert_memory_not_equal(first, f.witness, sizeof first);
    feed_stop(&f);
}

static void
silence_is_said_within_two_seconds(void **state)
{
    feed_defaults(&f);
    feed_start(&f);
    feed_run(&f, 5.0);
    assert_true(f.last.live);
    feed_silence(&f, 1.5);
    assert_true(f.last.live);
    feed_silence(&f, 1.0);
    assert_false(f.last.live);
    assert_int_equal(f.last.presence, RV_UNKNOWN);
    assert_int_equal(f.last.presence_reason, RV_REASON_NO_DATA);
    assert_true(f.last.privacy_class > RV_CLASS_RAW);
    assert_true((f.last.flags & RV_FLAG_NO_DATA) != 0);
    // The picture does not freeze: cycles go on, and nobody is invented
    const uint64_t before = f.n_cycles;
    feed_silence(&f, 1.0);
    assert_in_range(f.n_cycles - before, 19, 21);
    assert_int_equal(f.last.n_persons, 0);
    // And it comes back
    feed_run(&f, 1.0);
    assert_true(f.last.live);
    feed_stop(&f);
}

static void
a_live_source_refuses_simulated_datagrams(void **state)
{
    feed_defaults(&f);
    f.config.allow_synthetic = false;
    feed_start(&f);
    feed_run(&f, 1.0);
    rv_engine_finish(f.engine);
    assert_int_equal(counters()->frames_accepted, 0);
    assert_true(counters()->refused[RV_REASON_SYNTHETIC_REFUSED] > 100);
    assert_false(f.last.synthetic);
    assert_int_equal(f.last.n_links, 0);
    feed_stop(&f);
}

// A raw CSI datagram without trailer: 64 entries, all of them (1, 2)
static size_t
plain_datagram(uint8_t *const out, const uint8_t node, const uint32_t sequence)
{
    memset(out, 0, 20 + 128);
    rv_store_u32(out, 0xC5110001U);
    out[4] = node;
    out[5] = 1;
    rv_store_u16(out + 6, 64);
    rv_store_u32(out + 8, 2437);
    rv_store_u32(out + 12, sequence);
    out[16] = (uint8_t)-50;
    out[17] = (uint8_t)-92;
    for (int i = 0; i < 64; ++i) {
        out[20 + 2 * i] = (uint8_t)(1 + i % 3);
        out[21 + 2 * i] = 2;
    }
    return 20 + 128;
}

static void
bad_datagrams_are_counted_by_reason(void **state)
{
    uint8_t bytes[4096];
    feed_defaults(&f);
    feed_start(&f);
    const size_t n = plain_datagram(bytes, 1, 1);
    feed_datagram(&f, bytes, n - 1);
    assert_int_equal(counters()->refused[RV_REASON_TRUNCATED], 1);
    feed_datagram(&f, bytes, 3);
    assert_true(counters()->refused[RV_REASON_TRUNCATED] +
                    counters()->refused[RV_REASON_WRONG_MAGIC] ==
                2);
    rv_store_u16(bytes + 6, 60000);
    feed_datagram(&f, bytes, n);
    assert_int_equal(counters()->refused[RV_REASON_OVERSIZE], 1);
    rv_store_u16(bytes + 6, 61);
    feed_datagram(&f, bytes, n);
    assert_int_equal(counters()->refused[RV_REASON_UNKNOWN_LAYOUT], 1);
    memset(bytes, 'x', n);
    feed_datagram(&f, bytes, n);
    assert_true(counters()->refused[RV_REASON_WRONG_MAGIC] >= 1);
    plain_datagram(bytes, 1, 1);
    memset(bytes + 20, 0, 128);
    feed_datagram(&f, bytes, n);
    assert_int_equal(counters()->refused[RV_REASON_ALL_ZERO], 1);
    assert_int_equal(counters()->frames_accepted, 0);
    assert_int_equal(counters()->datagrams, 6);
    feed_stop(&f);
}

static void
order_and_reboots_are_noticed(void **state)
{
    uint8_t bytes[256];
    feed_defaults(&f);
    feed_start(&f);
    for (uint32_t i = 0; i < 100; ++i) {
        f.now_us += 20000;
        feed_datagram(&f, bytes, plain_datagram(bytes, 1, 1000 + i));
    }
    assert_int_equal(counters()->frames_accepted, 100);
    feed_datagram(&f, bytes, plain_datagram(bytes, 1, 1099));
    assert_int_equal(counters()->refused[RV_REASON_DUPLICATE], 1);
    f.now_us += 20000;
    feed_datagram(&f, bytes, plain_datagram(bytes, 1, 1103));
    assert_int_equal(counters()->lost, 3);
    feed_datagram(&f, bytes, plain_datagram(bytes, 1, 1101));
    assert_int_equal(counters()->noted[RV_REASON_REORDERED], 1);
    for (uint32_t i = 0; i < 3; ++i) {
        f.now_us += 2000000;
        feed_datagram(&f, bytes, plain_datagram(bytes, 1, i));
    }
    assert_true(counters()->noted[RV_REASON_REBOOT] >= 1);
    feed_stop(&f);
}

static void
late_and_backward_time(void **state)
{
    uint8_t bytes[256];
    feed_defaults(&f);
    feed_start(&f);
    f.now_us = 2000000000;
    feed_datagram(&f, bytes, plain_datagram(bytes, 1, 1));
    f.now_us += 1000000;
    feed_datagram(&f, bytes, plain_datagram(bytes, 1, 2));
    const uint64_t cycles = f.n_cycles;
    f.now_us -= 500000;
    feed_datagram(&f, bytes, plain_datagram(bytes, 2, 1));
    assert_int_equal(counters()->refused[RV_REASON_LATE], 1);
    assert_int_equal(f.n_cycles, cycles);
    // Two hours on, then as good as two hours back: each time the timeline begins anew,
    // and cycle numbers go on
    f.now_us += UINT64_C(7200000000);
    feed_datagram(&f, bytes, plain_datagram(bytes, 1, 3));
    feed_silence(&f, 1.0);
    assert_in_range(f.n_cycles, cycles + 18, cycles + 23);
    assert_int_equal(counters()->noted[RV_REASON_TIME_BACKWARDS], 1);
    const uint64_t there = f.n_cycles;
    f.now_us -= UINT64_C(7000000000);
    feed_datagram(&f, bytes, plain_datagram(bytes, 3, 1));
    feed_silence(&f, 1.0);
    assert_in_range(f.n_cycles, there + 18, there + 23);
    assert_int_equal(counters()->noted[RV_REASON_TIME_BACKWARDS], 2);
    assert_true(f.last.t_us < UINT64_C(2500000000));
    feed_stop(&f);
}

static void
commands_change_the_run_and_are_counted_when_bad(void **state)
{
    feed_defaults(&f);
    feed_start(&f);
    feed_run(&f, 2.0);
    assert_int_equal(f.last.privacy_mode, RV_MODE_RAW_RESEARCH);
    uint8_t    bytes[64];
    rv_writer  w       = {.bytes = bytes, .size = sizeof bytes};
    rv_command command = {.kind = RV_COMMAND_MODE, .value = RV_MODE_STRICT_NO_IDENTITY};
    assert_int_equal(rv_command_encode(&command, &w), RV_OK);
    rv_input input = {
        .kind = RV_INPUT_COMMAND, .t_us = f.now_us, .bytes = bytes, .n = w.at};
    assert_int_equal(rv_engine_push(f.engine, &input), RV_OK);
    feed_run(&f, 0.3);
    assert_int_equal(f.last.privacy_mode, RV_MODE_STRICT_NO_IDENTITY);
    assert_int_equal(f.last.privacy_class, RV_CLASS_RESTRICTED);
    assert_int_equal(f.last.n_links, 0);
    input.n = 3;
    assert_int_equal(rv_engine_push(f.engine, &input), RV_OK);
    assert_int_equal(counters()->refused[RV_REASON_BAD_VALUE], 1);
    input.kind = (rv_input_kind)99;
    assert_int_equal(rv_engine_push(f.engine, &input), RV_ERR_VALUE);
    feed_stop(&f);
}

static void
calibration_is_recorded_and_judged(void **state)
{
    feed_defaults(&f);
    feed_start(&f);
    feed_run(&f, 2.0);
    assert_true((f.last.flags & RV_FLAG_UNCALIBRATED) != 0);
    assert_int_equal(f.last.calibration, 0);
    uint8_t    bytes[64];
    rv_writer  w       = {.bytes = bytes, .size = sizeof bytes};
    rv_command command = {.kind = RV_COMMAND_CALIBRATE_START, .value = 15};
    assert_int_equal(rv_command_encode(&command, &w), RV_OK);
    const rv_input input = {
        .kind = RV_INPUT_COMMAND, .t_us = f.now_us, .bytes = bytes, .n = w.at};
    assert_int_equal(rv_engine_push(f.engine, &input), RV_OK);
    feed_run(&f, 17.0);
    assert_true((f.last.flags & RV_FLAG_UNCALIBRATED) == 0);
    assert_true(f.last.calibration != 0);
    feed_stop(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_seconds_of_a_room_are_two_hundred_cycles),
        cmocka_unit_test(the_same_input_gives_the_same_witness),
        cmocka_unit_test(silence_is_said_within_two_seconds),
        cmocka_unit_test(a_live_source_refuses_simulated_datagrams),
        cmocka_unit_test(bad_datagrams_are_counted_by_reason),
        cmocka_unit_test(order_and_reboots_are_noticed),
        cmocka_unit_test(late_and_backward_time),
        cmocka_unit_test(commands_change_the_run_and_are_counted_when_bad),
        cmocka_unit_test(calibration_is_recorded_and_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
