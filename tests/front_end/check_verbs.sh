#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: check_verbs.sh RUVIEW SCENARIOS
set -eu
ruview=$1
scenarios=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "check_verbs: $*"
    exit 1
}

"$ruview" simulate "$scenarios/empty.yaml" -o "$work/empty.pcapng" >/dev/null
"$ruview" simulate "$scenarios/one-walker.yaml" -o "$work/walk.pcapng" >/dev/null

# An empty room qualifies on every link, and twice gives the same baselines
"$ruview" calibrate --quiet -F json -o "$work/a.db" --export "$work" "$work/empty.pcapng" \
    >"$work/one" || fail "the empty room does not qualify: $(cat "$work/one")"
"$ruview" calibrate --quiet -F json "$work/empty.pcapng" >"$work/two"
cmp "$work/one" "$work/two" || fail "two runs give other baselines"
links=$(wc -l <"$work/one")
[ "$links" -ge 4 ] || fail "$links links"
[ "$(find "$work" -name '*.rvb' | wc -l)" -eq "$links" ] || fail "not every baseline exported"

# Somebody walking does not
code=0
"$ruview" calibrate --quiet --from 5 --for 40 -F json "$work/walk.pcapng" >"$work/three" || code=$?
[ $code -eq 1 ] || fail "exit $code for a walker"
grep -q '"qualified":true' "$work/three" && fail "a link qualified with somebody walking"
grep -q '"reason":"moving"' "$work/three" || fail "no link says moving"

# Baselines of the quiet first 19 s serve a replay from its first cycle on
"$ruview" calibrate --quiet --for 19 -o "$work/b.db" "$work/walk.pcapng" >/dev/null
"$ruview" replay -F json --baselines "$work/b.db" "$work/walk.pcapng" 2>/dev/null >"$work/with"
"$ruview" replay -F json "$work/walk.pcapng" 2>/dev/null >"$work/without"
head -n 1 "$work/with" | grep -q '"uncalibrated"' && fail "baselines are not in use"
head -n 1 "$work/without" | grep -q '"uncalibrated"' || fail "calibrated out of nothing"
"$ruview" replay -F json --baselines "$work/b.db" "$work/walk.pcapng" 2>/dev/null |
    cmp - "$work/with" || fail "two runs from the same baselines differ"

# What was replayed from baselines is verified from the same, and from no others
"$ruview" replay --baselines "$work/b.db" -w "$work/with.log" "$work/walk.pcapng" >/dev/null 2>&1
"$ruview" verify -w "$work/with.log" "$work/walk.pcapng" | grep -q ': same' ||
    fail "a replay from baselines is not verified"
grep -v '"type":"input"' "$work/with.log" >"$work/without.log"
code=0
"$ruview" verify -w "$work/without.log" "$work/walk.pcapng" >/dev/null || code=$?
[ $code -eq 1 ] || fail "verified without its baselines: exit $code"
sed '2s/0/1/60' "$work/with.log" >"$work/other.log"
code=0
"$ruview" verify -w "$work/other.log" "$work/walk.pcapng" >/dev/null || code=$?
[ $code -eq 1 ] || fail "verified with another baseline: exit $code"
"$ruview" replay --baselines "$work/b.db" --digests "$work/with.digests" "$work/walk.pcapng" >/dev/null 2>&1
"$ruview" diff "$work/with.digests" "$work/with.digests" >/dev/null || fail "diff of a run with baselines"

# A node 1.5 s off the mesh is noticed for as long as it is, and one that restarts
"$ruview" simulate "$scenarios/clocks.yaml" -o "$work/clocks.pcapng" >/dev/null
"$ruview" replay -F json "$work/clocks.pcapng" 2>/dev/null | python3 -c "
import json, sys
rows = [json.loads(line) for line in sys.stdin]
rows = [r for r in rows if r.get('type') == 'sensing_update']
start = rows[0]['t_us']
def share(flag, a, b):
    part = [flag in r['flags'] for r in rows if a <= (r['t_us'] - start) * 1e-6 < b]
    return sum(part) / len(part)
assert share('clock_spread', 5, 60) >= 0.95, share('clock_spread', 5, 60)
assert share('clock_spread', 66, 120) == 0, share('clock_spread', 66, 120)
assert share('node_absent', 90.5, 92.5) == 1
assert share('node_absent', 95, 109.5) == 0
assert share('node_absent', 110.5, 111.5) == 1
assert share('node_absent', 114, 119.5) == 0
" || fail "clocks that go wrong are not noticed"

# Pictures
"$ruview" plot --quiet --for 20 "$work/walk.pcapng" -o "$work/p.svg" >/dev/null
"$ruview" plot --quiet --for 20 "$work/walk.pcapng" -o "$work/p.png" >/dev/null
head -c 8 "$work/p.png" | od -An -tx1 | grep -q '89 50 4e 47 0d 0a 1a 0a' || fail "no PNG"
python3 -c "import sys, xml.dom.minidom as m; d = m.parse(sys.argv[1])
assert len(d.getElementsByTagName('image')) == 3" "$work/p.svg" || fail "no SVG"

# The map of a walker over the true ways; a room that nobody measured has none
"$ruview" plot map "$work/walk.pcapng" -o "$work/m.png" | grep -q 'median error [0-2]\.' ||
    fail "no map, or far from the truth"
head -c 8 "$work/m.png" | od -An -tx1 | grep -q '89 50 4e 47 0d 0a 1a 0a' || fail "no PNG of a map"
"$ruview" plot map "$work/walk.pcapng" -o "$work/m.svg" >/dev/null
python3 -c "import sys, xml.dom.minidom as m; m.parse(sys.argv[1])" "$work/m.svg" || fail "no SVG of a map"
printf 'nodes: []\n' >"$work/none.yaml"
code=0
"$ruview" plot map -c "$work/none.yaml" "$work/walk.pcapng" -o "$work/m.svg" 2>/dev/null || code=$?
[ $code -eq 1 ] || fail "exit $code for a recording without geometry"

# An armchair that is put elsewhere while nobody is there is told as that, once
"$ruview" simulate "$scenarios/moved-furniture.yaml" --seconds 135 -o "$work/chair.pcapng" >/dev/null
"$ruview" replay -F json "$work/chair.pcapng" 2>/dev/null |
    grep -o '"kind":"change_point"[^}]*"reason":"step"' >"$work/chair" || fail "the armchair is not reported"
[ "$(wc -l <"$work/chair")" -eq 1 ] || fail "the armchair is reported $(wc -l <"$work/chair") times"

# Wrong use
code=0
"$ruview" calibrate "$work/nothing" 2>/dev/null || code=$?
[ $code -eq 2 ] || fail "exit $code for a missing file"
code=0
"$ruview" plot "$work/empty.pcapng" -l 99 -o "$work/x.svg" 2>/dev/null || code=$?
[ $code -eq 1 ] || fail "exit $code for a missing link"
echo "check_verbs: $links links"
