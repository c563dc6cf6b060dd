// SPDX-License-Identifier: MIT
/**
   @file samples_put.h
   What the writers of samples share.
*/
#ifndef RV_BENCH_SAMPLES_PUT_H
#define RV_BENCH_SAMPLES_PUT_H

#include "bench/samples.h"

#include <ruview/math/text.h>

extern uint32_t rv_sample_noise;

/// Numerical Recipes' quick generator
static inline uint8_t
next_byte(void)
{
    rv_sample_noise = rv_sample_noise * 1664525U + 1013904223U;
    return (uint8_t)(rv_sample_noise >> 24);
}

static inline void
put_noise(rv_writer *const w, const size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        rv_write_u8(w, next_byte());
    }
}

static inline void
put_text(rv_writer *const w, const char *const text)
{
    rv_write_bytes(w, text, strlen(text));
}

static inline void
put_i64(rv_writer *const w, const int64_t v)
{
    char text[RV_TEXT_MAX];
    rv_write_bytes(w, text, rv_text_i64(text, v));
}

static inline void
put_zeros(rv_writer *const w, const size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        rv_write_u8(w, 0);
    }
}

// Writers of texts and tables (samples_text.c)
void rv_sample_write_jsonl(rv_writer *w, unsigned n_frames);
void rv_sample_write_esp_tool(rv_writer *w, unsigned n_frames);
void rv_sample_write_esp_csi(rv_writer *w, unsigned n_frames);
void rv_sample_write_csv_table(rv_writer *w, unsigned n_frames);
void rv_sample_write_npy(rv_writer *w, unsigned n_frames);
void rv_sample_write_espectre(rv_writer *w, unsigned n_frames);
void rv_sample_write_ruview_csv(rv_writer *w, unsigned n_frames);
void rv_sample_write_ruview_npz(rv_writer *w, unsigned n_frames);

#endif // RV_BENCH_SAMPLES_PUT_H
