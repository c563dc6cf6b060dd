// SPDX-License-Identifier: MIT
// The four functions that the core calls, for builds without any C library.
#include "wasm/freestanding.h"

#include <stdint.h>

void *
memcpy(void *restrict to, const void *restrict from, size_t n)
{
    uint8_t       *a = to;
    const uint8_t *b = from;
    for (; n >= 8; n -= 8, a += 8, b += 8) {
        uint64_t word;
        __builtin_memcpy(&word, b, 8);
        __builtin_memcpy(a, &word, 8);
    }
    for (; n > 0; --n) {
        *a++ = *b++;
    }
    return to;
}

void *
memmove(void *to, const void *from, size_t n)
{
    uint8_t       *a = to;
    const uint8_t *b = from;
    if (a <= b || a >= b + n) {
        return memcpy(to, from, n);
    }
    while (n > 0) {
        --n;
        a[n] = b[n];
    }
    return to;
}

void *
memset(void *to, int value, size_t n)
{
    uint8_t       *a     = to;
    const uint8_t  byte  = (uint8_t)value;
    const uint64_t eight = UINT64_C(0x0101010101010101) * byte;
    for (; n >= 8; n -= 8, a += 8) {
        __builtin_memcpy(a, &eight, 8);
    }
    for (; n > 0; --n) {
        *a++ = byte;
    }
    return to;
}

int
memcmp(const void *one, const void *other, size_t n)
{
    const uint8_t *a = one, *b = other;
    for (; n > 0; --n, ++a, ++b) {
        if (*a != *b) {
            return *a < *b ? -1 : 1;
        }
    }
    return 0;
}
