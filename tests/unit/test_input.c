// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/capture/input.h>

static void
a_command_comes_back(void **state)
{
    uint8_t          bytes[64];
    rv_writer        w = {.bytes = bytes, .size = sizeof bytes};
    const rv_command c = {
        .kind = RV_COMMAND_CALIBRATE_START, .subject = 2, .value = 30};
    assert_int_equal(rv_command_encode(&c, &w), RV_OK);
    rv_command got;
    assert_int_equal(rv_command_decode(bytes, w.at, &got), RV_OK);
    assert_int_equal(got.kind, c.kind);
    assert_int_equal(got.value, 30);
    assert_int_equal(rv_command_decode(bytes, w.at - 1, &got), RV_ERR_TRUNCATED);
    assert_int_equal(rv_command_decode(bytes, w.at + 1, &got), RV_ERR_TRAILING);
    bytes[2] = 99;
    assert_int_equal(rv_command_decode(bytes, w.at, &got), RV_ERR_VALUE);
}

static void
every_kind_of_input_comes_back(void **state)
{
    float          re[64] = {1.0F, -2.5F}, im[64] = {0.0F, 0.25F};
    float          re2[64], im2[64];
    const rv_frame frame = {.t_us         = 5,
                            .tx           = 0x1122334455667788,
                            .layout       = rv_layout_by_id(1),
                            .freq_mhz     = 2412,
                            .node         = 7,
                            .n_rx         = 1,
                            .n_tx         = 1,
                            .rssi_dbm     = -40,
                            .agc_db       = INT16_MIN,
                            .has_sequence = true,
                            .synthetic    = true,
                            .re           = re,
                            .im           = im};
    const rv_input in[4] = {
        {.kind  = RV_INPUT_DATAGRAM,
         .t_us  = 9,
         .from  = rv_address_v4(0x7F000001, 40000),
         .to    = rv_address_v4(0, 5005),
         .bytes = (const uint8_t *)"abc",
         .n     = 3},
        {.kind = RV_INPUT_TICK, .t_us = 10},
        {.kind = RV_INPUT_NOTE, .t_us = 11, .bytes = (const uint8_t *)"{}", .n = 2},
        {.kind = RV_INPUT_FRAME, .t_us = 5, .frame = &frame},
    };
    rv_input_scratch scratch = {.re = re2, .im = im2, .capacity = 64};
    for (int i = 0; i < 4; ++i) {
        uint8_t   bytes[1024], again[1024];
        rv_writer w = {.bytes = bytes, .size = sizeof bytes};
        assert_int_equal(rv_input_encode(&in[i], &w), RV_OK);
        assert_int_equal(w.at, rv_input_encoded_size(&in[i]));
        rv_input got;
        assert_int_equal(rv_input_decode(bytes, w.at, &scratch, &got), RV_OK);
        rv_writer v = {.bytes = again, .size = sizeof again};
        assert_int_equal(rv_input_encode(&got, &v), RV_OK);
        assert_int_equal(v.at, w.at);
        assert_memory_equal(bytes, again, w.at);
        assert_int_equal(rv_input_decode(bytes, w.at - 1, &scratch, &got),
                         RV_ERR_TRUNCATED);
        assert_int_equal(rv_input_decode(bytes, w.at + 1, &scratch, &got),
                         RV_ERR_TRAILING);
    }
    assert_true(re2[1] == -2.5F && im2[1] == 0.25F && scratch.frame.synthetic);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_comes_back),
        cmocka_unit_test(every_kind_of_input_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
