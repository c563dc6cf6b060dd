// SPDX-License-Identifier: MIT
#include "cli/eval.h"
#include "cli/eval_people.h"
#include "cli/eval_simulated.h"
#include "cli/progress.h"
#include "cli/verb.h"

#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: ruview eval DIR [--json] [--quiet]\n"
    "       ruview eval --simulated [--minutes N] [--json] [--quiet]\n"
    "       ruview eval --people [--minutes N] [--json] [--quiet]\n\n"
    "Scores the motion detector on the labelled recordings below DIR:\n"
    "  espectre   baseline_*.npz, movement_*.npz, test_*.npz: every baseline with "
    "every\n"
    "             movement file of its chip; the first half of the baseline "
    "calibrates,\n"
    "             windows of 0.5 s\n"
    "  ialr       part_*.csv: blocks of one label; the first 10 s of each quiet block\n"
    "             calibrate, windows of 2 s\n"
    "  geotec     *-x.npy with *-y.npy: moving against seated, windows of 0.5 s, "
    "nothing\n"
    "             calibrates\n"
    "--simulated scores motion, presence and breathing in simulated rooms instead (10\n"
    "minutes each): empty, walking, fans, somebody who sits and breathes.\n"
    "--people scores tracks in simulated rooms through the whole engine: distance, "
    "swapped\n"
    "numbers, interruptions, people who are not there.\n"
    "Nothing is fitted on what is scored; a detector sees the past of its stream "
    "only.\n\n"
    "Exit codes: 0 scored, 2 nothing to score or wrong usage.\n";

/// Settings that leaving recordings out chooses from; the third is the one that ships
static const float shares[] = {0.1F, 0.2F, 0.33F, 0.4F, 0.5F, 0.6F};

enum { n_shares = sizeof shares / sizeof *shares, shipped = 2 };

static int
evaluate(const char *const folder, const bool json, const bool quiet)
{
    rv_eval_set   espectre = {0}, ialr = {0}, geotec = {0};
    rv_eval_table table[n_shares] = {{0}};
    bool          good            = true;
    rv_progress   progress        = rv_progress_begin("eval", quiet);
    rv_eval_read(folder, &espectre, &ialr, &geotec);
    for (size_t i = 0; i < n_shares; ++i) {
        rv_progress_show(&progress, (double)i / n_shares);
        good &= rv_eval_motion(&espectre, &ialr, &geotec, shares[i], &table[i]);
    }
    rv_progress_end(&progress);
    int code = RV_EXIT_USAGE;
    if (!good) {
        fputs("ruview eval: no memory\n", stderr);
    } else if (table[0].n == 0) {
        fprintf(stderr, "ruview eval: %s holds no labelled recording that I know\n",
                folder);
    } else {
        rv_eval_print(stdout, json, table, shares, n_shares, shipped);
        code = RV_EXIT_OK;
    }
    for (size_t i = 0; i < n_shares; ++i) {
        free(table[i].row);
    }
    rv_eval_free(&espectre);
    rv_eval_free(&ialr);
    rv_eval_free(&geotec);
    return code;
}

int
rv_verb_eval(const int argc, char **const argv)
{
    const char *folder    = NULL;
    bool        simulated = false;
    bool        people    = false;
    double      minutes   = 10.0;
    bool        json      = false;
    bool        quiet     = false;
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(help, stdout);
            return RV_EXIT_OK;
        }
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--quiet") == 0 || strcmp(argv[i], "-q") == 0) {
            quiet = true;
        } else if (strcmp(argv[i], "--simulated") == 0) {
            simulated = true;
        } else if (strcmp(argv[i], "--people") == 0) {
            people = true;
        } else if (strcmp(argv[i], "--minutes") == 0 && i + 1 < argc) {
            minutes = strtod(argv[++i], NULL);
        } else if (argv[i][0] == '-' || folder) {
            fputs("ruview eval: one folder, --json, --quiet; see --help\n", stderr);
            return RV_EXIT_USAGE;
        } else {
            folder = argv[i];
        }
    }
    if (people && !simulated && !folder && minutes >= 1.0 && minutes <= 1e5) {
        return rv_eval_people(stdout, json, minutes, quiet) ? RV_EXIT_OK
                                                            : RV_EXIT_USAGE;
    }
    if (simulated && !people && !folder && minutes >= 2.0 && minutes <= 1e5) {
        return rv_eval_simulated(stdout, json, minutes, quiet) ? RV_EXIT_OK
                                                               : RV_EXIT_USAGE;
    }
    if (!folder || simulated || people) {
        fputs("ruview eval: name a folder of recordings, or --simulated with --minutes "
              "of 2 or more\n",
              stderr);
        return RV_EXIT_USAGE;
    }
    return evaluate(folder, json, quiet);
}
