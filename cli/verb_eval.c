// SPDX-License-Identifier: MIT
#include "cli/eval.h"
#include "cli/eval_breathing.h"
#include "cli/eval_people.h"
#include "cli/eval_quiet.h"
#include "cli/eval_simulated.h"
#include "cli/eval_windows.h"
#include "cli/progress.h"
#include "cli/verb.h"

#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: ruview eval DIR [--json] [--html FILE] [--windows FILE]\n"
    "                       [--predictions FILE] [--quiet]\n"
    "       ruview eval --simulated [--minutes N] [--json] [--quiet]\n"
    "       ruview eval --nobody [--hours N] [--seed N] [--quiet]\n"
    "       ruview eval --falls|--night [--hours N] [--seed N] [--quiet]\n"
    "       ruview eval --people [--minutes N] [--json] [--quiet]\n\n"
    "Scores the motion detector on the labelled recordings below DIR:\n"
    "  espectre   *.npz with csi_data, named baseline_*, movement_*, test_* or so "
    "labelled\n"
    "             inside; integers, imaginary first, complex or amplitudes, any number "
    "of\n"
    "             tones, any chip: every baseline with every movement file of its "
    "chip; the\n"
    "             first half of the baseline calibrates, windows of 0.5 s\n"
    "  ialr       *.csv with amp_0, amp_1, ..., a time and a label: blocks of one "
    "label; the\n"
    "             first 10 s of each quiet block calibrate, windows of 2 s\n"
    "  geotec     *-x.npy of amplitudes at 100 Hz with *-y.npy: moving against seated, "
    "windows\n"
    "             of 0.5 s, nothing calibrates\n"
    "  ruview     *.jsonl: what each link says of breathing, minute by minute; no "
    "truth\n"
    "--html writes the same with plots. --windows writes set, row, window, truth and "
    "answer\n"
    "of each window; --predictions scores a file set,row,window,moves (1, 0 or empty) "
    "of\n"
    "somebody else by the same protocol.\n"
    "--simulated scores motion, presence and breathing in simulated rooms instead (10\n"
    "minutes each): empty, walking, fans, somebody who sits and breathes.\n"
    "--nobody counts breaths answered in simulated rooms where nobody breathes in "
    "peace\n(100 hours unless told).\n"
    "--falls counts falls told and falls invented, --night breath, heart and pauses "
    "of\n"
    "breath of a sleeper, both through the whole engine (6 hours unless told).\n"
    "--people scores tracks in simulated rooms through the whole engine: distance, "
    "swapped\n"
    "numbers, interruptions, people who are not there.\n"
    "The quiet stretches of espectre and ialr also go through the whole engine: how "
    "often "
    "it\nsays that somebody is there, and breathes.\n"
    "Nothing is fitted on what is scored; a detector sees the past of its stream "
    "only.\n\n"
    "Files that look like one of these and cannot be read are named on standard error\n"
    "and in `unread` of --json.\n"
    "Exit codes: 0 scored, 2 nothing to score or wrong usage.\n";

/// Settings that leaving recordings out chooses from; the third is the one that ships
static const float shares[] = {0.1F, 0.15F, 0.2F, 0.25F, 0.33F, 0.5F};

enum { n_shares = sizeof shares / sizeof *shares, shipped = 2, n_quiet = 2 };

/// What was asked for
typedef struct {
    const char *folder, *html, *windows, *predictions;
    bool        simulated, people, nobody, falls, night, json, quiet;
    double      minutes, hours;
    uint64_t    seed;
} request;

/// A text of JSON; bytes that are no ASCII are `?`
static void
put_json(const char *text)
{
    fputc('"', stdout);
    for (; *text; ++text) {
        if (*text == '"' || *text == '\\') {
            fputc('\\', stdout);
        }
        fputc(*text < ' ' || *text > '~' ? '?' : *text, stdout);
    }
    fputc('"', stdout);
}

/// Files that were not read end the JSON
static void
print_unread(const rv_eval_problems *const problems)
{
    fputs(",\"unread\":[", stdout);
    for (size_t i = 0; i < problems->n; ++i) {
        fputs(i > 0 ? ",{\"file\":" : "{\"file\":", stdout);
        put_json(problems->item[i].file);
        fputs(",\"why\":", stdout);
        put_json(problems->item[i].why);
        fputc('}', stdout);
    }
    fputs("]}\n", stdout);
}

static int
report(const request *const ask, const rv_eval_table *const table,
       const rv_eval_quiet *const quiet, const rv_eval_breaths *const breaths,
       const rv_eval_problems *const problems)
{
    if (ask->predictions) {
        rv_eval_table theirs = {0};
        int           code   = RV_EXIT_USAGE;
        size_t        misfit = 0;
        if (rv_eval_read_predictions(ask->predictions, &table[shipped], &theirs,
                                     &misfit)) {
            if (misfit > 0) {
                fprintf(stderr,
                        "ruview eval: %s: %zu lines fit no window; --windows writes "
                        "those that there are\n",
                        ask->predictions, misfit);
            }
            rv_eval_print(stdout, ask->json, &theirs, &shares[shipped], 1, 0);
            if (ask->json) {
                print_unread(problems);
            }
            code = RV_EXIT_OK;
        } else {
            fprintf(stderr,
                    "ruview eval: %s: cannot be read, or no line set,row,window,moves "
                    "fits; --windows writes the windows that there are\n",
                    ask->predictions);
        }
        rv_eval_table_free(&theirs);
        return code;
    }
    if (ask->windows && !rv_eval_write_windows(ask->windows, &table[shipped])) {
        fprintf(stderr, "ruview eval: cannot write %s\n", ask->windows);
        return RV_EXIT_USAGE;
    }
    if (ask->html &&
        !rv_eval_html(ask->html, table, shares, n_shares, shipped, breaths, problems)) {
        fprintf(stderr, "ruview eval: cannot write %s\n", ask->html);
        return RV_EXIT_USAGE;
    }
    rv_eval_print(stdout, ask->json, table, shares, n_shares, shipped);
    rv_eval_quiet_print(stdout, ask->json, quiet, n_quiet);
    if (ask->json) {
        print_unread(problems);
    } else {
        rv_eval_print_breaths(stdout, breaths);
    }
    return RV_EXIT_OK;
}

static int
evaluate(const request *const ask)
{
    rv_eval_set      espectre = {0}, ialr = {0}, geotec = {0};
    rv_eval_problems problems        = {0};
    rv_eval_table    table[n_shares] = {{0}};
    rv_eval_breaths  breaths         = {0};
    rv_eval_quiet    quiet[n_quiet]  = {{0}};
    bool             good            = true;
    rv_progress      progress        = rv_progress_begin("eval", ask->quiet);
    const bool       is_folder =
        rv_eval_read(ask->folder, &espectre, &ialr, &geotec, &problems);
    for (size_t i = 0; i < n_shares; ++i) {
        rv_progress_show(&progress, (double)i / n_shares);
        good &= rv_eval_motion(&espectre, &ialr, &geotec, shares[i], &table[i]);
    }
    good &= rv_eval_quiet_play("espectre", &espectre, &quiet[0]);
    good &= rv_eval_quiet_play("ialr", &ialr, &quiet[1]);
    good &= rv_eval_breathing(ask->folder, &breaths);
    rv_progress_end(&progress);
    int code = RV_EXIT_USAGE;
    for (size_t i = 0; i < problems.n; ++i) {
        fprintf(stderr, "ruview eval: %s: %s\n", problems.item[i].file,
                problems.item[i].why);
    }
    if (!is_folder) {
        fprintf(stderr, "ruview eval: %s is no folder that can be read\n", ask->folder);
    } else if (!good) {
        fputs("ruview eval: no memory\n", stderr);
    } else if (table[0].n == 0 && breaths.n == 0) {
        fprintf(stderr,
                "ruview eval: %s holds no labelled recording that I know; see --help "
                "for those that I do\n",
                ask->folder);
    } else {
        code = report(ask, table, quiet, &breaths, &problems);
    }
    for (size_t i = 0; i < n_shares; ++i) {
        rv_eval_table_free(&table[i]);
    }
    rv_eval_breaths_free(&breaths);
    rv_eval_free(&espectre);
    rv_eval_free(&ialr);
    rv_eval_free(&geotec);
    free(problems.item);
    return code;
}

/// A switch without a value
static bool
take_switch(const char *const word, request *const ask)
{
    const struct {
        const char *name;
        bool       *to;
    } switches[] = {{"--json", &ask->json},     {"--quiet", &ask->quiet},
                    {"-q", &ask->quiet},        {"--simulated", &ask->simulated},
                    {"--people", &ask->people}, {"--nobody", &ask->nobody},
                    {"--falls", &ask->falls},   {"--night", &ask->night}};
    for (size_t i = 0; i < sizeof switches / sizeof *switches; ++i) {
        if (strcmp(word, switches[i].name) == 0) {
            *switches[i].to = true;
            return true;
        }
    }
    return false;
}

/// A switch with a value
static bool
take_value(const char *const word, const char *const value, request *const ask)
{
    if (strcmp(word, "--minutes") == 0) {
        ask->minutes = strtod(value, NULL);
    } else if (strcmp(word, "--hours") == 0) {
        ask->hours = strtod(value, NULL);
    } else if (strcmp(word, "--seed") == 0) {
        ask->seed = strtoull(value, NULL, 10);
    } else if (strcmp(word, "--html") == 0) {
        ask->html = value;
    } else if (strcmp(word, "--windows") == 0) {
        ask->windows = value;
    } else if (strcmp(word, "--predictions") == 0) {
        ask->predictions = value;
    } else {
        return false;
    }
    return true;
}

static int
simulate(const request *const ask)
{
    bool         good   = false;
    const bool   many   = ask->hours > 0.0 && ask->hours <= 1e5;
    const double hours  = many ? ask->hours : ask->nobody ? 100.0 : 6.0;
    const bool   wanted = many || ask->hours == 0.0; // 0: not given
    if (ask->falls && wanted) {
        good = rv_eval_falls(stdout, hours, ask->seed, ask->quiet);
    } else if (ask->night && wanted) {
        good = rv_eval_night(stdout, hours, ask->seed, ask->quiet);
    } else if (ask->people && ask->minutes >= 1.0 && ask->minutes <= 1e5) {
        good = rv_eval_people(stdout, ask->json, ask->minutes, ask->quiet);
    } else if (ask->nobody && wanted) {
        good = rv_eval_nobody(stdout, hours, ask->seed, ask->quiet);
    } else if (ask->simulated && ask->minutes >= 2.0 && ask->minutes <= 1e5) {
        good = rv_eval_simulated(stdout, ask->json, ask->minutes, ask->quiet);
    } else {
        fputs("ruview eval: --minutes of 2 or more, --hours above 0\n", stderr);
    }
    return good ? RV_EXIT_OK : RV_EXIT_USAGE;
}

int
rv_verb_eval(const int argc, char **const argv)
{
    request ask = {.minutes = 10.0, .seed = 1};
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(help, stdout);
            return RV_EXIT_OK;
        }
        if (take_switch(argv[i], &ask)) {
            continue;
        }
        if (i + 1 < argc && take_value(argv[i], argv[i + 1], &ask)) {
            ++i;
        } else if (argv[i][0] == '-' || ask.folder) {
            fputs("ruview eval: one folder and its switches; see --help\n", stderr);
            return RV_EXIT_USAGE;
        } else {
            ask.folder = argv[i];
        }
    }
    const int kinds = ask.simulated + ask.people + ask.nobody + ask.falls + ask.night +
                      (ask.folder != NULL);
    if (kinds != 1) {
        fputs("ruview eval: name a folder of recordings, or one of --simulated, "
              "--people, --nobody, --falls, --night\n",
              stderr);
        return RV_EXIT_USAGE;
    }
    return ask.folder ? evaluate(&ask) : simulate(&ask);
}
