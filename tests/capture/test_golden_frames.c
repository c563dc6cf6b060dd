// SPDX-License-Identifier: MIT
// Canonical frames and raw datagrams against vectors of another implementation.
#include "cmocka_rv.h"

#include <ruview/capture/adr018.h>
#include <ruview/frame/canonical.h>
#include <ruview/math/blake3.h>

#include "hex_rv.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t bytes[1 << 16];

static json_t *
load(const char *const name)
{
    json_error_t  error;
    json_t *const root = json_load_file(name, 0, &error);
    if (!root) {
        printf("not run: no data (%s)\n", name);
    }
    return root;
}

static size_t
member_hex(const json_t *const object, const char *const key)
{
    const char *const hex = json_string_value(json_object_get(object, key));
    assert_non_null(hex);
    return rv_test_hex(hex, bytes, sizeof bytes);
}

static void
check_canonical_error(const json_t *const c)
{
    static const char *const names[] = {"",
                                        "Truncated",
                                        "BadDiscriminant",
                                        "BadDeviceId",
                                        "PayloadMismatch",
                                        "TrailingBytes",
                                        "ReservedNotZero"};
    rv_canonical             frame;
    rv_canonical_refusal     why;
    const size_t             n = member_hex(json_object_get(c, "inputs"), "bytes_hex");
    const json_t *const      error = json_object_get(c, "error");
    assert_int_not_equal(rv_canonical_decode(bytes, n, &frame, &why), RV_OK);
    assert_string_equal(names[why.error],
                        json_string_value(json_object_get(error, "name")));
    const char *const message = json_string_value(json_object_get(error, "message"));
    unsigned          at, need;
    if (sscanf(message, "canonical buffer truncated at byte %u (need %u more)", &at,
               &need) == 2) {
        assert_int_equal(why.at, at);
        assert_int_equal(why.need, need);
    }
}

static void
check_canonical_good(const json_t *const c)
{
    static uint8_t      again[1 << 16];
    static double       samples[1 << 12];
    const json_t *const outputs = json_object_get(c, "outputs");
    const bool          encoded = json_object_get(outputs, "bytes_hex") != NULL;
    const size_t        n =
        member_hex(encoded ? outputs : json_object_get(c, "inputs"), "bytes_hex");
    rv_canonical         frame;
    rv_canonical_refusal why;
    assert_int_equal(rv_canonical_decode(bytes, n, &frame, &why), RV_OK);
    for (size_t i = 0; i < 2 * (size_t)frame.rows * frame.cols; ++i) {
        samples[i] = rv_load_f64(frame.samples + 8 * i);
    }
    rv_writer w = {.bytes = again, .size = sizeof again};
    assert_int_equal(rv_canonical_encode(&frame, samples, &w), RV_OK);
    assert_int_equal(w.at, n);
    assert_memory_equal(again, bytes, n);
    if (encoded) {
        uint8_t hash[32], want[32];
        rv_test_hex(json_string_value(json_object_get(outputs, "blake3")), want, 32);
        rv_blake3_hash(again, n, hash);
        assert_memory_equal(hash, want, 32);
        const json_t *const in = json_object_get(c, "inputs");
        assert_int_equal(frame.sequence,
                         json_integer_value(json_object_get(in, "sequence_number")));
        assert_int_equal(frame.rssi_dbm,
                         json_integer_value(json_object_get(in, "rssi_dbm")));
    }
}

static void
canonical_frames(void **state)
{
    json_t *const root = load(RV_SHARED "/golden/canonical_frame.json");
    if (!root) {
        skip();
    }
    size_t  i;
    json_t *c;
    json_array_foreach(json_object_get(root, "cases"), i, c)
    {
        if (json_object_get(c, "error")) {
            check_canonical_error(c);
        } else {
            check_canonical_good(c);
        }
    }
    printf("%zu canonical frames\n", i);
    json_decref(root);
}

static void
published_anchor(void **state)
{
    // signal specification 1.2, [A]
    static const char want_hex[] =
        "f402709fe03bc3b5b818c2608646f940a65d5e88b21aa4a355a8f36bbcbbe468";
    const double samples[4] = {1.0, -2.0, 0.5, 0.25};
    rv_canonical f          = {.seconds       = 1700000000,
                               .nanos         = 123456789,
                               .device        = (const uint8_t *)"node-1",
                               .n_device      = 6,
                               .band          = 1,
                               .channel       = 36,
                               .bandwidth_mhz = 20,
                               .n_tx          = 1,
                               .n_rx          = 3,
                               .rssi_dbm      = -50,
                               .noise_dbm     = -90,
                               .sequence      = 7,
                               .rows          = 1,
                               .cols          = 2};
    uint8_t      hash[32], want[32];
    rv_writer    w = {.bytes = bytes, .size = sizeof bytes};
    rv_test_hex("00112233445566778899aabbccddeeff", f.id, 16);
    rv_test_hex(want_hex, want, 32);
    assert_int_equal(rv_canonical_encode(&f, samples, &w), RV_OK);
    assert_int_equal(w.at, 115);
    rv_blake3_hash(bytes, w.at, hash);
    assert_memory_equal(hash, want, 32);
}

static void
check_datagram(const json_t *const c)
{
    static rv_adr018    decoder;
    const json_t *const in  = json_object_get(c, "inputs");
    const json_t *const out = json_object_get(c, "outputs");
    if (!json_object_get(in, "datagram_hex")) {
        return; // a stream of several packets: UDP has none
    }
    const size_t n = member_hex(in, "datagram_hex");
    rv_packet    p;
    rv_adr018_init(&decoder);
    rv_adr018_decode(&decoder, bytes, n, 0, &p);
    if (!out) {
        assert_int_not_equal(p.reason, RV_REASON_NONE);
        return;
    }
    if (json_integer_value(json_object_get(out, "n_subcarriers")) == 0) {
        assert_int_equal(p.reason, RV_REASON_BAD_VALUE);
        return;
    }
    assert_int_equal(p.kind, RV_PACKET_CSI);
    assert_int_equal(p.node, json_integer_value(json_object_get(out, "node_id")));
#define SAME(field, key)                                                               \
    assert_int_equal(p.as.csi.field, json_integer_value(json_object_get(out, key)))
    SAME(n_antennas, "n_antennas");
    SAME(n_tones, "n_subcarriers");
    SAME(sequence, "sequence");
    SAME(noise_dbm, "noise_floor_dbm");
#undef SAME
    assert_int_equal(p.as.csi.flags & 0x1D, // the bits that its reader knows
                     json_integer_value(json_object_get(out, "flags")));
    const json_t *const first  = json_object_get(out, "i");
    const json_t *const second = json_object_get(out, "q");
    for (size_t i = 0; i < json_array_size(first); ++i) {
        const int a = (int)json_integer_value(json_array_get(first, i));
        const int b = (int)json_integer_value(json_array_get(second, i));
        assert_int_equal((int8_t)p.as.csi.iq[2 * i], a);
        assert_int_equal((int8_t)p.as.csi.iq[2 * i + 1], b);
        if (p.reason == RV_REASON_NONE) { // the first byte is the imaginary part
            assert_true(p.frame.im[i] == (float)a && p.frame.re[i] == (float)b);
        }
    }
}

static void
raw_datagrams(void **state)
{
    json_t *const root = load(RV_SHARED "/golden/esp32_parser.json");
    if (!root) {
        skip();
    }
    size_t  i;
    json_t *c;
    json_array_foreach(json_object_get(root, "cases"), i, c)
    {
        check_datagram(c);
    }
    printf("%zu datagrams\n", i);
    json_decref(root);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_frames),
        cmocka_unit_test(published_anchor),
        cmocka_unit_test(raw_datagrams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
