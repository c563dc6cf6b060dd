#!/bin/sh
# SPDX-License-Identifier: MIT
# One person keeps one number over every change of room, and is tracked in the room where
# the truth says.
set -eu
ruview=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
command -v python3 >/dev/null || { echo "not run: no python3"; exit 77; }
"$ruview" simulate two-rooms --seconds 120 --quiet -o "$dir/r.pcapng" >/dev/null 2>&1
"$ruview" replay "$dir/r.pcapng" -F json >"$dir/r.jsonl" 2>/dev/null
python3 - "$dir/r.jsonl" "$dir/r.truth.jsonl" <<'PY'
import json, sys
truth = {}
for line in open(sys.argv[2]):
    t = json.loads(line)
    if t["persons"]:
        truth[t["t_us"] // 50000] = t["persons"][0]["position_m"]
ids, there, right, wrong, changes, before = set(), 0, 0, 0, 0, None
for line in open(sys.argv[1]):
    r = json.loads(line)
    at = truth.get(r["t_us"] // 50000)
    if not at:
        assert not any(p["state"] == "active" for p in r["persons"]) or not truth or \
            r["t_us"] // 50000 > min(truth), "tracked in the empty flat"
        continue
    there += 1
    room = at[0] > 4.0
    changes += before is not None and room != before
    before = room
    for p in r["persons"]:
        if p["state"] == "active":
            ids.add(p["id"])
            if abs(at[0] - 4.0) > 1.0:
                ok = (p["position"][0] > 4.0) == room
                right, wrong = right + ok, wrong + (not ok)
print(f"{changes} changes of room, numbers {sorted(ids)}, right room in {right} of {right + wrong}"
      f" sightings, {there} cycles with a person")
assert changes >= 6 and len(ids) == 1
assert right + wrong > there // 3 and right >= 0.95 * (right + wrong)
PY
