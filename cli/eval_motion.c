// SPDX-License-Identifier: MIT
#include "cli/eval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { calm_s = 10 }; ///< Of a quiet block that only calibrates

/// A stream that is being judged, on a timeline of its own
typedef struct {
    rv_motion motion;
    uint64_t  now_us;
} stream;

static void
start(stream *const s, const float share)
{
    rv_motion_config config = rv_motion_config_default();
    config.share            = share;
    s->now_us               = 1000000;
    if (rv_motion_init(&s->motion, &config, NULL, 0) != RV_OK) {
        memset(&s->motion, 0, sizeof s->motion);
    }
}

static void
feed(stream *const s, const rv_eval_series *const from, const size_t i)
{
    static int16_t tone[2048];
    const rv_csi   csi = {.t_us           = s->now_us,
                          .n_tones        = (uint16_t)from->k,
                          .n_streams      = 1,
                          .spacing_hz     = 312500,
                          .tone           = tone,
                          .re             = from->re + i * from->k,
                          .im             = from->im + i * from->k,
                          .amplitude_only = false};
    rv_motion_push(&s->motion, &csi);
}

/// Time of frame `i` from frame `first` on
static double
since(const rv_eval_series *const s, const size_t first, const size_t i)
{
    return (double)(s->t_us[i] - s->t_us[first]) * 1e-6;
}

/// Remember a window; a report without it is no loss that stops the scoring
static void
mark(rv_eval_row *const row, const char what)
{
    if (row->n_windows == row->room) {
        const size_t room  = row->room ? 2 * row->room : 64;
        char *const  grown = realloc(row->windows, room);
        if (!grown) {
            return;
        }
        row->windows = grown;
        row->room    = room;
    }
    row->windows[row->n_windows++] = what;
}

static void
score(rv_eval_row *const row, const rv_motion_result *const r, const bool truth)
{
    rv_eval_counts *const c     = &row->counts;
    const bool            moves = r->reason == RV_REASON_NONE && r->moving;
    mark(row, r->reason != RV_REASON_NONE ? (truth ? 'U' : 'u')
              : truth                     ? (moves ? '1' : 'm')
              : moves                     ? 'f'
                                          : '0');
    c->unknown += r->reason != RV_REASON_NONE;
    if (truth) {
        c->tp += moves;
        c->fn += !moves;
    } else {
        c->fp += moves;
        c->tn += !moves;
    }
}

/**
   Feed frames [from, to) and score the answer at the end of each window; a window's
   truth is that of most of its frames; where half of them have none it is not scored.

   @param skip_s  Not scored at the start.
   @param onset   I/O  When not NULL and < 0: time from `from` until the first "moves".
*/
static void
run(stream *const s, const rv_eval_series *const d, const size_t from, const size_t to,
    const double window_s, const double skip_s, rv_eval_row *const c,
    double *const onset)
{
    const uint64_t base = s->now_us;
    double         end  = window_s;
    uint32_t       n = 0, moving = 0, unknown = 0;
    for (size_t i = from; i < to; ++i) {
        const double t = since(d, from, i);
        if (t >= end) {
            rv_motion_result r;
            rv_motion_result_at(&s->motion, base + (uint64_t)(end * 1e6), &r);
            if (c && end - window_s >= skip_s - 1e-9 && n > 2 * unknown) {
                score(c, &r, 2 * moving > n);
            }
            // windows without a frame are not scored
            end     = window_s * (floor(t / window_s) + 1.0);
            n       = 0;
            moving  = 0;
            unknown = 0;
        }
        s->now_us = base + (uint64_t)(t * 1e6);
        feed(s, d, i);
        ++n;
        moving += d->label[i] == 1;
        unknown += d->label[i] < 0;
        if (onset && *onset < 0.0) {
            rv_motion_result r;
            rv_motion_result_at(&s->motion, s->now_us, &r);
            *onset = r.reason == RV_REASON_NONE && r.moving ? t : *onset;
        }
    }
    // a last window that is all but full counts
    const double length = to > from ? since(d, from, to - 1) : 0.0;
    if (c && n > 2 * unknown && length > end - 0.1 * window_s &&
        end - window_s >= skip_s - 1e-9) {
        rv_motion_result r;
        rv_motion_result_at(&s->motion, s->now_us, &r);
        score(c, &r, 2 * moving > n);
    }
}

static rv_eval_row *
add_row(rv_eval_table *const table, const char *const set)
{
    if (table->n == table->room) {
        const size_t       room = table->room ? 2 * table->room : 64;
        rv_eval_row *const row  = realloc(table->row, room * sizeof *row);
        if (!row) {
            return NULL;
        }
        table->row  = row;
        table->room = room;
    }
    rv_eval_row *const row = &table->row[table->n++];
    memset(row, 0, sizeof *row);
    snprintf(row->set, sizeof row->set, "%s", set);
    row->onset_s = -1.0;
    return row;
}

/// The name ends in a number of tones, as those that the publisher lists do: "_64sc_"
static bool
is_listed(const char *const name)
{
    const char *const at = strstr(name, "sc_");
    return at && at > name && at[-1] >= '0' && at[-1] <= '9';
}

/// Recordings that the publisher's labels.json does not list stand in a group of their
/// own
static const char *
espectre_set(const rv_eval_series *const a, const rv_eval_series *const b)
{
    return is_listed(a->name) && is_listed(b->name) ? "espectre" : "espectre-other";
}

static bool
pair(const rv_eval_series *const quiet, const rv_eval_series *const motion,
     const float share, rv_eval_table *const table)
{
    rv_eval_row *const row = add_row(table, espectre_set(quiet, motion));
    stream            *s   = malloc(sizeof *s);
    if (!row || !s) {
        free(s);
        return false;
    }
    snprintf(row->name, sizeof row->name, "%s | %s", quiet->name, motion->name);
    snprintf(row->chip, sizeof row->chip, "espectre-%s", quiet->chip);
    snprintf(row->session, sizeof row->session, "%s", motion->name);
    start(s, share);
    run(s, quiet, 0, quiet->n, 0.5, 0.5 * since(quiet, 0, quiet->n - 1), row, NULL);
    s->now_us += 10000000U; // another day, for all that is known
    run(s, motion, 0, motion->n, 0.5, 0.0, row, &row->onset_s);
    free(s);
    return true;
}

/// A file with a quiet and a moving part: the first half of the quiet one calibrates
static bool
whole_file(const rv_eval_series *const d, const float share, rv_eval_table *const table)
{
    rv_eval_row *const row = add_row(table, "espectre-test");
    stream            *s   = malloc(sizeof *s);
    if (!row || !s) {
        free(s);
        return false;
    }
    snprintf(row->name, sizeof row->name, "%s", d->name);
    snprintf(row->chip, sizeof row->chip, "espectre-%s", d->chip);
    snprintf(row->session, sizeof row->session, "%s", d->name);
    start(s, share);
    size_t onset = 0;
    while (onset < d->n && d->label[onset] == 0) {
        ++onset;
    }
    run(s, d, 0, onset, 0.5, 0.5 * since(d, 0, onset - 1), row, NULL);
    s->now_us += 9000U;
    run(s, d, onset, d->n, 0.5, 0.0, row, &row->onset_s);
    free(s);
    return true;
}

/// Blocks of one label; the first 10 s of each quiet one only calibrate
static bool
blocks(const rv_eval_series *const d, const char *const set, const double window_s,
       const double skip_s, const float share, rv_eval_table *const table)
{
    rv_eval_row *const row = add_row(table, set);
    stream            *s   = malloc(sizeof *s);
    if (!row || !s) {
        free(s);
        return false;
    }
    snprintf(row->name, sizeof row->name, "%s", d->name);
    snprintf(row->chip, sizeof row->chip, "%.8s-%s", set, d->chip);
    snprintf(row->session, sizeof row->session, "%s", d->name);
    start(s, share);
    for (size_t from = 0; from < d->n;) {
        size_t to = from + 1;
        // a block ends where the label changes or rows were dropped
        while (to < d->n && d->label[to] == d->label[from] &&
               d->t_us[to] - d->t_us[to - 1] < 5000000U) {
            ++to;
        }
        const double skip = d->label[from] == 0 ? skip_s : 0.0;
        run(s, d, from, to, window_s, skip, d->label[from] < 0 ? NULL : row, NULL);
        s->now_us += to < d->n ? d->t_us[to] - d->t_us[to - 1] : 0;
        from = to;
    }
    free(s);
    return true;
}

/// Labels that change within a stream without a break
static bool
stretch(const rv_eval_series *const d, const char *const set, const float share,
        rv_eval_table *const table)
{
    rv_eval_row *const row = add_row(table, set);
    stream            *s   = malloc(sizeof *s);
    if (!row || !s) {
        free(s);
        return false;
    }
    snprintf(row->name, sizeof row->name, "%s", d->name);
    snprintf(row->chip, sizeof row->chip, "%.8s-%s", set, d->chip);
    snprintf(row->session, sizeof row->session, "%s", d->name);
    start(s, share);
    run(s, d, 0, d->n, 0.5, 0.0, row, NULL);
    free(s);
    return true;
}

bool
rv_eval_motion(const rv_eval_set *const espectre, const rv_eval_set *const ialr,
               const rv_eval_set *const geotec, const float share,
               rv_eval_table *const table)
{
    bool good = true;
    for (size_t i = 0; i < espectre->n; ++i) {
        const rv_eval_series *const a = &espectre->item[i];
        if (a->kind == RV_EVAL_TEST) {
            good &= whole_file(a, share, table);
        }
        for (size_t k = 0; k < espectre->n && a->kind == RV_EVAL_QUIET; ++k) {
            const rv_eval_series *const b = &espectre->item[k];
            if (b->kind == RV_EVAL_MOTION && strcmp(a->chip, b->chip) == 0 &&
                a->k == b->k) {
                good &= pair(a, b, share, table);
            }
        }
    }
    for (size_t i = 0; i < ialr->n; ++i) {
        good &= blocks(&ialr->item[i], "ialr", 2.0, calm_s, share, table);
    }
    for (size_t i = 0; i < geotec->n; ++i) {
        good &= stretch(&geotec->item[i], "geotec", share, table);
    }
    return good;
}

void
rv_eval_table_free(rv_eval_table *const table)
{
    for (size_t i = 0; i < table->n; ++i) {
        free(table->row[i].windows);
    }
    free(table->row);
    *table = (rv_eval_table){0};
}
