#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes src/math/fft_tables.h: cosines and sines of 2 pi j k / r for the odd prime
butterflies, j, k = 1..(r-1)/2, correctly rounded to f32 (python3-mpmath 1.2 or later)."""
from mpmath import mp, cos, sin, pi, mpf, log, floor, nint

mp.prec = 200


def f32(x):
    e = floor(log(abs(x), 2))
    scale = mpf(2) ** (23 - e)
    return float(nint(x * scale) / scale).hex().rstrip("p") + "F"


print("""// SPDX-License-Identifier: MIT
// Written by tools/gen_fft.py; do not edit.
#ifndef RV_MATH_FFT_TABLES_H
#define RV_MATH_FFT_TABLES_H
""")
for r in (5, 7, 11, 13, 17, 19):
    h = (r - 1) // 2
    for name, f in (("cos", cos), ("sin", sin)):
        print(f"static const float {name}_{r}[{h}][{h}] = {{")
        for k in range(1, h + 1):
            row = [f32(f(2 * pi * (j * k % r) / r)) for j in range(1, h + 1)]
            print("    {" + ", ".join(row) + "},")
        print("};")
print()
for name, x in (("sin_60", sin(pi / 3)), ("sqrt_half", 1 / mp.sqrt(2)),
                ("cos_40", cos(2 * pi / 9)), ("sin_40", sin(2 * pi / 9)),
                ("cos_80", cos(4 * pi / 9)), ("sin_80", sin(4 * pi / 9)),
                ("cos_160", cos(8 * pi / 9)), ("sin_160", sin(8 * pi / 9))):
    print(f"static const float {name} = {f32(x)};")
print("\n#endif // RV_MATH_FFT_TABLES_H")
