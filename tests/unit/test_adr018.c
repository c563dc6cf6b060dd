// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/base/bytes.h>
#include <ruview/capture/adr018.h>
#include <ruview/capture/crc32.h>

#include "hex_rv.h"

static rv_adr018 decoder;

/// Decode `hex`, check the kind, encode again: the same bytes
static rv_packet
both_ways(const char *const hex, const rv_packet_kind kind, const rv_reason reason)
{
    static uint8_t bytes[2200];
    uint8_t        again[2200];
    size_t         n_again = 0;
    const size_t   n       = rv_test_hex(hex, bytes, sizeof bytes);
    rv_packet      p;
    rv_adr018_init(&decoder);
    rv_adr018_decode(&decoder, bytes, n, 1000, &p);
    assert_int_equal(p.kind, kind);
    assert_string_equal(rv_reason_name(p.reason), rv_reason_name(reason));
    assert_int_equal(rv_adr018_encode(&p, again, sizeof again, &n_again), RV_OK);
    assert_int_equal(n_again, n);
    assert_memory_equal(again, bytes, n);
    for (size_t k = 0; k < n_again; ++k) {
        size_t unused;
        assert_int_equal(rv_adr018_encode(&p, again, k, &unused), RV_ERR_FULL);
    }
    for (size_t k = 0; k < n; ++k) { // a strict prefix is never good
        rv_packet q;
        rv_adr018_decode(&decoder, bytes, k, 1000, &q);
        assert_int_not_equal(q.reason, RV_REASON_NONE);
    }
    return p;
}

static void
a_raw_frame_of_64_tones(void **state)
{
    uint8_t bytes[20 + 128] = {0x01, 0x00, 0x11, 0xC5, 3, 1, 64,   0,    0x85, 0x09,
                               0,    0,    42,   0,    0, 0, 0xC9, 0xA4, 0,    0x10};
    bytes[20 + 2]           = 0xFC; // imaginary part of tone +1: -4
    bytes[20 + 3]           = 3;    // its real part
    rv_packet p;
    rv_adr018_init(&decoder);
    rv_adr018_decode(&decoder, bytes, sizeof bytes, 77, &p);
    assert_int_equal(p.reason, RV_REASON_NONE);
    assert_string_equal(p.frame.layout->name, "esp32-lltf64");
    assert_true(p.frame.re[1] == 3.0F && p.frame.im[1] == -4.0F);
    assert_int_equal(p.frame.t_us, 77);
    assert_int_equal(p.frame.node, 3);
    assert_int_equal(p.frame.freq_mhz, 2437);
    assert_int_equal(p.frame.sequence, 42);
    assert_int_equal(p.frame.rssi_dbm, -55);
    assert_int_equal(p.frame.noise_dbm, -92);
    assert_true(p.frame.clock_synced);
    assert_false(p.frame.synthetic);
    assert_int_equal(p.frame.tx, RV_TX_UNKNOWN);
    assert_int_equal(rv_frame_check(&p.frame), RV_REASON_NONE);
}

static void
published_vectors_pass_both_ways(void **state)
{
    rv_packet p = both_ways("010011c501010200850900002a000000c9a4001003fc007f",
                            RV_PACKET_CSI, RV_REASON_UNKNOWN_LAYOUT);
    assert_int_equal(p.node, 1);
    assert_int_equal(p.as.csi.freq_mhz, 2437);
    assert_int_equal(p.as.csi.sequence, 42);
    assert_int_equal(p.as.csi.rssi_dbm, -55);
    assert_int_equal(p.as.csi.noise_dbm, -92);

    p = both_ways("10a111c5090106008096980000000000a0d3860000000000d204000000000000",
                  RV_PACKET_SYNC, RV_REASON_NONE);
    assert_int_equal(p.node, 9);
    assert_int_equal(p.as.sync.flags, 6);
    assert_int_equal(p.as.sync.local_us, 10000000);
    assert_int_equal(p.as.sync.epoch_us, 8836000);
    assert_int_equal(p.as.sync.sequence, 1234);

    p = both_ways("020011c50205590608100b00d00100000000803e0000604060ea000000000000",
                  RV_PACKET_VITALS, RV_REASON_NONE);
    assert_int_equal(p.as.vitals.breathing_e2, 1625);
    assert_int_equal(p.as.vitals.heart_e4, 725000);
    assert_int_equal(p.as.vitals.rssi_dbm, -48);
    assert_true(p.as.vitals.motion_energy == 0.25F && p.as.vitals.presence == 3.5F);
    assert_int_equal(p.as.vitals.uptime_ms, 60000);

    p = both_ways("060011c50100070040420f0000000000cdcccc3d6666663f000080416666663f0000"
                  "9042cdcc4c3f00000000000000003333733f03000000596000b8",
                  RV_PACKET_FEATURE_STATE, RV_REASON_NONE);
    assert_int_equal(p.as.state.device_us, 1000000);
    assert_true(p.as.state.value[2] == 16.0F && p.as.state.value[4] == 72.0F);
    assert_int_equal(p.as.state.flags, 3);

    p = both_ways("008111c501060200050000001c000000000000000000000915cd5b07000000000206"
                  "14a11600680000000000c7f17ebc",
                  RV_PACKET_MESH, RV_REASON_NONE);
    assert_int_equal(p.as.mesh.type, 6);
    assert_int_equal(p.as.mesh.epoch, 5);
    assert_int_equal(p.as.mesh.n_payload, 28);
}

static void
a_trailer_names_transmitter_and_simulator(void **state)
{
    uint8_t bytes[20 + 128 + 8] = {0x01, 0x00, 0x11, 0xC5, 3, 1, 64, 0, 0x85, 0x09,
                                   0,    0,    42,   0,    0, 0, 0,  0, 0,    0x20};
    bytes[22]                   = 9;
    rv_store_u32(bytes + 148, 0xCAFE0001U);
    rv_store_u32(bytes + 152, RV_TAG_SIMULATED);
    rv_packet p;
    rv_adr018_init(&decoder);
    rv_adr018_decode(&decoder, bytes, sizeof bytes, 0, &p);
    assert_int_equal(p.reason, RV_REASON_NONE);
    assert_true(p.frame.tx == 0xCAFE0001U && p.frame.synthetic);
    assert_int_equal(p.frame.rssi_dbm, RV_DBM_UNKNOWN);

    rv_adr018_decode(&decoder, bytes, 152, 0, &p); // without the tag: a real one
    assert_true(p.frame.tx == 0xCAFE0001U && !p.frame.synthetic);
    rv_adr018_decode(&decoder, bytes, 150, 0, &p); // announced but cut off
    assert_int_equal(p.reason, RV_REASON_NONE);
    assert_true(p.frame.tx == RV_TX_UNKNOWN && p.as.csi.n_more == 2);
    bytes[19] = 0; // not announced: bytes to ignore and count
    rv_adr018_decode(&decoder, bytes, sizeof bytes, 0, &p);
    assert_true(p.frame.tx == RV_TX_UNKNOWN && !p.frame.synthetic);
    assert_int_equal(p.as.csi.n_more, 8);
}

static void
refused_for_a_named_reason(void **state)
{
    uint8_t   b[20 + 128] = {0x01, 0x00, 0x11, 0xC5, 3, 1, 64, 0};
    rv_packet p;
    rv_adr018_init(&decoder);
    rv_adr018_decode(&decoder, b, sizeof b, 0, &p);
    assert_int_equal(p.reason, RV_REASON_ALL_ZERO);
    b[5] = 0;
    rv_adr018_decode(&decoder, b, sizeof b, 0, &p);
    assert_int_equal(p.reason, RV_REASON_BAD_VALUE);
    b[5] = 5;
    rv_adr018_decode(&decoder, b, sizeof b, 0, &p);
    assert_int_equal(p.reason, RV_REASON_OVERSIZE);
    b[5] = 1;
    b[7] = 2;
    rv_adr018_decode(&decoder, b, sizeof b, 0, &p);
    assert_int_equal(p.reason, RV_REASON_OVERSIZE);
    b[3] = 0;
    rv_adr018_decode(&decoder, b, sizeof b, 0, &p);
    assert_int_equal(p.reason, RV_REASON_WRONG_MAGIC);
    assert_int_equal(p.kind, RV_PACKET_OTHER);
    uint8_t vitals[32] = {0x02, 0x00, 0x11, 0xC5};
    rv_store_u32(vitals + 16, 0x7F800000U);
    rv_adr018_decode(&decoder, vitals, sizeof vitals, 0, &p);
    assert_int_equal(p.reason, RV_REASON_NONFINITE);
    uint8_t state60[60] = {0x06, 0x00, 0x11, 0xC5};
    rv_adr018_decode(&decoder, state60, sizeof state60, 0, &p);
    assert_int_equal(p.reason, RV_REASON_BAD_CHECKSUM);
}

static void
sequence_distance_wraps(void **state)
{
    assert_int_equal(rv_sequence_distance(0, 0xFFFFFFFFU), 1);
    assert_int_equal(rv_sequence_distance(5, 7), -2);
    assert_int_equal(rv_sequence_distance(7, 7), 0);
    assert_int_equal(rv_sequence_distance(0x80000000U, 0), INT32_MIN);
    assert_int_equal(rv_crc32(0, (const uint8_t *)"123456789", 9), 0xCBF43926);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_raw_frame_of_64_tones),
        cmocka_unit_test(published_vectors_pass_both_ways),
        cmocka_unit_test(a_trailer_names_transmitter_and_simulator),
        cmocka_unit_test(refused_for_a_named_reason),
        cmocka_unit_test(sequence_distance_wraps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
