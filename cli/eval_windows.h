// SPDX-License-Identifier: MIT
/**
   @file eval_windows.h
   The windows of a scoring: out as text, somebody else's answers in, and the report.
*/
#ifndef RV_CLI_EVAL_WINDOWS_H
#define RV_CLI_EVAL_WINDOWS_H

#include "cli/eval.h"
#include "cli/eval_breathing.h"

/// A line "set,row,window,truth,moves" for each window; false: cannot write
bool rv_eval_write_windows(const char *path, const rv_eval_table *table);

/**
   The rows of `table` with the answers of a file of lines "set,row,window,moves": 1
   moves, 0 does not, anything else no answer. A window that is not in the file has no
   answer.

   @param out     O  Free with rv_eval_table_free().
   @param misfit  O  Lines that fit no window; the first may be a header.
   @return false: unreadable, or no line fits
*/
bool rv_eval_read_predictions(const char *path, const rv_eval_table *table,
                              rv_eval_table *out, size_t *misfit);

/// A page with tables, time lines, ROC, spectra and what was not read, on its own;
/// false: cannot write
bool rv_eval_html(const char *path, const rv_eval_table *tables, const float *shares,
                  size_t n_shares, size_t chosen, const rv_eval_breaths *breaths,
                  const rv_eval_problems *problems);

#endif // RV_CLI_EVAL_WINDOWS_H
