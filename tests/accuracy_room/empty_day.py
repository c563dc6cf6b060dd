#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sum the rows of empty_day: per geometry, onsets an hour with their 95 % Poisson upper
bounds, and the share of time; then all geometries together.

empty_day.py FILE. Rows of interrupted runs count as far as they are whole."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from poisson import upper  # noqa: E402


def table(title, rows, counts):
    hours = sum(float(row["hours"]) for row in rows)
    speed = sum(float(row["speed"]) for row in rows) / len(rows)
    flats = len({(row["nodes"], row["seed"]) for row in rows})
    print(f"{title}: {flats} flats, {hours:.1f} h at {speed:.0f} x real time")
    for name in counts:
        n = sum(int(row[name]) for row in rows)
        line = f"    {name:15}{n:6}  {n / hours:8.3f}/h, below {upper(n) / hours:.3f}/h"
        if name + "_s" in rows[0]:
            held = sum(float(row[name + "_s"]) for row in rows)
            line += f"   {held:10.2f} s, {held / hours / 36.0:.3f} % of the time"
        print(line)


names, rows = None, []
for line in open(sys.argv[1]):
    words = line.split()
    if words[:1] == ["nodes"]:
        names = words
    elif names and len(words) == len(names):
        rows.append(dict(zip(names, words)))
if not rows:
    sys.exit("no rows below a header line (empty_day --header)")
counts = [n for n in names[4:] if not n.endswith("_s")]
nodes = sorted({row["nodes"] for row in rows}, key=int)
for n in nodes:
    table(f"{n} nodes", [row for row in rows if row["nodes"] == n], counts)
if len(nodes) > 1:
    table("together", rows, counts)
