// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "bench/count.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__has_include)
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#define RV_HAS_CALLGRIND
#endif
#endif

// The plugin sees close(); no descriptor has such a number
enum { mark_base = 1000000000, mark_start = mark_base - 1, mark_stop = mark_base - 2 };

static bool
is_emulated(void)
{
    const char *const who = getenv("RUVIEW_COUNT");
    return who && strcmp(who, "emulator") == 0;
}

bool
rv_count_is_on(void)
{
#ifdef RV_HAS_CALLGRIND
    if (RUNNING_ON_VALGRIND) {
        return true;
    }
#endif
    return is_emulated();
}

void
rv_count_start(void)
{
#ifdef RV_HAS_CALLGRIND
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
#endif
    if (is_emulated()) {
        (void)close(mark_start);
    }
}

void
rv_count_mark(const uint32_t mark)
{
#ifdef RV_HAS_CALLGRIND
    if (RUNNING_ON_VALGRIND) {
        char text[16];
        snprintf(text, sizeof text, "mark%u", mark);
        CALLGRIND_DUMP_STATS_AT(text);
        return;
    }
#endif
    (void)close((int)(mark_base + mark));
}

void
rv_count_stop(void)
{
#ifdef RV_HAS_CALLGRIND
    CALLGRIND_STOP_INSTRUMENTATION;
#endif
    if (is_emulated()) {
        (void)close(mark_stop);
    }
}

uint32_t
rv_count_name(const char *const group, const char *const name, const double per)
{
    static uint32_t n;
    printf("mark%u\t%.6f\t%s/%s\n", n, per, group, name);
    fflush(stdout);
    return n++;
}
