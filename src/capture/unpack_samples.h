// SPDX-License-Identifier: MIT
/**
   @file unpack_samples.h
   Packed integer samples to floats.
*/
#ifndef RV_CAPTURE_UNPACK_SAMPLES_H
#define RV_CAPTURE_UNPACK_SAMPLES_H

#include <ruview/base/bytes.h>

/// [n] pairs of little-endian i16, real first
static inline void
rv_unpack_i16(const uint8_t *restrict const packed, const size_t n,
              float *restrict const re, float *restrict const im)
{
    for (size_t i = 0; i < n; ++i) {
        re[i] = (float)(int16_t)rv_load_u16(packed + 4 * i);
        im[i] = (float)(int16_t)rv_load_u16(packed + 4 * i + 2);
    }
}

/// [n] pairs of i8, imaginary first
static inline void
rv_unpack_i8_swapped(const uint8_t *restrict const packed, const size_t n,
                     float *restrict const re, float *restrict const im)
{
    for (size_t i = 0; i < n; ++i) {
        im[i] = (float)(int8_t)packed[2 * i];
        re[i] = (float)(int8_t)packed[2 * i + 1];
    }
}

/**
   Atheros: signed numbers of 10 bits, imaginary then real, tones outermost:
   [tone][tx][rx] in the stream, [rx][tx][tone] out. Needs n bits / 8 bytes rounded up
   to even.
*/
static inline void
rv_unpack_10bit(const uint8_t *const packed, const unsigned n_tones,
                const unsigned n_tx, const unsigned n_rx, float *const re,
                float *const im)
{
    size_t bit = 0;
    for (unsigned k = 0; k < n_tones; ++k) {
        for (unsigned tx = 0; tx < n_tx; ++tx) {
            for (unsigned rx = 0; rx < n_rx; ++rx) {
                int v[2];
                for (int part = 0; part < 2; ++part) {
                    const uint8_t *const p = packed + bit / 8;
                    const unsigned       word =
                        (unsigned)(p[0] | p[1] << 8) >> bit % 8 & 1023U;
                    v[part] = (int)word - (word & 512U ? 1024 : 0);
                    bit += 10;
                }
                const size_t at = ((size_t)rx * n_tx + tx) * n_tones + k;
                im[at]          = (float)v[0];
                re[at]          = (float)v[1];
            }
        }
    }
}

#endif // RV_CAPTURE_UNPACK_SAMPLES_H
