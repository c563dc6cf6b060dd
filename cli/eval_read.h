// SPDX-License-Identifier: MIT
/**
   @file eval_read.h
   What the readers of eval share: series that grow, and what was wrong with a file.
*/
#ifndef RV_CLI_EVAL_READ_H
#define RV_CLI_EVAL_READ_H

#include "cli/eval.h"

/// Where a reader puts what it finds
typedef struct {
    rv_eval_set      *espectre, *ialr, *geotec;
    rv_eval_problems *problems;
} rv_eval_reading;

/// Write down that `path` was not read, or not wholly
void rv_eval_problem(rv_eval_problems *problems, const char *path, const char *format,
                     ...) __attribute__((format(printf, 3, 4)));

/// A new series of a set; its name is the file's, without what would break a table.
/// NULL: no memory
rv_eval_series *rv_eval_series_add(rv_eval_set *set, const char *path,
                                   const char *chip);

/// Take the last series away again
void rv_eval_series_drop(rv_eval_set *set);

/// Room for one frame more of `k` tones, all zero; its place, or -1: no memory
int64_t rv_eval_series_grow(rv_eval_series *self, uint32_t k);

/// Frames that are not later than those before are left out
void rv_eval_series_order(rv_eval_series *self, const char *path,
                          rv_eval_problems *problems);

/// A whole file; NULL: none, empty, or too large. Free it.
uint8_t *rv_eval_whole(const char *path, size_t *n);

/// All frames of a capture file, of the layout that the first one has, unlabelled;
/// false: none
bool rv_eval_capture(rv_eval_series *self, const char *path);

/// Whether a word of a label says that somebody moves: 1, 0, or -1: not known
int rv_eval_word(const char *word, size_t n);

void rv_eval_read_npz(const rv_eval_reading *to, const char *path);
void rv_eval_read_csv(const rv_eval_reading *to, const char *path);
void rv_eval_read_npy(const rv_eval_reading *to, const char *path);

#endif // RV_CLI_EVAL_READ_H
