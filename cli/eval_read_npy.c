// SPDX-License-Identifier: MIT
// Recordings of GeoTec: amplitudes *-x.npy at 100 Hz with labels *-y.npy
#define _GNU_SOURCE // strdup
#include "cli/eval_read.h"

#include "capture/npy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { period_us = 10000, memo_size = 4096, most_tones = 4096 };

/// Labels that grow: 1, 0 or -1 each
typedef struct {
    int8_t *at;
    size_t  n, room;
} labels;

static void
add_label(labels *const l, const int8_t label)
{
    if (l->n == l->room) {
        const size_t  room  = l->room ? 2 * l->room : 1024;
        int8_t *const grown = realloc(l->at, room);
        if (!grown) {
            return;
        }
        l->at   = grown;
        l->room = room;
    }
    l->at[l->n++] = label;
}

/// Labels are capitals, digits and `_`; the words of NumPy itself are not
static bool
is_label(const char *const text, const size_t n)
{
    bool letters = n >= 3;
    for (size_t i = 0; i < n && letters; ++i) {
        letters = (text[i] >= 'A' && text[i] <= 'Z') || text[i] == '_' ||
                  (text[i] >= '0' && text[i] <= '9' && i > 0);
    }
    return letters;
}

/// What the reader of a pickle remembers: -2 no label, else the label
typedef struct {
    int8_t memo[memo_size], top;
    size_t n_memo;
} pickle;

/**
   A list of strings, each written once and then referred to by its number. Only the
   operations that such a list needs are read (pickle protocols 2 to 5).
*/
static void
read_pickle(const uint8_t *const b, const size_t n, labels *const out)
{
    static pickle p;
    memset(&p, -2, sizeof p);
    p.n_memo = 0;
    for (size_t i = 0; i < n;) {
        const uint8_t op   = b[i++];
        bool          item = false;
        if ((op == 'X' && i + 4 <= n) || (op == 0x8C && i < n)) {
            const size_t head   = op == 'X' ? 4 : 1;
            const size_t length = op == 'X' ? rv_load_u32(b + i) : b[i];
            const char  *text   = (const char *)b + i + head;
            if (length > n - i - head) {
                return;
            }
            item  = is_label(text, length);
            p.top = item ? (int8_t)rv_eval_word(text, length) : (int8_t)-2;
            i += head + length;
        } else if (op == 'q' && i < n) {
            p.memo[b[i++]] = p.top;
        } else if (op == 'r' && i + 4 <= n) {
            p.memo[rv_load_u32(b + i) % memo_size] = p.top;
            i += 4;
        } else if (op == 0x94) {
            p.memo[p.n_memo++ % memo_size] = p.top;
        } else if (op == 'h' && i < n) {
            p.top = p.memo[b[i++]];
            item  = p.top > -2;
        } else if (op == 'j' && i + 4 <= n) {
            p.top = p.memo[rv_load_u32(b + i) % memo_size];
            item  = p.top > -2;
            i += 4;
        } else if (op == 'c') {
            for (int lines = 0; lines < 2 && i < n; ++i) {
                lines += b[i] == '\n';
            }
        } else if (op == 'C' && i < n) {
            i += 1U + b[i];
        } else {
            i += op == 'K' || op == 0x80 ? 1U
                 : op == 'M'             ? 2U
                 : op == 'J'             ? 4U
                 : op == 0x95            ? 8U
                                         : 0U;
            p.top =
                op == 'l' || op == ']' || op == ')' || op == '}' ? (int8_t)-2 : p.top;
        }
        if (item) {
            add_label(out, p.top);
        }
    }
}

/// Labels as text or numbers, or as objects in a pickle
static void
read_labels(const uint8_t *const b, const size_t n, labels *const out)
{
    rv_npy array;
    if (rv_npy_open(b, n, &array) == RV_OK) {
        for (uint64_t i = 0; i < array.n; ++i) {
            char word[64] = "";
            for (unsigned k = 0; array.kind == 'U' && k < 63 && k < array.n_chars;
                 ++k) {
                const uint8_t *const c = array.data + 4 * (i * array.n_chars + k);
                word[k]                = (char)(array.big ? c[3] : c[0]);
            }
            const double v = array.kind == 'U' ? 0.0 : rv_npy_f64(&array, i);
            add_label(out, array.kind == 'U' ? (int8_t)rv_eval_word(word, strlen(word))
                                             : (int8_t)(v > 0.0));
        }
        return;
    }
    const size_t header = n > 12 ? (b[6] >= 2 ? 12U + rv_load_u32(b + 8)
                                              : 10U + (size_t)rv_load_u16(b + 8))
                                 : n;
    if (header < n) {
        read_pickle(b + header, n - header, out);
    }
}

/// Amplitudes, one axis of which is as long as the labels
static const char *
take_array(rv_eval_series *const s, const rv_npy *const x, const labels *const l)
{
    if (x->n_dims != 2 || x->kind == 'U') {
        return "is no array of two dimensions: amplitudes [tones][samples] are "
               "expected";
    }
    const bool     tones_first = x->dim[1] == l->n;
    const uint64_t k           = x->dim[tones_first ? 0 : 1];
    if ((!tones_first && x->dim[0] != l->n) || k < 2 || k > most_tones || l->n < 100) {
        return "does not fit its labels: one axis must be as long as -y.npy has "
               "labels, "
               "and that at least 100";
    }
    const bool outer = tones_first == x->fortran; // samples run slowest
    for (uint64_t i = 0; i < l->n; ++i) {
        const int64_t at = rv_eval_series_grow(s, (uint32_t)k);
        if (at < 0) {
            return "is too long";
        }
        s->t_us[at]  = 1 + i * period_us;
        s->label[at] = l->at[i];
        for (uint64_t c = 0; c < k; ++c) {
            const uint64_t entry      = outer ? i * k + c : c * l->n + i;
            const double   re         = rv_npy_f64(x, entry);
            const double   im         = x->kind == 'c' ? rv_npy_imag(x, entry) : 0.0;
            const bool     fine       = isfinite(re) && isfinite(im);
            s->re[(size_t)at * k + c] = fine ? (float)re : 0.0F;
            s->im[(size_t)at * k + c] = fine ? (float)im : 0.0F;
        }
    }
    return NULL;
}

void
rv_eval_read_npy(const rv_eval_reading *const to, const char *const path)
{
    size_t         n = 0, n_y = 0;
    char *const    other = strdup(path);
    uint8_t *const x     = rv_eval_whole(path, &n);
    labels         l     = {0};
    rv_npy         array;
    const char    *fault = NULL;
    if (other) {
        memcpy(other + strlen(other) - 5, "y.npy", 5);
    }
    uint8_t *const y = other ? rv_eval_whole(other, &n_y) : NULL;
    if (y) {
        read_labels(y, n_y, &l);
    }
    if (!x || rv_npy_open(x, n, &array) != RV_OK) {
        fault = "is no array of NumPy (.npy)";
    } else if (!y) {
        fault = "has no labels beside it: a file of the same name with -y is expected";
    } else {
        rv_eval_series *const s = rv_eval_series_add(to->geotec, path, "s2");
        fault                   = s ? take_array(s, &array, &l) : "no memory";
        if (s && fault) {
            rv_eval_series_drop(to->geotec);
        }
    }
    if (fault) {
        rv_eval_problem(to->problems, path, "%s", fault);
    }
    free(l.at);
    free(x);
    free(y);
    free(other);
}
