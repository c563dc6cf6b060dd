// SPDX-License-Identifier: MIT
// What `ruview convert -o FILE.csv` wrote: a header line, then one row per frame with
// the samples as a quoted list "re im re im …".
#include "base/exact.h"
#include "capture/format.h"
#include "capture/scan.h"

#define HEADER "t_us,node,tx,layout,freq_mhz,bandwidth_mhz,n_rx,n_tx,"

enum {
    T_US,
    NODE,
    TX,
    LAYOUT,
    FREQ,
    MHZ,
    N_RX,
    N_TX,
    RSSI,
    NOISE,
    AGC,
    MCS,
    SEQUENCE,
    SYNTHETIC,
    AMPLITUDE_ONLY,
    CSI,
    N_COLUMNS
};

static const rv_layout *
layout_by_name(const rv_text name)
{
    uint32_t               n     = 0;
    const rv_layout *const table = rv_layout_table(&n);
    for (uint32_t i = 0; i < n; ++i) {
        if (rv_text_is(name, table[i].name)) {
            return &table[i];
        }
    }
    return NULL;
}

/// A whole number of a column in its range; an empty column gives `missing`
static bool
take(const rv_text column, const int64_t low, const int64_t high, const int64_t missing,
     int64_t *const out)
{
    if (column.at == column.end) {
        *out = missing;
        return true;
    }
    return rv_scan_i64(column, out) && *out >= low && *out <= high;
}

/// Up to 16 hexadecimal digits
static bool
take_tx(const rv_text column, uint64_t *const out)
{
    const size_t n = rv_text_size(column);
    uint8_t      digit[2];
    *out = 0;
    for (size_t i = 0; i < n; ++i) {
        const uint8_t pair[2] = {'0', column.at[i]};
        if (rv_scan_hex((rv_text){pair, pair + 2}, digit, 2) != 1) {
            return false;
        }
        *out = *out << 4 | digit[0];
    }
    return n <= 16;
}

static bool
take_columns(const rv_text column[N_COLUMNS], rv_frame *const f)
{
    int64_t v, agc = 0;
    if (!take(column[T_US], 0, INT64_MAX, -1, &v) || v < 0) {
        return false;
    }
    f->t_us = (uint64_t)v;
    if (!take(column[NODE], 0, 255, 0, &v) || !take_tx(column[TX], &f->tx)) {
        return false;
    }
    f->node = (uint8_t)v;
    if (!take(column[FREQ], 0, UINT32_MAX, 0, &v)) {
        return false;
    }
    f->freq_mhz = (uint32_t)v;
    if (!take(column[RSSI], -128, 126, RV_DBM_UNKNOWN, &v)) {
        return false;
    }
    f->rssi_dbm = (int8_t)v;
    if (!take(column[NOISE], -128, 126, RV_DBM_UNKNOWN, &v)) {
        return false;
    }
    f->noise_dbm = (int8_t)v;
    if (column[AGC].at < column[AGC].end) {
        if (!rv_scan_fixed(column[AGC], 1, &agc) || agc < -32767 || agc > INT16_MAX) {
            return false;
        }
        f->agc_db = (int16_t)agc;
    }
    if (!take(column[MCS], 0, 254, -1, &v)) {
        return false;
    }
    f->mcs_plus_1 = (uint8_t)(v + 1);
    if (!take(column[SEQUENCE], 0, UINT32_MAX, -1, &v)) {
        return false;
    }
    f->has_sequence   = v >= 0;
    f->sequence       = v >= 0 ? (uint32_t)v : 0;
    f->synthetic      = rv_text_is(column[SYNTHETIC], "1");
    f->amplitude_only = rv_text_is(column[AMPLITUDE_ONLY], "1");
    return true;
}

/// One number and the blank behind it; false when it is none, or none is left
static bool
take_number(rv_text *const list, float *const out)
{
    double               v   = 0.0;
    const uint8_t *const end = rv_scan_plain(list->at, list->end, &v);
    if (end && (end == list->end || *end == ' ')) {
        list->at = end + 1;
    } else {
        rv_text field;
        if (!rv_scan_field(list, ' ', &field) || !rv_scan_f64(field, &v)) {
            return false;
        }
    }
    *out = (float)v;
    return true;
}

/// Exactly n pairs
static bool
take_samples(rv_text list, const size_t n, float *const re, float *const im)
{
    for (size_t i = 0; i < n; ++i) {
        if (list.at > list.end || !take_number(&list, &re[i]) || list.at > list.end ||
            !take_number(&list, &im[i])) {
            return false;
        }
    }
    return list.at > list.end;
}

static rv_step
read_row(rv_format_context *const context, rv_text line, rv_capture_item *const item)
{
    rv_text column[N_COLUMNS];
    int     n = 0;
    while (n < N_COLUMNS && rv_scan_field(&line, ',', &column[n])) {
        ++n;
    }
    if (n < N_COLUMNS) {
        return rv_format_refuse(item, RV_REASON_TRUNCATED);
    }
    const rv_layout *const layout = layout_by_name(column[LAYOUT]);
    int64_t                n_rx = 0, n_tx = 0;
    if (!layout) {
        return rv_format_refuse(item, RV_REASON_UNKNOWN_LAYOUT);
    }
    if (!take(column[N_RX], 1, RV_MAX_ANTENNAS, 0, &n_rx) || n_rx < 1 ||
        !take(column[N_TX], 1, RV_MAX_ANTENNAS, 0, &n_tx) || n_tx < 1) {
        return rv_format_refuse(item, RV_REASON_BAD_VALUE);
    }
    rv_frame *const frame =
        rv_format_frame(context, layout, (unsigned)n_rx, (unsigned)n_tx);
    if (!take_columns(column, frame) ||
        !take_samples(rv_scan_trim(column[CSI]),
                      (size_t)(n_rx * n_tx) * layout->n_entries, context->re,
                      context->im)) {
        return rv_format_refuse(item, RV_REASON_BAD_VALUE);
    }
    return rv_format_emit(context, item);
}

static rv_step
next(void *const state, rv_format_context *const context, const rv_window *const w,
     size_t *const used, rv_capture_item *const item)
{
    uint64_t *const line_number = state;
    rv_text         line;
    if (!rv_scan_line(w->bytes, w->n, w->last, &line, used)) {
        return RV_STEP_MORE;
    }
    item->line = ++*line_number;
    if (item->line == 1 || line.at == line.end) {
        return RV_STEP_SKIP;
    }
    return read_row(context, line, item);
}

static unsigned
probe(const uint8_t *const b, const size_t n)
{
    return n >= sizeof HEADER - 1 && memcmp(b, HEADER, sizeof HEADER - 1) == 0 ? 100
                                                                               : 0;
}

const rv_format rv_format_ruview_csv = {
    .name  = "ruview-csv",
    .title = "rows written by `ruview convert`",
    .time  = "that of the recording it was converted from",
    .state = sizeof(uint64_t),
    .probe = probe,
    .next  = next,
};
