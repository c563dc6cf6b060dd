// SPDX-License-Identifier: MIT
#define _GNU_SOURCE // scandir
#include "cli/eval_read.h"

#include "platform/file_source.h"

#include <ctype.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { most_frames = 2000000 };

void
rv_eval_problem(rv_eval_problems *const problems, const char *const path,
                const char *const format, ...)
{
    void *const grown =
        realloc(problems->item, (problems->n + 1) * sizeof *problems->item);
    if (!grown) {
        return;
    }
    problems->item = grown;
    va_list more;
    va_start(more, format);
    snprintf(problems->item[problems->n].file, sizeof problems->item->file, "%s", path);
    vsnprintf(problems->item[problems->n].why, sizeof problems->item->why, format,
              more);
    va_end(more);
    ++problems->n;
}

/// The file's name up to its first point; what would break a table or JSON is `_`, and
/// a name that is there already gets a number
static void
name_it(const rv_eval_set *const set, rv_eval_series *const s, const char *const path)
{
    const char *const slash = strrchr(path, '/');
    const char *const base  = slash ? slash + 1 : path;
    char              name[RV_EVAL_NAME - 8];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(base, "."), base);
    for (char *c = name; *c; ++c) {
        const bool fine = isprint((unsigned char)*c) && !strchr(",;\"\\|<>&", *c);
        *c              = fine ? *c : '_';
    }
    snprintf(s->name, sizeof s->name, "%s", name);
    unsigned again = 1;
    for (size_t i = 0; i + 1 < set->n; ++i) {
        if (strcmp(set->item[i].name, s->name) == 0) {
            snprintf(s->name, sizeof s->name, "%s~%u", name, ++again);
            i = (size_t)-1;
        }
    }
}

rv_eval_series *
rv_eval_series_add(rv_eval_set *const set, const char *const path,
                   const char *const chip)
{
    rv_eval_series *const grown = realloc(set->item, (set->n + 1) * sizeof *grown);
    if (!grown) {
        return NULL;
    }
    set->item               = grown;
    rv_eval_series *const s = &grown[set->n++];
    memset(s, 0, sizeof *s);
    name_it(set, s, path);
    snprintf(s->chip, sizeof s->chip, "%s", chip);
    return s;
}

static void
clear(rv_eval_series *const s)
{
    free(s->t_us);
    free(s->re);
    free(s->im);
    free(s->label);
    s->t_us  = NULL;
    s->re    = NULL;
    s->im    = NULL;
    s->label = NULL;
    s->n     = 0;
    s->room  = 0;
}

void
rv_eval_series_drop(rv_eval_set *const set)
{
    clear(&set->item[--set->n]);
}

static bool
resize(void **const at, const size_t bytes)
{
    void *const grown = realloc(*at, bytes);
    *at               = grown ? grown : *at;
    return grown != NULL;
}

int64_t
rv_eval_series_grow(rv_eval_series *const s, const uint32_t k)
{
    if (s->n == 0 && s->k != k) {
        clear(s);
    }
    if (s->n == s->room) {
        const size_t room = s->room ? 2 * s->room : 1024;
        const size_t line = k * sizeof(float);
        if (s->n >= most_frames || !resize((void **)&s->t_us, room * sizeof *s->t_us) ||
            !resize((void **)&s->label, room) ||
            !resize((void **)&s->re, room * line) ||
            !resize((void **)&s->im, room * line)) {
            return -1;
        }
        s->room = room;
    }
    s->k = k;
    memset(s->re + s->n * k, 0, k * sizeof *s->re);
    memset(s->im + s->n * k, 0, k * sizeof *s->im);
    s->t_us[s->n]  = 0;
    s->label[s->n] = -1;
    return (int64_t)s->n++;
}

void
rv_eval_series_order(rv_eval_series *const s, const char *const path,
                     rv_eval_problems *const problems)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->n; ++i) {
        if (kept > 0 && s->t_us[i] <= s->t_us[kept - 1]) {
            continue;
        }
        s->t_us[kept]  = s->t_us[i];
        s->label[kept] = s->label[i];
        memmove(s->re + kept * s->k, s->re + i * s->k, s->k * sizeof *s->re);
        memmove(s->im + kept * s->k, s->im + i * s->k, s->k * sizeof *s->im);
        ++kept;
    }
    if (20 * (s->n - kept) > s->n) {
        rv_eval_problem(problems, path,
                        "%zu of %zu frames are not later than the one before and were "
                        "left out; times must rise",
                        s->n - kept, s->n);
    }
    s->n = kept;
}

uint8_t *
rv_eval_whole(const char *const path, size_t *const n)
{
    FILE *const file = fopen(path, "rb");
    struct stat about;
    uint8_t    *bytes = NULL;
    *n                = 0;
    if (file && fstat(fileno(file), &about) == 0 && about.st_size > 0 &&
        about.st_size < ((int64_t)1 << 31)) {
        bytes = malloc((size_t)about.st_size + 8);
        *n    = bytes ? fread(bytes, 1, (size_t)about.st_size, file) : 0;
    }
    if (file) {
        fclose(file);
    }
    return bytes;
}

/// Tones of the layout's primary field, in ascending order
static bool
take_frame(rv_eval_series *const s, const rv_frame *const frame)
{
    const rv_segment *const seg = &frame->layout->segment[frame->layout->primary];
    const int64_t           at  = rv_eval_series_grow(s, seg->n_tones);
    for (uint32_t i = 0; at >= 0 && i < s->k; ++i) {
        const uint32_t entry         = (uint32_t)seg->first + seg->entry[i];
        s->re[(size_t)at * s->k + i] = frame->re[entry];
        s->im[(size_t)at * s->k + i] = frame->im[entry];
    }
    if (at >= 0) {
        s->t_us[at] = frame->t_us + 1;
    }
    return at >= 0;
}

bool
rv_eval_capture(rv_eval_series *const s, const char *const path)
{
    rv_recording    recording;
    rv_capture_item item;
    if (rv_recording_open(&recording, path, NULL) != RV_OK) {
        return false;
    }
    bool good = true;
    while (good && rv_capture_next(recording.capture, &item) == RV_OK) {
        if (item.reason != RV_REASON_NONE || item.input.kind != RV_INPUT_FRAME ||
            (s->layout && item.input.frame->layout != s->layout)) {
            continue;
        }
        s->layout = item.input.frame->layout;
        good      = take_frame(s, item.input.frame);
    }
    rv_recording_close(&recording);
    return s->n > 0;
}

int
rv_eval_word(const char *const word, const size_t n)
{
    static const struct {
        const char *start; ///< Of the word, any case
        int         moves;
    } words[] = {
        {"sitting_down", 1}, {"standing_up", 1}, {"lying_down", 1}, {"seated", 0},
        {"sitting", 0},      {"standing", 0},    {"lying", 0},      {"empty", 0},
        {"baseline", 0},     {"quiet", 0},       {"still", 0},      {"static", 0},
        {"idle", 0},         {"no_", 0},         {"none", 0},       {"nobody", 0},
        {"absent", 0},       {"false", 0},       {"mov", 1},        {"motion", 1},
        {"walk", 1},         {"turn", 1},        {"run", 1},        {"jump", 1},
        {"true", 1},         {"stand_up", 1},    {"sit_down", 1},   {"active", 1},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; ++i) {
        size_t k = 0;
        while (words[i].start[k] && k < n &&
               tolower((unsigned char)word[k]) == words[i].start[k]) {
            ++k;
        }
        if (!words[i].start[k]) {
            return words[i].moves;
        }
    }
    return -1;
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

static bool
walk(const rv_eval_reading *const to, const char *const folder)
{
    struct dirent **entry = NULL;
    const int       n     = scandir(folder, &entry, NULL, by_name);
    for (int i = 0; i < n; ++i) {
        const char *const name = entry[i]->d_name;
        char *const       path = malloc(strlen(folder) + strlen(name) + 2);
        struct stat       about;
        if (path && name[0] != '.') {
            sprintf(path, "%s/%s", folder, name);
            if (stat(path, &about) != 0) {
                rv_eval_problem(to->problems, path, "cannot be opened");
            } else if (S_ISDIR(about.st_mode)) {
                walk(to, path);
            } else if (ends_with(name, ".npz")) {
                rv_eval_read_npz(to, path);
            } else if (ends_with(name, "-x.npy")) {
                rv_eval_read_npy(to, path);
            } else if (ends_with(name, ".csv")) {
                rv_eval_read_csv(to, path);
            }
        }
        free(path);
        free(entry[i]);
    }
    free(entry);
    return n >= 0;
}

/// A baseline and a movement of one chip and one number of tones make a row
static void
check_pairs(const rv_eval_reading *const to, const char *const folder)
{
    const rv_eval_set *const set = to->espectre;
    for (size_t i = 0; i < set->n; ++i) {
        const rv_eval_series *const a = &set->item[i];
        const rv_eval_kind          other =
            a->kind == RV_EVAL_QUIET ? RV_EVAL_MOTION : RV_EVAL_QUIET;
        bool found = a->kind == RV_EVAL_TEST;
        for (size_t k = 0; k < set->n && !found; ++k) {
            const rv_eval_series *const b = &set->item[k];
            found = b->kind == other && b->k == a->k && strcmp(a->chip, b->chip) == 0;
        }
        if (!found) {
            rv_eval_problem(to->problems, folder,
                            "%s stands alone: there is no %s file of chip %s with %u "
                            "tones to score it with",
                            a->name, other == RV_EVAL_QUIET ? "baseline" : "movement",
                            a->chip, a->k);
        }
    }
}

bool
rv_eval_read(const char *const folder, rv_eval_set *const espectre,
             rv_eval_set *const ialr, rv_eval_set *const geotec,
             rv_eval_problems *const problems)
{
    const rv_eval_reading to   = {espectre, ialr, geotec, problems};
    const bool            good = walk(&to, folder);
    check_pairs(&to, folder);
    return good;
}

void
rv_eval_free(rv_eval_set *const set)
{
    for (size_t i = 0; i < set->n; ++i) {
        clear(&set->item[i]);
    }
    free(set->item);
    *set = (rv_eval_set){0};
}
