// SPDX-License-Identifier: MIT
// ESPectre recordings (.npz, format_version 1.0): csi_data int8 [packets][2 x entries],
// imaginary first as the driver gives it; chip; and either timestamps in ms with rssi
// and noise_floor per packet, or duration_ms of equally spaced packets.
#include "base/exact.h"
#include "capture/espectre.h"
#include "capture/format.h"
#include "capture/npy.h"
#include "capture/unpack_samples.h"

typedef struct {
    bool     is_open;
    rv_npy   csi, timestamps, rssi, noise;
    double   duration_ms;
    unsigned chip;
    uint64_t at; ///< Next packet
} espectre_state;

/// ESPectre's number of a chip: 2 S2, 3 S3, 4 C3, 5 C5, 6 C6, else 1
static unsigned
chip_number(const rv_npy *const name)
{
    const uint32_t family = rv_npy_char(name, 0), model = rv_npy_char(name, 1);
    if (family == 'c') {
        return model == '3' ? 4 : model == '5' ? 5 : model == '6' ? 6 : 1;
    }
    return family == 's' && model == '2' ? 2 : family == 's' && model == '3' ? 3 : 1;
}

static void
take_member(espectre_state *const s, const rv_zip_member *const m)
{
    rv_npy array;
    if (rv_npy_open(m->data, m->n, &array) != RV_OK) {
        return;
    }
    if (rv_text_is(m->name, "csi_data.npy")) {
        s->csi = array;
    } else if (rv_text_is(m->name, "timestamps.npy")) {
        s->timestamps = array;
    } else if (rv_text_is(m->name, "rssi.npy")) {
        s->rssi = array;
    } else if (rv_text_is(m->name, "noise_floor.npy")) {
        s->noise = array;
    } else if (rv_text_is(m->name, "duration_ms.npy") && array.n >= 1) {
        s->duration_ms = rv_npy_f64(&array, 0);
    } else if (rv_text_is(m->name, "chip.npy")) {
        s->chip = chip_number(&array);
    }
}

static rv_reason
open_archive(espectre_state *const s, const rv_window *const w)
{
    size_t        at = 0;
    rv_zip_member m;
    for (;;) {
        switch (rv_zip_next(w->bytes, w->n, &at, &m)) {
        case RV_ZIP_MEMBER:
            take_member(s, &m);
            break;
        case RV_ZIP_DONE:
            s->is_open = true;
            return s->csi.n_dims == 2 && s->csi.kind == 'i' && s->csi.size == 1 &&
                           !s->csi.fortran && s->csi.dim[1] > 0 &&
                           s->csi.dim[1] % 2 == 0 &&
                           s->csi.dim[1] / 2 <= RV_ESPECTRE_MAX_TONES
                       ? RV_REASON_NONE
                       : RV_REASON_BAD_VALUE;
        case RV_ZIP_BAD:
            return RV_REASON_TRUNCATED;
        case RV_ZIP_PACKED:
            return RV_REASON_UNSUPPORTED;
        }
    }
}

/// Milliseconds of the packet, or spread evenly over the duration
static bool
stamp(const espectre_state *const s, uint64_t *const t_us)
{
    double us = 0.0;
    if (s->timestamps.n == s->csi.dim[0]) {
        us = rv_npy_f64(&s->timestamps, s->at) * 1e3;
    } else if (s->duration_ms > 0.0) {
        us = s->duration_ms * 1e3 * (double)s->at / (double)s->csi.dim[0];
    } else {
        return false;
    }
    if (!(us >= 0.0 && us < 1e18)) {
        return false;
    }
    *t_us = (uint64_t)us;
    return true;
}

static int8_t
level(const rv_npy *const array, const espectre_state *const s)
{
    if (array->n != s->csi.dim[0]) {
        return RV_DBM_UNKNOWN;
    }
    const double v = rv_npy_f64(array, s->at);
    return v >= -127.0 && v < 0.0 ? (int8_t)v : (int8_t)RV_DBM_UNKNOWN;
}

static rv_step
next(void *const state, rv_format_context *const context, const rv_window *const w,
     size_t *const used, rv_capture_item *const item)
{
    espectre_state *const s = state;
    *used                   = 0;
    if (!s->is_open) {
        const rv_reason reason = open_archive(s, w);
        if (reason != RV_REASON_NONE) {
            *used = RV_USED_REST;
            return rv_format_refuse(item, reason);
        }
    }
    if (s->at >= s->csi.dim[0]) {
        return RV_STEP_END;
    }
    const size_t         n        = (size_t)s->csi.dim[1] / 2;
    const uint8_t *const iq       = s->csi.data + s->at * s->csi.dim[1];
    item->offset                  = (uint64_t)(iq - w->bytes);
    const rv_layout *const layout = rv_espectre_layout(s->chip, iq, n);
    uint64_t               t_us   = 0;
    const bool             timed  = stamp(s, &t_us);
    const int8_t           rssi = level(&s->rssi, s), noise = level(&s->noise, s);
    ++s->at;
    if (!layout) {
        return rv_format_refuse(item, RV_REASON_UNKNOWN_LAYOUT);
    }
    if (!timed) {
        return rv_format_refuse(item, RV_REASON_CLOCK);
    }
    rv_frame *const frame = rv_format_frame(context, layout, 1, 1);
    frame->t_us           = t_us;
    frame->rssi_dbm       = rssi;
    frame->noise_dbm      = noise;
    frame->ppdu           = 0;
    rv_unpack_i8_swapped(iq, n, context->re, context->im);
    return rv_format_emit(context, item);
}

/// The first member by its name; it may be larger than what is in sight
static unsigned
probe(const uint8_t *const b, const size_t n)
{
    return n >= 42 && rv_load_u32(b) == 0x04034B50 && rv_load_u16(b + 26) == 12 &&
                   memcmp(b + 30, "csi_data.npy", 12) == 0
               ? 95
               : 0;
}

const rv_format rv_format_espectre_npz = {
    .name  = "espectre-npz",
    .title = "ESPectre recording (.npz)",
    .time  = "per packet in ms where the file has it, else evenly over the recorded "
             "duration; counts from 0",
    .whole = true,
    .state = sizeof(espectre_state),
    .probe = probe,
    .next  = next,
};
_Static_assert(sizeof(espectre_state) <= RV_FORMAT_STATE, "state");
