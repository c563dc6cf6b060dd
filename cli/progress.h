// SPDX-License-Identifier: MIT
/**
   @file progress.h
   A progress bar on the terminal for long work: on standard error, and only when that
   is a terminal.
*/
#ifndef RV_CLI_PROGRESS_H
#define RV_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/// Start from rv_progress_begin
typedef struct {
    const char *label;
    bool        is_on;
    bool        is_shown;
    uint64_t    next_ns; ///< Not drawn again before
    uint32_t    skipped; ///< Calls since the clock was looked at
} rv_progress;

rv_progress rv_progress_begin(const char *label, bool quiet);

/// Draw at most ten times per second; `part` 0..1, negative: a spinner only. Cheap.
void rv_progress_show(rv_progress *self, double part);

/// Take the bar away
void rv_progress_end(rv_progress *self);

#endif // RV_CLI_PROGRESS_H
