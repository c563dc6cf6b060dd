// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/people/sketch.h>

#include <math.h>
#include <string.h>

// The generator of the wire format's published vectors: values in -1..1
static void
fixture(const uint32_t seed, float out[128])
{
    uint32_t s = seed * 2654435761U + 1U;
    for (int i = 0; i < 128; ++i) {
        s      = s * 1664525U + 1013904223U;
        out[i] = 2.0F * ((float)(s >> 8) / 16777216.0F) - 1.0F;
    }
}

static void
the_published_packet_is_28_bytes(void **state)
{
    static const uint8_t wanted[28] = {0x84, 0x00, 0x11, 0xc5, 0x01, 0x00, 0x01,
                                       0x00, 0x80, 0x00, 0x00, 0x40, 0x53, 0x62,
                                       0xf7, 0x17, 0x9e, 0x75, 0x29, 0xff, 0x28,
                                       0x47, 0x11, 0x5e, 0x77, 0x2c, 0xfc, 0x98};
    float                v[128];
    uint8_t              a[16], b[16], wire[28];
    fixture(0xAAAAAAAAU, v);
    assert_int_equal(rv_sketch_quantise(v, 128, a), RV_OK);
    const rv_sketch_packet packet = {.version     = 1,
                                     .dim         = 128,
                                     .novelty_q15 = rv_sketch_novelty_q15(0.5F),
                                     .bits        = a};
    size_t                 n      = sizeof wire;
    assert_int_equal(rv_sketch_encode(&packet, wire, &n), RV_OK);
    assert_int_equal(n, 28);
    assert_memory_equal(wire, wanted, 28);
    fixture(0xBBBBBBBBU, v);
    assert_int_equal(rv_sketch_quantise(v, 128, b), RV_OK);
    assert_int_equal(rv_sketch_distance(a, b, 16), 53);
}

static void
novelty_rounds_and_clamps(void **state)
{
    const float    in[8]  = {0, 0.25F, 0.42F, 0.5F, 1, -3, 7, NAN};
    const uint16_t out[8] = {0, 8192, 13762, 16384, 32767, 0, 32767, 0};
    for (int i = 0; i < 8; ++i) {
        assert_int_equal(rv_sketch_novelty_q15(in[i]), out[i]);
    }
}

static void
hostile_packets_are_refused(void **state)
{
    uint8_t                bits[2] = {0x12, 0x01};
    const rv_sketch_packet packet  = {.version = 7, .dim = 10, .bits = bits};
    uint8_t                wire[14];
    size_t                 n = sizeof wire;
    assert_int_equal(rv_sketch_encode(&packet, wire, &n), RV_OK);
    rv_sketch_packet out = {.dim = 99};
    assert_int_equal(rv_sketch_decode(wire, n, &out), RV_REASON_NONE);
    assert_int_equal(out.version, 7);
    assert_memory_equal(out.bits, bits, 2);
    wire[13] |= 0xFC; // bits that no dimension owns
    out.dim = 99;
    assert_int_equal(rv_sketch_decode(wire, n, &out), RV_REASON_BAD_VALUE);
    wire[13] = 0;
    wire[11] = 0xFF; // a novelty of 2
    assert_int_equal(rv_sketch_decode(wire, n, &out), RV_REASON_BAD_VALUE);
    assert_int_equal(out.dim, 99);
    for (size_t length = 0; length < n; ++length) {
        assert_int_equal(rv_sketch_decode(wire, length, &out), RV_REASON_TRUNCATED);
    }
    assert_int_equal(rv_sketch_decode(wire, RV_SKETCH_WIRE_MAX + 1, &out),
                     RV_REASON_OVERSIZE);
}

static void
errors_name_what_is_needed(void **state)
{
    const uint8_t          bits[4] = {0};
    const rv_sketch_packet packet  = {.dim = 32, .bits = bits};
    size_t                 n       = 0;
    assert_int_equal(rv_sketch_encode(&packet, NULL, &n), RV_ERR_FULL);
    assert_int_equal(n, 16);
    uint8_t out;
    assert_int_equal(rv_sketch_quantise(NULL, RV_SKETCH_MAX_DIM + 1, &out),
                     RV_ERR_RANGE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_packet_is_28_bytes),
        cmocka_unit_test(novelty_rounds_and_clamps),
        cmocka_unit_test(hostile_packets_are_refused),
        cmocka_unit_test(errors_name_what_is_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
