// SPDX-License-Identifier: MIT
/**
   @file scan_words.h
   Eight bytes of text at once ("SIMD within a register"; Lamport, "Multiple Byte
   Processing with Full-Word Instructions", CACM 18(8), 1975). Words are loaded little-
   endian, so that the first character is the lowest byte everywhere. Masks have the top
   bit of a byte set where the property holds, exactly: no carry leaves a byte.
*/
#ifndef RV_CAPTURE_SCAN_WORDS_H
#define RV_CAPTURE_SCAN_WORDS_H

#include <ruview/base/bytes.h>

/// 1 in each byte: times a character, that character in each
#define RV_EACH_BYTE UINT64_C(0x0101010101010101)

/// Bytes that are no digit
static inline uint64_t
not_digits(const uint64_t word)
{
    const uint64_t x = word ^ (RV_EACH_BYTE * '0');
    return (((x & (RV_EACH_BYTE * 0x7F)) + RV_EACH_BYTE * 0x76) | x) &
           (RV_EACH_BYTE * 0x80);
}

/// Bytes that are `c`
static inline uint64_t
equal_bytes(const uint64_t word, const uint8_t c)
{
    const uint64_t x = word ^ (RV_EACH_BYTE * c);
    return ~(((x & (RV_EACH_BYTE * 0x7F)) + RV_EACH_BYTE * 0x7F) | x) &
           (RV_EACH_BYTE * 0x80);
}

/// Number of the first byte that a mask has; the mask is not 0
static inline unsigned
first_byte(const uint64_t mask)
{
    return (unsigned)__builtin_ctzll(mask) / 8;
}

/// The lowest n bytes, n < 8
static inline uint64_t
low_bytes(const unsigned n)
{
    return (UINT64_C(1) << 8 * n) - 1;
}

#endif // RV_CAPTURE_SCAN_WORDS_H
