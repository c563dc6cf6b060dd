// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/frame/canonical.h>

#include "hex_rv.h"

static const char published[] =
    "000102030405060708090a0b0c0d0e0f01000000000000000200000001000000640006140001010000"
    "000000cea6070000000000000000000000000000000000000000000000010000000100000000000000"
    "0000"
    "f03f000000000000e0bf";

static rv_canonical
example(void)
{
    rv_canonical f = {.seconds       = 1,
                      .nanos         = 2,
                      .device        = (const uint8_t *)"d",
                      .n_device      = 1,
                      .channel       = 6,
                      .bandwidth_mhz = 20,
                      .n_tx          = 1,
                      .n_rx          = 1,
                      .rssi_dbm      = -50,
                      .noise_dbm     = -90,
                      .sequence      = 7,
                      .rows          = 1,
                      .cols          = 1};
    for (uint8_t i = 0; i < 16; ++i) {
        f.id[i] = i;
    }
    return f;
}

static void
the_published_frame_is_written_and_read(void **state)
{
    uint8_t            want[94], bytes[94];
    const rv_canonical f         = example();
    const double       sample[2] = {1.0, -0.5};
    rv_writer          w         = {.bytes = bytes, .size = sizeof bytes};
    assert_int_equal(rv_test_hex(published, want, sizeof want), 94);
    assert_int_equal(rv_canonical_size(&f), 94);
    assert_int_equal(rv_canonical_encode(&f, sample, &w), RV_OK);
    assert_memory_equal(bytes, want, sizeof want);

    rv_canonical         got;
    rv_canonical_refusal why;
    assert_int_equal(rv_canonical_decode(want, sizeof want, &got, &why), RV_OK);
    assert_int_equal(got.sequence, 7);
    assert_true(rv_load_f64(got.samples) == 1.0 &&
                rv_load_f64(got.samples + 8) == -0.5);
    for (size_t n = 0; n < sizeof want; ++n) {
        assert_int_equal(rv_canonical_decode(want, n, &got, &why), RV_ERR_TRUNCATED);
        assert_int_equal(why.error, n < 78 ? RV_CANONICAL_TRUNCATED
                                           : RV_CANONICAL_PAYLOAD_MISMATCH);
    }
}

static void
what_the_encoder_would_not_write_is_refused(void **state)
{
    uint8_t              b[97] = {0};
    rv_canonical         got;
    rv_canonical_refusal why;
    rv_test_hex(published, b, 94);
    assert_int_equal(rv_canonical_decode(b, 97, &got, &why), RV_ERR_TRAILING);
    assert_int_equal(why.need, 3);
    b[33] = 9;
    assert_int_equal(rv_canonical_decode(b, 94, &got, &why), RV_ERR_VALUE);
    assert_int_equal(why.error, RV_CANONICAL_BAD_DISCRIMINANT);
    b[33] = 0;
    b[42] = 0xAB;
    assert_int_equal(rv_canonical_decode(b, 94, &got, &why), RV_ERR_VALUE);
    assert_int_equal(why.error, RV_CANONICAL_RESERVED_NOT_ZERO);
    b[42] = 0;
    b[32] = 0xFF;
    assert_int_equal(rv_canonical_decode(b, 94, &got, &why), RV_ERR_VALUE);
    assert_int_equal(why.error, RV_CANONICAL_BAD_DEVICE_ID);
    b[32] = 'd';
    memset(b + 70, 0xFF, 8);
    assert_int_equal(rv_canonical_decode(b, 78, &got, &why), RV_ERR_TRUNCATED);
    assert_int_equal(why.error, RV_CANONICAL_PAYLOAD_MISMATCH);
    assert_true(why.need == UINT64_MAX);

    rv_canonical f    = example();
    rv_writer    w    = {.bytes = b, .size = sizeof b};
    const double s[2] = {0};
    f.has_calibration = true;
    assert_int_equal(rv_canonical_encode(&f, s, &w), RV_ERR_VALUE);
    f.calibration[15] = 1;
    w.size            = 93;
    assert_int_equal(rv_canonical_encode(&f, s, &w), RV_ERR_FULL);
    assert_int_equal(w.at, 0);
}

static void
utf8_is_checked_strictly(void **state)
{
    assert_true(rv_is_utf8((const uint8_t *)"K\xC3\xBC"
                                            "che \xE2\x82\xAC",
                           10));
    assert_true(rv_is_utf8((const uint8_t *)"\xF0\x9F\x8F\xA0", 4));
    assert_false(rv_is_utf8((const uint8_t *)"\xC0\x80", 2));
    assert_false(rv_is_utf8((const uint8_t *)"\xED\xA0\x80", 3));
    assert_false(rv_is_utf8((const uint8_t *)"\xF4\x90\x80\x80", 4));
    assert_false(rv_is_utf8((const uint8_t *)"\xE2\x82", 2));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_frame_is_written_and_read),
        cmocka_unit_test(what_the_encoder_would_not_write_is_refused),
        cmocka_unit_test(utf8_is_checked_strictly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
