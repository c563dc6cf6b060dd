// SPDX-License-Identifier: MIT
// ruview history: what was, from the history file.
#define _GNU_SOURCE
#include "cli/chronicle.h"
#include "cli/history_file.h"
#include "cli/host.h"
#include "cli/input_file.h"
#include "cli/verb.h"

#include <ruview/publish/rfc3339.h>

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char help[] =
    "usage: ruview history [OPTIONS] FILE [KIND]\n"
    "       ruview history --import RECORDING FILE\n"
    "       ruview history --check [--key PUBLIC.pem] FILE\n\n"
    "Shows what a history file holds. KIND: states (default), events, tracks,\n"
    "calibrations, snapshots, runs, privacy.\n\n"
    "  -F, --format FMT    text (default), csv, json (one object per line)\n"
    "  -s, --since TIME    2026-11-22T08:30:00Z or seconds since the epoch\n"
    "  -u, --until TIME    the same\n"
    "  -n, --limit N       at most so many rows\n"
    "      --snapshot      print the newest snapshot of the world, JSON\n"
    "      --import REC    run a recording through the pipeline into the file\n"
    "  -c, --config FILE   with --import: rooms, nodes, privacy\n"
    "      --check         is the file whole, does its audit chain hold over all its\n"
    "                      files, and do the decisions about privacy with their\n"
    "                      signatures?\n"
    "  -k, --key FILE      with --check: every such decision must be signed by this\n"
    "                      Ed25519 key (PEM)\n"
    "  -h, --help          this text\n\n"
    "Exit codes: 0 done, 1 --check found damage, 2 wrong usage or unreadable file.\n";

typedef struct {
    rv_rows_format how;
    uint64_t       rows;
} printer;

static void
print_csv_text(const char *const text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (const char *p = text; *p; ++p) {
        if (*p == '"') {
            putchar('"');
        }
        putchar(*p);
    }
    putchar('"');
}

static void
print_json_text(const char *const text)
{
    putchar('"');
    for (const char *p = text; *p; ++p) {
        if (*p == '"' || *p == '\\') {
            putchar('\\');
            putchar(*p);
        } else if ((unsigned char)*p < 0x20) {
            printf("\\u%04x", *p);
        } else {
            putchar(*p);
        }
    }
    putchar('"');
}

static void
print_text(const rv_history_value *const v)
{
    const size_t n = strlen(v->name);
    if (v->text && n > 3 && strcmp(v->name + n - 3, "_ms") == 0) {
        char when[RV_RFC3339_CHARS];
        rv_rfc3339((uint64_t)strtoll(v->text, NULL, 10) * 1000, when);
        printf("%.*s  ", RV_RFC3339_CHARS, when);
    } else if (v->text && v->is_number && strchr(v->text, '.')) {
        // What was measured as a float, without the tail of its double
        printf("%s=%.6g  ", v->name, strtod(v->text, NULL));
    } else {
        printf("%s=%.60s  ", v->name, v->text ? v->text : "-");
    }
}

static void
print_row(void *const user, const rv_history_value *const values, const int n)
{
    printer *const self = user;
    if (self->rows == 0 && self->how == RV_ROWS_CSV) {
        for (int i = 0; i < n; ++i) {
            printf("%s%s", i ? "," : "", values[i].name);
        }
        putchar('\n');
    }
    ++self->rows;
    for (int i = 0; i < n; ++i) {
        const rv_history_value *const v = &values[i];
        if (self->how == RV_ROWS_TEXT) {
            print_text(v);
            continue;
        }
        if (i > 0) {
            putchar(',');
        }
        if (self->how == RV_ROWS_JSON) {
            printf("%s\"%s\":", i ? "" : "{", v->name);
        }
        if (!v->text) {
            fputs(self->how == RV_ROWS_JSON ? "null" : "", stdout);
        } else if (v->is_number) {
            fputs(v->text, stdout);
        } else if (self->how == RV_ROWS_JSON) {
            print_json_text(v->text);
        } else {
            print_csv_text(v->text);
        }
    }
    fputs(self->how == RV_ROWS_JSON ? "}\n" : "\n", stdout);
}

/// Milliseconds since the epoch, or false
static bool
parse_time(const char *const text, int64_t *const out)
{
    struct tm         date = {0};
    const char *const rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &date);
    char             *end  = NULL;
    if (rest && (*rest == 'Z' || *rest == '\0')) {
        *out = (int64_t)timegm(&date) * 1000;
        return true;
    }
    *out = strtoll(text, &end, 10) * 1000;
    return end != text && *end == '\0';
}

static void
take_cycle(void *const context, const rv_cycle_output *const output)
{
    rv_chronicle *const *const chronicle = context;
    if (*chronicle) {
        rv_chronicle_cycle(*chronicle, output);
    }
}

static int
import(const char *const recording, const char *const path, const char *const config)
{
    rv_host         host;
    rv_input_file   file;
    rv_capture_item item;
    rv_chronicle   *chronicle = NULL;
    if (!rv_host_configure(&host, config) ||
        !rv_input_file_start(&file, &item, recording, &host, config != NULL, take_cycle,
                             &chronicle)) {
        return RV_EXIT_USAGE;
    }
    chronicle = rv_chronicle_open(path, host.engine, NULL);
    if (!chronicle) {
        rv_input_file_close(&file);
        rv_host_stop(&host);
        return RV_EXIT_USAGE;
    }
    rv_input_file_run(&file, &item, host.engine);
    printf("%llu cycles\n",
           (unsigned long long)rv_engine_get_counters(host.engine)->cycles);
    const bool well = rv_chronicle_close(chronicle);
    rv_input_file_close(&file);
    rv_host_stop(&host);
    return well ? RV_EXIT_OK : RV_EXIT_USAGE;
}

static int
check(const char *const path, const char *const key_file)
{
    uint8_t          key[RV_KEY_BYTES];
    rv_history_found found;
    if (key_file && rv_signature_read_key(key_file, key) != RV_OK) {
        fprintf(stderr, "ruview history: %s is no Ed25519 key in PEM\n", key_file);
        return RV_EXIT_USAGE;
    }
    rv_history *const history = rv_history_file_open("history", path);
    if (!history) {
        return RV_EXIT_USAGE;
    }
    const rv_status status = rv_history_check(history, key_file ? key : NULL, &found);
    const unsigned long long first = found.first_audit, last = found.last_audit;
    if (status == RV_OK) {
        printf("%s: whole; audit records %llu to %llu follow each other, over %u files "
               "and the table;\n%llu decisions about privacy hold, %llu of them "
               "signed\n",
               path, first, last, found.audit_files,
               (unsigned long long)found.decisions, (unsigned long long)found.signed_);
    } else if (status == RV_ERR_DIFFERENT) {
        printf("%s: the audit chain breaks after record %llu\n", path, last);
    } else if (status == RV_ERR_VALUE) {
        printf(
            "%s: decision %llu about privacy does not follow, or is not signed as it "
            "must be\n",
            path, (unsigned long long)found.decisions);
    } else {
        printf("%s: damaged: %s\n", path, rv_history_error(history));
    }
    rv_history_close(history);
    return status == RV_OK ? RV_EXIT_OK : RV_EXIT_NEGATIVE;
}

static int
print_snapshot(const char *const path)
{
    char             *json    = NULL;
    size_t            n       = 0;
    rv_history *const history = rv_history_file_open("history", path);
    if (!history) {
        return RV_EXIT_USAGE;
    }
    const rv_status status = rv_history_newest_snapshot(history, &json, &n);
    if (status == RV_OK) {
        fwrite(json, 1, n, stdout);
        putchar('\n');
    } else {
        fprintf(stderr, "ruview history: there is no snapshot yet\n");
    }
    free(json);
    rv_history_close(history);
    return status == RV_OK ? RV_EXIT_OK : RV_EXIT_NEGATIVE;
}

typedef struct {
    const char     *path;
    rv_history_kind kind;
    rv_rows_format  how;
    int64_t         since, until;
    uint64_t        limit;
} question;

static int
answer(const question *const q)
{
    printer           out     = {.how = q->how};
    rv_history *const history = rv_history_file_open("history", q->path);
    if (!history) {
        return RV_EXIT_USAGE;
    }
    const rv_status status = rv_history_query(history, q->kind, q->since, q->until,
                                              q->limit, print_row, &out);
    if (status != RV_OK) {
        fprintf(stderr, "ruview history: %s\n", rv_history_error(history));
    }
    rv_history_close(history);
    return status == RV_OK ? RV_EXIT_OK : RV_EXIT_USAGE;
}

static bool
parse_kind(const char *const text, rv_history_kind *const kind)
{
    for (unsigned i = 0; i < RV_HISTORY_KINDS; ++i) {
        if (strcmp(text, rv_history_kind_name((rv_history_kind)i)) == 0) {
            *kind = (rv_history_kind)i;
            return true;
        }
    }
    fprintf(stderr, "ruview history: no kind '%s'; --help lists them\n", text);
    return false;
}

int
rv_verb_history(const int argc, char **const argv)
{
    static const struct option options[] = {{"format", required_argument, NULL, 'F'},
                                            {"since", required_argument, NULL, 's'},
                                            {"until", required_argument, NULL, 'u'},
                                            {"limit", required_argument, NULL, 'n'},
                                            {"config", required_argument, NULL, 'c'},
                                            {"import", required_argument, NULL, 'i'},
                                            {"key", required_argument, NULL, 'k'},
                                            {"snapshot", no_argument, NULL, 'w'},
                                            {"check", no_argument, NULL, 'x'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    question                   q         = {.since = INT64_MIN, .until = INT64_MAX};
    const char                *recording = NULL, *config = NULL, *key = NULL;
    char                       task = 'q';
    bool                       well = true;
    for (int c; (c = getopt_long(argc, argv, "F:s:u:n:c:k:h", options, NULL)) != -1;) {
        switch (c) {
        case 'F':
            well = well && rv_rows_format_parse("history", optarg, &q.how);
            break;
        case 's':
            well = well && parse_time(optarg, &q.since);
            break;
        case 'u':
            well = well && parse_time(optarg, &q.until);
            break;
        case 'n':
            q.limit = strtoull(optarg, NULL, 10);
            break;
        case 'c':
            config = optarg;
            break;
        case 'i':
            recording = optarg;
            task      = 'i';
            break;
        case 'k':
            key = optarg;
            break;
        case 'w':
        case 'x':
            task = (char)c;
            break;
        case 'h':
            fputs(help, stdout);
            return RV_EXIT_OK;
        default:
            well = false;
        }
    }
    const int n = argc - optind;
    if (!well || n < 1 || n > (task == 'q' ? 2 : 1) ||
        (n == 2 && !parse_kind(argv[optind + 1], &q.kind))) {
        return rv_misused("history",
                          well ? "one FILE and at most one KIND are needed" : NULL);
    }
    q.path = argv[optind];
    return task == 'i'   ? import(recording, q.path, config)
           : task == 'x' ? check(q.path, key)
           : task == 'w' ? print_snapshot(q.path)
                         : answer(&q);
}
