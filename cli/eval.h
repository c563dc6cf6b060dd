// SPDX-License-Identifier: MIT
/**
   @file eval.h
   Scores the detectors on labelled recordings: readers, protocols, table.

   The recordings are never split into random windows, nothing is fitted on what is
   scored, and a detector sees nothing but the past of the stream that it judges.
*/
#ifndef RV_CLI_EVAL_H
#define RV_CLI_EVAL_H

#include <ruview/frame/layout.h>
#include <ruview/vital/motion.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { RV_EVAL_NAME = 96 };

/// What a recording of espectre is; other sets label each frame
typedef enum {
    RV_EVAL_BLOCKS,
    RV_EVAL_QUIET,
    RV_EVAL_MOTION,
    RV_EVAL_TEST
} rv_eval_kind;

/// One labelled recording of one link
typedef struct {
    char             name[RV_EVAL_NAME];
    char             chip[16];
    rv_eval_kind     kind;
    uint32_t         k;       ///< Tones
    const rv_layout *layout;  ///< NULL: not from a capture
    size_t           n, room; ///< Frames
    uint64_t        *t_us;    ///< Rising
    float           *re;      ///< [n][k]
    float           *im;      ///< [n][k]
    int8_t          *label;   ///< 1 somebody moves, 0 quiet, -1 not scored
} rv_eval_series;

typedef struct {
    rv_eval_series *item;
    size_t          n;
} rv_eval_set;

/// Files that were not read, or not wholly, and why
typedef struct {
    struct {
        char file[256];
        char why[256];
    } * item;
    size_t n;
} rv_eval_problems;

/// Everything below a folder that a reader knows, by data set; false: no such folder
bool rv_eval_read(const char *folder, rv_eval_set *espectre, rv_eval_set *ialr,
                  rv_eval_set *geotec, rv_eval_problems *problems);
void rv_eval_free(rv_eval_set *set);

/// What windows came to
typedef struct {
    uint32_t tp, fp, fn, tn;
    uint32_t unknown; ///< Windows without an answer, counted as "does not move"
} rv_eval_counts;

/// One row of the table
typedef struct {
    char           set[16];
    char           name[2 * RV_EVAL_NAME + 4];
    char           chip[32];              ///< Data set and chip: a group to leave out
    char           session[RV_EVAL_NAME]; ///< Likewise
    rv_eval_counts counts;
    double         onset_s; ///< From the label's change to the answer; < 0 none
    char *windows; ///< [n_windows] '0' quiet and said so, '1' moves and said so,
                   ///< 'f' false alarm, 'm' missed, 'u' quiet, 'U' moves, unknown
    size_t n_windows, room;
} rv_eval_row;

typedef struct {
    rv_eval_row *row;
    size_t       n, room;
} rv_eval_table;

void rv_eval_table_free(rv_eval_table *table);

/// F1; 1 where there was nothing to find and nothing was found
double rv_eval_f1(const rv_eval_counts *counts);
double rv_eval_false_rate(const rv_eval_counts *counts);

/// Mean F1 of a set when the constant is chosen without the row's own session (0), chip
/// (1) or data set (2)
double rv_eval_left_out(const rv_eval_table *tables, size_t n, const char *set,
                        int what);

/// Runs every protocol with one setting of the motion module; false: out of memory
bool rv_eval_motion(const rv_eval_set *espectre, const rv_eval_set *ialr,
                    const rv_eval_set *geotec, float share, rv_eval_table *table);

/// Text or JSON. `tables` hold the same rows with each of `shares`. The JSON object is
/// left open for more members.
void rv_eval_print(FILE *out, bool json, const rv_eval_table *tables,
                   const float *shares, size_t n_shares, size_t chosen);

#endif // RV_CLI_EVAL_H
