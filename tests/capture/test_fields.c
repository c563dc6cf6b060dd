// SPDX-License-Identifier: MIT
// What readers make of the fields of a record, against captures whose writers
// (bench/samples.c) put known numbers there; and of samples that are packed or turned.
#include "cmocka_rv.h"

#include "bench/samples.h"
#include "platform/lend.h"

#include <ruview/capture/capture.h>
#include <ruview/capture/wire.h>
#include <ruview/frame/layout.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { unknown = RV_DBM_UNKNOWN, none = INT16_MIN };

static uint8_t file[1 << 20];

/// Read `n` bytes of the file; calls `see` for each frame
static unsigned
read_frames(const size_t n, void (*const see)(unsigned index, const rv_frame *frame))
{
    static rv_wire          wire;
    const rv_capture_source source = {.bytes = file, .n = n};
    rv_capture_config       config;
    rv_capture             *capture;
    rv_capture_item         item;
    rv_packet               packet;
    size_t                  need  = 0;
    unsigned                index = 0;
    rv_capture_config_default(&config);
    config.table.rate_mhz = 100000;
    assert_int_equal(rv_capture_size(&config, &source, &need), RV_OK);
    void *const memory = rv_lend(need);
    rv_wire_init(&wire);
    assert_int_equal(rv_capture_init(&capture, &config, &source, memory, need), RV_OK);
    while (rv_capture_next(capture, &item) == RV_OK) {
        if (item.input.kind == RV_INPUT_DATAGRAM) {
            rv_wire_decode(&wire, &item.input, &packet);
            assert_int_equal(packet.reason, RV_REASON_NONE);
            see(index++, &packet.frame);
        } else if (item.input.kind == RV_INPUT_FRAME) {
            see(index++, item.input.frame);
        }
    }
    free(memory);
    return index;
}

typedef struct {
    const char *name;
    uint64_t    t_us, step_us;
    bool        by_device; ///< The radio's own stamps
    uint64_t    tx;
    uint32_t    freq_mhz;
    uint16_t    bandwidth_mhz, entries;
    uint8_t     n_rx, n_tx, node, ppdu;
    int         rssi_dbm, noise_dbm, agc_db, rx_dbm[3];
    bool        has_sequence;
} fields;

// Levels: Intel 37, 38, 39 less 44 and an AGC of 32, together -33.2; Atheros 45 and 40,
// 42, 41 over a floor of -95. Nexmon: channel 42 of the 5 GHz band
static const fields known[] = {
    {"nexmon-int16.pcap",
     1600000000000000,
     1000000,
     false,
     0x6E65786D6F6E,
     5210,
     80,
     256,
     1,
     1,
     10,
     255,
     -58,
     unknown,
     none,
     {unknown, unknown, unknown},
     false},
    {"picoscenes.csi",
     1000000,
     5000,
     true,
     0,
     2412,
     20,
     56,
     2,
     1,
     0,
     0,
     -65,
     unknown,
     none,
     {-66, -64, unknown},
     false},
    {"intel5300.dat",
     1000000,
     10000,
     true,
     0,
     0,
     20,
     30,
     3,
     2,
     0,
     0,
     -33,
     -91,
     320,
     {-39, -38, -37},
     true},
    {"feitcsi.csi",
     1,
     5000,
     true,
     0x666569746373,
     0,
     80,
     242,
     2,
     1,
     0,
     255,
     -45,
     unknown,
     none,
     {-45, -47, unknown},
     false},
    {"atheros-little.dat",
     1000000,
     10000,
     true,
     0,
     2437,
     20,
     56,
     3,
     2,
     0,
     0,
     -50,
     -95,
     none,
     {-55, -53, -54},
     false},
    {"atheros-big.dat",
     1000000,
     10000,
     true,
     0,
     2437,
     20,
     56,
     3,
     2,
     0,
     0,
     -50,
     -95,
     none,
     {-55, -53, -54},
     false},
    {"esp-tool.csv",
     1000000,
     10000,
     true,
     0xAABBCCDDEEFF,
     2437,
     20,
     64,
     1,
     1,
     0,
     0,
     -52,
     -97,
     none,
     {unknown, unknown, unknown},
     false},
    {"esp-csi.csv",
     1000000,
     10000,
     true,
     0xAABBCCDDEEFF,
     2462,
     40,
     192,
     1,
     1,
     0,
     0,
     -40,
     -96,
     none,
     {unknown, unknown, unknown},
     true},
    {"converted.csv",
     1000000,
     10000,
     false,
     0xA1B2C3D4,
     2437,
     20,
     56,
     1,
     1,
     3,
     255,
     -50,
     -92,
     215,
     {unknown, unknown, unknown},
     true},
    {"amplitudes.csv",
     1000000,
     10000,
     false,
     0,
     0,
     20,
     64,
     1,
     1,
     0,
     255,
     -60,
     unknown,
     none,
     {unknown, unknown, unknown},
     false},
};

static const fields *want;

static void
see_fields(const unsigned index, const rv_frame *const f)
{
    assert_int_equal(f->t_us, want->t_us + index * want->step_us);
    assert_int_equal(f->device_us, want->by_device ? f->t_us : 0);
    if (strncmp(want->name, "picoscenes", 10) != 0) { // an address of noise
        assert_int_equal(f->tx, want->tx);
    }
    assert_int_equal(f->freq_mhz, want->freq_mhz);
    assert_int_equal(f->bandwidth_mhz, want->bandwidth_mhz);
    assert_int_equal(f->layout->n_entries, want->entries);
    assert_int_equal(f->n_rx, want->n_rx);
    assert_int_equal(f->n_tx, want->n_tx);
    assert_int_equal(f->node, want->node);
    assert_int_equal(f->ppdu, want->ppdu);
    assert_int_equal(f->rssi_dbm, want->rssi_dbm);
    assert_int_equal(f->noise_dbm, want->noise_dbm);
    assert_int_equal(f->agc_db, want->agc_db);
    for (int k = 0; k < 3; ++k) {
        assert_int_equal(f->rssi_rx_dbm[k], want->rx_dbm[k]);
    }
    assert_int_equal(f->has_sequence, want->has_sequence);
    assert_true(!f->has_sequence || f->sequence == index);
}

static size_t
write_sample(const char *const name, const unsigned n_frames)
{
    const rv_sample *s;
    for (unsigned i = 0; (s = rv_sample_at(i)) != NULL; ++i) {
        if (strcmp(s->name, name) == 0) {
            rv_writer w = {.bytes = file, .size = sizeof file};
            s->write(&w, n_frames);
            return w.at;
        }
    }
    fail_msg("no sample %s", name);
    return 0;
}

static void
fields_are_those_that_were_written(void **state)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; ++i) {
        want = &known[i];
        assert_int_equal(read_frames(write_sample(want->name, 3), see_fields), 3);
    }
}

// ---- nexmon's packed floats

enum { n_packed = 256 };

static uint32_t packed[n_packed];

// Mantissas of eleven bits and an exponent of six, as the 4366c0 packs them: the
// largest is brought to eleven bits, and what is left of the others is cut off
static double
unpacked(const uint32_t w, const unsigned shift, const int largest)
{
    const int    e    = (int)(w & 63) - ((w & 32) ? 64 : 0);
    const double size = (double)(w >> shift & 2047);
    const double x    = trunc(ldexp(size, e + 10 - largest));
    return (w >> (shift + 11) & 1) ? -x : x;
}

static void
see_packed(const unsigned index, const rv_frame *const f)
{
    int largest = -1000;
    for (int i = 0; i < n_packed; ++i) {
        const uint32_t w    = packed[i];
        const double   size = fmax((double)(w >> 18 & 2047), (double)(w >> 6 & 2047));
        const int      e    = (int)(w & 63) - ((w & 32) ? 64 : 0);
        if (size > 0 && (int)floor(log2(size)) + e > largest) {
            largest = (int)floor(log2(size)) + e;
        }
    }
    for (int i = 0; i < n_packed && index == 0; ++i) {
        // The standard's turn of 80 MHz by half of the band was taken out
        const float x = (float)unpacked(packed[i], 18, largest);
        const float y = (float)unpacked(packed[i], 6, largest);
        assert_true((f->re[i] == x && f->im[i] == y) ||
                    (f->re[i] == -x && f->im[i] == -y));
    }
}

static void
packed_floats_of_nexmon(void **state)
{
    const size_t n = write_sample("nexmon-float.pcap", 1), at = n - 4 * n_packed;
    srand(3);
    for (int trial = 0; trial < 20; ++trial) {
        for (int i = 0; i < n_packed; ++i) {
            const uint32_t e = (uint32_t)(rand() % 12 - 6 + trial - 10) & 63;
            packed[i]        = (uint32_t)(rand() % (1 << 24)) << 6 | e;
            rv_store_u32(file + at + 4 * (size_t)i, packed[i]);
        }
        assert_int_equal(read_frames(n, see_packed), 1);
    }
}

// ---- a table of NumPy, in rows or columns, by rows or by tones

enum { n_rows = 7, n_tones = 56 };

static float
amplitude(const int row, const int tone)
{
    return (float)(100 * row + tone + 1);
}

static void
see_row(const unsigned index, const rv_frame *const f)
{
    assert_int_equal(f->layout->n_entries, n_tones);
    assert_true(f->amplitude_only);
    assert_int_equal(f->t_us, index * 10000); // 100 Hz
    for (int k = 0; k < n_tones; ++k) {
        assert_true(f->re[k] == amplitude((int)index, k) && f->im[k] == 0);
    }
}

static void
tables_of_any_orientation(void **state)
{
    for (int v = 0; v < 4; ++v) {
        const bool tones_first = v & 1, fortran = v & 2;
        const int  n_first  = tones_first ? n_tones : n_rows;
        const int  n_second = tones_first ? n_rows : n_tones;
        char       head[128];
        memset(head, ' ', sizeof head);
        memcpy(head, "\x93NUMPY\x01\x00\x76\x00", 10);
        const int n_text =
            snprintf(head + 10, sizeof head - 10,
                     "{'descr': '<f4', 'fortran_order': %s, 'shape': (%d, %d), }",
                     fortran ? "True" : "False", n_first, n_second);
        memset(head + 10 + n_text, ' ', sizeof head - 10 - (size_t)n_text);
        head[sizeof head - 1] = '\n';
        memcpy(file, head, sizeof head);
        for (int i = 0; i < n_first; ++i) {
            for (int j = 0; j < n_second; ++j) {
                const float a  = tones_first ? amplitude(j, i) : amplitude(i, j);
                const int   at = fortran ? j * n_first + i : i * n_second + j;
                rv_store_f32(file + sizeof head + 4 * (size_t)at, a);
            }
        }
        assert_int_equal(read_frames(sizeof head + 4 * n_rows * n_tones, see_row),
                         n_rows);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_those_that_were_written),
        cmocka_unit_test(packed_floats_of_nexmon),
        cmocka_unit_test(tables_of_any_orientation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
