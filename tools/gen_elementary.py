#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes src/math/elementary_tables.h: polynomials and reduction constants of the
elementary functions, computed in 400-bit arithmetic (python3-mpmath 1.2 or later).

Each polynomial interpolates its function at Chebyshev nodes, which is within a small
factor of the best polynomial of its degree; the comment beside each gives the largest
error met on 4001 points, before the rounding of the arithmetic.
"""
import sys

from mpmath import mp, mpf, atan, cos, exp, log, pi, sin, sqrt

mp.prec = 400


def interpolate(f, lo, hi, n):
    """Coefficients c[0..n-1] of the polynomial through f at n Chebyshev nodes."""
    xs = [(lo + hi) / 2 + (hi - lo) / 2 * cos(pi * (2 * k + 1) / (2 * n)) for k in range(n)]
    table = [f(x) for x in xs]
    for level in range(1, n):
        for i in range(n - 1, level - 1, -1):
            table[i] = (table[i] - table[i - 1]) / (xs[i] - xs[i - level])
    poly = [table[n - 1]]
    for k in range(n - 2, -1, -1):
        poly = [mpf(0)] + poly
        for i in range(len(poly) - 1):
            poly[i] -= xs[k] * poly[i + 1]
        poly[0] += table[k]
    return poly


def hexf(x):
    return float(x).hex().replace("0x1.0000000000000p", "0x1p")


def emit(name, about, f, lo, hi, n, weight):
    c = [mpf(float(v)) for v in interpolate(f, lo, hi, n)]
    worst = mpf(0)
    for i in range(4001):
        x = lo + (hi - lo) * i / 4000
        value = sum(v * x**k for k, v in enumerate(c))
        worst = max(worst, abs((value - f(x)) * weight(x)))
    bits = mp.log(worst, 2)
    print(f"// {about}; error < 2^{float(bits):.1f}")
    print(f"static const double {name}[{n}] = {{")
    for v in c:
        print(f"    {hexf(v)},")
    print("};\n")


def series(f, taylor, x):
    """f near 0 loses every digit; use its series there."""
    return f(x) if abs(x) > mpf(2) ** -40 else taylor(x)


quarter = (pi / 4 * (1 + mpf(2) ** -20)) ** 2
t_max = (sqrt(mpf(2)) - 1) * (1 + mpf(2) ** -20)
half_ln2 = log(mpf(2)) / 2 * (1 + mpf(2) ** -20)
s_max = ((sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1)) * (1 + mpf(2) ** -20)


def f_sin(u):
    r = sqrt(u)
    return series(lambda _: (sin(r) / r - 1) / u, lambda v: -mpf(1) / 6 + v / 120, u)


def f_cos(u):
    r = sqrt(u)
    return series(lambda _: (cos(r) - 1 + u / 2) / u**2, lambda v: mpf(1) / 24 - v / 720, u)


def f_atan(u):
    t = sqrt(u)
    return series(lambda _: (atan(t) / t - 1) / u, lambda v: -mpf(1) / 3 + v / 5, u)


def f_exp(r):
    return series(lambda _: (exp(r) - 1 - r) / r**2, lambda v: mpf(1) / 2 + v / 6, r)


def f_log(z):
    s = sqrt(z)
    return series(lambda _: (log((1 + s) / (1 - s)) / s - 2) / z, lambda v: mpf(2) / 3 + 2 * v / 5, z)


print("""// SPDX-License-Identifier: MIT
// Written by tools/gen_elementary.py; do not edit.
#ifndef RV_MATH_ELEMENTARY_TABLES_H
#define RV_MATH_ELEMENTARY_TABLES_H

#include <stdint.h>
""")
for width, n_sin, n_cos, n_atan, n_exp, n_log in (
    ("f32", 5, 5, 8, 8, 5),
    ("f64", 7, 7, 12, 11, 8),
):
    emit(f"sin_{width}", "(sin r / r - 1) / u, u = r^2, |r| <= pi/4", f_sin, mpf(0), quarter,
         n_sin, lambda u: u)
    emit(f"cos_{width}", "(cos r - 1 + u/2) / u^2, u = r^2, |r| <= pi/4", f_cos, mpf(0), quarter,
         n_cos, lambda u: u**2)
    emit(f"atan_{width}", "(atan t / t - 1) / u, u = t^2, |t| <= sqrt 2 - 1", f_atan, mpf(0),
         t_max**2, n_atan, lambda u: u)
    emit(f"exp_{width}", "(exp r - 1 - r) / r^2, |r| <= ln 2 / 2", f_exp, -half_ln2, half_ln2,
         n_exp, lambda r: r**2)
    emit(f"log_{width}", "(ln((1+s)/(1-s)) / s - 2) / z, z = s^2, |s| <= 3 - 2 sqrt 2", f_log,
         mpf(0), s_max**2, n_log, lambda z: z)


def split(name, x, bits):
    """x as parts of `bits` significant bits each, the last one rounded to double."""
    parts = []
    for b in bits:
        scale = mpf(2) ** (b - 1 - mp.floor(mp.log(abs(x), 2)))
        part = mp.floor(x * scale) / scale if b < 53 else mpf(float(x))
        parts.append(part)
        x -= part
    print(f"static const double {name}[{len(parts)}] = {{ // parts of {bits} bits")
    for p in parts:
        assert mpf(float(p)) == p
        print(f"    {hexf(p)},")
    print("};\n")


split("half_pi_parts", pi / 2, (33, 33, 33, 53))
split("ln2_parts", log(mpf(2)), (32, 53))
for name, value in (("two_over_pi", 2 / pi), ("inv_ln2", 1 / log(mpf(2))),
                    ("ln2", log(mpf(2))), ("log10_e", 1 / log(mpf(10))),
                    ("pi_hi", pi), ("pi_lo", pi - mpf(float(pi)))):
    print(f"static const double {name} = {hexf(value)};")

first = mp.floor(pi / 2 * mpf(2) ** 32) / mpf(2) ** 32
print(f"static const double half_pi_rest = {hexf(pi / 2 - first)}; // beyond part 0")
print("static const double round_shift = 0x1.8p52; // adding it rounds to a whole number")

mp.prec = 1400
bits = int(mp.floor(2 / pi * mpf(2) ** 1216))
print("\n// 2/pi: 1216 bits after the point, the most significant word first")
print("static const uint32_t two_over_pi_bits[38] = {")
words = [(bits >> (1216 - 32 * (i + 1))) & 0xFFFFFFFF for i in range(38)]
for i in range(0, 38, 6):
    print("    " + ", ".join(f"0x{w:08x}U" for w in words[i:i + 6]) + ",")
print("};\n\n#endif // RV_MATH_ELEMENTARY_TABLES_H")
