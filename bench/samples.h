// SPDX-License-Identifier: MIT
/**
   @file samples.h
   Small captures of every format, made by our own writers: seeds for the fuzzers, food
   for the benchmark. The numbers in them are pseudo-random and mean nothing.
*/
#ifndef RV_BENCH_SAMPLES_H
#define RV_BENCH_SAMPLES_H

#include <ruview/base/bytes.h>

/// One kind of sample
typedef struct {
    const char *name;   ///< File name of a seed
    const char *format; ///< Name of the format that reads it
    bool        is_text;

    /// Append `n_frames` frames, with the file's header if `first` is true
    void (*write)(rv_writer *w, unsigned n_frames);
} rv_sample;

/// NULL past the last
const rv_sample *rv_sample_at(unsigned index);

/// Raw CSI datagram of 64 entries with trailer: bytes written
size_t rv_sample_datagram(uint8_t out[512], uint32_t sequence, unsigned n_tones);

/// An archive as `convert` never writes it: levels of 16 bits, which do not fit. A
/// fuzzer found that they were taken.
void rv_sample_write_wide_levels(rv_writer *w, unsigned n_frames);

#endif // RV_BENCH_SAMPLES_H
