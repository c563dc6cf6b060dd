// SPDX-License-Identifier: MIT
/**
   @file verb.h
   A verb of the program: `ruview VERB ARGUMENTS`. One verb, one file, one line in
   verbs.def.
*/
#ifndef RV_CLI_VERB_H
#define RV_CLI_VERB_H

#include <stdbool.h>

/// Exit codes of every verb
enum {
    RV_EXIT_OK       = 0, ///< Success
    RV_EXIT_NEGATIVE = 1, ///< It ran, and the answer is no
    RV_EXIT_USAGE    = 2, ///< Used wrongly, or it cannot tell
};

/// `argv[0]` is the verb; returns an exit code
typedef int rv_verb(int argc, char **argv);

/// Says what is wrong (NULL: it was said) and where the usage stands; RV_EXIT_USAGE
int rv_misused(const char *verb, const char *what);

/// Would writing `out` (NULL: nothing) leave `in` as it is? Else says so. Both are
/// paths.
bool rv_output_spares(const char *verb, const char *out, const char *in);

/// Remove what was written in part, where it is a file
void rv_output_discard(const char *path);

/// The number that an option takes, 0 to `most`; false after a message
bool rv_take_number(const char *verb, const char *option, const char *text, double most,
                    double *out);

/// "x.svg" ends with ".svg"
bool rv_ends_with(const char *path, const char *ending);

#define RV_VERB(name, help) rv_verb rv_verb_##name;
#include "cli/verbs.def"
#undef RV_VERB

#endif // RV_CLI_VERB_H
