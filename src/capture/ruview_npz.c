// SPDX-License-Identifier: MIT
// What `ruview convert -o FILE.npz` wrote: per link i link<i>_csi complex64
// [frames][rx][tx][entries], _t_us, _sequence, _rssi_dbm, _noise_dbm, _info. Frames of
// all links are given in order of time, among equals by link.
#include "base/exact.h"
#include "capture/format.h"
#include "capture/npy.h"

enum { MAX_LINKS = 32, INFO_WORDS = 8 };

typedef struct {
    rv_npy           csi, t_us, sequence, rssi, noise;
    const rv_layout *layout;
    uint64_t         tx;
    uint32_t         freq_mhz;
    uint8_t          node;
    bool             synthetic, amplitude_only;
    uint64_t         at;
} npz_link;

typedef struct {
    bool     is_open;
    unsigned n_links;
    npz_link link[MAX_LINKS];
} npz_state;
_Static_assert(sizeof(npz_state) <= RV_FORMAT_STATE, "state");

/// "link<i>_<what>.npy": i, or -1
static int
link_number(const rv_text name, rv_text *const what)
{
    const uint8_t *p = name.at + 4;
    int            i = 0, n_digits = 0;
    if (rv_text_size(name) < 6 || memcmp(name.at, "link", 4) != 0) {
        return -1;
    }
    for (; p < name.end && (unsigned)*p - '0' <= 9 && n_digits < 4; ++p, ++n_digits) {
        i = i * 10 + (*p - '0');
    }
    if (n_digits == 0 || p == name.end || *p != '_') {
        return -1;
    }
    *what = (rv_text){p + 1, name.end};
    return i < MAX_LINKS ? i : -1;
}

static uint64_t
word(const rv_npy *const array, const uint64_t i)
{
    return rv_load_u64(array->data + 8 * i);
}

static bool
take_info(npz_link *const l, const rv_npy *const a)
{
    if (a->kind != 'u' || a->size != 8 || a->big || a->n != INFO_WORDS) {
        return false;
    }
    l->layout         = rv_layout_by_id((uint16_t)word(a, 0));
    l->node           = (uint8_t)word(a, 1);
    l->tx             = word(a, 2);
    l->freq_mhz       = (uint32_t)word(a, 3);
    l->synthetic      = word(a, 6) == 1;
    l->amplitude_only = word(a, 7) == 1;
    return l->layout != NULL;
}

static bool
take_member(npz_state *const s, const rv_zip_member *const m)
{
    rv_text   what;
    const int i = link_number(m->name, &what);
    rv_npy    a;
    if (i < 0 || rv_npy_open(m->data, m->n, &a) != RV_OK) {
        return false;
    }
    npz_link *const l = &s->link[i];
    s->n_links        = (unsigned)i >= s->n_links ? (unsigned)i + 1 : s->n_links;
    if (rv_text_is(what, "csi.npy")) {
        l->csi = a;
    } else if (rv_text_is(what, "t_us.npy")) {
        l->t_us = a;
    } else if (rv_text_is(what, "sequence.npy")) {
        l->sequence = a;
    } else if (rv_text_is(what, "rssi_dbm.npy")) {
        l->rssi = a;
    } else if (rv_text_is(what, "noise_dbm.npy")) {
        l->noise = a;
    } else if (rv_text_is(what, "info.npy")) {
        return take_info(l, &a);
    }
    return true;
}

/// One i8 per frame
static bool
is_levels(const rv_npy *const a, const uint64_t n)
{
    return a->kind == 'i' && a->size == 1 && a->n == n;
}

/// Shapes and types that agree with each other and with the layout
static bool
is_sound(const npz_link *const l)
{
    const rv_npy *const c = &l->csi;
    return l->layout && c->kind == 'c' && c->size == 8 && !c->big && !c->fortran &&
           c->n_dims == 4 && c->dim[1] >= 1 && c->dim[1] <= RV_MAX_ANTENNAS &&
           c->dim[2] >= 1 && c->dim[2] <= RV_MAX_ANTENNAS &&
           c->dim[3] == l->layout->n_entries && l->t_us.kind == 'u' &&
           l->t_us.size == 8 && !l->t_us.big && l->t_us.n == c->dim[0] &&
           l->sequence.kind == 'u' && l->sequence.size == 4 && !l->sequence.big &&
           l->sequence.n == c->dim[0] && is_levels(&l->rssi, c->dim[0]) &&
           is_levels(&l->noise, c->dim[0]);
}

static rv_reason
open_archive(npz_state *const s, const rv_window *const w)
{
    size_t        at = 0;
    rv_zip_member m;
    rv_zip_step   step;
    while ((step = rv_zip_next(w->bytes, w->n, &at, &m)) == RV_ZIP_MEMBER) {
        if (!take_member(s, &m)) {
            return RV_REASON_BAD_VALUE;
        }
    }
    if (step != RV_ZIP_DONE) {
        return step == RV_ZIP_BAD ? RV_REASON_TRUNCATED : RV_REASON_UNSUPPORTED;
    }
    for (unsigned i = 0; i < s->n_links; ++i) {
        if (!is_sound(&s->link[i])) {
            return RV_REASON_BAD_VALUE;
        }
    }
    s->is_open = true;
    return RV_REASON_NONE;
}

/// The link whose next frame is the earliest; NULL at the end
static npz_link *
earliest(npz_state *const s)
{
    npz_link *best = NULL;
    for (unsigned i = 0; i < s->n_links; ++i) {
        npz_link *const l = &s->link[i];
        if (l->at < l->t_us.n &&
            (!best || word(&l->t_us, l->at) < word(&best->t_us, best->at))) {
            best = l;
        }
    }
    return best;
}

static rv_step
next(void *const state, rv_format_context *const context, const rv_window *const w,
     size_t *const used, rv_capture_item *const item)
{
    npz_state *const s = state;
    *used              = 0;
    if (!s->is_open) {
        const rv_reason reason = open_archive(s, w);
        if (reason != RV_REASON_NONE) {
            *used = RV_USED_REST;
            return rv_format_refuse(item, reason);
        }
    }
    npz_link *const l = earliest(s);
    if (!l) {
        return RV_STEP_END;
    }
    const uint64_t       k = l->at++;
    const size_t         n = (size_t)(l->csi.dim[1] * l->csi.dim[2] * l->csi.dim[3]);
    const uint8_t *const p = l->csi.data + 8 * k * n;
    item->offset           = (uint64_t)(p - w->bytes);
    rv_frame *const frame = rv_format_frame(context, l->layout, (unsigned)l->csi.dim[1],
                                            (unsigned)l->csi.dim[2]);
    frame->t_us           = word(&l->t_us, k);
    frame->node           = l->node;
    frame->tx             = l->tx;
    frame->freq_mhz       = l->freq_mhz;
    frame->synthetic      = l->synthetic;
    frame->amplitude_only = l->amplitude_only;
    frame->sequence       = rv_load_u32(l->sequence.data + 4 * k);
    frame->rssi_dbm       = (int8_t)l->rssi.data[k];
    frame->noise_dbm      = (int8_t)l->noise.data[k];
    for (size_t i = 0; i < n; ++i) {
        context->re[i] = rv_load_f32(p + 8 * i);
        context->im[i] = rv_load_f32(p + 8 * i + 4);
    }
    return rv_format_emit(context, item);
}

/// The first member by its name
static unsigned
probe(const uint8_t *const b, const size_t n)
{
    return n >= 43 && rv_load_u32(b) == 0x04034B50 && rv_load_u16(b + 26) == 13 &&
                   memcmp(b + 30, "link0_csi.npy", 13) == 0
               ? 95
               : 0;
}

const rv_format rv_format_ruview_npz = {
    .name  = "ruview-npz",
    .title = "NumPy archive written by `ruview convert`",
    .time  = "that of the recording it was converted from",
    .whole = true,
    .state = sizeof(npz_state),
    .probe = probe,
    .next  = next,
};
