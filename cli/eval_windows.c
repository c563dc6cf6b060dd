// SPDX-License-Identifier: MIT
#define _GNU_SOURCE // getline
#include "cli/eval_windows.h"

#include <stdlib.h>
#include <string.h>

static bool
moves_in_truth(const char what)
{
    return what == '1' || what == 'm' || what == 'U';
}

bool
rv_eval_write_windows(const char *const path, const rv_eval_table *const table)
{
    FILE *const out = fopen(path, "w");
    if (!out) {
        return false;
    }
    fputs("set,row,window,truth,moves\n", out);
    for (size_t i = 0; i < table->n; ++i) {
        const rv_eval_row *const r = &table->row[i];
        for (size_t w = 0; w < r->n_windows; ++w) {
            const char what    = r->windows[w];
            const bool unknown = what == 'u' || what == 'U';
            fprintf(out, "%s,%s,%zu,%d,%s\n", r->set, r->name, w, moves_in_truth(what),
                    unknown                      ? ""
                    : what == '1' || what == 'f' ? "1"
                                                 : "0");
        }
    }
    return fclose(out) == 0;
}

static rv_eval_row *
find_row(const rv_eval_table *const table, const char *const set,
         const char *const name)
{
    for (size_t i = 0; i < table->n; ++i) {
        if (strcmp(table->row[i].set, set) == 0 &&
            strcmp(table->row[i].name, name) == 0) {
            return &table->row[i];
        }
    }
    return NULL;
}

/// The same rows with every answer unknown
static bool
blank(const rv_eval_table *const from, rv_eval_table *const out)
{
    out->row = calloc(from->n + 1, sizeof *out->row);
    if (!out->row) {
        return false;
    }
    out->room = from->n;
    for (size_t i = 0; i < from->n; ++i) {
        rv_eval_row *const r = &out->row[out->n++];
        *r                   = from->row[i];
        r->counts            = (rv_eval_counts){0};
        r->onset_s           = -1.0;
        r->room              = r->n_windows + 1;
        r->windows           = malloc(r->room);
        if (!r->windows) {
            return false;
        }
        for (size_t w = 0; w < r->n_windows; ++w) {
            r->windows[w] = moves_in_truth(from->row[i].windows[w]) ? 'U' : 'u';
        }
    }
    return true;
}

/// One line of a predictions file; false: it fits nothing
static bool
take_line(char *const line, rv_eval_table *const out)
{
    char *field[4];
    char *at = line;
    for (int i = 0; i < 4; ++i) {
        field[i] = at;
        at += strcspn(at, ",\r\n");
        if (i < 3 && *at != ',') {
            return false;
        }
        *at++ = '\0';
    }
    rv_eval_row *const  r   = find_row(out, field[0], field[1]);
    char               *end = NULL;
    const unsigned long w   = strtoul(field[2], &end, 10);
    if (!r || end == field[2] || w >= r->n_windows) {
        return false;
    }
    const bool truth = moves_in_truth(r->windows[w]);
    if (strcmp(field[3], "1") == 0) {
        r->windows[w] = truth ? '1' : 'f';
    } else if (strcmp(field[3], "0") == 0) {
        r->windows[w] = truth ? 'm' : '0';
    }
    return true;
}

static void
count(rv_eval_row *const r)
{
    for (size_t w = 0; w < r->n_windows; ++w) {
        const char what = r->windows[w];
        r->counts.tp += what == '1';
        r->counts.fn += what == 'm' || what == 'U';
        r->counts.fp += what == 'f';
        r->counts.tn += what == '0' || what == 'u';
        r->counts.unknown += what == 'u' || what == 'U';
    }
}

bool
rv_eval_read_predictions(const char *const path, const rv_eval_table *const table,
                         rv_eval_table *const out, size_t *const misfit)
{
    FILE *const in    = fopen(path, "r");
    char       *line  = NULL;
    size_t      room  = 0;
    size_t      found = 0;
    size_t      lines = 0;
    *misfit           = 0;
    if (!in) {
        return false;
    }
    const bool good = blank(table, out);
    while (good && getline(&line, &room, in) > 0) {
        const bool fits = take_line(line, out);
        const bool head = lines++ == 0 && strncmp(line, "set", 3) == 0;
        found += fits;
        *misfit += !fits && !head && line[0] != 0 && line[0] != '\n';
    }
    for (size_t i = 0; good && i < out->n; ++i) {
        count(&out->row[i]);
    }
    free(line);
    fclose(in);
    return good && found > 0;
}
