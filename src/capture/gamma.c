// SPDX-License-Identifier: MIT
#include "capture/gamma.h"

#include "base/exact.h"

#include <stdbool.h>

/// Entries [first, end) of a layout, and how they are turned
typedef struct {
    uint16_t layout, first, end;
    bool     is_quarter; ///< By j, else by -1
} turned;

static const turned runs[] = {
    {51, 57, 114, true},                           // atheros-ht40-114
    {61, 0, 64, true},                             // nexmon-40, FFT order
    {62, 0, 128, false},   {62, 192, 256, false},  // nexmon-80
    {82, 57, 114, true},                           // feitcsi-40
    {83, 58, 242, false},                          // feitcsi-vht80
    {84, 58, 242, false},  {84, 300, 484, false},  // feitcsi-vht160
    {102, 57, 114, true},                          // picoscenes-ax-40
    {103, 58, 242, false},                         // picoscenes-ax-vht80
    {104, 58, 242, false}, {104, 300, 484, false}, // picoscenes-ax-vht160
};
enum { n_runs = sizeof runs / sizeof *runs };

// 0 - x and not -x: no zero becomes a negative one

static void
turn_back_half(const size_t n, float *restrict const re, float *restrict const im)
{
    for (size_t i = 0; i < n; ++i) {
        re[i] = 0.0F - re[i];
        im[i] = 0.0F - im[i];
    }
}

static void
turn_back_quarter(const size_t n, float *restrict const re, float *restrict const im)
{
    for (size_t i = 0; i < n; ++i) {
        const float was = re[i];
        re[i]           = im[i];
        im[i]           = 0.0F - was;
    }
}

void
rv_gamma_remove(const rv_layout *const layout, const size_t n_pairs,
                float *restrict const re, float *restrict const im)
{
    for (size_t r = 0; r < n_runs; ++r) {
        if (runs[r].layout != layout->id) {
            continue;
        }
        const size_t n = (size_t)(runs[r].end - runs[r].first);
        for (size_t pair = 0; pair < n_pairs; ++pair) {
            const size_t at = pair * layout->n_entries + runs[r].first;
            if (runs[r].is_quarter) {
                turn_back_quarter(n, re + at, im + at);
            } else {
                turn_back_half(n, re + at, im + at);
            }
        }
    }
}
