// SPDX-License-Identifier: MIT
// Recordings of espectre: an archive with csi_data, and the label in its name or inside
#include "cli/eval_read.h"

#include "capture/npy.h"
#include "platform/unpack.h"

#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/// Members of the archive
typedef struct {
    rv_npy csi, times, duration;
    char   label[32], chip[16];
    bool   has_csi;
} archive;

static void
take_text(const rv_npy *const array, char *const out, const size_t room)
{
    size_t n = 0;
    for (; n + 1 < room && rv_npy_char(array, (unsigned)n) != 0; ++n) {
        const uint32_t c = rv_npy_char(array, (unsigned)n);
        out[n]           = c < 128 && isalnum((int)c) ? (char)tolower((int)c) : '_';
    }
    out[n] = 0;
}

/// @return NULL, or what is wrong with it
static const char *
open_archive(const uint8_t *const bytes, const size_t n, archive *const a)
{
    size_t        at = 0;
    rv_zip_member m;
    rv_npy        array;
    for (;;) {
        switch (rv_zip_next(bytes, n, &at, &m)) {
        case RV_ZIP_MEMBER:
            if (rv_npy_open(m.data, m.n, &array) != RV_OK) {
                break;
            }
            if (rv_text_is(m.name, "csi_data.npy")) {
                a->csi     = array;
                a->has_csi = true;
            } else if (rv_text_is(m.name, "timestamps.npy")) {
                a->times = array;
            } else if (rv_text_is(m.name, "duration_ms.npy")) {
                a->duration = array;
            } else if (rv_text_is(m.name, "label.npy")) {
                take_text(&array, a->label, sizeof a->label);
            } else if (rv_text_is(m.name, "chip.npy")) {
                take_text(&array, a->chip, sizeof a->chip);
            }
            break;
        case RV_ZIP_DONE:
            return a->has_csi ? NULL : "holds no array csi_data";
        case RV_ZIP_BAD:
            return "ends before its members do: copy it again";
        case RV_ZIP_PACKED:
        default:
            return "is packed in a way that is not read; numpy.savez writes one that "
                   "is";
        }
    }
}

/// What the name or the label says; false: a recording that is not scored
static bool
kind_of(const char *const base, const char *const label, rv_eval_kind *const kind)
{
    const char *const from[] = {base, label};
    for (int i = 0; i < 2; ++i) {
        if (strncmp(from[i], "baseline", 8) == 0) {
            *kind = RV_EVAL_QUIET;
        } else if (strncmp(from[i], "movement", 8) == 0) {
            *kind = RV_EVAL_MOTION;
        } else if (strncmp(from[i], "test", 4) == 0) {
            *kind = RV_EVAL_TEST;
        } else {
            continue;
        }
        return true;
    }
    const int moves = rv_eval_word(label, strlen(label));
    *kind           = moves == 1 ? RV_EVAL_MOTION : RV_EVAL_QUIET;
    // "no_gesture": somebody is there; neither quiet nor movement by the publisher
    return moves >= 0 && strncmp(label, "no_", 3) != 0;
}

/// Time of packet `i`; 0: not known
static uint64_t
stamp(const archive *const a, const uint64_t i)
{
    double us = -1.0;
    if (a->times.n == a->csi.dim[0]) {
        us = rv_npy_f64(&a->times, i) * 1e3;
    } else if (a->duration.n >= 1) {
        us = rv_npy_f64(&a->duration, 0) * 1e3 * (double)i / (double)a->csi.dim[0];
    }
    return us >= 0.0 && us < 1e18 ? (uint64_t)us + 1 : 0;
}

/// Packets of a shape that no chip's layout has: complex values, pairs (imaginary
/// first), or amplitudes where they are floats
static bool
take_packets(rv_eval_series *const s, const archive *const a)
{
    const rv_npy *const x       = &a->csi;
    const bool          complex = x->kind == 'c';
    const bool          pairs   = x->kind == 'i';
    const uint64_t      columns = x->dim[1];
    const uint32_t      k       = (uint32_t)(pairs ? columns / 2 : columns);
    for (uint64_t i = 0; i < x->dim[0]; ++i) {
        const uint64_t t  = stamp(a, i);
        const int64_t  at = t ? rv_eval_series_grow(s, k) : -1;
        if (at < 0) {
            return s->n > 0;
        }
        s->t_us[at] = t;
        for (uint32_t c = 0; c < k; ++c) {
            const uint64_t column = pairs ? 2 * (uint64_t)c : c;
            const uint64_t entry =
                x->fortran ? column * x->dim[0] + i : i * columns + column;
            const uint64_t next       = x->fortran ? entry + x->dim[0] : entry + 1;
            const double   re         = rv_npy_f64(x, pairs ? next : entry);
            const double   im         = complex ? rv_npy_imag(x, entry)
                                        : pairs ? rv_npy_f64(x, entry)
                                                : 0.0;
            const bool     fine       = isfinite(re) && isfinite(im);
            s->re[(size_t)at * k + c] = fine ? (float)re : 0.0F;
            s->im[(size_t)at * k + c] = fine ? (float)im : 0.0F;
        }
    }
    return s->n > 0;
}

/// Packet from which the test file moves: labels.json beside it or up to two folders
/// above; half of it where none says
static size_t
first_moving(const char *const path, const size_t n)
{
    char name[1024], folder[1024];
    snprintf(folder, sizeof folder, "%s", path);
    for (int up = 0; up < 3; ++up) {
        char *const slash = strrchr(folder, '/');
        if (!slash) {
            break;
        }
        *slash = 0;
        if (snprintf(name, sizeof name, "%s/labels.json", folder) >= (int)sizeof name) {
            break;
        }
        json_t *const     all  = json_load_file(name, 0, NULL);
        const char *const base = strrchr(path, '/') + 1;
        const json_t     *from =
            json_object_get(json_object_get(all, base), "motion_starts_at_packet");
        const json_int_t at = json_is_integer(from) ? json_integer_value(from) : -1;
        json_decref(all);
        if (at > 0 && (uint64_t)at < n) {
            return (size_t)at;
        }
    }
    return n / 2;
}

static void
label_it(rv_eval_series *const s, const char *const path)
{
    const size_t from = s->kind == RV_EVAL_TEST     ? first_moving(path, s->n)
                        : s->kind == RV_EVAL_MOTION ? 0
                                                    : s->n;
    for (size_t i = 0; i < s->n; ++i) {
        s->label[i] = i >= from;
    }
}

/// The chip that the name says, between its first two `_`
static void
chip_of_name(const char *const base, char *const chip, const size_t room)
{
    const char *const from = strchr(base, '_');
    snprintf(chip, room, "%.*s", from ? (int)strcspn(from + 1, "_.") : 1,
             from ? from + 1 : "?");
}

static const char *
fault_of(const archive *const a)
{
    const rv_npy *const x = &a->csi;
    if (x->n_dims != 2 || x->dim[0] == 0 || x->dim[1] < 2 || x->dim[1] > 8192 ||
        x->kind == 'U' || x->kind == 'u' || x->kind == 'b') {
        return "csi_data must be [packets][2 x tones] of integers, imaginary first, or "
               "[packets][tones] complex or floating";
    }
    if (x->kind == 'i' && x->dim[1] % 2 != 0) {
        return "csi_data holds an odd number of integers a packet; pairs are expected, "
               "imaginary first";
    }
    if (a->times.n != x->dim[0] && a->duration.n == 0) {
        return "says no time: timestamps [packets] in ms, or duration_ms, is expected";
    }
    return NULL;
}

static void
read_archive(const rv_eval_reading *const to, const char *const path,
             const archive *const a)
{
    const char *const slash = strrchr(path, '/');
    const char *const base  = slash ? slash + 1 : path;
    rv_eval_kind      kind;
    if (!kind_of(base, a->label, &kind)) {
        if (a->label[0] == 0) {
            rv_eval_problem(to->problems, path,
                            "says no label: a name that begins with baseline_, "
                            "movement_ or test_, or a member label, is expected");
        }
        return;
    }
    const char *const fault = fault_of(a);
    char              chip[16];
    chip_of_name(base, chip, sizeof chip);
    rv_eval_series *const s =
        fault ? NULL
              : rv_eval_series_add(to->espectre, path, a->chip[0] ? a->chip : chip);
    if (!s) {
        rv_eval_problem(to->problems, path, "%s", fault ? fault : "no memory");
        return;
    }
    s->kind = kind;
    if (!rv_eval_capture(s, path)) {
        s->layout = NULL;
        s->n      = 0;
        (void)take_packets(s, a);
    }
    if (s->n > 0) {
        label_it(s, path);
        rv_eval_series_order(s, path, to->problems);
    }
    if (s->n < 2 || s->t_us[s->n - 1] - s->t_us[0] < 1000000U) {
        rv_eval_problem(to->problems, path, "is shorter than a second");
        rv_eval_series_drop(to->espectre);
    }
}

void
rv_eval_read_npz(const rv_eval_reading *const to, const char *const path)
{
    size_t         n = 0, n_stored = 0;
    uint8_t *const bytes  = rv_eval_whole(path, &n);
    uint8_t       *stored = NULL;
    archive        a      = {.has_csi = false};
    if (!bytes || n < 4 || memcmp(bytes, "PK", 2) != 0) {
        rv_eval_problem(to->problems, path, "is no archive of NumPy (.npz)");
    } else if (rv_unzip(bytes, n, &stored, &n_stored) != RV_OK) {
        rv_eval_problem(to->problems, path,
                        "is damaged: its directory or a member cannot be read");
    } else {
        const char *const fault = open_archive(stored, n_stored, &a);
        if (fault) {
            rv_eval_problem(to->problems, path, "%s", fault);
        } else {
            read_archive(to, path, &a);
        }
    }
    free(stored);
    free(bytes);
}
