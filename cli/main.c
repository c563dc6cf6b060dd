// SPDX-License-Identifier: MIT
#include "cli/verb.h"

#include <ruview/base/version.h>

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const char *help;
    rv_verb    *run;
} verbs[] = {
#define RV_VERB(name, help) {#name, help, rv_verb_##name},
#include "cli/verbs.def"
#undef RV_VERB
};

enum { n_verbs = sizeof verbs / sizeof *verbs };

static void
print_usage(FILE *const out)
{
    fputs("ruview " RV_VERSION ": see people in a room by the WiFi they disturb\n\n"
          "usage: ruview VERB [OPTIONS] [ARGUMENTS]\n\n",
          out);
    for (int i = 0; i < n_verbs; ++i) {
        fprintf(out, "  %-10s %s\n", verbs[i].name, verbs[i].help);
    }
    fputs("\nruview VERB --help tells more of a verb.\n"
          "Exit codes: 0 success, 1 a negative result, 2 wrong usage or cannot tell.\n",
          out);
}

int
main(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return RV_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_usage(stdout);
        return RV_EXIT_OK;
    }
    const char *const name = strcmp(argv[1], "--version") == 0 ? "version" : argv[1];
    for (int i = 0; i < n_verbs; ++i) {
        if (strcmp(name, verbs[i].name) == 0) {
            const int code = verbs[i].run(argc - 1, argv + 1);
            if (fflush(stdout) != 0 || ferror(stdout)) {
                fputs("ruview: standard output could not be written\n", stderr);
                return RV_EXIT_USAGE;
            }
            return code;
        }
    }
    fprintf(stderr, "ruview: there is no verb '%s'; ruview --help lists them\n",
            argv[1]);
    return RV_EXIT_USAGE;
}
