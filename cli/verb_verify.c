// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/recompute.h"
#include "cli/verb.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: ruview verify [--witness LOG] RECORDING\n\n"
    "Recompute a run from its recording and compare every cycle with the witness log\n"
    "beside it (RECORDING.witness.jsonl). One changed bit of input, configuration or\n"
    "published record is found, and the cycle is named.\n\n"
    "  -w, --witness LOG   another log\n"
    "  -h, --help          this text\n\n"
    "Exit codes: 0 the same, 1 different or damaged, 2 cannot tell.\n";

static int
tell(const rv_verify *const found, const char *const path)
{
    const rv_verdict verdict = rv_verify_verdict(found);
    if (verdict == RV_VERIFY_SAME) {
        printf("%s: same, %llu cycles\n", path, (unsigned long long)found->n_same);
    } else if (verdict == RV_VERIFY_DIFFERENT) {
        printf("%s: different at cycle %llu: %s; %llu cycles agree before it\n", path,
               (unsigned long long)found->cycle, rv_verify_what_name(found->what),
               (unsigned long long)found->n_same);
    } else {
        printf("%s: cannot tell: there is nothing to compare\n", path);
    }
    return (int)verdict;
}

static int
verify(const char *const path, const char *const log_path)
{
    rv_recomputed result;
    if (!rv_recompute(path, log_path, NULL, &result)) {
        return RV_EXIT_USAGE;
    }
    free(result.config);
    return tell(&result.verify, path);
}

int
rv_verb_verify(const int argc, char **const argv)
{
    static const struct option options[] = {{"witness", required_argument, NULL, 'w'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    const char                *log       = NULL;
    for (int c; (c = getopt_long(argc, argv, "w:h", options, NULL)) != -1;) {
        if (c == 'h') {
            fputs(help, stdout);
            return RV_EXIT_OK;
        }
        if (c != 'w') {
            fputs(help, stderr);
            return RV_EXIT_USAGE;
        }
        log = optarg;
    }
    if (optind + 1 != argc) {
        fputs(help, stderr);
        return RV_EXIT_USAGE;
    }
    const char *const path = argv[optind];
    const size_t      n    = strlen(path) + sizeof ".witness.jsonl";
    char *const       side = malloc(n);
    if (!side) {
        return RV_EXIT_USAGE;
    }
    snprintf(side, n, "%s.witness.jsonl", path);
    const int code = verify(path, log ? log : side);
    free(side);
    return code;
}
