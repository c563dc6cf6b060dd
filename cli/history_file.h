// SPDX-License-Identifier: MIT
/**
   @file history_file.h
   What the verbs that read a history file share: opening it with messages for people,
   and the forms in which rows are printed.
*/
#ifndef RV_CLI_HISTORY_FILE_H
#define RV_CLI_HISTORY_FILE_H

#include "platform/history.h"

#include <stdbool.h>

typedef enum { RV_ROWS_TEXT, RV_ROWS_CSV, RV_ROWS_JSON } rv_rows_format;

/// Open for reading; NULL after a message that begins with "ruview VERB"
rv_history *rv_history_file_open(const char *verb, const char *path);

/// text, csv or json; false after a message that begins with "ruview VERB"
bool rv_rows_format_parse(const char *verb, const char *text, rv_rows_format *format);

#endif // RV_CLI_HISTORY_FILE_H
