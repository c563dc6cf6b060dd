#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes src/math/text_tables.h: g(k) = floor(10^k 2^-(floor(log2 10^k) - B + 1)) + 1 for
B = 64 (f32) and B = 128 (f64), the powers that "The Schubfach way to render doubles"
multiplies by."""


def floor_log2_pow10(k):
    if k >= 0:
        return (10**k).bit_length() - 1
    return -(10**-k).bit_length()  # 10^-k is no power of two for k < 0


def g(k, bits):
    e = floor_log2_pow10(k) - bits + 1
    num, den = (10**k, 1) if k >= 0 else (1, 10**-k)
    if e >= 0:
        den <<= e
    else:
        num <<= -e
    value = num // den + 1
    assert 1 << (bits - 1) <= value < 1 << bits
    return value


print("""// SPDX-License-Identifier: MIT
// Written by tools/gen_text.py; do not edit.
#ifndef RV_MATH_TEXT_TABLES_H
#define RV_MATH_TEXT_TABLES_H

#include <stdint.h>

// Powers 10^-31 .. 10^45, 64 bits each
static const uint64_t pow10_f32[77] = {""")
rows = [f"0x{g(k, 64):016x}U" for k in range(-31, 46)]
for i in range(0, len(rows), 3):
    print("    " + ", ".join(rows[i:i + 3]) + ",")
print("""};

// Powers 10^-292 .. 10^324, 128 bits each, upper half first
static const uint64_t pow10_f64[617][2] = {""")
for k in range(-292, 325):
    v = g(k, 128)
    print(f"    {{0x{v >> 64:016x}U, 0x{v & (2**64 - 1):016x}U}},")
print("};\n\n#endif // RV_MATH_TEXT_TABLES_H")
