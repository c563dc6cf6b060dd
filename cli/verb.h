// SPDX-License-Identifier: MIT
/**
   @file verb.h
   A verb of the program: `ruview VERB ARGUMENTS`. One verb, one file, one line in
   verbs.def.
*/
#ifndef RV_CLI_VERB_H
#define RV_CLI_VERB_H

/// Exit codes of every verb
enum {
    RV_EXIT_OK       = 0, ///< Success
    RV_EXIT_NEGATIVE = 1, ///< It ran, and the answer is no
    RV_EXIT_USAGE    = 2, ///< Used wrongly, or it cannot tell
};

/// `argv[0]` is the verb; returns an exit code
typedef int rv_verb(int argc, char **argv);

#define RV_VERB(name, help) rv_verb rv_verb_##name;
#include "cli/verbs.def"
#undef RV_VERB

#endif // RV_CLI_VERB_H
