// SPDX-License-Identifier: MIT
/**
   @file scan.h
   Text, scanned in place: lines, numbers, hexadecimal. No allocation, no locale.
*/
#ifndef RV_CAPTURE_SCAN_H
#define RV_CAPTURE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// A piece of text; not terminated
typedef struct {
    const uint8_t *at;
    const uint8_t *end;
} rv_text;

static inline size_t
rv_text_size(const rv_text t)
{
    return (size_t)(t.end - t.at);
}

/// True when `t` is exactly the literal
static inline bool
rv_text_is(const rv_text t, const char *const literal)
{
    size_t i = 0;
    for (; t.at + i < t.end; ++i) {
        if (literal[i] == 0 || (uint8_t)literal[i] != t.at[i]) {
            return false;
        }
    }
    return literal[i] == 0;
}

/// First `c` in [at, end), or end
const uint8_t *rv_scan_byte(const uint8_t *at, const uint8_t *end, uint8_t c);

/// First occurrence of [n] bytes, n >= 1, or NULL
const uint8_t *rv_scan_find(const uint8_t *at, const uint8_t *end, const char *what,
                            size_t n);

/// A literal and its length
#define RV_LITERAL(text) (text), sizeof(text) - 1

/// Line at the start of the window: its text without the line end, and the bytes used
/// with it. False when the line is not complete and more may come.
bool rv_scan_line(const uint8_t *bytes, size_t n, bool last, rv_text *line,
                  size_t *used);

/// Next field up to `separator`; moves `t` behind it. False at the end.
bool rv_scan_field(rv_text *t, uint8_t separator, rv_text *field);

/// Without blanks, tabs and one pair of double quotes around it
rv_text rv_scan_trim(rv_text t);

/// Whole text as a decimal integer; false when it is anything else
bool rv_scan_i64(rv_text t, int64_t *out);

/// Whole text as a decimal number (JSON's or Python's). Correctly rounded up to 15
/// digits and powers of ten to 22; within 2 units in the last place of f64 beyond.
bool rv_scan_f64(rv_text t, double *out);

/// A number of at most 14 digits without exponent at `p`, correctly rounded: where it
/// ends, or NULL when it is another kind of number
const uint8_t *rv_scan_plain(const uint8_t *p, const uint8_t *end, double *out);

/// Decimal number x scale (a power of ten), rounded half up to an integer, exactly
bool rv_scan_fixed(rv_text t, unsigned digits, int64_t *out);

/// Hexadecimal pairs to bytes: count, or SIZE_MAX for a bad digit, odd length or > size
size_t rv_scan_hex(rv_text t, uint8_t *out, size_t size);

/**
   Integers -128..127 between separators (comma, blank) into bytes: "[1, -2 3]" without
   its brackets. Count, or SIZE_MAX for anything else or more than `size`.
*/
size_t rv_scan_i8_list(rv_text t, uint8_t *out, size_t size);

#endif // RV_CAPTURE_SCAN_H
