// SPDX-License-Identifier: MIT
// Recordings of ialr: a table with a column `label` and columns of amplitudes
#define _GNU_SOURCE // getline
#include "cli/eval_read.h"

#include <stdlib.h>
#include <string.h>

enum { most_columns = 4096 };

/// Where things stand in a row; -1 nowhere
typedef struct {
    int    label, settling, time, amplitude, n_amplitudes;
    double unit_us; ///< Of the time column
} columns;

static bool
is_word(const char *const at, const size_t n, const char *const word)
{
    return n == strlen(word) && strncmp(at, word, n) == 0;
}

static columns
read_header(const char *at)
{
    static const struct {
        const char *name;
        double      unit_us;
    } times[]    = {{"host_unix_us", 1.0}, {"timestamp_us", 1.0}, {"t_us", 1.0},
                    {"timestamp", 1e6},    {"time", 1e6},         {"t", 1e6}};
    columns c    = {-1, -1, -1, -1, 0, 0.0};
    size_t  best = sizeof times / sizeof *times;
    for (int i = 0; i < most_columns && *at && *at != '\r' && *at != '\n'; ++i) {
        const size_t n = strcspn(at, ",\r\n");
        c.label        = is_word(at, n, "label") ? i : c.label;
        c.settling     = is_word(at, n, "settling") ? i : c.settling;
        for (size_t k = 0; k < best; ++k) {
            if (is_word(at, n, times[k].name)) {
                c.time    = i;
                c.unit_us = times[k].unit_us;
                best      = k;
            }
        }
        char first[32];
        snprintf(first, sizeof first, "amp_%d", c.n_amplitudes);
        if (is_word(at, n, first)) {
            c.amplitude = c.n_amplitudes == 0 ? i : c.amplitude;
            ++c.n_amplitudes;
        }
        at += n;
        at += *at == ',';
    }
    return c;
}

static const char *
cell(const char *at, const int column)
{
    for (int i = 0; at && i < column; ++i) {
        at = strchr(at, ',');
        at = at ? at + 1 : NULL;
    }
    return at;
}

/// 1 moves, 0 quiet, -1 not known
static int8_t
label_of(const char *const at)
{
    if (!at) {
        return -1;
    }
    const char *const text = at + (*at == '"');
    const size_t      n    = strcspn(text, ",\"\r\n");
    char             *end;
    const double      v = strtod(text, &end);
    if (end != text && (size_t)(end - text) == n) {
        return v == 0.0 ? 0 : v > 0.0 ? 1 : -1;
    }
    return (int8_t)rv_eval_word(text, n);
}

/// A row as it stands, for tables whose width no layout has
static void
take_row(rv_eval_series *const s, const columns *const c, const char *const line)
{
    const char *const time = cell(line, c->time);
    const char       *at   = cell(line, c->amplitude);
    const double      us   = time ? strtod(time, NULL) * c->unit_us : -1.0;
    const int64_t     row  = at && us >= 0.0 && us < 1e18
                                 ? rv_eval_series_grow(s, (uint32_t)c->n_amplitudes)
                                 : -1;
    if (row < 0) {
        return;
    }
    s->t_us[row]  = (uint64_t)us + 1;
    s->label[row] = label_of(cell(line, c->label));
    for (int k = 0; at && k < c->n_amplitudes; ++k) {
        const float v                         = strtof(at, NULL);
        s->re[(size_t)row * s->k + (size_t)k] = v >= 0.0F && v < 1e9F ? v : 0.0F;
        at                                    = strchr(at, ',');
        at                                    = at ? at + 1 : NULL;
    }
}

/// The label of each row that is a frame; false: there are not as many as frames were
/// captured
static bool
read_rows(rv_eval_series *const s, FILE *const file, const columns *const c,
          const bool captured)
{
    char  *line = NULL;
    size_t room = 0, row = 0;
    while (getline(&line, &room, file) > 0) {
        const char *const settling = c->settling < 0 ? NULL : cell(line, c->settling);
        if (strcspn(line, "\r\n") == 0 || (settling && atoi(settling) != 0)) {
            continue;
        }
        if (!captured) {
            take_row(s, c, line);
        } else if (row < s->n) {
            s->label[row] = label_of(cell(line, c->label));
        }
        ++row;
    }
    free(line);
    return !captured || row == s->n;
}

/// Blocks whose label is not known are not scored; a file without any is told
static void
check_labels(const rv_eval_reading *const to, const rv_eval_series *const s,
             const char *const path)
{
    size_t known = 0;
    for (size_t i = 0; i < s->n; ++i) {
        known += s->label[i] >= 0;
    }
    if (known < s->n) {
        rv_eval_problem(to->problems, path,
                        "%zu of %zu rows carry a label that is not known and are not "
                        "scored; 0, 1, empty or walking are",
                        s->n - known, s->n);
    }
}

void
rv_eval_read_csv(const rv_eval_reading *const to, const char *const path)
{
    FILE *const file  = fopen(path, "r");
    char       *line  = NULL;
    size_t      room  = 0;
    columns     c     = {-1, -1, -1, -1, 0, 0.0};
    const char *fault = NULL;
    const char *slash = strrchr(path, '/');
    if (file && getline(&line, &room, file) > 0) {
        c = read_header(line);
    }
    free(line);
    if (!file) {
        fault = "cannot be opened";
    } else if (c.n_amplitudes < 2) {
        fault =
            "is no table of amplitudes: a header with amp_0, amp_1, ... is expected";
    } else if (c.label < 0) {
        fault = "has no column label (0 quiet, 1 somebody moves)";
    } else if (c.time < 0) {
        fault = "has no column of times: host_unix_us, timestamp_us, t_us, timestamp, "
                "time or t is expected";
    }
    rv_eval_series *const s = fault ? NULL : rv_eval_series_add(to->ialr, path, "s3");
    if (s) {
        const bool captured = rv_eval_capture(s, path);
        if (!read_rows(s, file, &c, captured)) {
            // rows that no layout takes: which label is whose is known only row by row
            s->n      = 0;
            s->layout = NULL;
            rewind(file);
            (void)!fscanf(file, "%*[^\n]"); // the header
            (void)read_rows(s, file, &c, false);
        }
        rv_eval_series_order(s, path, to->problems);
        if (s->n < 2) {
            fault = "holds no row with a time and amplitudes";
            rv_eval_series_drop(to->ialr);
        } else {
            check_labels(to, s, path);
        }
    }
    // other tables may lie there as well
    const bool meant = c.n_amplitudes >= 2 || c.label >= 0 ||
                       strncmp(slash ? slash + 1 : path, "part_", 5) == 0;
    if (fault && meant) {
        rv_eval_problem(to->problems, path, "%s", fault);
    }
    if (file) {
        fclose(file);
    }
}
