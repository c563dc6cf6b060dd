// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L
#include "cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { WIDTH = 30, LOOK_EVERY = 256 };

static uint64_t
now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

rv_progress
rv_progress_begin(const char *const label, const bool quiet)
{
    return (rv_progress){.label   = label,
                         .is_on   = !quiet && isatty(STDERR_FILENO),
                         .next_ns = now_ns() + 300000000U};
}

void
rv_progress_show(rv_progress *const self, const double part)
{
    if (!self->is_on || ++self->skipped < LOOK_EVERY) {
        return;
    }
    self->skipped      = 0;
    const uint64_t now = now_ns();
    if (now < self->next_ns) {
        return;
    }
    self->next_ns  = now + 100000000U;
    self->is_shown = true;
    if (part < 0.0) {
        static const char spin[] = "-\\|/";
        fprintf(stderr, "\r%s %c\x1b[K", self->label, spin[now / 100000000U % 4]);
        return;
    }
    const int full = (int)(part * WIDTH + 0.5);
    fprintf(stderr, "\r%s [", self->label);
    for (int i = 0; i < WIDTH; ++i) {
        fputc(i < full ? '#' : '.', stderr);
    }
    fprintf(stderr, "] %3d %%\x1b[K", (int)(part * 100.0 + 0.5));
}

void
rv_progress_end(rv_progress *const self)
{
    if (self->is_shown) {
        fputs("\r\x1b[K", stderr);
        self->is_shown = false;
    }
}
