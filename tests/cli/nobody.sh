#!/bin/sh
# SPDX-License-Identifier: MIT
# Where nobody moves, nobody is published: in simulated empty rooms, where the nodes'
# places are known and people could be placed; and in recordings of quiet rooms and of
# people who walk, whose nodes' places are not known.
set -eu
ruview=$1
data=${RV_SHARED:-}/data
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One line a cycle: its list of persons up to the first, and why it is empty
persons() {
    "$ruview" replay "$1" -F json 2>/dev/null |
        grep -o '"cycle":[0-9]*\|"persons":\[.\|"persons_reason":"[a-z_]*"' |
        sed 's/"cycle":.*/cycle/'
}
count() { grep -c "$1" "$work/seen" || true; }

for seed in 1 2 3; do
    "$ruview" simulate empty --seed $seed --seconds 60 -o "$work/empty.pcapng" --quiet 2>/dev/null
    persons "$work/empty.pcapng" >>"$work/seen"
done
cycles=$(count '^cycle')
[ "$cycles" -ge 3500 ]
[ "$(count '^"persons":\[\]')" -eq "$cycles" ]
[ $((10 * $(count '"nobody"'))) -ge $((9 * cycles)) ] # looked for, and not found
"$ruview" simulate one-walker --seconds 60 -o "$work/walker.pcapng" --quiet 2>/dev/null
persons "$work/walker.pcapng" >"$work/seen"
[ "$(count '^"persons":\[{')" -gt 100 ] # who is there is found so
echo "nobody: 3 empty rooms with known places, $cycles cycles, no person"

[ -d "$data/espectre" ] || { echo "recordings not run: no data"; exit 0; }
: >"$work/seen"
files=0
for f in "$data"/espectre/*/baseline/*.npz "$data"/ialr-motion/*.csv "$data"/ruview-recording/*.jsonl; do
    [ -f "$f" ] || continue
    files=$((files + 1))
    persons "$f" >>"$work/seen"
done
cycles=$(count '^cycle')
[ "$cycles" -gt 1000 ]
[ "$(count '^"persons":\[\]')" -eq "$cycles" ]
echo "nobody: $files recordings without places, $cycles cycles, no person"
