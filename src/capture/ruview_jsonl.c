// SPDX-License-Identifier: MIT
// JSON Lines of RuView recordings, one object per line, two kinds:
//  - "pretrain": timestamp, node_id, magic, size, type, and of raw CSI iq_hex and
//    subcarriers. The datagram's header was not kept: no frequency, no sequence, no
//    flags. Its `rssi` was read at the wrong offset (it is the antenna count), so the
//    level is unknown. Lines of other packets carry no CSI and are counted.
//  - "rec": timestamp, subcarriers [amplitudes], no node and no phase. Its writer kept
//    the first 56 of 64 entries in FFT order: entries 27..37, the guard, are zero.
#include "capture/format.h"
#include "capture/json_scan.h"

#include "base/exact.h"

/// What one line says
typedef struct {
    rv_text  timestamp, magic, iq_hex;
    rv_text  amplitudes; ///< "subcarriers" when it is an array
    int64_t  node;
    int64_t  subcarriers; ///< "subcarriers" when it is a number; -1 without
    int64_t  size;
    unsigned seen;
} line_fields;

enum {
    SEEN_TIME       = 1,
    SEEN_NODE       = 2,
    SEEN_MAGIC      = 4,
    SEEN_IQ         = 8,
    SEEN_AMPLITUDES = 16,
};

static bool
take_member(const rv_scan_json_member *const m, line_fields *const f)
{
    if (m->type == RV_SCAN_NUMBER) {
        if (rv_text_is(m->key, "timestamp")) {
            f->timestamp = m->text;
            f->seen |= SEEN_TIME;
        } else if (rv_text_is(m->key, "node_id")) {
            f->seen |= SEEN_NODE;
            return rv_scan_i64(m->text, &f->node) && f->node >= 0 && f->node <= 255;
        } else if (rv_text_is(m->key, "subcarriers")) {
            return rv_scan_i64(m->text, &f->subcarriers);
        } else if (rv_text_is(m->key, "size")) {
            return rv_scan_i64(m->text, &f->size);
        }
    } else if (m->type == RV_SCAN_STRING) {
        if (rv_text_is(m->key, "iq_hex")) {
            f->iq_hex = m->text;
            f->seen |= SEEN_IQ;
        } else if (rv_text_is(m->key, "magic")) {
            f->magic = m->text;
            f->seen |= SEEN_MAGIC;
        }
    } else if (m->type == RV_SCAN_ARRAY && rv_text_is(m->key, "subcarriers")) {
        f->amplitudes = m->text;
        f->seen |= SEEN_AMPLITUDES;
    }
    return true;
}

static rv_reason
read_line(rv_text line, line_fields *const f)
{
    *f = (line_fields){.subcarriers = -1, .size = -1};
    if (!rv_scan_json_open(&line)) {
        return RV_REASON_TRUNCATED;
    }
    for (;;) {
        rv_scan_json_member m;
        switch (rv_scan_json_next(&line, &m)) {
        case RV_SCAN_DONE:
            return RV_REASON_NONE;
        case RV_SCAN_BAD:
            return RV_REASON_BAD_VALUE;
        case RV_SCAN_MEMBER:
            if (!take_member(&m, f)) {
                return RV_REASON_BAD_VALUE;
            }
            break;
        }
    }
}

static rv_step
raw_frame(const line_fields *const f, rv_format_context *const context,
          rv_capture_item *const item, const uint64_t t_us)
{
    uint8_t      iq[2 * 1024];
    const size_t n = rv_scan_hex(f->iq_hex, iq, sizeof iq);
    if (n == SIZE_MAX || n % 2 != 0 || n == 0) {
        return rv_format_refuse(item, RV_REASON_BAD_VALUE);
    }
    if (f->subcarriers >= 0 && (uint64_t)f->subcarriers != n / 2) {
        return rv_format_refuse(item, (uint64_t)f->subcarriers > n / 2
                                          ? RV_REASON_TRUNCATED
                                          : RV_REASON_BAD_VALUE);
    }
    const rv_layout *layout = rv_layout_find(RV_CHIP_ESP32, 0, (uint32_t)(n / 2), 0);
    if (!layout) {
        layout = rv_layout_find(RV_CHIP_ESP32_C5_C6, 0, (uint32_t)(n / 2), 0);
    }
    if (!layout) {
        return rv_format_refuse(item, RV_REASON_UNKNOWN_LAYOUT);
    }
    for (size_t i = 0; i < n / 2; ++i) {
        context->im[i] = (float)(int8_t)iq[2 * i];
        context->re[i] = (float)(int8_t)iq[2 * i + 1];
    }
    rv_frame *const frame = rv_format_frame(context, layout, 1, 1);
    frame->t_us           = t_us;
    frame->node           = (uint8_t)f->node;
    return rv_format_emit(context, item);
}

/// Amplitudes of one row; their number says the layout, as in a packet
static rv_step
amplitude_frame(const line_fields *const f, rv_format_context *const context,
                rv_capture_item *const item, const uint64_t t_us)
{
    rv_text array = f->amplitudes, number;
    size_t  n     = 0;
    for (;;) {
        const rv_scan_json_step step = rv_scan_json_next_number(&array, &number);
        double                  v    = 0.0;
        if (step == RV_SCAN_DONE) {
            break;
        }
        if (step == RV_SCAN_BAD || !rv_scan_f64(number, &v) || v < 0.0 || v > 1e30 ||
            n == RV_MAX_ENTRIES) {
            return rv_format_refuse(item, RV_REASON_BAD_VALUE);
        }
        context->re[n]   = (float)v;
        context->im[n++] = 0.0F;
    }
    const rv_layout *layout = rv_layout_find(RV_CHIP_ESP32, 0, (uint32_t)n, 0);
    if (!layout) {
        layout = rv_layout_find(RV_CHIP_AMPLITUDE, 0, (uint32_t)n, 0);
    }
    if (!layout) {
        return rv_format_refuse(item, RV_REASON_UNKNOWN_LAYOUT);
    }
    rv_frame *const frame = rv_format_frame(context, layout, 1, 1);
    frame->t_us           = t_us;
    frame->amplitude_only = true;
    return rv_format_emit(context, item);
}

static rv_step
next(void *const state, rv_format_context *const context, const rv_window *const window,
     size_t *const used, rv_capture_item *const item)
{
    uint64_t *const line_number = state;
    rv_text         line;
    if (!rv_scan_line(window->bytes, window->n, window->last, &line, used)) {
        return RV_STEP_MORE;
    }
    item->line = ++*line_number;
    if (line.at == line.end) {
        return RV_STEP_SKIP;
    }
    line_fields     f;
    const rv_reason reason = read_line(line, &f);
    if (reason != RV_REASON_NONE) {
        return rv_format_refuse(item, reason);
    }
    int64_t t_us = 0;
    if (!(f.seen & SEEN_TIME) || !rv_scan_fixed(f.timestamp, 6, &t_us) || t_us < 0) {
        return rv_format_refuse(item, RV_REASON_BAD_VALUE);
    }
    if (f.seen & SEEN_AMPLITUDES) {
        return amplitude_frame(&f, context, item, (uint64_t)t_us);
    }
    if (!(f.seen & SEEN_IQ)) {
        return rv_format_refuse(item, RV_REASON_NOT_CSI);
    }
    if (!(f.seen & SEEN_NODE) ||
        ((f.seen & SEEN_MAGIC) && !rv_text_is(f.magic, "0xC5110001"))) {
        return rv_format_refuse(item, RV_REASON_BAD_VALUE);
    }
    return raw_frame(&f, context, item, (uint64_t)t_us);
}

static unsigned
probe(const uint8_t *const bytes, const size_t n)
{
    const uint8_t *const end = rv_scan_byte(bytes, bytes + n, '\n');
    if (n == 0 || bytes[0] != '{' ||
        !rv_scan_find(bytes, end, RV_LITERAL("\"timestamp\""))) {
        return 0;
    }
    return rv_scan_find(bytes, end, RV_LITERAL("\"iq_hex\"")) ||
                   rv_scan_find(bytes, end, RV_LITERAL("\"subcarriers\"")) ||
                   rv_scan_find(bytes, end, RV_LITERAL("\"magic\""))
               ? 90
               : 0;
}

const rv_format rv_format_ruview_jsonl = {
    .name  = "ruview-jsonl",
    .title = "RuView recording, JSON Lines (iq_hex rows or amplitude rows)",
    .time  = "arrival at the recording host, `timestamp` in s",
    .note = "the `rssi` of raw rows is implausible (it holds the antenna count); it is "
            "not read",
    .state = sizeof(uint64_t),
    .probe = probe,
    .next  = next,
};
