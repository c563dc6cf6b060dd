#!/bin/sh
# SPDX-License-Identifier: MIT
# ruview trend on a history whose days are known: rows written by the sqlite3 of Python,
# means and z computed there.
set -eu
ruview=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
command -v python3 >/dev/null || { echo "not run: no python3"; exit 77; }
"$ruview" simulate one-walker --seconds 3 --quiet -o "$dir/w.pcapng" >/dev/null 2>&1
"$ruview" history --import "$dir/w.pcapng" "$dir/h.db" >/dev/null
python3 - "$dir/h.db" <<'PY'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("DELETE FROM state")
day = 86400000
level = [14.0, 15.0, 14.5, 15.5, 14.8, 15.2, 14.6, 15.1, 22.0]
n = 0
for d, bpm in enumerate(level):
    start = (20000 + d) * day
    # six hours to the end of the day and beyond it, split at midnight by the program
    for a, b, v in ((18, 22, bpm - 1), (22, 24, bpm + 2)):
        n += 1
        db.execute("INSERT INTO state VALUES(1,?,?,?,?,0.9,'derived',NULL,?,?)",
                   (n, "breathing_bpm", v, "none", start + a * 3600000, start + b * 3600000))
    n += 1
    db.execute("INSERT INTO state VALUES(1,?,?,NULL,?,0.9,'derived',NULL,?,?)",
               (n, "heart_bpm", "low_quality", start, start + day))
db.commit()
PY
code=0
"$ruview" trend -F csv -n 0 "$dir/h.db" >"$dir/out.csv" || code=$?
[ "$code" -eq 1 ] || { echo "the ninth day is far off, and the answer was $code"; exit 1; }
python3 - "$dir/out.csv" <<'PY'
import csv, math, sys
rows = list(csv.DictReader(open(sys.argv[1])))
level = [14.0, 15.0, 14.5, 15.5, 14.8, 15.2, 14.6, 15.1, 22.0]
assert len(rows) == 9 and {r["metric"] for r in rows} == {"breathing_bpm"}, rows
for r, x in zip(rows, level):
    assert abs(float(r["value"]) - x) < 1e-4 and float(r["hours"]) == 6.0, r
assert [r["verdict"] for r in rows[:7]] == ["warming_up"] * 7
assert rows[7]["verdict"] == "usual" and rows[8]["verdict"] == "unusual_day", rows[7:]
before = level[:8]
mean = sum(before) / 8
sigma = math.sqrt(sum((x - mean) ** 2 for x in before) / 7)
assert abs(float(rows[8]["mean"]) - mean) < 1e-4
assert abs(float(rows[8]["sigma"]) - sigma) < 1e-3
PY
# Five hours east of Greenwich five of the six hours are tomorrow's
"$ruview" trend -F csv -n 0 --zone +05:00 --hours 5 "$dir/h.db" >"$dir/east.csv" || true
[ "$(wc -l <"$dir/east.csv")" -eq 10 ] || { cat "$dir/east.csv"; exit 1; }
"$ruview" trend --zone 5 "$dir/h.db" >/dev/null 2>&1 && exit 1
"$ruview" trend -F xml "$dir/h.db" >/dev/null 2>"$dir/err" && exit 1
grep -q "format is text, csv or json" "$dir/err"
"$ruview" trend "$dir/w.pcapng" >/dev/null 2>"$dir/err" && exit 1
grep -q "no history file" "$dir/err"
