// SPDX-License-Identifier: MIT
/**
   @file live_options.h
   What serve, record and demo understand on the command line.
*/
#ifndef RV_CLI_LIVE_OPTIONS_H
#define RV_CLI_LIVE_OPTIONS_H

#include "cli/live.h"

typedef struct {
    rv_host     host;
    rv_live     live;
    const char *scenario; ///< demo
    uint64_t    seed;     ///< demo; 0: the scenario's
} rv_live_options;

/// Which options a verb has beside those all have
enum { RV_LIVE_RECORD = 1, RV_LIVE_DEMO = 2, RV_LIVE_FROM = 4 };

/**
   Parse and configure. `help` is printed for --help (exit code 0 in `code`) and on
   errors (2).

   @param rest  O  First argument that is no option.
   @return false: leave with `code`.
*/
bool rv_live_parse(int argc, char **argv, unsigned which, const char *help,
                   rv_live_options *out, const char **from, int *rest, int *code);

#endif // RV_CLI_LIVE_OPTIONS_H
