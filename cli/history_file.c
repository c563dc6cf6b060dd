// SPDX-License-Identifier: MIT
#include "cli/history_file.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

rv_history *
rv_history_file_open(const char *const verb, const char *const path)
{
    rv_history       *history = NULL;
    rv_history_config config  = rv_history_config_default(path);
    config.read_only          = true;
    struct stat s;
    if (stat(path, &s) == 0 && S_ISREG(s.st_mode) && s.st_size == 0) {
        fprintf(stderr, "ruview %s: %s: it is empty, and no history file\n", verb,
                path);
        return NULL;
    }
    const rv_status status = rv_history_open(&history, &config);
    if (status != RV_OK) {
        fprintf(stderr, "ruview %s: %s: %s\n", verb, path,
                status == RV_ERR_MAGIC         ? "this is no history file"
                : status == RV_ERR_UNSUPPORTED ? "written by a later release; update"
                : status == RV_ERR_STATE
                    ? "written by an earlier release; start serve on "
                      "it once to update it"
                    : "it cannot be opened; check the path");
    }
    return history;
}

bool
rv_rows_format_parse(const char *const verb, const char *const text,
                     rv_rows_format *const format)
{
    static const char *const names[] = {"text", "csv", "json"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; ++i) {
        if (strcmp(text, names[i]) == 0) {
            *format = (rv_rows_format)i;
            return true;
        }
    }
    fprintf(stderr, "ruview %s: format is text, csv or json, not '%s'\n", verb, text);
    return false;
}
