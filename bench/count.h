// SPDX-License-Identifier: MIT
/**
   @file count.h
   Counts instructions, from outside: under callgrind (bench/gate) or under an emulator
   with bench/insn_plugin.c (bench/project). The program marks where an interval ends
   and prints what it was; the observer writes how many instructions it took. Counts
   repeat, times do not.
*/
#ifndef RV_BENCH_COUNT_H
#define RV_BENCH_COUNT_H

#include <stdbool.h>
#include <stdint.h>

/// Whether somebody counts: valgrind's callgrind, or RUVIEW_COUNT=emulator
bool rv_count_is_on(void);

/// Count from here on
void rv_count_start(void);

/// End of interval number `mark`, 0..; the next one begins
void rv_count_mark(uint32_t mark);

/// Count no more
void rv_count_stop(void);

/// A number for an interval that `per` calls of `group` `name` filled; printed
uint32_t rv_count_name(const char *group, const char *name, double per);

#endif // RV_BENCH_COUNT_H
