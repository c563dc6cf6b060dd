// SPDX-License-Identifier: MIT
// PicoScenes .csi, frames of version 1 (rxs_parsing_core, ModularPicoScenesFrame):
// u32 length of what follows it, u32 magic, u16 version, u8 segments; each segment u32
// length of what follows it, u8 name length, name, u16 version, body; behind the
// segments the 802.11 frame that was received.
#include <ruview/capture/intel5300.h>

#include "base/exact.h"
#include "capture/format.h"
#include "capture/gamma.h"
#include "capture/unpack_samples.h"

enum {
    MAGIC           = 0x20150315,
    HEAD            = 11,
    MAX_FRAME       = 1 << 22,
    DEVICE_QCA      = 0x9300,
    DEVICE_IWL      = 0x5300,
    DEVICE_AX200    = 0x2000,
    DEVICE_AX210    = 0x2100,
    DEVICE_USRP     = 0x1234,
    DEVICE_SDR      = 0x1000,
    LAYOUT_SDR      = 110, ///< First layout of software radios
    LAYOUT_SDR_LAST = 118,
    FORMAT_HE_SU    = 3,
    FORMAT_HE_MU    = 4,
};

/// The fields of a CSI segment, whatever its version
typedef struct {
    uint16_t       device;
    int8_t         format;
    uint16_t       mhz;
    uint64_t       carrier_hz;
    uint32_t       spacing_hz;
    uint16_t       n_tones;
    uint8_t        n_sts, n_rx, n_ess, antenna_sel;
    uint16_t       n_csi;
    uint32_t       length;
    const uint8_t *buffer;
} csi_segment;

/// What the segments of one frame say
typedef struct {
    csi_segment    csi;
    const uint8_t *basic, *mvm, *payload;
    size_t         n_basic, n_mvm, n_payload;
    uint16_t       basic_version;
    bool           has_csi;
} pico_frame;

static bool
read_csi_segment(const uint8_t *const body, const size_t n, const uint16_t version,
                 csi_segment *const out)
{
    rv_reader r = {.bytes = body, .size = n};
    *out        = (csi_segment){.n_csi = 1};
    out->device = rv_read_u16(&r);
    if (version >= 4) {
        (void)rv_read_u8(&r); // firmware
    }
    out->format     = (int8_t)rv_read_u8(&r);
    out->mhz        = rv_read_u16(&r);
    out->carrier_hz = rv_read_u64(&r);
    (void)rv_read_u64(&r); // sampling rate
    out->spacing_hz = rv_read_u32(&r);
    out->n_tones    = rv_read_u16(&r);
    out->n_sts      = rv_read_u8(&r);
    out->n_rx       = rv_read_u8(&r);
    out->n_ess      = rv_read_u8(&r);
    if (version >= 3) {
        out->n_csi = rv_read_u16(&r);
    }
    out->antenna_sel = rv_read_u8(&r);
    if (version >= 2) {
        (void)rv_read_u16(&r); // subcarrier offset
    }
    out->length = rv_read_u32(&r);
    out->buffer = rv_read_bytes(&r, out->length);
    return !r.failed;
}

static bool
name_is(const uint8_t *const name, size_t n, const char *const want,
        const size_t n_want)
{
    n -= n > 0 && name[n - 1] == 0; // newer versions write the terminator
    return n == n_want && memcmp(name, want, n) == 0;
}

static rv_reason
read_segment(rv_reader *const r, pico_frame *const out)
{
    const uint32_t       length  = rv_read_u32(r);
    const size_t         start   = r->at;
    const uint8_t        n_name  = rv_read_u8(r);
    const uint8_t *const name    = rv_read_bytes(r, n_name);
    const uint16_t       version = rv_read_u16(r);
    if (r->failed || length < r->at - start || length > r->size - start) {
        return RV_REASON_TRUNCATED;
    }
    const uint8_t *const body = r->bytes + r->at;
    const size_t         n    = length - (r->at - start);
    r->at                     = start + length;
    if (name_is(name, n_name, "CSI", 3)) {
        if (version < 1 || version > 5) {
            return RV_REASON_UNSUPPORTED;
        }
        out->has_csi = read_csi_segment(body, n, version, &out->csi);
        return out->has_csi ? RV_REASON_NONE : RV_REASON_TRUNCATED;
    }
    if (name_is(name, n_name, "RxSBasic", 8)) {
        out->basic         = body;
        out->n_basic       = n;
        out->basic_version = version;
    } else if (name_is(name, n_name, "MVMExtra", 8)) {
        out->mvm   = body;
        out->n_mvm = n;
    }
    return RV_REASON_NONE;
}

/// Offsets in RxSBasic of frequency, MCS, noise and levels, by version
static void
take_basic(const pico_frame *const p, rv_frame *const frame)
{
    static const uint8_t mcs_at[4]   = {0, 17, 17, 21};
    static const uint8_t noise_at[4] = {0, 21, 23, 27};
    const unsigned       v           = p->basic_version;
    if (v < 1 || v > 3 || p->n_basic < (size_t)noise_at[v] + 5) {
        return;
    }
    const uint8_t *const b     = p->basic;
    const int8_t         noise = (int8_t)b[noise_at[v]];
    const int8_t         rssi  = (int8_t)b[noise_at[v] + 1];
    frame->device_us           = rv_load_u64(b + 2);
    frame->freq_mhz            = rv_load_u16(b + 10);
    frame->mcs_plus_1          = (uint8_t)(b[mcs_at[v]] + 1);
    frame->noise_dbm = noise < 0 && noise > -127 ? noise : (int8_t)RV_DBM_UNKNOWN;
    frame->rssi_dbm  = rssi < 0 && rssi != -128 ? rssi : (int8_t)RV_DBM_UNKNOWN;
    for (int i = 0; i < 3; ++i) {
        const int8_t level = (int8_t)b[noise_at[v] + 2 + i];
        frame->rssi_rx_dbm[i] =
            level < 0 && level != -128 ? level : (int8_t)RV_DBM_UNKNOWN;
    }
}

/**
   The clock that runs through a file. AX200: the firmware's microseconds in MVMExtra,
   because RxSBasic's stamp is zero in many frames; otherwise RxSBasic's. Both are made
   longer than 32 bits.
*/
static void
take_time(rv_long_clock *const s, const pico_frame *const p, rv_frame *const frame)
{
    const bool     has_mvm = p->mvm && p->n_mvm >= 2 + 92;
    const uint32_t clock =
        has_mvm ? rv_load_u32(p->mvm + 2 + 88) : (uint32_t)frame->device_us;
    frame->t_us = rv_long_clock_at(s, clock);
}

/// Transmitter address of the 802.11 frame behind the segments
static void
take_address(const pico_frame *const p, rv_frame *const frame)
{
    if (p->n_payload >= 16) {
        frame->tx = rv_mac48(p->payload + 10);
    }
}

static bool
is_sdr(const csi_segment *const c)
{
    return c->device == DEVICE_USRP || c->device == DEVICE_SDR;
}

/// Software radios name their tones before the matrix: i16 each
static const rv_layout *
find_sdr_layout(const csi_segment *const c)
{
    for (uint16_t id = LAYOUT_SDR; id <= LAYOUT_SDR_LAST; ++id) {
        const rv_layout *const l = rv_layout_by_id(id);
        size_t                 k = 0;
        if (l->n_entries != c->n_tones || l->bandwidth_mhz != c->mhz ||
            l->spacing_hz != c->spacing_hz || c->length < 2 * (size_t)c->n_tones) {
            continue;
        }
        while (k < c->n_tones &&
               (int16_t)rv_load_u16(c->buffer + 2 * k) == l->segment[0].tone[k]) {
            ++k;
        }
        if (k == c->n_tones) {
            return l;
        }
    }
    return NULL;
}

static const rv_layout *
find_layout(const csi_segment *const c)
{
    switch (c->device) {
    case DEVICE_USRP:
    case DEVICE_SDR:
        return find_sdr_layout(c);
    case DEVICE_IWL:
        return c->n_tones == RV_INTEL5300_GROUPS
                   ? rv_layout_find(RV_CHIP_INTEL5300, c->mhz, c->n_tones, 0)
                   : NULL;
    case DEVICE_QCA:
        return rv_layout_find(RV_CHIP_ATHEROS, c->mhz, c->n_tones, 0);
    case DEVICE_AX200:
    case DEVICE_AX210: {
        const rv_layout *const l =
            rv_layout_find(RV_CHIP_PICOSCENES, c->mhz, c->n_tones, 0);
        const bool is_he = c->format == FORMAT_HE_SU || c->format == FORMAT_HE_MU;
        return l && (l->spacing_hz == 78125) == is_he ? l : NULL;
    }
    default:
        return NULL;
    }
}

/// Bytes that the buffer must hold; 0 for a device whose packing is not known
static uint32_t
needed(const csi_segment *const c, const unsigned n_tx)
{
    const uint32_t pairs = (uint32_t)c->n_rx * n_tx;
    switch (c->device) {
    case DEVICE_IWL:
        return rv_intel5300_bytes(c->n_rx, n_tx);
    case DEVICE_QCA:
        return (pairs * c->n_tones * 20 + 15) / 16 * 2;
    default:
        return pairs * c->n_tones * 4;
    }
}

/**
   The matrix of a software radio: "BB", 'v', '1' or '2', u8 dimensions, each i32 (v1)
   or i64 (v2), 'C' complex, 'D' or 'F', u8 bits, 'C' column- or 'R' row-major, numbers.
   Dimensions are tones, transmit, receive; column-major is our own order.
*/
static rv_reason
take_matrix(const csi_segment *const c, const unsigned n_tx,
            rv_format_context *const context)
{
    rv_reader r = {.bytes = c->buffer, .size = c->length, .at = 2 * (size_t)c->n_tones};
    const uint8_t *const head = rv_read_bytes(&r, 5);
    if (!head || memcmp(head, "BBv", 3) != 0 || (head[3] != '1' && head[3] != '2') ||
        head[4] < 1 || head[4] > 3) {
        return head ? RV_REASON_UNSUPPORTED : RV_REASON_TRUNCATED;
    }
    const uint64_t want[3] = {c->n_tones, n_tx, c->n_rx};
    for (unsigned i = 0; i < 3; ++i) { // dimensions that are left out are 1
        const uint64_t d = i >= head[4]     ? 1
                           : head[3] == '1' ? rv_read_u32(&r)
                                            : rv_read_u64(&r);
        if (!r.failed && d != want[i]) {
            return RV_REASON_BAD_VALUE;
        }
    }
    const uint8_t *const type = rv_read_bytes(&r, 4);
    const size_t         n    = (size_t)c->n_tones * n_tx * c->n_rx;
    const unsigned       each = type ? type[2] / 8U : 0;
    if (type &&
        (type[0] != 'C' || (each != 4 && each != 8) ||
         (type[1] != 'D' && type[1] != 'F') || (type[3] != 'C' && n != c->n_tones))) {
        return RV_REASON_UNSUPPORTED;
    }
    const uint8_t *const p = rv_read_bytes(&r, 2 * n * each);
    if (!p) {
        return RV_REASON_TRUNCATED;
    }
    for (size_t i = 0; i < n; ++i) {
        context->re[i] =
            each == 4 ? rv_load_f32(p + 8 * i) : (float)rv_load_f64(p + 16 * i);
        context->im[i] =
            each == 4 ? rv_load_f32(p + 8 * i + 4) : (float)rv_load_f64(p + 16 * i + 8);
    }
    return RV_REASON_NONE;
}

static rv_reason
take_samples(const csi_segment *const c, const rv_layout *const layout,
             const unsigned n_tx, rv_format_context *const context)
{
    if (is_sdr(c)) {
        return take_matrix(c, n_tx, context);
    }
    if (c->length < needed(c, n_tx)) {
        return RV_REASON_TRUNCATED;
    }
    if (c->device == DEVICE_IWL) {
        rv_intel5300_unpack(c->buffer, c->n_rx, n_tx, c->antenna_sel, context->re,
                            context->im);
    } else if (c->device == DEVICE_QCA) {
        rv_unpack_10bit(c->buffer, c->length, c->n_tones, n_tx, c->n_rx, context->re,
                        context->im);
    } else {
        rv_unpack_i16_conjugate(c->buffer, (size_t)c->n_rx * n_tx * c->n_tones,
                                context->re, context->im);
    }
    rv_gamma_remove(layout, (size_t)c->n_rx * n_tx, context->re, context->im);
    return RV_REASON_NONE;
}

static rv_step
make_frame(rv_long_clock *const s, const pico_frame *const p,
           rv_format_context *const context, rv_capture_item *const item)
{
    const csi_segment *const c       = &p->csi;
    const unsigned           n_tx    = c->n_sts + c->n_ess;
    const unsigned           at_most = c->device == DEVICE_IWL ? 3 : RV_MAX_ANTENNAS;
    if (c->n_rx < 1 || c->n_rx > at_most || n_tx < 1 || n_tx > at_most) {
        return rv_format_refuse(item, RV_REASON_BAD_VALUE);
    }
    if (c->n_csi != 1) {
        return rv_format_refuse(item, RV_REASON_UNSUPPORTED);
    }
    const rv_layout *const layout = find_layout(c);
    if (!layout) {
        return rv_format_refuse(item, RV_REASON_UNKNOWN_LAYOUT);
    }
    rv_frame *const frame = rv_format_frame(context, layout, c->n_rx, n_tx);
    take_basic(p, frame);
    take_time(s, p, frame);
    take_address(p, frame);
    if (c->carrier_hz != 0) {
        frame->freq_mhz = (uint32_t)(c->carrier_hz / 1000000 & UINT32_MAX);
    }
    frame->ppdu            = c->format == FORMAT_HE_SU          ? 1
                             : c->format == FORMAT_HE_MU        ? 2
                             : c->format == 0 || c->format == 1 ? 0
                                                                : 255;
    const rv_reason reason = take_samples(c, layout, n_tx, context);
    return reason == RV_REASON_NONE ? rv_format_emit(context, item)
                                    : rv_format_refuse(item, reason);
}

static rv_step
next(void *const state, rv_format_context *const context, const rv_window *const w,
     size_t *const used, rv_capture_item *const item)
{
    *used = RV_USED_REST;
    if (w->n < HEAD) {
        return w->last ? rv_format_refuse(item, RV_REASON_TRUNCATED) : RV_STEP_MORE;
    }
    const uint32_t length = rv_load_u32(w->bytes);
    if (rv_load_u32(w->bytes + 4) != MAGIC || length < HEAD - 4) {
        return rv_format_refuse(item, RV_REASON_WRONG_MAGIC); // the chain is lost
    }
    if (length > MAX_FRAME) {
        return rv_format_refuse(item, RV_REASON_OVERSIZE);
    }
    if (length > w->n - 4) {
        return w->last ? rv_format_refuse(item, RV_REASON_TRUNCATED) : RV_STEP_MORE;
    }
    *used = 4 + (size_t)length;
    if (rv_load_u16(w->bytes + 8) != 1) {
        return rv_format_refuse(item, RV_REASON_UNSUPPORTED);
    }
    rv_reader  r = {.bytes = w->bytes, .size = *used, .at = HEAD};
    pico_frame p = {0};
    for (unsigned i = 0; i < w->bytes[10]; ++i) {
        const rv_reason reason = read_segment(&r, &p);
        if (reason != RV_REASON_NONE) {
            return rv_format_refuse(item, reason);
        }
    }
    p.payload   = w->bytes + r.at;
    p.n_payload = *used - r.at;
    return p.has_csi ? make_frame(state, &p, context, item)
                     : rv_format_refuse(item, RV_REASON_NOT_CSI);
}

static unsigned
probe(const uint8_t *const b, const size_t n)
{
    return n >= HEAD && rv_load_u32(b + 4) == MAGIC ? 100 : 0;
}

const rv_format rv_format_picoscenes = {
    .name  = "picoscenes",
    .title = "PicoScenes (.csi; Intel 5300, AX200, AX210, QCA9300, USRP)",
    .time  = "AX2xx: the firmware's microsecond clock; others: the card's clock in "
             "RxSBasic; made longer than 32 bits, counts from its start",
    .state = sizeof(rv_long_clock),
    .probe = probe,
    .next  = next,
};
