#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sum the rows of empty_day: rates per hour with their 95 % Poisson upper bounds."""
import math
import sys


def upper(n):
    """Mean whose chance of n or fewer events is 5 %."""
    low, high = 0.0, 3.0 * n + 20.0
    for _ in range(100):
        mean = 0.5 * (low + high)
        term = total = math.exp(-mean)
        for k in range(1, n + 1):
            term *= mean / k
            total += term
        low, high = (mean, high) if total > 0.05 else (low, mean)
    return high


rows = [line.split() for line in open(sys.argv[1])]
names = ("detections", "tracks", "presence", "change points")
for nodes in sorted({row[0] for row in rows}):
    mine = [row for row in rows if row[0] == nodes]
    hours = sum(float(row[2]) for row in mine)
    speed = sum(float(row[11]) for row in mine) / len(mine)
    unknown = sum(int(row[10]) for row in mine) * 0.05 / 36.0 / hours
    print(f"{nodes} nodes, {len(mine)} flats, {hours:.1f} h at {speed:.0f} x real time, "
          f"presence unknown {unknown:.2f} %")
    for k, name in enumerate(names):
        n = sum(int(row[3 + k]) for row in mine)
        print(f"    {name:14} {n:4}   {n / hours:.3f}/h, at most {upper(n) / hours:.3f}/h")
