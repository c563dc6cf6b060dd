// SPDX-License-Identifier: MIT
#include <ruview/frame/frame_bytes.h>

#include "base/exact.h"

enum { VERSION = 1, HEAD_BYTES = 57 };
enum { HAS_SEQUENCE = 1, CLOCK_SYNCED = 2, SYNTHETIC = 4, AMPLITUDE_ONLY = 8 };

static size_t
n_samples(const rv_frame *const frame)
{
    return (size_t)frame->n_rx * frame->n_tx * frame->layout->n_entries;
}

size_t
rv_frame_encoded_size(const rv_frame *const frame)
{
    return HEAD_BYTES + 8 * n_samples(frame);
}

rv_status
rv_frame_encode(const rv_frame *const frame, rv_writer *const out)
{
    if (rv_frame_check(frame) != RV_REASON_NONE) {
        return RV_ERR_VALUE;
    }
    const size_t n = n_samples(frame);
    if (out->failed || rv_frame_encoded_size(frame) > out->size - out->at) {
        return RV_ERR_FULL;
    }
    rv_write_u8(out, VERSION);
    rv_write_u8(out, (uint8_t)((frame->has_sequence ? HAS_SEQUENCE : 0) |
                               (frame->clock_synced ? CLOCK_SYNCED : 0) |
                               (frame->synthetic ? SYNTHETIC : 0) |
                               (frame->amplitude_only ? AMPLITUDE_ONLY : 0)));
    rv_write_u16(out, frame->layout->id);
    rv_write_u64(out, frame->t_us);
    rv_write_u64(out, frame->device_us);
    rv_write_u64(out, frame->tx);
    rv_write_u32(out, frame->freq_mhz);
    rv_write_u32(out, frame->sequence);
    rv_write_u16(out, frame->bandwidth_mhz);
    rv_write_u8(out, frame->node);
    rv_write_u8(out, frame->n_rx);
    rv_write_u8(out, frame->n_tx);
    rv_write_u8(out, frame->ppdu);
    rv_write_u8(out, (uint8_t)frame->rssi_dbm);
    for (int i = 0; i < RV_MAX_ANTENNAS; ++i) {
        rv_write_u8(out, (uint8_t)frame->rssi_rx_dbm[i]);
    }
    rv_write_u8(out, (uint8_t)frame->noise_dbm);
    rv_write_u16(out, (uint16_t)frame->agc_db);
    rv_write_u16(out, frame->rate);
    rv_write_u8(out, frame->mcs_plus_1);
    rv_write_u32(out, (uint32_t)n);
    for (size_t i = 0; i < n; ++i) {
        rv_write_f32(out, frame->re[i]);
    }
    for (size_t i = 0; i < n; ++i) {
        rv_write_f32(out, frame->im[i]);
    }
    return RV_OK;
}

static void
read_head(rv_reader *const r, rv_frame *const out)
{
    out->t_us          = rv_read_u64(r);
    out->device_us     = rv_read_u64(r);
    out->tx            = rv_read_u64(r);
    out->freq_mhz      = rv_read_u32(r);
    out->sequence      = rv_read_u32(r);
    out->bandwidth_mhz = rv_read_u16(r);
    out->node          = rv_read_u8(r);
    out->n_rx          = rv_read_u8(r);
    out->n_tx          = rv_read_u8(r);
    out->ppdu          = rv_read_u8(r);
    out->rssi_dbm      = (int8_t)rv_read_u8(r);
    for (int i = 0; i < RV_MAX_ANTENNAS; ++i) {
        out->rssi_rx_dbm[i] = (int8_t)rv_read_u8(r);
    }
    out->noise_dbm  = (int8_t)rv_read_u8(r);
    out->agc_db     = (int16_t)rv_read_u16(r);
    out->rate       = rv_read_u16(r);
    out->mcs_plus_1 = rv_read_u8(r);
}

rv_status
rv_frame_decode(const uint8_t *const bytes, const size_t n, float *const re,
                float *const im, const size_t capacity, rv_frame *const out)
{
    if (n < HEAD_BYTES) {
        return RV_ERR_TRUNCATED;
    }
    rv_reader     r       = {.bytes = bytes, .size = n};
    const uint8_t version = rv_read_u8(&r);
    const uint8_t flags   = rv_read_u8(&r);
    *out                  = (rv_frame){.layout = rv_layout_by_id(rv_read_u16(&r))};
    out->has_sequence     = (flags & HAS_SEQUENCE) != 0;
    out->clock_synced     = (flags & CLOCK_SYNCED) != 0;
    out->synthetic        = (flags & SYNTHETIC) != 0;
    out->amplitude_only   = (flags & AMPLITUDE_ONLY) != 0;
    read_head(&r, out);
    const uint32_t count = rv_read_u32(&r);
    if (version != VERSION || flags > 15 || !out->layout || out->n_rx == 0 ||
        out->n_rx > RV_MAX_ANTENNAS || out->n_tx == 0 || out->n_tx > RV_MAX_ANTENNAS ||
        count != n_samples(out)) {
        return RV_ERR_VALUE;
    }
    if (count > capacity) {
        return RV_ERR_FULL;
    }
    if ((size_t)count * 8 != n - HEAD_BYTES) {
        return (size_t)count * 8 > n - HEAD_BYTES ? RV_ERR_TRUNCATED : RV_ERR_TRAILING;
    }
    for (uint32_t i = 0; i < count; ++i) {
        re[i] = rv_read_f32(&r);
    }
    for (uint32_t i = 0; i < count; ++i) {
        im[i] = rv_read_f32(&r);
    }
    out->re = re;
    out->im = im;
    return rv_frame_check(out) == RV_REASON_NONE ? RV_OK : RV_ERR_VALUE;
}
