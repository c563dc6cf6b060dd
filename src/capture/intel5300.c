// SPDX-License-Identifier: MIT
// Linux 802.11n CSI Tool, log_to_file: [u16 big-endian size][u8 code][size-1 bytes];
// code 0xBB is a beamforming report.
#include <ruview/capture/intel5300.h>
#include <ruview/math/elementary.h>

#include "base/exact.h"
#include "capture/format.h"

enum {
    CODE_BFEE   = 0xBB,
    HEAD        = 20, ///< Bytes of a report before its matrix
    RATE_HT40   = 1 << 11,
    NO_NOISE    = -127,
    RSSI_OFFSET = 44, ///< dBm = reported - 44 - AGC
};

static void
permutation(const uint8_t antenna_sel, const unsigned n_rx, unsigned perm[3])
{
    unsigned seen = 0;
    for (unsigned i = 0; i < n_rx; ++i) {
        perm[i] = (unsigned)(antenna_sel >> (2 * i)) & 3;
        seen |= 1U << perm[i];
    }
    if (n_rx == 1 || seen != (1U << n_rx) - 1) {
        for (unsigned i = 0; i < n_rx; ++i) {
            perm[i] = i;
        }
    }
}

void
rv_intel5300_unpack(const uint8_t *const packed, const unsigned n_rx,
                    const unsigned n_tx, const uint8_t antenna_sel, float *const re,
                    float *const im)
{
    unsigned perm[3];
    size_t   to[9]; // where the first group of each pair goes
    permutation(antenna_sel, n_rx, perm);
    const size_t n_pairs = (size_t)n_rx * n_tx;
    for (size_t i = 0; i < n_pairs; ++i) {
        to[i] = (perm[i / n_tx] * n_tx + i % n_tx) * RV_INTEL5300_GROUPS;
    }
    const size_t step = 3 + 16 * n_pairs; // bits of a group
    for (size_t g = 0; g < RV_INTEL5300_GROUPS; ++g) {
        const size_t         bit = g * step + 3;
        const uint8_t *const p   = packed + bit / 8;
        const unsigned       s   = bit % 8;
        if (g + 1 <
            RV_INTEL5300_GROUPS) { // the next group lies behind: 4 bytes are there
            for (size_t i = 0; i < n_pairs; ++i) {
                const uint32_t word = rv_load_u32(p + 2 * i) >> s;
                re[to[i] + g]       = (float)(int8_t)(uint8_t)word;
                im[to[i] + g]       = (float)(int8_t)(uint8_t)(word >> 8);
            }
            continue;
        }
        for (size_t i = 0; i < n_pairs;
             ++i) { // 90 + 480 n bits leave 2 over: 3 bytes are
            const uint32_t word =
                ((uint32_t)rv_load_u16(p + 2 * i) | (uint32_t)p[2 * i + 2] << 16) >> s;
            re[to[i] + g] = (float)(int8_t)(uint8_t)word;
            im[to[i] + g] = (float)(int8_t)(uint8_t)(word >> 8);
        }
    }
}

/// 10^(x/10)
static double
from_db(const double x)
{
    return rv_exp_f64(x * 0.23025850929940458);
}

double
rv_intel5300_scale(const rv_frame *const frame)
{
    double power_mw = 0.0;
    for (int i = 0; i < RV_MAX_ANTENNAS; ++i) {
        if (frame->rssi_rx_dbm[i] != RV_DBM_UNKNOWN) {
            power_mw += from_db(frame->rssi_rx_dbm[i]);
        }
    }
    const size_t n   = (size_t)frame->n_rx * frame->n_tx * frame->layout->n_entries;
    double       sum = 0.0;
    for (size_t i = 0; i < n; ++i) {
        const double a = (double)frame->re[i], b = (double)frame->im[i];
        sum += a * a + b * b;
    }
    if (power_mw == 0.0 || sum == 0.0) {
        return 0.0;
    }
    const double scale = power_mw / (sum / RV_INTEL5300_GROUPS);
    const double thermal =
        from_db(frame->noise_dbm == RV_DBM_UNKNOWN ? -92.0 : (double)frame->noise_dbm);
    const double quantised = scale * (double)(frame->n_rx * frame->n_tx);
    const double streams   = frame->n_tx == 2   ? 2.0
                             : frame->n_tx == 3 ? from_db(4.5)
                                                : 1.0;
    return rv_sqrt_f64(scale / (thermal + quantised)) * rv_sqrt_f64(streams);
}

/// Counters of 32 and 16 bits, made longer
typedef struct {
    rv_long_clock clock;
    bool          any;
    uint32_t      sequence;
} intel_state;

static int8_t
level_dbm(const int reported, const int agc)
{
    const int dbm = reported - RSSI_OFFSET - agc;
    return reported == 0 || dbm < -127 || dbm > 0 ? (int8_t)RV_DBM_UNKNOWN
                                                  : (int8_t)dbm;
}

static void
take_levels(const uint8_t *const b, rv_frame *const frame)
{
    double total = 0.0;
    for (int i = 0; i < 3; ++i) {
        frame->rssi_rx_dbm[i] = level_dbm(b[10 + i], b[14]);
        if (b[10 + i] != 0) {
            total += from_db(b[10 + i]);
        }
    }
    if (total > 0.0) {
        const double db = 4.342944819032518 * rv_log_f64(total);
        frame->rssi_dbm = level_dbm((int)(db + 0.5), b[14]);
    }
    const int8_t noise = (int8_t)b[13];
    frame->noise_dbm = noise == NO_NOISE || noise >= 0 ? (int8_t)RV_DBM_UNKNOWN : noise;
    frame->agc_db    = (int16_t)(b[14] * 10);
}

static void
take_counters(intel_state *const s, const uint8_t *const b, rv_frame *const frame)
{
    const uint16_t count = rv_load_u16(b + 4);
    s->sequence =
        s->any ? s->sequence + (uint16_t)(count - (uint16_t)s->sequence) : count;
    s->any              = true;
    frame->t_us         = rv_long_clock_at(&s->clock, rv_load_u32(b));
    frame->device_us    = frame->t_us;
    frame->sequence     = s->sequence;
    frame->has_sequence = true;
}

static rv_step
read_report(intel_state *const s, rv_format_context *const context,
            const uint8_t *const b, const size_t n, rv_capture_item *const item)
{
    if (n < HEAD) {
        return rv_format_refuse(item, RV_REASON_TRUNCATED);
    }
    const unsigned n_rx = b[8], n_tx = b[9];
    if (n_rx < 1 || n_rx > 3 || n_tx < 1 || n_tx > 3) {
        return rv_format_refuse(item, RV_REASON_BAD_VALUE);
    }
    const uint32_t length = rv_load_u16(b + 16);
    if (length != rv_intel5300_bytes(n_rx, n_tx)) {
        return rv_format_refuse(item, RV_REASON_BAD_VALUE);
    }
    if (length > n - HEAD) {
        return rv_format_refuse(item, RV_REASON_TRUNCATED);
    }
    const uint16_t         rate   = rv_load_u16(b + 18);
    const rv_layout *const layout = rv_layout_find(
        RV_CHIP_INTEL5300, rate & RATE_HT40 ? 40 : 20, RV_INTEL5300_GROUPS, 0);
    rv_frame *const frame = rv_format_frame(context, layout, n_rx, n_tx);
    take_counters(s, b, frame);
    take_levels(b, frame);
    frame->ppdu       = 0;
    frame->rate       = rate;
    frame->mcs_plus_1 = (uint8_t)((rate & 0x7F) + 1);
    rv_intel5300_unpack(b + HEAD, n_rx, n_tx, b[15], context->re, context->im);
    return rv_format_emit(context, item);
}

static rv_step
next(void *const state, rv_format_context *const context, const rv_window *const w,
     size_t *const used, rv_capture_item *const item)
{
    *used = RV_USED_REST;
    if (w->n < 3) {
        return w->last ? rv_format_refuse(item, RV_REASON_TRUNCATED) : RV_STEP_MORE;
    }
    const size_t size = (size_t)(w->bytes[0] << 8 | w->bytes[1]);
    if (size == 0) { // the lengths are lost from here on
        return rv_format_refuse(item, RV_REASON_BAD_VALUE);
    }
    if (size > w->n - 2) {
        return w->last ? rv_format_refuse(item, RV_REASON_TRUNCATED) : RV_STEP_MORE;
    }
    *used = 2 + size;
    if (w->bytes[2] != CODE_BFEE) {
        return rv_format_refuse(item, RV_REASON_NOT_CSI);
    }
    return read_report(state, context, w->bytes + 3, size - 1, item);
}

/// The first record, and the begin of the second if it is in sight
static unsigned
probe(const uint8_t *const b, const size_t n)
{
    if (n < 3 + HEAD || b[2] != CODE_BFEE) {
        return 0;
    }
    const size_t   size = (size_t)(b[0] << 8 | b[1]);
    const unsigned n_rx = b[11], n_tx = b[12];
    if (n_rx < 1 || n_rx > 3 || n_tx < 1 || n_tx > 3 ||
        rv_load_u16(b + 19) != rv_intel5300_bytes(n_rx, n_tx) ||
        size != 1 + HEAD + rv_intel5300_bytes(n_rx, n_tx)) {
        return 0;
    }
    return 85;
}

const rv_format rv_format_intel5300 = {
    .name  = "intel5300",
    .title = "Linux 802.11n CSI Tool (.dat)",
    .time =
        "the card's 1 MHz clock, made longer than its 32 bits; counts from its start",
    .state = sizeof(intel_state),
    .probe = probe,
    .next  = next,
};
