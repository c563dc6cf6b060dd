// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L
// ruview diff A B: where two runs first differ.
#include "cli/verb.h"
#include "platform/run_log.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

static const char usage[] =
    "usage: ruview diff A B\n\n"
    "Compares two runs and names the first cycle that differs, the stage or field, "
    "and\n"
    "both values. A and B are of one kind:\n"
    "  records        written by `ruview replay FILE -F json`\n"
    "  digest tables  written by `ruview replay FILE --digests TABLE`\n"
    "  witness logs   beside a recording\n\n"
    "Exit codes: 0 equal, 1 different, 2 cannot tell.\n";

/// What kind of file it is, by its first line
typedef enum { NEITHER, RECORDS, RUN_LOG } kind;

static kind
sniff(const char *const path)
{
    FILE *const file = fopen(path, "rb");
    char       *line = NULL;
    size_t      room = 0;
    kind        is   = NEITHER;
    if (!file) {
        fprintf(stderr, "ruview diff: %s cannot be opened; check the path\n", path);
        return NEITHER;
    }
    if (getline(&line, &room, file) > 0) {
        json_t *const     root = json_loads(line, JSON_DISABLE_EOF_CHECK, NULL);
        const char *const type = json_string_value(json_object_get(root, "type"));
        is                     = !type ? NEITHER
                                 : strcmp(type, "witness") == 0 || strcmp(type, "digests") == 0 ? RUN_LOG
                                                                                                : RECORDS;
        json_decref(root);
    }
    if (is == NEITHER) {
        fprintf(
            stderr,
            "ruview diff: %s holds neither records nor digests; make them with\n"
            "  ruview replay FILE -F json   or   ruview replay FILE --digests TABLE\n",
            path);
    }
    free(line);
    fclose(file);
    return is;
}

static void
print_hex(const char *const label, const uint8_t *const bytes, const size_t n)
{
    printf("  %s ", label);
    for (size_t i = 0; i < n; ++i) {
        printf("%02x", bytes[i]);
    }
    putchar('\n');
}

static bool
same_header(const rv_run_log *const a, const rv_run_log *const b)
{
    static const char *const names[]  = {"configuration", "calibration", "model",
                                         "privacy chain"};
    const uint8_t *const     first[]  = {a->header.config, a->header.calibration,
                                         a->header.model, a->header.privacy};
    const uint8_t *const     second[] = {b->header.config, b->header.calibration,
                                         b->header.model, b->header.privacy};
    bool                     same     = true;
    for (int i = 0; i < 4; ++i) {
        if (memcmp(first[i], second[i], RV_DIGEST_BYTES) != 0) {
            printf("the runs start from another %s\n", names[i]);
            print_hex("A", first[i], RV_DIGEST_BYTES);
            print_hex("B", second[i], RV_DIGEST_BYTES);
            same = false;
        }
    }
    if (a->header.digest_epoch != b->header.digest_epoch) {
        printf("the runs are of digest epochs %u and %u\n", a->header.digest_epoch,
               b->header.digest_epoch);
        same = false;
    }
    return same;
}

/// The first stage that differs, or the witness
static bool
same_cycle(const rv_run_log *const a, const rv_witness_line *const x,
           const rv_witness_line *const y, const rv_stage_row *const p,
           const rv_stage_row *const q)
{
    if (x->cycle != y->cycle || x->t_us != y->t_us) {
        printf("cycle %llu ends at %llu us in A, cycle %llu at %llu us in B\n",
               (unsigned long long)x->cycle, (unsigned long long)x->t_us,
               (unsigned long long)y->cycle, (unsigned long long)y->t_us);
        return false;
    }
    for (unsigned i = 0; i < a->n_stages; ++i) {
        if (memcmp(p->stage[i], q->stage[i], RV_STAGE_DIGEST_BYTES) != 0) {
            printf("cycle %llu, stage %s\n", (unsigned long long)x->cycle, a->stage[i]);
            print_hex("A", p->stage[i], RV_STAGE_DIGEST_BYTES);
            print_hex("B", q->stage[i], RV_STAGE_DIGEST_BYTES);
            return false;
        }
    }
    if (memcmp(x->witness, y->witness, RV_DIGEST_BYTES) != 0) {
        printf("cycle %llu, witness\n", (unsigned long long)x->cycle);
        print_hex("A", x->witness, RV_DIGEST_BYTES);
        print_hex("B", y->witness, RV_DIGEST_BYTES);
        return false;
    }
    return true;
}

static int
ended_differently(const char *const who, const rv_status status)
{
    if (status != RV_ERR_END) {
        printf("%s is damaged there: %s\n", who, rv_status_text(status));
    } else {
        printf("%s ends there; the other goes on\n", who);
    }
    return RV_EXIT_NEGATIVE;
}

static int
diff_open_logs(rv_run_log *const a, rv_run_log *const b)
{
    bool     same = same_header(a, b);
    uint64_t n    = 0;
    if (a->n_stages != b->n_stages) {
        printf("A has digests of %u stages, B of %u\n", a->n_stages, b->n_stages);
        return RV_EXIT_NEGATIVE;
    }
    for (;; ++n) {
        rv_witness_line x, y;
        rv_stage_row    p, q;
        const rv_status in_a = rv_run_log_next(a, &x, &p);
        const rv_status in_b = rv_run_log_next(b, &y, &q);
        if (in_a == RV_ERR_END && in_b == RV_ERR_END) {
            break;
        }
        if (in_a != RV_OK || in_b != RV_OK) {
            printf("after %llu equal cycles, ", (unsigned long long)n);
            return ended_differently(in_a != RV_OK ? "A" : "B",
                                     in_a != RV_OK ? in_a : in_b);
        }
        if (!same_cycle(a, &x, &y, &p, &q)) {
            return RV_EXIT_NEGATIVE;
        }
    }
    if (same) {
        printf("equal: %llu cycles\n", (unsigned long long)n);
    }
    return same ? RV_EXIT_OK : RV_EXIT_NEGATIVE;
}

static int
diff_logs(const char *const path_a, const char *const path_b)
{
    rv_run_log      a, b;
    const rv_status in_a = rv_run_log_open(&a, path_a);
    if (in_a != RV_OK) {
        fprintf(stderr, "ruview diff: %s: %s\n", path_a, rv_status_text(in_a));
        return RV_EXIT_USAGE;
    }
    const rv_status in_b = rv_run_log_open(&b, path_b);
    if (in_b != RV_OK) {
        fprintf(stderr, "ruview diff: %s: %s\n", path_b, rv_status_text(in_b));
        rv_run_log_close(&a);
        return RV_EXIT_USAGE;
    }
    const int code = diff_open_logs(&a, &b);
    rv_run_log_close(&a);
    rv_run_log_close(&b);
    return code;
}

enum { PATH = 256 };

static void
print_value(const char *const label, const json_t *const value)
{
    char *const text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    printf("  %s %.200s\n", label, text ? text : "absent");
    free(text);
}

/// Path of the first difference into `path`; both values, NULL where absent
static bool
find_difference(const json_t *const a, const json_t *const b, char path[PATH],
                const json_t **const at_a, const json_t **const at_b)
{
    const size_t length = strlen(path);
    if (json_is_object(a) && json_is_object(b)) {
        const char *key;
        json_t     *child;
        // jansson takes a pointer to non-const for iteration only
        json_object_foreach((json_t *)(uintptr_t)a, key, child)
        {
            snprintf(path + length, PATH - length, "%s%s", length ? "." : "", key);
            if (find_difference(child, json_object_get(b, key), path, at_a, at_b)) {
                return true;
            }
            path[length] = '\0';
        }
        json_object_foreach((json_t *)(uintptr_t)b, key, child)
        {
            if (!json_object_get(a, key)) {
                snprintf(path + length, PATH - length, "%s%s", length ? "." : "", key);
                *at_a = NULL;
                *at_b = child;
                return true;
            }
        }
        return false;
    }
    if (json_is_array(a) && json_is_array(b)) {
        const size_t n_a = json_array_size(a);
        const size_t n_b = json_array_size(b);
        for (size_t i = 0; i < n_a || i < n_b; ++i) {
            snprintf(path + length, PATH - length, "[%zu]", i);
            if (find_difference(json_array_get(a, i), json_array_get(b, i), path, at_a,
                                at_b)) {
                return true;
            }
            path[length] = '\0';
        }
        return false;
    }
    *at_a = a;
    *at_b = b;
    return !(a && b && json_equal(a, b));
}

typedef struct {
    FILE  *file;
    char  *line;
    size_t room;
} lines;

static ssize_t
next_line(lines *const self)
{
    return getline(&self->line, &self->room, self->file);
}

/// A line that is not the record before tells where it is
static int
report_records(const char *const line_a, const char *const line_b, const uint64_t n)
{
    json_t *const a          = json_loads(line_a, 0, NULL);
    json_t *const b          = json_loads(line_b, 0, NULL);
    const json_t *at_a       = NULL;
    const json_t *at_b       = NULL;
    char          path[PATH] = "";
    int           code       = RV_EXIT_NEGATIVE;
    if (!a || !b) {
        printf("line %llu of %s is not JSON\n", (unsigned long long)n + 1,
               a ? "B" : "A");
    } else if (find_difference(a, b, path, &at_a, &at_b)) {
        const json_t *const cycle = json_object_get(a, "cycle");
        if (json_is_integer(cycle)) {
            printf("cycle %lld, ", (long long)json_integer_value(cycle));
        } else {
            printf("line %llu, ", (unsigned long long)n + 1);
        }
        printf("%s\n", path);
        print_value("A", at_a);
        print_value("B", at_b);
    } else {
        code = RV_EXIT_OK; // another layout of the same values
    }
    json_decref(a);
    json_decref(b);
    return code;
}

static int
diff_open_records(lines *const a, lines *const b)
{
    for (uint64_t n = 0;; ++n) {
        const ssize_t n_a = next_line(a);
        const ssize_t n_b = next_line(b);
        if (n_a < 0 && n_b < 0) {
            printf("equal: %llu records\n", (unsigned long long)n);
            return RV_EXIT_OK;
        }
        if (n_a < 0 || n_b < 0) {
            printf("after %llu equal records, ", (unsigned long long)n);
            return ended_differently(n_a < 0 ? "A" : "B", RV_ERR_END);
        }
        if (n_a != n_b || memcmp(a->line, b->line, (size_t)n_a) != 0) {
            const int code = report_records(a->line, b->line, n);
            if (code != RV_EXIT_OK) {
                return code;
            }
        }
    }
}

static int
diff_records(const char *const path_a, const char *const path_b)
{
    lines a    = {.file = fopen(path_a, "rb")};
    lines b    = {.file = fopen(path_b, "rb")};
    int   code = RV_EXIT_USAGE;
    if (a.file && b.file) {
        code = diff_open_records(&a, &b);
    }
    if (a.file) {
        fclose(a.file);
    }
    if (b.file) {
        fclose(b.file);
    }
    free(a.line);
    free(b.line);
    return code;
}

int
rv_verb_diff(const int argc, char **const argv)
{
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(usage, stdout);
        return RV_EXIT_OK;
    }
    if (argc != 3) {
        fputs(usage, stderr);
        return RV_EXIT_USAGE;
    }
    const kind a = sniff(argv[1]);
    const kind b = a == NEITHER ? NEITHER : sniff(argv[2]);
    if (a == NEITHER || b == NEITHER) {
        return RV_EXIT_USAGE;
    }
    if (a != b) {
        fputs("ruview diff: the two are not of one kind\n", stderr);
        return RV_EXIT_USAGE;
    }
    return a == RECORDS ? diff_records(argv[1], argv[2]) : diff_logs(argv[1], argv[2]);
}
