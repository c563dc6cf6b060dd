// SPDX-License-Identifier: MIT
// CSI lines that ESP32 programs print, from a file or a serial log. The row itself says
// which program printed it, by its number of columns before the list:
//   25  ESP32-CSI-Tool: type,role,mac,rssi,rate,sig_mode,mcs,bandwidth,smoothing,
//       not_sounding,aggregation,stbc,fec_coding,sgi,noise_floor,ampdu_cnt,channel,
//       secondary_channel,local_timestamp,ant,sig_len,rx_state,real_time_set,
//       real_timestamp,len,[a b …]
//   24  esp-csi on ESP32, S2, S3, C3: type,id,mac,…,rx_state,len,first_word,"[a,b,…]"
//   14  esp-csi on C5, C6, C61: type,id,mac,rssi,rate,noise_floor,fft_gain,agc_gain,
//       channel,local_timestamp,sig_len,rx_state,len,first_word,"[a,b,…]"
// The list is the driver's buffer: imaginary first. Lines without a list are log text.
#include "base/exact.h"
#include "capture/format.h"
#include "capture/scan.h"
#include "capture/unpack_samples.h"

enum { MAX_COLUMNS = 26, MAX_VALUES = 1024, TOOL = 25, CLASSIC = 24, MODERN = 14 };
enum { LAYOUT_LLTF64_NO_FIRST = 11 };

typedef struct {
    rv_long_clock clock;
    uint64_t      line;
} esp_state;

/// Columns of one row that matter
typedef struct {
    rv_text column[MAX_COLUMNS];
    int     n;
    rv_text list; ///< Between the brackets
} esp_row;

/// Where a program puts what; -1: nowhere
typedef struct {
    int8_t rssi, rate, sig_mode, mcs, bandwidth, noise, channel, secondary, stamp, len,
        id, first_word;
} esp_columns;

static const esp_columns tool_columns    = {3, 4, 5, 6, 7, 14, 16, 17, 18, 24, -1, -1};
static const esp_columns classic_columns = {3, 4, 5, 6, 7, 14, 16, 17, 18, 22, 1, 23};
static const esp_columns modern_columns  = {3, 4, -1, -1, -1, 5, 8, -1, 9, 12, 1, 13};

static const esp_columns *
columns_of(const int n)
{
    return n == TOOL      ? &tool_columns
           : n == CLASSIC ? &classic_columns
           : n == MODERN  ? &modern_columns
                          : NULL;
}

static bool
split_row(const rv_text line, esp_row *const row)
{
    const uint8_t *const open = rv_scan_byte(line.at, line.end, '[');
    if (open == line.end) {
        return false;
    }
    rv_text head = {line.at, open};
    if (head.end > head.at && head.end[-1] == '"') {
        --head.end;
    }
    row->n = 0;
    rv_text field;
    while (row->n < MAX_COLUMNS && rv_scan_field(&head, ',', &field)) {
        row->column[row->n++] = field;
    }
    --row->n; // behind the last comma stands the list
    const uint8_t *const close = rv_scan_byte(open, line.end, ']');
    row->list                  = (rv_text){open + 1, close};
    return close != line.end;
}

static bool
number(const esp_row *const row, const int column, const int64_t low,
       const int64_t high, int64_t *const out)
{
    return column >= 0 && rv_scan_i64(rv_scan_trim(row->column[column]), out) &&
           *out >= low && *out <= high;
}

/// aa:bb:cc:dd:ee:ff
static bool
address(rv_text t, uint64_t *const out)
{
    t = rv_scan_trim(t);
    if (rv_text_size(t) != 17) {
        return false;
    }
    *out = 0;
    for (int i = 0; i < 6; ++i) {
        uint8_t       byte;
        const rv_text pair = {t.at + 3 * i, t.at + 3 * i + 2};
        if (rv_scan_hex(pair, &byte, 1) != 1 || (i < 5 && pair.end[0] != ':')) {
            return false;
        }
        *out = *out << 8 | byte;
    }
    return true;
}

static uint32_t
channel_mhz(const int64_t channel)
{
    return channel == 14                  ? 2484
           : channel >= 1 && channel < 14 ? 2407 + 5 * (uint32_t)channel
           : channel >= 36                ? 5000 + 5 * (uint32_t)channel
                                          : 0;
}

/**
   ESP32's secondary channel: 0 none, 1 above, 2 below. The first four bytes are garbage
   where the hardware could not keep them (`first_word`, which one program leaves out):
   then the DC entry is not zero, and entry 1, a tone of the L-LTF, is not to be used.
*/
static const rv_layout *
find_layout(const esp_columns *const c, const esp_row *const row,
            const uint8_t *const iq, const size_t n)
{
    int64_t bandwidth = 0, secondary = 0;
    if (c == &modern_columns) {
        return rv_layout_find(RV_CHIP_ESP32_C5_C6, 0, (uint32_t)n, 0);
    }
    if (!number(row, c->bandwidth, 0, 1, &bandwidth) ||
        !number(row, c->secondary, 0, 2, &secondary)) {
        return NULL;
    }
    const int              side = secondary == 1 ? 1 : secondary == 2 ? -1 : 0;
    const uint16_t         mhz  = bandwidth ? 40 : 20;
    const rv_layout *const layout =
        rv_layout_find(RV_CHIP_ESP32, mhz, (uint32_t)n, side);
    if (!layout) {
        return rv_layout_find(RV_CHIP_ESP32_C5_C6, mhz, (uint32_t)n, 0);
    }
    return layout->id == 1 && (iq[0] | iq[1]) != 0
               ? rv_layout_by_id(LAYOUT_LLTF64_NO_FIRST)
               : layout;
}

static bool
take_columns(esp_state *const s, const esp_columns *const c, const esp_row *const row,
             rv_frame *const frame)
{
    int64_t v;
    if (!address(row->column[2], &frame->tx)) {
        return false;
    }
    if (!number(row, c->stamp, 0, UINT32_MAX, &v)) {
        return false;
    }
    frame->t_us      = rv_long_clock_at(&s->clock, (uint32_t)v);
    frame->device_us = frame->t_us;
    if (number(row, c->rssi, -127, -1, &v)) {
        frame->rssi_dbm = (int8_t)v;
    }
    if (number(row, c->noise, -127, -1, &v)) {
        frame->noise_dbm = (int8_t)v;
    }
    if (number(row, c->channel, 1, 196, &v)) {
        frame->freq_mhz = channel_mhz(v);
    }
    if (number(row, c->rate, 0, 255, &v)) {
        frame->rate = (uint16_t)v;
    }
    if (number(row, c->mcs, 0, 76, &v)) {
        frame->mcs_plus_1 = (uint8_t)(v + 1);
    }
    if (number(row, c->id, 0, UINT32_MAX, &v)) {
        frame->sequence     = (uint32_t)v;
        frame->has_sequence = true;
    }
    if (number(row, c->sig_mode, 0, 3, &v)) {
        frame->ppdu = v <= 1 ? 0 : 255;
    }
    return true;
}

static rv_step
read_row(esp_state *const s, rv_format_context *const context, const rv_text line,
         rv_capture_item *const item)
{
    esp_row row;
    if (!split_row(line, &row)) {
        return rv_format_refuse(item, RV_REASON_TRUNCATED);
    }
    const esp_columns *const c = columns_of(row.n);
    if (!c) {
        return rv_format_refuse(item, RV_REASON_BAD_VALUE);
    }
    uint8_t      iq[MAX_VALUES];
    const size_t n       = rv_scan_i8_list(row.list, iq, sizeof iq);
    int64_t      n_bytes = 0;
    if (n == SIZE_MAX || n == 0 || n % 2 != 0 ||
        !number(&row, c->len, 0, 4096, &n_bytes)) {
        return rv_format_refuse(item, RV_REASON_BAD_VALUE);
    }
    if ((int64_t)n > n_bytes) {
        return rv_format_refuse(item, RV_REASON_BAD_VALUE);
    }
    // ESP32-CSI-Tool may print the first field only of what it received
    if ((int64_t)n < n_bytes && (c != &tool_columns || n != 128)) {
        return rv_format_refuse(item, RV_REASON_TRUNCATED);
    }
    const rv_layout *const layout = find_layout(c, &row, iq, n / 2);
    if (!layout) {
        return rv_format_refuse(item, RV_REASON_UNKNOWN_LAYOUT);
    }
    rv_frame *const frame = rv_format_frame(context, layout, 1, 1);
    if (!take_columns(s, c, &row, frame)) {
        return rv_format_refuse(item, RV_REASON_BAD_VALUE);
    }
    rv_unpack_i8_swapped(iq, n / 2, context->re, context->im);
    return rv_format_emit(context, item);
}

/// The header that both programs print
static bool
is_header(const rv_text line)
{
    return rv_text_size(line) > 5 && memcmp(line.at, "type,", 5) == 0;
}

static rv_step
next(void *const state, rv_format_context *const context, const rv_window *const w,
     size_t *const used, rv_capture_item *const item)
{
    esp_state *const s = state;
    rv_text          line;
    if (!rv_scan_line(w->bytes, w->n, w->last, &line, used)) {
        return RV_STEP_MORE;
    }
    item->line = ++s->line;
    if (line.at == line.end || is_header(line)) {
        return RV_STEP_SKIP;
    }
    const uint8_t *const begin =
        rv_scan_find(line.at, line.end, RV_LITERAL("CSI_DATA,"));
    if (!begin) {
        return rv_format_refuse(item, RV_REASON_NOT_CSI);
    }
    return read_row(s, context, (rv_text){begin, line.end}, item);
}

static unsigned
probe(const uint8_t *const b, const size_t n)
{
    if (n > 14 && (memcmp(b, "type,role,mac,", 14) == 0 ||
                   memcmp(b, "type,id,mac,rs", 14) == 0)) {
        return 95;
    }
    if (n > 9 && memcmp(b, "CSI_DATA,", 9) == 0) {
        return 95;
    }
    // a serial log: text first, rows later
    return rv_scan_find(b, b + n, RV_LITERAL("CSI_DATA,")) ? 40 : 0;
}

const rv_format rv_format_esp_csv = {
    .name  = "esp-csv",
    .title = "CSI rows of ESP32-CSI-Tool or esp-csi (CSV file or serial log)",
    .time =
        "the radio's local_timestamp, made longer than its 32 bits; counts from the "
        "chip's start (the host's column tells when the row was printed)",
    .state = sizeof(esp_state),
    .probe = probe,
    .next  = next,
};
