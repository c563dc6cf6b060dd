// SPDX-License-Identifier: MIT
#include "bench/samples_put.h"

#include <ruview/capture/adr018.h>
#include <ruview/capture/intel5300.h>
#include <ruview/capture/pcapng.h>

uint32_t rv_sample_noise = 1;

size_t
rv_sample_datagram(uint8_t out[512], const uint32_t sequence, const unsigned n_tones)
{
    uint8_t iq[2 * RV_ADR018_MAX_TONES];
    for (unsigned i = 0; i < 2 * n_tones; ++i) {
        iq[i] = next_byte();
    }
    const rv_packet p = {.kind   = RV_PACKET_CSI,
                         .node   = (uint8_t)(1 + sequence % 4),
                         .as.csi = {.n_antennas = 1,
                                    .n_tones    = (uint16_t)n_tones,
                                    .freq_mhz   = 2437,
                                    .sequence   = sequence,
                                    .rssi_dbm   = -50,
                                    .noise_dbm  = -92,
                                    .flags      = RV_CSI_FLAG_TRAILER,
                                    .iq         = iq,
                                    .has_tx     = true,
                                    .tx_hash    = 0x12345678,
                                    .simulated  = true}};
    size_t          n = 0;
    (void)!rv_adr018_encode(&p, out, 512, &n);
    return n;
}

static void
write_pcapng(rv_writer *const w, const unsigned n_frames)
{
    uint8_t bytes[512];
    (void)!rv_pcapng_write_header(w);
    for (unsigned i = 0; i < n_frames; ++i) {
        const rv_input in = {.kind  = RV_INPUT_DATAGRAM,
                             .t_us  = UINT64_C(1700000000000000) + 12500 * i,
                             .from  = rv_address_v4(0x0A000001, 40000),
                             .to    = rv_address_v4(0x0A000002, RV_ADR018_PORT),
                             .bytes = bytes,
                             .n     = rv_sample_datagram(bytes, i, i % 3 ? 64 : 128)};
        (void)!rv_pcapng_write(&in, w);
        if (i % 8 == 7) {
            const rv_input tick = {.kind = RV_INPUT_TICK, .t_us = in.t_us + 1};
            (void)!rv_pcapng_write(&tick, w);
        }
    }
}

/// Ethernet, IPv4, UDP headers before `n` bytes of payload
static void
put_ether_udp(rv_writer *const w, const uint16_t port, const size_t n)
{
    const uint16_t udp = (uint16_t)(n + 8), ip = (uint16_t)(n + 28);
    put_zeros(w, 12);
    put_text(w, "\x08");
    rv_write_u8(w, 0);
    rv_write_u8(w, 0x45);
    rv_write_u8(w, 0);
    rv_write_u8(w, (uint8_t)(ip >> 8));
    rv_write_u8(w, (uint8_t)ip);
    put_zeros(w, 4);
    rv_write_u8(w, 64);
    rv_write_u8(w, 17);
    put_zeros(w, 2);
    rv_write_u32(w, 0x0A0A0A0A);
    rv_write_u32(w, 0xFFFFFFFF);
    for (int i = 0; i < 2; ++i) {
        rv_write_u8(w, (uint8_t)(port >> 8));
        rv_write_u8(w, (uint8_t)port);
    }
    rv_write_u8(w, (uint8_t)(udp >> 8));
    rv_write_u8(w, (uint8_t)udp);
    rv_write_u16(w, 0);
}

static void
write_nexmon(rv_writer *const w, const unsigned n_frames, const uint16_t chip,
             const unsigned n_tones)
{
    const uint32_t n = 18 + 4 * n_tones;
    rv_write_u32(w, 0xA1B2C3D4);
    rv_write_u16(w, 2);
    rv_write_u16(w, 4);
    put_zeros(w, 8);
    rv_write_u32(w, 65535);
    rv_write_u32(w, 1);
    for (unsigned i = 0; i < n_frames; ++i) {
        rv_write_u32(w, 1600000000 + i);
        rv_write_u32(w, 0);
        rv_write_u32(w, n + 42);
        rv_write_u32(w, n + 42);
        put_ether_udp(w, 5500, n);
        rv_write_u16(w, 0x1111);
        rv_write_u8(w, 0xC6);
        rv_write_u8(w, 0x88);
        put_text(w, "nexmon");
        rv_write_u16(w, (uint16_t)i);
        rv_write_u16(w, 0);
        rv_write_u16(w, 0xE02A);
        rv_write_u16(w, chip);
        put_noise(w, 4 * (size_t)n_tones);
    }
}

static void
write_nexmon_int16(rv_writer *const w, const unsigned n_frames)
{
    write_nexmon(w, n_frames, 0x0065, 256);
}

static void
write_nexmon_float(rv_writer *const w, const unsigned n_frames)
{
    write_nexmon(w, n_frames, 0x006A, 256);
}

static void
write_intel(rv_writer *const w, const unsigned n_frames)
{
    for (unsigned i = 0; i < n_frames; ++i) {
        const uint32_t n = rv_intel5300_bytes(3, 2), size = n + 21;
        rv_write_u8(w, (uint8_t)(size >> 8));
        rv_write_u8(w, (uint8_t)size);
        rv_write_u8(w, 0xBB);
        rv_write_u32(w, 1000000 + 10000 * i);
        rv_write_u16(w, (uint16_t)i);
        rv_write_u16(w, 0);
        put_text(
            w, "\x03\x02\x25\x26\x27\xA5\x20\x24"); // 3x2, levels, noise, AGC, antennas
        rv_write_u16(w, (uint16_t)n);
        rv_write_u16(w, 0x0110);
        put_noise(w, n);
    }
}

static void
write_feitcsi(rv_writer *const w, const unsigned n_frames)
{
    for (unsigned i = 0; i < n_frames; ++i) {
        const uint32_t n = 4 * 2 * 242;
        rv_write_u32(w, n);
        put_zeros(w, 42);
        rv_write_u8(w, 2);
        rv_write_u8(w, 1);
        put_zeros(w, 4);
        rv_write_u32(w, 242);
        put_zeros(w, 4);
        rv_write_u32(w, 45);
        rv_write_u32(w, 47);
        put_text(w, "feitcs");
        put_zeros(w, 14);
        rv_write_u32(w, 5000 * i + 1);
        rv_write_u32(w, 3U << 8 | 2U << 11);
        put_zeros(w, 176);
        put_noise(w, n);
    }
}

static void
write_picoscenes(rv_writer *const w, const unsigned n_frames)
{
    for (unsigned i = 0; i < n_frames; ++i) {
        const uint32_t n = 4 * 2 * 56, segment = 3 + 4 + 40 + n, basic = 3 + 9 + 32;
        rv_write_u32(w, 7 + 4 + basic + 4 + segment + 24);
        rv_write_u32(w, 0x20150315);
        rv_write_u16(w, 1);
        rv_write_u8(w, 2);
        rv_write_u32(w, basic);
        rv_write_u8(w, 9);
        rv_write_bytes(w, "RxSBasic", 9);
        rv_write_u16(w, 3);
        rv_write_u16(w, 0x2000);
        rv_write_u64(w, 1000000 + 5000 * (uint64_t)i);
        rv_write_u16(w, 2412);
        put_zeros(w, 15);
        put_text(w, "\x80\xBF\xBE\xC0\x80");
        rv_write_u32(w, segment);
        rv_write_u8(w, 4);
        rv_write_bytes(w, "CSI", 4);
        rv_write_u16(w, 4);
        rv_write_u16(w, 0x2000);
        rv_write_u8(w, 67);
        rv_write_u8(w, 1);
        rv_write_u16(w, 20);
        rv_write_u64(w, UINT64_C(2412000000));
        rv_write_u64(w, 20000000);
        rv_write_u32(w, 312500);
        rv_write_u16(w, 56);
        rv_write_u8(w, 1);
        rv_write_u8(w, 2);
        rv_write_u8(w, 0);
        rv_write_u16(w, 1);
        rv_write_u8(w, 0);
        rv_write_u16(w, 0);
        rv_write_u32(w, n);
        put_noise(w, n);
        put_noise(w, 24); // the 802.11 header
    }
}

/// A frame of a software radio: tone numbers, then a matrix of doubles
static void
write_picoscenes_sdr(rv_writer *const w, const unsigned n_frames)
{
    for (unsigned i = 0; i < n_frames; ++i) {
        const uint32_t n       = 2 * 56 + 5 + 3 * 8 + 4 + 16 * 2 * 56;
        const uint32_t segment = 3 + 4 + 40 + n;
        rv_write_u32(w, 7 + 4 + segment);
        rv_write_u32(w, 0x20150315);
        rv_write_u16(w, 1);
        rv_write_u8(w, 1);
        rv_write_u32(w, segment);
        rv_write_u8(w, 4);
        rv_write_bytes(w, "CSI", 4);
        rv_write_u16(w, 4);
        rv_write_u16(w, 0x1234);
        rv_write_u8(w, 0);
        rv_write_u8(w, 1);
        rv_write_u16(w, 20);
        rv_write_u64(w, UINT64_C(2412000000));
        rv_write_u64(w, 20000000);
        rv_write_u32(w, 312500);
        rv_write_u16(w, 56);
        rv_write_u8(w, 1);
        rv_write_u8(w, 2);
        rv_write_u8(w, 0);
        rv_write_u16(w, 1);
        rv_write_u8(w, 0);
        rv_write_u16(w, 0);
        rv_write_u32(w, n);
        for (int k = -28; k <= 28; ++k) {
            if (k != 0) {
                rv_write_u16(w, (uint16_t)k);
            }
        }
        put_text(w, "BBv2\x03");
        rv_write_u64(w, 56);
        rv_write_u64(w, 1);
        rv_write_u64(w, 2);
        put_text(w, "CD\x40"
                    "C");
        for (int k = 0; k < 224; ++k) { // doubles of whole numbers 1..255
            rv_write_u64(w, UINT64_C(0x3FF0000000000000) | (uint64_t)next_byte() << 44);
        }
    }
}

static void
put_be16(rv_writer *const w, const bool big, const uint32_t v)
{
    rv_write_u8(w, (uint8_t)(big ? v >> 8 : v));
    rv_write_u8(w, (uint8_t)(big ? v : v >> 8));
}

static void
write_atheros(rv_writer *const w, const unsigned n_frames, const bool big)
{
    const uint32_t n = 56 * 6 * 20 / 8, payload = 20;
    for (unsigned i = 0; i < n_frames; ++i) {
        put_be16(w, big, 25 + n + payload);
        for (unsigned k = 0; k < 8; ++k) {
            rv_write_u8(
                w, (uint8_t)((uint64_t)(1000000 + 10000 * i) >> 8 * (big ? 7 - k : k)));
        }
        put_be16(w, big, n);
        put_be16(w, big, 2437);
        put_zeros(w, 1);
        rv_write_u8(w, 0xA1);
        rv_write_u8(w, 0x8B);
        rv_write_u8(w, 0);
        rv_write_u8(w, 56);
        rv_write_u8(w, 3);
        rv_write_u8(w, 2);
        put_text(w, "\x2D\x28\x2A\x29");
        put_be16(w, big, payload);
        put_noise(w, n + payload);
    }
}

static void
write_atheros_little(rv_writer *const w, const unsigned n_frames)
{
    write_atheros(w, n_frames, false);
}

static void
write_atheros_big(rv_writer *const w, const unsigned n_frames)
{
    write_atheros(w, n_frames, true);
}

static const rv_sample samples[] = {
    {"adr018.pcapng", "pcapng", false, write_pcapng},
    {"nexmon-int16.pcap", "pcap", false, write_nexmon_int16},
    {"nexmon-float.pcap", "pcap", false, write_nexmon_float},
    {"recording.jsonl", "ruview-jsonl", true, rv_sample_write_jsonl},
    {"picoscenes.csi", "picoscenes", false, write_picoscenes},
    {"picoscenes-sdr.csi", "picoscenes", false, write_picoscenes_sdr},
    {"intel5300.dat", "intel5300", false, write_intel},
    {"feitcsi.csi", "feitcsi", false, write_feitcsi},
    {"atheros-little.dat", "atheros", false, write_atheros_little},
    {"atheros-big.dat", "atheros", false, write_atheros_big},
    {"esp-tool.csv", "esp-csv", true, rv_sample_write_esp_tool},
    {"esp-csi.csv", "esp-csv", true, rv_sample_write_esp_csi},
    {"espectre.npz", "espectre-npz", false, rv_sample_write_espectre},
    {"converted.csv", "ruview-csv", true, rv_sample_write_ruview_csv},
    {"converted.npz", "ruview-npz", false, rv_sample_write_ruview_npz},
    {"amplitudes.csv", "csv-table", true, rv_sample_write_csv_table},
    {"amplitudes.npy", "npy-table", false, rv_sample_write_npy},
};

const rv_sample *
rv_sample_at(const unsigned index)
{
    return index < sizeof samples / sizeof *samples ? &samples[index] : NULL;
}
