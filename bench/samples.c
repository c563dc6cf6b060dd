// SPDX-License-Identifier: MIT
#include "bench/samples.h"

#include <ruview/capture/adr018.h>
#include <ruview/capture/crc32.h>
#include <ruview/capture/intel5300.h>
#include <ruview/capture/pcapng.h>
#include <ruview/math/text.h>

static uint32_t noise = 1;

/// Numerical Recipes' quick generator
static uint8_t
next_byte(void)
{
    noise = noise * 1664525U + 1013904223U;
    return (uint8_t)(noise >> 24);
}

static void
put_noise(rv_writer *const w, const size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        rv_write_u8(w, next_byte());
    }
}

static void
put_text(rv_writer *const w, const char *const text)
{
    rv_write_bytes(w, text, strlen(text));
}

static void
put_i64(rv_writer *const w, const int64_t v)
{
    char text[RV_TEXT_MAX];
    rv_write_bytes(w, text, rv_text_i64(text, v));
}

static void
put_zeros(rv_writer *const w, const size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        rv_write_u8(w, 0);
    }
}

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
put_hex(rv_writer *const w, const size_t n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; ++i) {
        const uint8_t v = next_byte();
        rv_write_u8(w, (uint8_t)digits[v >> 4]);
        rv_write_u8(w, (uint8_t)digits[v & 15]);
    }
}

static void
write_jsonl(rv_writer *const w, const unsigned n_frames)
{
    for (unsigned i = 0; i < n_frames; ++i) {
        put_text(w, "{\"timestamp\": 1775182186.");
        put_i64(w, 1000000 + 12345 * (int64_t)(i % 70));
        put_text(w, ", \"node_id\": ");
        put_i64(w, 1 + i % 2);
        put_text(w,
                 ", \"magic\": \"0xC5110001\", \"size\": 148, \"rssi\": 1, \"type\": "
                 "\"raw_csi\", \"iq_hex\": \"");
        put_hex(w, 128);
        put_text(w, "\", \"subcarriers\": 64}\n");
    }
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

static void
put_list(rv_writer *const w, const unsigned n, const char *const separator)
{
    for (unsigned i = 0; i < n; ++i) {
        if (i > 0) {
            put_text(w, separator);
        }
        put_i64(w, (int8_t)next_byte() / 4);
    }
}

static void
write_esp_tool(rv_writer *const w, const unsigned n_frames)
{
    put_text(w, "type,role,mac,rssi,rate,sig_mode,mcs,bandwidth,smoothing,not_sounding,"
                "aggregation,stbc,fec_coding,sgi,noise_floor,ampdu_cnt,channel,"
                "secondary_channel,local_timestamp,ant,sig_len,rx_state,real_time_set,"
                "real_timestamp,len,CSI_DATA\n");
    for (unsigned i = 0; i < n_frames; ++i) {
        put_text(w,
                 "CSI_DATA,AP,AA:BB:CC:DD:EE:FF,-52,11,1,4,0,1,1,1,0,0,0,-97,0,6,0,");
        put_i64(w, 1000000 + 10000 * (int64_t)i);
        put_text(w, ",0,100,0,0,2.5,128,[");
        put_list(w, 128, " ");
        put_text(w, " ]\n");
    }
}

static void
write_esp_csi(rv_writer *const w, const unsigned n_frames)
{
    for (unsigned i = 0; i < n_frames; ++i) {
        put_text(w, "CSI_DATA,");
        put_i64(w, i);
        if (i % 4 == 3) {
            put_text(w, ",aa:bb:cc:dd:ee:ff,-40,11,-96,20,3,11,");
            put_i64(w, 1000000 + 10000 * (int64_t)i);
            put_text(w, ",100,0,114,0,\"[");
            put_list(w, 114, ",");
        } else {
            put_text(w, ",aa:bb:cc:dd:ee:ff,-40,11,1,7,1,1,1,0,0,0,1,-96,0,11,2,");
            put_i64(w, 1000000 + 10000 * (int64_t)i);
            put_text(w, ",0,100,0,384,1,\"[");
            put_list(w, 384, ",");
        }
        put_text(w, "]\"\n");
    }
}

static void
write_csv_table(rv_writer *const w, const unsigned n_frames)
{
    put_text(w, "timestamp_us,label,settling,rssi");
    for (int i = 0; i < 64; ++i) {
        put_text(w, ",amp_");
        put_i64(w, i);
    }
    for (unsigned i = 0; i < n_frames; ++i) {
        put_text(w, "\n");
        put_i64(w, 1000000 + 10000 * (int64_t)i);
        put_text(w, ",0,0,-60");
        for (int k = 0; k < 64; ++k) {
            put_text(w, ",");
            put_i64(w, next_byte() / 4);
            put_text(w, k % 2 ? ".25" : "");
        }
    }
    put_text(w, "\n");
}

static void
put_npy_header(rv_writer *const w, const char *const type, const unsigned rows,
               const unsigned columns)
{
    const size_t start = w->at;
    rv_write_bytes(w, "\x93NUMPY\x01\0\x76\0", 10);
    put_text(w, "{'descr': '");
    put_text(w, type);
    put_text(w, "', 'fortran_order': False, 'shape': (");
    put_i64(w, rows);
    put_text(w, ", ");
    put_i64(w, columns);
    put_text(w, "), }");
    while (w->at - start < 127) {
        put_text(w, " ");
    }
    put_text(w, "\n");
}

static void
write_npy(rv_writer *const w, const unsigned n_frames)
{
    put_npy_header(w, "<f4", n_frames, 56);
    for (unsigned i = 0; i < 56 * n_frames; ++i) {
        rv_write_f32(w, (float)next_byte());
    }
}

/// A stored member of a zip; `n` bytes follow
static void
put_member(rv_writer *const w, const char *const name, const uint32_t n)
{
    rv_write_u32(w, 0x04034B50);
    rv_write_u16(w, 20);
    put_zeros(w, 8);
    rv_write_u32(w, 0); // our reader leaves the checksum to the unpacker
    rv_write_u32(w, n);
    rv_write_u32(w, n);
    rv_write_u16(w, (uint16_t)strlen(name));
    rv_write_u16(w, 0);
    put_text(w, name);
}

static void
write_espectre(rv_writer *const w, const unsigned n_frames)
{
    put_member(w, "csi_data.npy", 128 + 128 * n_frames);
    put_npy_header(w, "|i1", n_frames, 128);
    put_noise(w, 128 * (size_t)n_frames);
    put_member(w, "duration_ms.npy", 128 + 8);
    put_npy_header(w, "<f8", 1, 1);
    rv_write_u64(w, UINT64_C(0x40C3880000000000)); // 10000.0
}

static const rv_sample samples[] = {
    {"adr018.pcapng", "pcapng", false, write_pcapng},
    {"nexmon-int16.pcap", "pcap", false, write_nexmon_int16},
    {"nexmon-float.pcap", "pcap", false, write_nexmon_float},
    {"recording.jsonl", "ruview-jsonl", true, write_jsonl},
    {"picoscenes.csi", "picoscenes", false, write_picoscenes},
    {"intel5300.dat", "intel5300", false, write_intel},
    {"feitcsi.csi", "feitcsi", false, write_feitcsi},
    {"atheros-little.dat", "atheros", false, write_atheros_little},
    {"atheros-big.dat", "atheros", false, write_atheros_big},
    {"esp-tool.csv", "esp-csv", true, write_esp_tool},
    {"esp-csi.csv", "esp-csv", true, write_esp_csi},
    {"espectre.npz", "espectre-npz", false, write_espectre},
    {"amplitudes.csv", "csv-table", true, write_csv_table},
    {"amplitudes.npy", "npy-table", false, write_npy},
};

const rv_sample *
rv_sample_at(const unsigned index)
{
    return index < sizeof samples / sizeof *samples ? &samples[index] : NULL;
}
