// SPDX-License-Identifier: MIT
#define _GNU_SOURCE // getline, strdup
#include "cli/eval.h"

#include "capture/npy.h"
#include "platform/file_source.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static rv_eval_series *
add_series(rv_eval_set *const set, const char *const path, const char *const chip)
{
    rv_eval_series *const grown = realloc(set->item, (set->n + 1) * sizeof *grown);
    if (!grown) {
        return NULL;
    }
    set->item               = grown;
    rv_eval_series *const s = &grown[set->n++];
    memset(s, 0, sizeof *s);
    const char *const base = strrchr(path, '/');
    snprintf(s->name, sizeof s->name, "%.*s", (int)strcspn(base ? base + 1 : path, "."),
             base ? base + 1 : path);
    snprintf(s->chip, sizeof s->chip, "%.7s", chip);
    return s;
}

static bool
reserve(rv_eval_series *const s, const size_t n, const uint32_t k)
{
    s->k     = k;
    s->t_us  = malloc((n + 1) * sizeof *s->t_us);
    s->re    = calloc((n + 1) * k, sizeof *s->re);
    s->im    = calloc((n + 1) * k, sizeof *s->im);
    s->label = malloc(n + 1);
    return s->t_us && s->re && s->im && s->label;
}

/// Tones of the layout's primary field, in ascending order
static void
take_frame(rv_eval_series *const s, const rv_frame *const frame)
{
    const rv_segment *const seg = &frame->layout->segment[frame->layout->primary];
    for (uint32_t i = 0; i < s->k; ++i) {
        const uint32_t entry   = (uint32_t)seg->first + seg->entry[i];
        s->re[s->n * s->k + i] = frame->re[entry];
        s->im[s->n * s->k + i] = frame->im[entry];
    }
    s->t_us[s->n++] = frame->t_us + 1;
}

/// All frames of a capture file, of the layout that the first one has
static bool
read_capture(rv_eval_series *const s, const char *const path)
{
    enum { most = 200000 };
    rv_recording    recording;
    rv_capture_item item;
    if (rv_recording_open(&recording, path, NULL) != RV_OK) {
        return false;
    }
    const rv_layout *layout = NULL;
    bool             good   = true;
    size_t           room   = 0;
    while (good && s->n < most && rv_capture_next(recording.capture, &item) == RV_OK) {
        if (item.reason != RV_REASON_NONE || item.input.kind != RV_INPUT_FRAME ||
            (layout && item.input.frame->layout != layout)) {
            continue;
        }
        if (!layout) {
            layout    = item.input.frame->layout;
            s->layout = layout;
            room      = most / 10;
            good      = reserve(s, room, layout->segment[layout->primary].n_tones);
        } else if (s->n == room) {
            break;
        }
        if (good) {
            take_frame(s, item.input.frame);
        }
    }
    rv_recording_close(&recording);
    return good && s->n > 0;
}

static void
label_all(rv_eval_series *const s, const int8_t label)
{
    for (size_t i = 0; i < s->n; ++i) {
        s->label[i] = label;
    }
}

/// ESPectre: the label is in the name; the test file moves from a packet on
static bool
read_espectre(rv_eval_set *const set, const char *const path, const char *const name)
{
    const char *const chip = strchr(name, '_');
    char              tag[8];
    snprintf(tag, sizeof tag, "%.2s", chip ? chip + 1 : "?");
    rv_eval_series *const s = add_series(set, path, tag);
    if (!s || !read_capture(s, path)) {
        return false;
    }
    if (strncmp(name, "test_", 5) == 0) {
        // labels.json: motion_starts_at_packet is half of num_packets
        label_all(s, 0);
        for (size_t i = s->n / 2; i < s->n; ++i) {
            s->label[i] = 1;
        }
    } else {
        label_all(s, strncmp(name, "movement", 8) == 0 ? 1 : 0);
    }
    return true;
}

/// Column of that name in a CSV header; -1 none
static int
column_of(const char *const line, const char *const name)
{
    int         column = 0;
    const char *at     = line;
    while (*at) {
        const size_t n = strcspn(at, ",\r\n");
        if (n == strlen(name) && strncmp(at, name, n) == 0) {
            return column;
        }
        at += n;
        if (*at != ',') {
            return -1;
        }
        ++at;
        ++column;
    }
    return -1;
}

static int
cell(const char *const line, const int column)
{
    const char *at = line;
    for (int i = 0; i < column; ++i) {
        at = strchr(at, ',');
        if (!at) {
            return -1;
        }
        ++at;
    }
    return atoi(at);
}

/// IALR: column `label`; rows with `settling` are no frames
static bool
read_ialr(rv_eval_set *const set, const char *const path)
{
    rv_eval_series *const s    = add_series(set, path, "s3");
    FILE                 *file = s && read_capture(s, path) ? fopen(path, "r") : NULL;
    char                 *line = NULL;
    size_t                room = 0;
    if (!file) {
        return false;
    }
    label_all(s, -1);
    if (getline(&line, &room, file) > 0) {
        const int label    = column_of(line, "label");
        const int settling = column_of(line, "settling");
        size_t    row      = 0;
        while (row < s->n && getline(&line, &room, file) > 0) {
            if (settling < 0 || cell(line, settling) == 0) {
                s->label[row++] = cell(line, label) != 0;
            }
        }
    }
    free(line);
    fclose(file);
    return true;
}

static uint8_t *
read_whole(const char *const path, size_t *const n)
{
    FILE *const file = fopen(path, "rb");
    struct stat about;
    uint8_t    *bytes = NULL;
    *n                = 0;
    if (file && fstat(fileno(file), &about) == 0 && about.st_size > 0 &&
        about.st_size < (1 << 26)) {
        bytes = malloc((size_t)about.st_size + 8);
        *n    = bytes ? fread(bytes, 1, (size_t)about.st_size, file) : 0;
    }
    if (file) {
        fclose(file);
    }
    return bytes;
}

/**
   The labels of GeoTec lie in a pickle: a list of strings, each written once and then
   referred to by its number. Only the operations that such a list needs are read.
*/
static void
read_pickled_labels(const uint8_t *const b, const size_t n, rv_eval_series *const s)
{
    enum { memo_size = 4096 };
    static int8_t memo[memo_size]; // -1 no label, else whether it moves
    int8_t        top = -1;
    size_t        row = 0;
    memset(memo, -1, sizeof memo);
    for (size_t i = 0; i < n && row < s->n;) {
        const uint8_t op   = b[i++];
        bool          item = false;
        if (op == 'X' && i + 4 <= n) {
            const size_t length = rv_load_u32(b + i);
            const char  *text   = (const char *)b + i + 4;
            if (length > n - i - 4) {
                return;
            }
            const bool label = length > 3 && text[0] >= 'A' && text[0] <= 'Z' &&
                               memchr(text, '_', length);
            top  = label ? (int8_t)(strncmp(text, "SEATED", 6) != 0) : (int8_t)-1;
            item = label;
            i += 4 + length;
        } else if (op == 'q' && i < n) {
            memo[b[i++]] = top;
        } else if (op == 'r' && i + 4 <= n) {
            memo[rv_load_u32(b + i) % memo_size] = top;
            i += 4;
        } else if (op == 'h' && i < n) {
            top  = memo[b[i++]];
            item = top >= 0;
        } else if (op == 'j' && i + 4 <= n) {
            top  = memo[rv_load_u32(b + i) % memo_size];
            item = top >= 0;
            i += 4;
        } else if (op == 'c') {
            for (int lines = 0; lines < 2 && i < n; ++i) {
                lines += b[i] == '\n';
            }
        } else if (op == 'C' && i < n) {
            i += 1U + b[i];
        } else if (op == 'K' || op == 0x80) {
            i += 1;
        } else if (op == 'M') {
            i += 2;
        } else if (op == 'J') {
            i += 4;
        }
        if (item) {
            s->label[row++] = top;
        }
    }
}

/// GeoTec: amplitudes [56][n] at 100 Hz, labels in the file of the same name with -y
static bool
read_geotec(rv_eval_set *const set, const char *const path)
{
    rv_eval_series *const s = add_series(set, path, "s2");
    size_t                n = 0;
    uint8_t *const        x = s ? read_whole(path, &n) : NULL;
    rv_npy                array;
    char *const           other = strdup(path);
    if (!x || !other || rv_npy_open(x, n, &array) != RV_OK || array.n_dims != 2 ||
        array.dim[0] > 64 ||
        !reserve(s, (size_t)array.dim[1], (uint32_t)array.dim[0])) {
        free(x);
        free(other);
        return false;
    }
    s->n = (size_t)array.dim[1];
    for (size_t i = 0; i < s->n; ++i) {
        s->t_us[i] = 1 + i * 10000U;
        for (uint32_t k = 0; k < s->k; ++k) {
            const uint64_t at   = array.fortran ? i * s->k + k : k * s->n + i;
            s->re[i * s->k + k] = (float)rv_npy_f64(&array, at);
        }
    }
    label_all(s, -1);
    memcpy(other + strlen(other) - 5, "y.npy", 5);
    free(x);
    size_t         n_y = 0;
    uint8_t *const y   = read_whole(other, &n_y);
    if (y && n_y > 10) {
        const size_t header = 10U + rv_load_u16(y + 8);
        if (header < n_y) {
            read_pickled_labels(y + header, n_y - header, s);
        }
    }
    free(y);
    free(other);
    return true;
}

static bool
ends_with(const char *const text, const char *const ending)
{
    const size_t n = strlen(text);
    const size_t m = strlen(ending);
    return n >= m && strcmp(text + n - m, ending) == 0;
}

static int
by_name(const struct dirent **const a, const struct dirent **const b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

bool
rv_eval_read(const char *const folder, rv_eval_set *const espectre,
             rv_eval_set *const ialr, rv_eval_set *const geotec)
{
    struct dirent **entry = NULL;
    const int       n     = scandir(folder, &entry, NULL, by_name);
    for (int i = 0; i < n; ++i) {
        const char *const name = entry[i]->d_name;
        char *const       path = malloc(strlen(folder) + strlen(name) + 2);
        struct stat       about;
        if (path && name[0] != '.') {
            sprintf(path, "%s/%s", folder, name);
            if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
                rv_eval_read(path, espectre, ialr, geotec);
            } else if (ends_with(name, ".npz") && (strncmp(name, "baseline_", 9) == 0 ||
                                                   strncmp(name, "movement_", 9) == 0 ||
                                                   strncmp(name, "test_", 5) == 0)) {
                read_espectre(espectre, path, name);
            } else if (ends_with(name, "-x.npy")) {
                read_geotec(geotec, path);
            } else if (strncmp(name, "part_", 5) == 0 && ends_with(name, ".csv")) {
                read_ialr(ialr, path);
            }
        }
        free(path);
        free(entry[i]);
    }
    free(entry);
    return n >= 0;
}

void
rv_eval_free(rv_eval_set *const set)
{
    for (size_t i = 0; i < set->n; ++i) {
        free(set->item[i].t_us);
        free(set->item[i].re);
        free(set->item[i].im);
        free(set->item[i].label);
    }
    free(set->item);
    *set = (rv_eval_set){0};
}
