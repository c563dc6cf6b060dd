// SPDX-License-Identifier: MIT
// Tables of amplitudes as CSV: a header line whose amplitude columns are one run of
// names that count up from 0 ("amp_0, amp_1 …", "Sub 0 RXTX 0/0, …"). Time comes from
// the first of host_unix_us, timestamp_us, t_us (us), timestamp, time, t (s); without
// one the rate must be told. `settling`, where it is there, marks rows to be left out.
#include "base/exact.h"
#include "capture/scan.h"
#include "capture/table.h"

typedef struct {
    uint64_t line;
    int32_t  time_column, rssi_column, settling_column; ///< -1: none
    int32_t  first, n;                                  ///< Amplitude columns
    unsigned time_digits; ///< 6: seconds to us, 0: us already
    uint64_t row;
} csv_state;

static bool
starts_with(const rv_text t, const char *const what, const size_t n)
{
    return rv_text_size(t) >= n && memcmp(t.at, what, n) == 0;
}

/// Number of an amplitude column by its name; -1 for any other column
static int32_t
amplitude_number(rv_text name)
{
    name = rv_scan_trim(name);
    if (starts_with(name, RV_LITERAL("amp_"))) {
        name.at += 4;
    } else if (starts_with(name, RV_LITERAL("Sub "))) {
        name.at += 4;
        name.end = rv_scan_byte(name.at, name.end, ' ');
    } else if (starts_with(name, RV_LITERAL("subcarrier_"))) {
        name.at += 11;
    } else {
        return -1;
    }
    int64_t v;
    return rv_scan_i64(name, &v) && v >= 0 && v < RV_MAX_ENTRIES ? (int32_t)v : -1;
}

static void
take_name(csv_state *const s, const rv_text name, const int32_t column)
{
    static const struct {
        const char *name;
        unsigned    digits;
    } times[] = {{"host_unix_us", 0}, {"timestamp_us", 0}, {"t_us", 0},
                 {"timestamp", 6},    {"time", 6},         {"t", 6}};
    for (size_t i = 0; i < sizeof times / sizeof *times && s->time_column < 0; ++i) {
        if (rv_text_is(name, times[i].name)) {
            s->time_column = column;
            s->time_digits = times[i].digits;
        }
    }
    if (rv_text_is(name, "rssi")) {
        s->rssi_column = column;
    } else if (rv_text_is(name, "settling")) {
        s->settling_column = column;
    }
}

static bool
read_header(csv_state *const s, rv_text line)
{
    s->time_column = s->rssi_column = s->settling_column = s->first = -1;
    rv_text name;
    for (int32_t column = 0; rv_scan_field(&line, ',', &name); ++column) {
        const int32_t number = amplitude_number(name);
        if (number < 0) {
            take_name(s, rv_scan_trim(name), column);
        } else if (number == 0 && s->first < 0) {
            s->first = column;
            s->n     = 1;
        } else if (s->first >= 0 && column == s->first + s->n && number == s->n) {
            ++s->n;
        } else {
            return false; // further antennas, or a gap
        }
    }
    return s->first >= 0;
}

/// The run of amplitude columns, which `line` stands at; then behind their last comma
static rv_reason
read_amplitudes(const csv_state *const s, rv_format_context *const context,
                rv_text *const line)
{
    for (int32_t k = 0; k < s->n; ++k) {
        double         v = 0.0;
        const uint8_t *p = rv_scan_plain(line->at, line->end, &v);
        if (!p || (p < line->end && *p != ',')) {
            rv_text field;
            if (!rv_scan_field(line, ',', &field)) {
                return RV_REASON_TRUNCATED;
            }
            field = rv_scan_trim(field);
            if (context->table.is_db && rv_text_is(field, "-inf")) {
                v = -400.0; // decibels of nothing
            } else if (!rv_scan_f64(field, &v)) {
                return RV_REASON_BAD_VALUE;
            }
            p = line->at - 1;
        }
        if (!context->table.is_db && v >= 0.0 && v <= 1e30) {
            context->re[k] = (float)v;
        } else if (!rv_table_amplitude(&context->table, v, &context->re[k])) {
            return RV_REASON_BAD_VALUE;
        }
        line->at       = p + 1;
        context->im[k] = 0.0F;
    }
    return RV_REASON_NONE;
}

static rv_reason
read_row(csv_state *const s, rv_format_context *const context, rv_text line,
         int64_t *const t_us, int64_t *const rssi)
{
    int32_t column = 0;
    for (;;) {
        if (column == s->first) {
            const rv_reason reason = read_amplitudes(s, context, &line);
            if (reason != RV_REASON_NONE) {
                return reason;
            }
            column += s->n;
        }
        rv_text field;
        if (!rv_scan_field(&line, ',', &field)) {
            break;
        }
        if (column == s->time_column) {
            if (!rv_scan_fixed(rv_scan_trim(field), s->time_digits, t_us) ||
                *t_us < 0) {
                return RV_REASON_BAD_VALUE;
            }
        } else if (column == s->rssi_column) {
            (void)rv_scan_i64(rv_scan_trim(field), rssi);
        } else if (column == s->settling_column && rv_text_is(field, "1")) {
            return RV_REASON_NOT_STATIONARY;
        }
        ++column;
    }
    return column < s->first + s->n ? RV_REASON_TRUNCATED : RV_REASON_NONE;
}

static rv_step
table_frame(csv_state *const s, rv_format_context *const context, const rv_text line,
            rv_capture_item *const item)
{
    int64_t         t_us = 0, rssi = 0;
    const rv_reason reason = read_row(s, context, line, &t_us, &rssi);
    const uint64_t  row    = s->row++;
    if (reason != RV_REASON_NONE) {
        return rv_format_refuse(item, reason);
    }
    const rv_layout *const layout = rv_table_layout(&context->table, (size_t)s->n);
    if (!layout) {
        return rv_format_refuse(item, RV_REASON_UNKNOWN_LAYOUT);
    }
    rv_frame *const frame = rv_format_frame(context, layout, 1, 1);
    frame->t_us           = (uint64_t)t_us;
    frame->amplitude_only = true;
    if (rssi < 0 && rssi >= -127) {
        frame->rssi_dbm = (int8_t)rssi;
    }
    if (s->time_column < 0 && !rv_table_stamp(&context->table, row, &frame->t_us)) {
        return rv_format_refuse(item, RV_REASON_CLOCK);
    }
    return rv_format_emit(context, item);
}

static rv_step
next(void *const state, rv_format_context *const context, const rv_window *const w,
     size_t *const used, rv_capture_item *const item)
{
    csv_state *const s = state;
    rv_text          line;
    if (!rv_scan_line(w->bytes, w->n, w->last, &line, used)) {
        return RV_STEP_MORE;
    }
    item->line = ++s->line;
    if (s->line == 1) {
        if (!read_header(s, line)) {
            *used = RV_USED_REST;
            return rv_format_refuse(item, RV_REASON_UNSUPPORTED);
        }
        return RV_STEP_SKIP;
    }
    return line.at == line.end ? RV_STEP_SKIP : table_frame(s, context, line, item);
}

/// The begin of the header: some column is named as an amplitude
static unsigned
probe(const uint8_t *const b, const size_t n)
{
    rv_text line = {b, rv_scan_byte(b, b + n, '\n')};
    rv_text name;
    while (rv_scan_field(&line, ',', &name)) {
        if (amplitude_number(name) == 0) {
            return 60;
        }
    }
    return 0;
}

const rv_format rv_format_csv_table = {
    .name  = "csv-table",
    .title = "table of amplitudes (CSV with a header line)",
    .time =
        "the time column that the header names, else the rate that is told; without "
        "either no row is read",
    .note = "a sidecar FILE.table tells what the table does not: layout, rate_hz, unit",
    .state = sizeof(csv_state),
    .probe = probe,
    .next  = next,
};
