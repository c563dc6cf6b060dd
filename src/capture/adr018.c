// SPDX-License-Identifier: MIT
#include <ruview/base/bytes.h>
#include <ruview/capture/adr018.h>

#include "base/exact.h"
#include "capture/adr018_packets.h"

enum { TRAILER_HASH = 4, TRAILER_TAG = 4 };

void
rv_adr018_init(rv_adr018 *const self)
{
    self->layout     = NULL;
    self->layout_key = 0;
}

const char *
rv_packet_kind_name(const rv_packet_kind kind)
{
    switch (kind) {
    case RV_PACKET_CSI:
        return "csi";
    case RV_PACKET_VITALS:
        return "vitals";
    case RV_PACKET_FEATURES:
        return "features";
    case RV_PACKET_FUSED_VITALS:
        return "fused_vitals";
    case RV_PACKET_COMPRESSED:
        return "compressed";
    case RV_PACKET_FEATURE_STATE:
        return "feature_state";
    case RV_PACKET_WASM:
        return "wasm";
    case RV_PACKET_SYNC:
        return "sync";
    case RV_PACKET_MESH:
        return "mesh";
    case RV_PACKET_OTHER:
    case RV_PACKET_KINDS:
        break;
    }
    return "other";
}

static rv_packet_kind
kind_of(const uint32_t magic)
{
    if (magic >= RV_MAGIC_CSI && magic <= RV_MAGIC_WASM) {
        return (rv_packet_kind)(magic - RV_MAGIC_CSI + RV_PACKET_CSI);
    }
    return magic == RV_MAGIC_SYNC   ? RV_PACKET_SYNC
           : magic == RV_MAGIC_MESH ? RV_PACKET_MESH
                                    : RV_PACKET_OTHER;
}

/// Where the trailer lies, if the flag announces one and it is there
static void
read_trailer(rv_packet_csi *const csi, const uint8_t *p, size_t left)
{
    csi->has_tx    = false;
    csi->simulated = false;
    csi->tx_hash   = 0;
    if ((csi->flags & RV_CSI_FLAG_TRAILER) && left >= TRAILER_HASH) {
        csi->has_tx  = true;
        csi->tx_hash = rv_load_u32(p);
        p += TRAILER_HASH;
        left -= TRAILER_HASH;
        if (left >= TRAILER_TAG && rv_load_u32(p) == RV_TAG_SIMULATED) {
            csi->simulated = true;
            p += TRAILER_TAG;
            left -= TRAILER_TAG;
        }
    }
    csi->n_more = (uint16_t)left;
    csi->more   = p;
}

static rv_reason
read_csi(const uint8_t *const b, const size_t n, rv_packet_csi *const csi)
{
    if (n < RV_ADR018_HEADER) {
        return RV_REASON_TRUNCATED;
    }
    csi->n_antennas = b[5];
    csi->n_tones    = rv_load_u16(b + 6);
    csi->freq_mhz   = rv_load_u32(b + 8);
    csi->sequence   = rv_load_u32(b + 12);
    csi->rssi_dbm   = (int8_t)b[16];
    csi->noise_dbm  = (int8_t)b[17];
    csi->ppdu       = b[18];
    csi->flags      = b[19];
    if (csi->n_antennas == 0 || csi->n_tones == 0) {
        return RV_REASON_BAD_VALUE;
    }
    if (csi->n_antennas > RV_MAX_ANTENNAS || csi->n_tones > RV_ADR018_MAX_TONES) {
        return RV_REASON_OVERSIZE;
    }
    const size_t n_iq = (size_t)2 * csi->n_antennas * csi->n_tones;
    if (n - RV_ADR018_HEADER < n_iq) {
        return RV_REASON_TRUNCATED;
    }
    if (n - RV_ADR018_HEADER - n_iq > UINT16_MAX) {
        return RV_REASON_OVERSIZE;
    }
    csi->iq = b + RV_ADR018_HEADER;
    read_trailer(csi, csi->iq + n_iq, n - RV_ADR018_HEADER - n_iq);
    return RV_REASON_NONE;
}

/// The classic chips' fields first; what fits none of them came from a C5 or C6
static const rv_layout *
find_layout(const rv_packet_csi *const csi)
{
    const uint16_t mhz   = csi->flags & RV_CSI_FLAG_40MHZ ? 40 : 20;
    const bool     is_he = csi->ppdu >= 1 && csi->ppdu <= 3;
    if (!is_he) {
        const rv_layout *const classic =
            rv_layout_find(RV_CHIP_ESP32, mhz, csi->n_tones, 0);
        if (classic) {
            return classic;
        }
    }
    return rv_layout_find(RV_CHIP_ESP32_C5_C6, mhz, csi->n_tones, 0);
}

static const rv_layout *
layout_of(rv_adr018 *const self, const rv_packet_csi *const csi)
{
    const uint32_t key = (uint32_t)csi->n_tones << 16 | (uint32_t)csi->ppdu << 8 |
                         (csi->flags & RV_CSI_FLAG_40MHZ) | 0x80U;
    if (key != self->layout_key) {
        self->layout     = find_layout(csi);
        self->layout_key = key;
    }
    return self->layout;
}

/// int8 pairs, imaginary first, to floats; false when all are zero
static bool
unpack(const uint8_t *restrict const iq, const size_t n, float *restrict const re,
       float *restrict const im)
{
    uint8_t any = 0;
    for (size_t i = 0; i < n; ++i) {
        im[i] = (float)(int8_t)iq[2 * i];
        re[i] = (float)(int8_t)iq[2 * i + 1];
        any   = (uint8_t)(any | iq[2 * i] | iq[2 * i + 1]);
    }
    return any != 0;
}

/// A level above -1 dBm is not a received level
static int8_t
plausible_dbm(const int8_t dbm)
{
    return dbm < 0 ? dbm : (int8_t)RV_DBM_UNKNOWN;
}

static rv_reason
make_frame(rv_adr018 *const self, const uint64_t t_us, rv_packet *const out)
{
    const rv_packet_csi *const csi    = &out->as.csi;
    const rv_layout *const     layout = layout_of(self, csi);
    if (!layout) {
        return RV_REASON_UNKNOWN_LAYOUT;
    }
    const size_t n = (size_t)csi->n_antennas * csi->n_tones;
    if (!unpack(csi->iq, n, self->re, self->im)) {
        return RV_REASON_ALL_ZERO;
    }
    out->frame = (rv_frame){
        .t_us          = t_us,
        .tx            = csi->has_tx ? csi->tx_hash : RV_TX_UNKNOWN,
        .layout        = layout,
        .freq_mhz      = csi->freq_mhz,
        .sequence      = csi->sequence,
        .bandwidth_mhz = layout->bandwidth_mhz,
        .node          = out->node,
        .n_rx          = csi->n_antennas,
        .n_tx          = 1,
        .ppdu          = csi->ppdu,
        .rssi_dbm      = plausible_dbm(csi->rssi_dbm),
        .rssi_rx_dbm = {RV_DBM_UNKNOWN, RV_DBM_UNKNOWN, RV_DBM_UNKNOWN, RV_DBM_UNKNOWN},
        .noise_dbm   = plausible_dbm(csi->noise_dbm),
        .agc_db      = INT16_MIN,
        .has_sequence = true,
        .clock_synced = (csi->flags & RV_CSI_FLAG_SYNCED) != 0,
        .synthetic    = csi->simulated,
        .re           = self->re,
        .im           = self->im,
    };
    return RV_REASON_NONE;
}

void
rv_adr018_decode(rv_adr018 *const self, const uint8_t *const bytes, const size_t n,
                 const uint64_t t_us, rv_packet *const out)
{
    out->kind   = RV_PACKET_OTHER;
    out->family = RV_FAMILY_ADR018;
    out->reason = RV_REASON_TRUNCATED;
    out->magic  = 0;
    out->node   = 0;
    if (n < 4) {
        return;
    }
    out->magic = rv_load_u32(bytes);
    out->kind  = kind_of(out->magic);
    if (out->kind == RV_PACKET_OTHER) {
        out->reason = RV_REASON_WRONG_MAGIC;
        return;
    }
    if (out->kind != RV_PACKET_MESH && n > 4) {
        out->node = bytes[4];
    }
    if (out->kind != RV_PACKET_CSI) {
        out->reason = rv_adr018_read_packet(bytes, n, out);
        return;
    }
    out->reason = read_csi(bytes, n, &out->as.csi);
    if (out->reason == RV_REASON_NONE) {
        out->reason = make_frame(self, t_us, out);
    }
}

static rv_status
write_csi(const rv_packet *const packet, rv_writer *const w)
{
    const rv_packet_csi *const csi = &packet->as.csi;
    if (csi->n_antennas == 0 || csi->n_antennas > RV_MAX_ANTENNAS ||
        csi->n_tones == 0 || csi->n_tones > RV_ADR018_MAX_TONES ||
        (csi->has_tx && !(csi->flags & RV_CSI_FLAG_TRAILER)) ||
        (csi->simulated && !csi->has_tx)) {
        return RV_ERR_VALUE;
    }
    rv_write_u8(w, csi->n_antennas);
    rv_write_u16(w, csi->n_tones);
    rv_write_u32(w, csi->freq_mhz);
    rv_write_u32(w, csi->sequence);
    rv_write_u8(w, (uint8_t)csi->rssi_dbm);
    rv_write_u8(w, (uint8_t)csi->noise_dbm);
    rv_write_u8(w, csi->ppdu);
    rv_write_u8(w, csi->flags);
    rv_write_bytes(w, csi->iq, (size_t)2 * csi->n_antennas * csi->n_tones);
    if (csi->has_tx) {
        rv_write_u32(w, csi->tx_hash);
    }
    if (csi->simulated) {
        rv_write_u32(w, RV_TAG_SIMULATED);
    }
    rv_write_bytes(w, csi->more, csi->n_more);
    return RV_OK;
}

rv_status
rv_adr018_encode(const rv_packet *const packet, uint8_t *const out, const size_t size,
                 size_t *const n)
{
    static const uint32_t magic[RV_PACKET_KINDS] = {
        0,
        RV_MAGIC_CSI,
        RV_MAGIC_VITALS,
        RV_MAGIC_FEATURES,
        RV_MAGIC_FUSED_VITALS,
        RV_MAGIC_COMPRESSED,
        RV_MAGIC_FEATURE_STATE,
        RV_MAGIC_WASM,
        RV_MAGIC_SYNC,
        RV_MAGIC_MESH,
    };
    if ((unsigned)packet->kind >= RV_PACKET_KINDS || packet->kind == RV_PACKET_OTHER) {
        return RV_ERR_VALUE;
    }
    rv_writer w = {.bytes = out, .size = size};
    rv_write_u32(&w, magic[packet->kind]);
    if (packet->kind != RV_PACKET_MESH) {
        rv_write_u8(&w, packet->node);
    }
    const rv_status status = packet->kind == RV_PACKET_CSI
                                 ? write_csi(packet, &w)
                                 : rv_adr018_write_packet(packet, &w);
    if (status != RV_OK) {
        return status;
    }
    *n = w.at;
    return w.failed ? RV_ERR_FULL : RV_OK;
}
