// SPDX-License-Identifier: MIT
// FeitCSI (feitcsi.kuskosoft.com/csi_format): a header of 272 bytes and the matrix,
// [rx][tx][tone] pairs of i16, real first, of the channel's conjugate times the
// standard's tone rotation. No frequency is kept.
#include "base/exact.h"
#include "capture/format.h"
#include "capture/gamma.h"
#include "capture/unpack_samples.h"

enum { HEAD = 272, MAX_MATRIX = 1 << 20 };

/// What the rate word says (iwlwifi's rate_n_flags, version 2)
enum { MOD_LEGACY = 1, MOD_HT = 2, MOD_VHT = 3, MOD_HE = 4 };

static unsigned
modulation(const uint32_t rate)
{
    return rate >> 8 & 7;
}

/// Layout by modulation, width and number of tones; the three must agree
static const rv_layout *
find_layout(const uint32_t rate, const uint32_t n_tones)
{
    const unsigned width = rate >> 11 & 7;
    if (width > 3) {
        return NULL;
    }
    const rv_layout *const layout =
        rv_layout_find(RV_CHIP_FEITCSI, (uint16_t)(20U << width), n_tones, 0);
    const bool is_he = modulation(rate) == MOD_HE;
    return layout && (layout->spacing_hz == 78125) == is_he ? layout : NULL;
}

static int8_t
level_dbm(const uint32_t minus_dbm)
{
    return minus_dbm >= 1 && minus_dbm <= 127 ? (int8_t) - (int)minus_dbm
                                              : (int8_t)RV_DBM_UNKNOWN;
}

static void
take_head(rv_long_clock *const s, const uint8_t *const b, rv_frame *const frame)
{
    const uint32_t rate = rv_load_u32(b + 92);
    const unsigned mod  = modulation(rate);
    frame->t_us         = rv_long_clock_at(s, rv_load_u32(b + 88));
    frame->device_us    = frame->t_us;
    frame->tx           = rv_mac48(b + 68);
    frame->sequence     = b[76];
    frame->ppdu = mod == MOD_HE ? 1 : mod == MOD_HT || mod == MOD_LEGACY ? 0 : 255;
    frame->rate = (uint16_t)rate;
    frame->mcs_plus_1     = (uint8_t)((rate & 15) + 1);
    frame->rssi_rx_dbm[0] = level_dbm(rv_load_u32(b + 60));
    frame->rssi_rx_dbm[1] = level_dbm(rv_load_u32(b + 64));
    const int8_t a = frame->rssi_rx_dbm[0], c = frame->rssi_rx_dbm[1];
    frame->rssi_dbm = a == RV_DBM_UNKNOWN || (c != RV_DBM_UNKNOWN && c > a) ? c : a;
}

static rv_step
read_frame(rv_long_clock *const s, rv_format_context *const context,
           const uint8_t *const b, const uint32_t length, rv_capture_item *const item)
{
    const unsigned n_rx = b[46], n_tx = b[47];
    const uint32_t n_tones = rv_load_u32(b + 52);
    if (n_rx < 1 || n_rx > RV_MAX_ANTENNAS || n_tx < 1 || n_tx > RV_MAX_ANTENNAS ||
        n_tones == 0 || n_tones > RV_MAX_ENTRIES ||
        length != 4 * n_rx * n_tx * n_tones) {
        return rv_format_refuse(item, RV_REASON_BAD_VALUE);
    }
    const rv_layout *const layout = find_layout(rv_load_u32(b + 92), n_tones);
    if (!layout) {
        return rv_format_refuse(item, RV_REASON_UNKNOWN_LAYOUT);
    }
    rv_frame *const frame = rv_format_frame(context, layout, n_rx, n_tx);
    take_head(s, b, frame);
    rv_unpack_i16_conjugate(b + HEAD, length / 4, context->re, context->im);
    rv_gamma_remove(layout, (size_t)n_rx * n_tx, context->re, context->im);
    return rv_format_emit(context, item);
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
    if (length > MAX_MATRIX) {
        return rv_format_refuse(item, RV_REASON_OVERSIZE);
    }
    if (length > w->n - HEAD) {
        return w->last ? rv_format_refuse(item, RV_REASON_TRUNCATED) : RV_STEP_MORE;
    }
    *used = HEAD + (size_t)length;
    return read_frame(state, context, w->bytes, length, item);
}

/// Nothing marks the format: the sizes must agree with each other and with a layout
static unsigned
probe(const uint8_t *const b, const size_t n)
{
    if (n < HEAD) {
        return 0;
    }
    const uint32_t length = rv_load_u32(b), n_tones = rv_load_u32(b + 52);
    const uint32_t pairs = (uint32_t)b[46] * b[47];
    return b[46] >= 1 && b[46] <= 4 && b[47] >= 1 && b[47] <= 4 && n_tones != 0 &&
                   n_tones <= RV_MAX_ENTRIES && length == 4 * pairs * n_tones &&
                   find_layout(rv_load_u32(b + 92), n_tones)
               ? 80
               : 0;
}

const rv_format rv_format_feitcsi = {
    .name  = "feitcsi",
    .title = "FeitCSI (.csi, Intel AX200 and AX210)",
    .time =
        "the firmware's microsecond clock, made longer than its 32 bits; counts from "
        "its start",
    .note =
        "the format keeps no frequency; pilot tones are not measured by this radio; "
        "its conjugation and the standard's tone rotation are taken out",
    .state = sizeof(rv_long_clock),
    .probe = probe,
    .next  = next,
};
