// SPDX-License-Identifier: MIT
/**
   @file table.h
   Tables of amplitudes: what rows of a CSV file and of a NumPy array have in common.
*/
#ifndef RV_CAPTURE_TABLE_H
#define RV_CAPTURE_TABLE_H

#include "capture/format.h"

/// Layout of rows of n amplitudes: the one told, else by number; NULL when none fits
const rv_layout *rv_table_layout(const rv_capture_table *told, size_t n);

/// Stamp of row `index` where the table has no time: needs the told rate
bool rv_table_stamp(const rv_capture_table *told, uint64_t index, uint64_t *t_us);

/// One number of the table as an amplitude; decibels become linear when told
bool rv_table_amplitude(const rv_capture_table *told, double v, float *out);

/// The same for a row, in place; false when a value is no amplitude
bool rv_table_amplitudes(const rv_capture_table *told, float *row, size_t n);

#endif // RV_CAPTURE_TABLE_H
