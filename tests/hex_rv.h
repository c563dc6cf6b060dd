// SPDX-License-Identifier: MIT
// Hexadecimal text to bytes, for tests that quote packets.
#ifndef RV_TESTS_HEX_RV_H
#define RV_TESTS_HEX_RV_H

#include <stddef.h>
#include <stdint.h>

static inline int
rv_test_nibble(const char c)
{
    return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

/// Bytes written
static inline size_t
rv_test_hex(const char *text, uint8_t *const out, const size_t size)
{
    size_t n = 0;
    for (; text[0] && text[1] && n < size; text += 2) {
        out[n++] = (uint8_t)(rv_test_nibble(text[0]) << 4 | rv_test_nibble(text[1]));
    }
    return n;
}

#endif // RV_TESTS_HEX_RV_H
