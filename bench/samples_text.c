// SPDX-License-Identifier: MIT
// Samples of texts and tables.
#include "bench/samples_put.h"

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

void
rv_sample_write_jsonl(rv_writer *const w, const unsigned n_frames)
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
put_list(rv_writer *const w, const unsigned n, const char *const separator)
{
    for (unsigned i = 0; i < n; ++i) {
        if (i > 0) {
            put_text(w, separator);
        }
        put_i64(w, (int8_t)next_byte() / 4);
    }
}

void
rv_sample_write_esp_tool(rv_writer *const w, const unsigned n_frames)
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

void
rv_sample_write_esp_csi(rv_writer *const w, const unsigned n_frames)
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

void
rv_sample_write_csv_table(rv_writer *const w, const unsigned n_frames)
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

void
rv_sample_write_npy(rv_writer *const w, const unsigned n_frames)
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

void
rv_sample_write_espectre(rv_writer *const w, const unsigned n_frames)
{
    put_member(w, "csi_data.npy", 128 + 128 * n_frames);
    put_npy_header(w, "|i1", n_frames, 128);
    put_noise(w, 128 * (size_t)n_frames);
    put_member(w, "duration_ms.npy", 128 + 8);
    put_npy_header(w, "<f8", 1, 1);
    rv_write_u64(w, UINT64_C(0x40C3880000000000)); // 10000.0
}

void
rv_sample_write_ruview_csv(rv_writer *const w, const unsigned n_frames)
{
    put_text(w,
             "t_us,node,tx,layout,freq_mhz,bandwidth_mhz,n_rx,n_tx,rssi_dbm,noise_dbm,"
             "agc_db,mcs,sequence,synthetic,amplitude_only,csi\n");
    for (unsigned i = 0; i < n_frames; ++i) {
        put_i64(w, 1000000 + 10000 * (int64_t)i);
        put_text(w, ",3,a1b2c3d4,canonical-56,2437,20,1,1,-50,-92,21.5,7,");
        put_i64(w, i);
        put_text(w, ",0,0,\"");
        for (unsigned k = 0; k < 112; ++k) {
            put_text(w, k ? " " : "");
            put_i64(w, (int8_t)next_byte());
            put_text(w, k % 3 ? ".125" : ".0");
        }
        put_text(w, "\"\n");
    }
}

/// A shape like "(3, 1, 1, 56)"
static void
put_npy(rv_writer *const w, const char *const name, const char *const type,
        const unsigned *const dim, const unsigned n_dims, const unsigned bytes)
{
    put_member(w, name, 128 + bytes);
    const size_t start = w->at;
    rv_write_bytes(w, "\x93NUMPY\x01\0\x76\0", 10);
    put_text(w, "{'descr': '");
    put_text(w, type);
    put_text(w, "', 'fortran_order': False, 'shape': (");
    for (unsigned i = 0; i < n_dims; ++i) {
        put_i64(w, dim[i]);
        put_text(w, ", ");
    }
    put_text(w, "), }");
    while (w->at - start < 127) {
        put_text(w, " ");
    }
    put_text(w, "\n");
}

static void
put_archive(rv_writer *const w, const unsigned n_frames, const char *const level_type,
            const unsigned level_bytes)
{
    const unsigned csi[4]  = {n_frames, 1, 1, 56};
    const unsigned info[1] = {8};
    put_npy(w, "link0_csi.npy", "<c8", csi, 4, n_frames * 56 * 8);
    for (unsigned i = 0; i < n_frames * 112; ++i) {
        rv_write_f32(w, (float)(int8_t)next_byte());
    }
    put_npy(w, "link0_t_us.npy", "<u8", csi, 1, n_frames * 8);
    for (unsigned i = 0; i < n_frames; ++i) {
        rv_write_u64(w, 1000000 + 10000 * (uint64_t)i);
    }
    put_npy(w, "link0_sequence.npy", "<u4", csi, 1, n_frames * 4);
    put_noise(w, 4 * (size_t)n_frames);
    const unsigned n_levels = level_bytes * n_frames;
    put_npy(w, "link0_rssi_dbm.npy", level_type, csi, 1, n_levels);
    put_noise(w, n_levels);
    put_npy(w, "link0_noise_dbm.npy", level_type, csi, 1, n_levels);
    put_noise(w, n_levels);
    put_npy(w, "link0_info.npy", "<u8", info, 1, 64);
    rv_write_u64(w, 120); // canonical-56
    put_zeros(w, 56);
}

void
rv_sample_write_ruview_npz(rv_writer *const w, const unsigned n_frames)
{
    put_archive(w, n_frames, "|i1", 1);
}

void
rv_sample_write_wide_levels(rv_writer *const w, const unsigned n_frames)
{
    put_archive(w, n_frames, "<i2", 2);
}
