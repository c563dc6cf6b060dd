// SPDX-License-Identifier: MIT
// Atheros CSI Tool log ("Precise Power Delay Profiling with Commodity WiFi", MobiCom
// 2015, user guide): [u16 length][25 bytes of status][CSI][payload], in the byte order
// of the machine that logged: little on a PC, big on most routers. A big-endian log may
// begin with a byte 0xFF.
#include "base/exact.h"
#include "capture/format.h"
#include "capture/gamma.h"
#include "capture/unpack_samples.h"

enum {
    STATUS        = 25,
    MAX_CHAINS    = 3,
    ORDER_UNKNOWN = 0,
    ORDER_LITTLE  = 1,
    ORDER_BIG     = 2
};

typedef struct {
    uint8_t order;
} atheros_state;

static uint16_t
load16(const uint8_t *const p, const bool big)
{
    const uint16_t swapped = (uint16_t)((uint32_t)p[0] << 8 | p[1]);
    return big ? swapped : rv_load_u16(p);
}

static uint64_t
load64(const uint8_t *const p, const bool big)
{
    uint64_t v = 0;
    for (int i = 0; i < 8; ++i) {
        v = v << 8 | p[big ? i : 7 - i];
    }
    return v;
}

/// Lengths that agree: the record's with those of its CSI and payload
static bool
is_record(const uint8_t *const b, const size_t n, const bool big)
{
    if (n < 2 + STATUS) {
        return false;
    }
    const uint32_t length = load16(b, big);
    const uint32_t csi = load16(b + 10, big), payload = load16(b + 25, big);
    const uint32_t n_tones = b[18], n_rx = b[19], n_tx = b[20];
    if (length < STATUS || length - STATUS < csi + payload ||
        length - STATUS - csi - payload > 2) {
        return false;
    }
    return csi == 0 || ((n_tones == 56 || n_tones == 114) && n_rx >= 1 &&
                        n_rx <= MAX_CHAINS && n_tx >= 1 && n_tx <= MAX_CHAINS);
}

static int8_t
level_dbm(const uint8_t reported)
{
    // dB above the noise floor of -95 dBm; 0x80 says that the chain was off
    return reported == 0x80 || reported > 90 ? (int8_t)RV_DBM_UNKNOWN
                                             : (int8_t)((int)reported - 95);
}

static rv_step
read_record(atheros_state *const s, rv_format_context *const context,
            const uint8_t *const b, rv_capture_item *const item)
{
    const bool     big = s->order == ORDER_BIG;
    const uint32_t csi = load16(b + 10, big), n_tones = b[18], n_rx = b[19],
                   n_tx = b[20];
    if (csi == 0) {
        return rv_format_refuse(item, RV_REASON_NOT_CSI);
    }
    if (csi < (n_tones * n_rx * n_tx * 20 + 15) / 16 * 2) {
        return rv_format_refuse(item, RV_REASON_TRUNCATED);
    }
    const rv_layout *const layout =
        rv_layout_find(RV_CHIP_ATHEROS, n_tones == 56 ? 20 : 40, n_tones, 0);
    rv_frame *const frame = rv_format_frame(context, layout, n_rx, n_tx);
    frame->t_us           = load64(b + 2, big);
    frame->device_us      = frame->t_us;
    frame->freq_mhz       = load16(b + 12, big);
    frame->noise_dbm      = (int8_t)b[15] < 0 ? (int8_t)b[15] : (int8_t)RV_DBM_UNKNOWN;
    frame->rate           = b[16];
    frame->mcs_plus_1     = b[16] & 0x80 ? (uint8_t)((b[16] & 0x7F) + 1) : 0;
    frame->ppdu           = 0;
    frame->rssi_dbm       = level_dbm(b[21]);
    for (int i = 0; i < 3; ++i) {
        frame->rssi_rx_dbm[i] = level_dbm(b[22 + i]);
    }
    rv_unpack_10bit(b + 2 + STATUS, csi, n_tones, n_tx, n_rx, context->re, context->im);
    rv_gamma_remove(layout, (size_t)n_rx * n_tx, context->re, context->im);
    return rv_format_emit(context, item);
}

static rv_step
next(void *const state, rv_format_context *const context, const rv_window *const w,
     size_t *const used, rv_capture_item *const item)
{
    atheros_state *const s = state;
    *used                  = RV_USED_REST;
    if (w->n < 2 + STATUS) {
        return w->last ? rv_format_refuse(item, RV_REASON_TRUNCATED) : RV_STEP_MORE;
    }
    if (s->order == ORDER_UNKNOWN) {
        if (w->bytes[0] == 0xFF && is_record(w->bytes + 1, w->n - 1, true)) {
            s->order = ORDER_BIG;
            *used    = 1;
            return RV_STEP_SKIP;
        }
        s->order = is_record(w->bytes, w->n, false) ? ORDER_LITTLE : ORDER_BIG;
    }
    const bool big = s->order == ORDER_BIG;
    if (!is_record(w->bytes, w->n, big)) { // the chain is lost
        return rv_format_refuse(item, RV_REASON_BAD_VALUE);
    }
    const size_t length = load16(w->bytes, big);
    if (length > w->n - 2) {
        return w->last ? rv_format_refuse(item, RV_REASON_TRUNCATED) : RV_STEP_MORE;
    }
    *used = 2 + length;
    return read_record(s, context, w->bytes, item);
}

static unsigned
probe(const uint8_t *const b, const size_t n)
{
    if (n > 1 && b[0] == 0xFF && is_record(b + 1, n - 1, true)) {
        return 70;
    }
    return is_record(b, n, false) || is_record(b, n, true) ? 60 : 0;
}

const rv_format rv_format_atheros = {
    .name  = "atheros",
    .title = "Atheros CSI Tool (.dat, little- or big-endian)",
    .time  = "the card's microsecond clock; counts from its start",
    .state = sizeof(atheros_state),
    .probe = probe,
    .next  = next,
};
