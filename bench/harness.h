// SPDX-License-Identifier: MIT
/**
   @file harness.h
   Times a function fairly: warm-up, many samples, median, 99th percentile and minimum
   per call, allocations per call; a line for people or a JSON object for programs.

   A group is one function `void rv_bench_<group>(rv_bench *b)` in bench_<group>.c and
   one line in benches.def:

       static void body(void *arg) { work_on(arg); }

       void
       rv_bench_thing(rv_bench *const b)
       {
           thing t = ...;
           const rv_bench_result ours = rv_bench_time(b, "thing 342", body, &t);
           rv_bench_bound(b, "thing 342 / yardstick", ours.median_ns / theirs, 2.5);
       }
*/
#ifndef RV_BENCH_HARNESS_H
#define RV_BENCH_HARNESS_H

#include <ruview/base/status.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/// A run of one group; start from {0} with `group` set
typedef struct {
    const char *group;
    FILE       *out;      ///< NULL is stdout
    bool        json;     ///< One JSON object per line
    double      seconds;  ///< Time to spend on one measurement; 0 is 0.3
    uint32_t    cpu_mask; ///< What kernels may use; math/kernels.h
    uint32_t    n_over;   ///< Bounds that were not kept
    bool        thorough; ///< Also what takes minutes
    bool        counting; ///< Count instructions (count.h) instead of time
    double      repeat;   ///< Counting: do so many times the work; 0 is 1. To see the
                          ///< gate fail
} rv_bench;

/// Per call [ns], over samples
typedef struct {
    double   median_ns;
    double   p99_ns;
    double   min_ns;
    double   allocations; ///< Calls of malloc and its kin per call; -1 not counted
    uint64_t n_calls;     ///< Calls timed
} rv_bench_result;

/// Time body(arg), print a line named `name`, and return what was found
rv_bench_result rv_bench_time(rv_bench *b, const char *name, void (*body)(void *arg),
                              void *arg);

/// As rv_bench_time() with a rate: `amount` of `unit` per call, for example 1024, "B"
rv_bench_result rv_bench_rate(rv_bench *b, const char *name, void (*body)(void *arg),
                              void *arg, double amount, const char *unit);

/// Print what a group measured by itself
void rv_bench_report(rv_bench *b, const char *name, const rv_bench_result *result);

/// Print a figure against its upper bound, counted in n_over when above it; 0: no bound
void rv_bench_bound(rv_bench *b, const char *name, double value, double bound);

/// Print a remark
void rv_bench_note(rv_bench *b, const char *text);

/// Memory for what is measured, aligned to 64; a benchmark that cannot go on aborts
void *rv_bench_memory(size_t n_bytes);
void  rv_bench_must(rv_status status);

/// Calls of malloc, calloc, realloc and aligned_alloc in this process so far; -1 where
/// they cannot be counted (sanitizers, other C libraries)
int64_t rv_bench_allocations(void);

/// Monotonic time [ns]
uint64_t rv_bench_now_ns(void);

/// Calls that are counted together when instructions are counted
enum { RV_BENCH_COUNTED = 20 };

/// Calls to make for RV_BENCH_COUNTED: more when the gate is to be seen failing
uint32_t rv_bench_counted(const rv_bench *b);

/// Keep the compiler from dropping a result
static inline void
rv_bench_keep(const void *const p)
{
    __asm__ volatile("" : : "g"(p) : "memory");
}

/// The groups
typedef struct {
    const char *name;
    const char *help;
    void (*run)(rv_bench *b);
} rv_bench_group;

/// NULL from their number on
const rv_bench_group *rv_bench_group_at(uint32_t index);

#define RV_BENCH(name, help) void rv_bench_##name(rv_bench *b);
#include "bench/benches.def"
#undef RV_BENCH

#endif // RV_BENCH_HARNESS_H
