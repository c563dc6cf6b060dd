// SPDX-License-Identifier: MIT
// Tables of amplitudes, or of complex values, as a two-dimensional NumPy array. The
// axis whose length a layout has is that of the tones; where both have one it is the
// second.
#include "base/exact.h"
#include "capture/npy.h"
#include "capture/table.h"

typedef struct {
    bool             is_open;
    bool             tones_first; ///< [tones][rows]
    rv_npy           array;
    const rv_layout *layout;
    uint64_t         n_rows, at;
} npy_state;

static rv_reason
open_array(npy_state *const s, const rv_format_context *const context,
           const rv_window *const w)
{
    switch (rv_npy_open(w->bytes, w->n, &s->array)) {
    case RV_OK:
        break;
    case RV_ERR_TRUNCATED:
        return RV_REASON_TRUNCATED;
    case RV_ERR_UNSUPPORTED:
        return RV_REASON_UNSUPPORTED;
    default:
        return RV_REASON_BAD_VALUE;
    }
    if (s->array.n_dims != 2 || s->array.kind == 'U') {
        return RV_REASON_UNSUPPORTED;
    }
    s->layout      = rv_table_layout(&context->table, (size_t)s->array.dim[1]);
    s->tones_first = s->layout == NULL;
    if (s->tones_first) {
        s->layout = rv_table_layout(&context->table, (size_t)s->array.dim[0]);
    }
    s->n_rows  = s->array.dim[s->tones_first ? 1 : 0];
    s->is_open = true;
    return s->layout ? RV_REASON_NONE : RV_REASON_UNKNOWN_LAYOUT;
}

static uint64_t
index_of(const npy_state *const s, const uint64_t row, const uint64_t tone)
{
    const bool rows_outer = s->tones_first == s->array.fortran;
    return rows_outer ? row * s->layout->n_entries + tone : tone * s->n_rows + row;
}

static rv_step
next(void *const state, rv_format_context *const context, const rv_window *const w,
     size_t *const used, rv_capture_item *const item)
{
    npy_state *const s = state;
    *used              = 0;
    if (!s->is_open) {
        const rv_reason reason = open_array(s, context, w);
        if (reason != RV_REASON_NONE) {
            *used = RV_USED_REST;
            return rv_format_refuse(item, reason);
        }
    }
    if (s->at >= s->n_rows) {
        return RV_STEP_END;
    }
    const uint64_t row    = s->at++;
    const uint64_t first  = index_of(s, row, 0);
    const uint64_t stride = index_of(s, row, 1) - first;
    const size_t   n      = s->layout->n_entries;
    const bool     phased = s->array.kind == 'c';
    item->offset = (uint64_t)(s->array.data - w->bytes) + first * s->array.size;
    rv_npy_row(&s->array, first, stride, n, context->re);
    for (size_t k = 0; phased && k < n; ++k) {
        context->im[k] = (float)rv_npy_imag(&s->array, first + k * stride);
    }
    if (!phased) {
        memset(context->im, 0, n * sizeof *context->im);
        if (!rv_table_amplitudes(&context->table, context->re, n)) {
            return rv_format_refuse(item, RV_REASON_BAD_VALUE);
        }
    }
    rv_frame *const frame = rv_format_frame(context, s->layout, 1, 1);
    frame->amplitude_only = !phased;
    if (!rv_table_stamp(&context->table, row, &frame->t_us)) {
        return rv_format_refuse(item, RV_REASON_CLOCK);
    }
    return rv_format_emit(context, item);
}

static unsigned
probe(const uint8_t *const b, const size_t n)
{
    static const uint8_t magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
    return n > 10 && memcmp(b, magic, sizeof magic) == 0 ? 90 : 0;
}

const rv_format rv_format_npy_table = {
    .name  = "npy-table",
    .title = "table of amplitudes or complex values (.npy)",
    .time  = "the rate that is told; without it no row is read",
    .note = "a sidecar FILE.table tells what the table does not: layout, rate_hz, unit",
    .whole = true,
    .state = sizeof(npy_state),
    .probe = probe,
    .next  = next,
};
