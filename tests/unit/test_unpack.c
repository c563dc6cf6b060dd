// SPDX-License-Identifier: MIT
// Packed samples against packers that write one bit after the other.
#include "cmocka_rv.h"

#include "capture/unpack_samples.h"

#include <ruview/capture/intel5300.h>
#include <ruview/capture/wire.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint8_t bytes[4096];
    size_t  bit;
} packer;

static void
put_bits(packer *const p, const unsigned value, const unsigned n)
{
    for (unsigned i = 0; i < n; ++i, ++p->bit) {
        if (value >> i & 1) {
            p->bytes[p->bit / 8] |= (uint8_t)(1U << p->bit % 8);
        }
    }
}

static void
atheros_numbers_have_ten_bits(void **state)
{
    packer p = {{0}, 0};
    int    want[2][114 * 9], n = 0;
    float  re[114 * 9], im[114 * 9];
    srand(7);
    printf("seed 7\n");
    for (int k = 0; k < 114; ++k) {
        for (int tx = 0; tx < 3; ++tx) {
            for (int rx = 0; rx < 3; ++rx, ++n) {
                const int at = (rx * 3 + tx) * 114 + k;
                want[0][at]  = n < 2 ? (n ? -512 : 511) : rand() % 1024 - 512;
                want[1][at]  = rand() % 1024 - 512;
                put_bits(&p, (unsigned)want[1][at] & 1023U, 10); // imaginary first
                put_bits(&p, (unsigned)want[0][at] & 1023U, 10);
            }
        }
    }
    rv_unpack_10bit(p.bytes, (p.bit + 7) / 8, 114, 3, 3, re, im);
    for (int i = 0; i < n; ++i) {
        assert_true(re[i] == (float)want[0][i] && im[i] == (float)want[1][i]);
    }
}

static void
intel_numbers_lie_behind_three_bits(void **state)
{
    for (unsigned n_rx = 1; n_rx <= 3; ++n_rx) {
        for (unsigned n_tx = 1; n_tx <= 3; ++n_tx) {
            packer p = {{0}, 0};
            int    want[2][270];
            float  re[270], im[270];
            for (unsigned g = 0; g < 30; ++g) {
                put_bits(&p, 5, 3);
                for (unsigned rx = 0; rx < n_rx; ++rx) {
                    for (unsigned tx = 0; tx < n_tx; ++tx) {
                        // chains were wired 2, 0, 1: antenna_sel 0b010010
                        const unsigned to = n_rx == 3 ? (rx + 2) % 3 : rx;
                        const unsigned at = (to * n_tx + tx) * 30 + g;
                        want[0][at]       = rand() % 256 - 128;
                        want[1][at]       = rand() % 256 - 128;
                        put_bits(&p, (unsigned)want[0][at] & 255U, 8);
                        put_bits(&p, (unsigned)want[1][at] & 255U, 8);
                    }
                }
            }
            assert_int_equal((p.bit + 7) / 8, rv_intel5300_bytes(n_rx, n_tx));
            // exactly as many bytes as there are, so that a sanitizer sees more
            uint8_t *const exact = malloc((p.bit + 7) / 8);
            memcpy(exact, p.bytes, (p.bit + 7) / 8);
            rv_intel5300_unpack(exact, n_rx, n_tx, n_rx == 3 ? 0x12 : 0xFF, re, im);
            free(exact);
            for (unsigned i = 0; i < n_rx * n_tx * 30; ++i) {
                assert_true(re[i] == (float)want[0][i] && im[i] == (float)want[1][i]);
            }
        }
    }
}

static void
every_family_is_heard(void **state)
{
    static rv_wire wire;
    uint8_t        nexmon[18 + 256]  = {0x11, 0x11, 0xC6, 0x88, 1, 2, 3,    4,    5,
                                        6,    0,    0,    9,    0, 1, 0x10, 0x65, 0};
    uint8_t        espectre[6 + 128] = {0x53, 0x43, 6, 200, 64, 0};
    rv_input       in = {.kind = RV_INPUT_DATAGRAM, .t_us = 5, .bytes = nexmon};
    rv_packet      packet;
    in.from        = rv_address_v4(0x0A0A0A0B, 5500);
    in.n           = sizeof nexmon;
    nexmon[18 + 4] = 0xFE; // bin 1: -2 + 3i
    nexmon[18 + 5] = 0xFF;
    nexmon[18 + 6] = 3;
    rv_wire_init(&wire);
    rv_wire_decode(&wire, &in, &packet);
    assert_int_equal(packet.reason, RV_REASON_NONE);
    assert_int_equal(packet.family, RV_FAMILY_NEXMON);
    assert_string_equal(packet.frame.layout->name, "nexmon-20");
    assert_true(packet.frame.re[1] == -2.0F && packet.frame.im[1] == 3.0F);
    assert_int_equal(packet.frame.rssi_dbm, -58);
    assert_int_equal(packet.frame.node, 11);
    assert_true(packet.frame.tx == (UINT64_C(0x010203040506) | UINT64_C(9) << 48));
    assert_int_equal(packet.frame.freq_mhz, 2412);
    in.n -= 1;
    rv_wire_decode(&wire, &in, &packet);
    assert_int_equal(packet.reason, RV_REASON_BAD_VALUE);

    in.bytes        = espectre;
    in.n            = sizeof espectre;
    espectre[6 + 8] = 4; // entry 4 of a C6: tone -28, imaginary part first
    espectre[6 + 9] = 0xFB;
    rv_wire_decode(&wire, &in, &packet);
    assert_int_equal(packet.reason, RV_REASON_NONE);
    assert_int_equal(packet.family, RV_FAMILY_ESPECTRE);
    assert_string_equal(packet.frame.layout->name, "esp32c6-ht20-64");
    assert_true(packet.frame.re[4] == -5.0F && packet.frame.im[4] == 4.0F);
    in.n -= 1;
    rv_wire_decode(&wire, &in, &packet);
    assert_int_equal(packet.reason, RV_REASON_TRUNCATED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(atheros_numbers_have_ten_bits),
        cmocka_unit_test(intel_numbers_lie_behind_three_bits),
        cmocka_unit_test(every_family_is_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
