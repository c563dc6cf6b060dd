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

/// The same of radios that report the conjugate of the channel. The whole number is
/// negated: gcc 12 makes of 0.0F - (float)i a negative zero where i is 0.
static inline void
rv_unpack_i16_conjugate(const uint8_t *restrict const packed, const size_t n,
                        float *restrict const re, float *restrict const im)
{
    for (size_t i = 0; i < n; ++i) {
        re[i] = (float)(int16_t)rv_load_u16(packed + 4 * i);
        im[i] = (float)-(int32_t)(int16_t)rv_load_u16(packed + 4 * i + 2);
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

/// 20 bits from `bit` on; reads four bytes where they are there
static inline uint32_t
rv_load_20bit(const uint8_t *const packed, const size_t n, const size_t bit)
{
    const size_t at = bit / 8;
    if (n - at >= 4) {
        return rv_load_u32(packed + at) >> bit % 8;
    }
    return ((uint32_t)rv_load_u16(packed + at) | (uint32_t)packed[at + 2] << 16) >>
           bit % 8;
}

/**
   Atheros: signed numbers of 10 bits, imaginary then real, tones outermost:
   [tone][tx][rx] in the stream, [rx][tx][tone] out. `n` >= 20 bits per sample, rounded
   up to bytes.
*/
static inline void
rv_unpack_10bit(const uint8_t *const packed, const size_t n, const unsigned n_tones,
                const unsigned n_tx, const unsigned n_rx, float *const re,
                float *const im)
{
    size_t bit = 0;
    for (size_t k = 0; k < n_tones; ++k) {
        for (size_t tx = 0; tx < n_tx; ++tx) {
            for (size_t rx = 0; rx < n_rx; ++rx, bit += 20) {
                const uint32_t word = rv_load_20bit(packed, n, bit);
                const size_t   at   = (rx * n_tx + tx) * n_tones + k;
                im[at]              = (float)((int32_t)((word & 1023U) ^ 512U) - 512);
                re[at] = (float)((int32_t)((word >> 10 & 1023U) ^ 512U) - 512);
            }
        }
    }
}

#endif // RV_CAPTURE_UNPACK_SAMPLES_H
