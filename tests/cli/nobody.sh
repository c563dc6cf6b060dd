#!/bin/sh
# SPDX-License-Identifier: MIT
# Recordings of quiet rooms, and of people who walk, without the places of the nodes: no
# person is published, whatever the links show.
set -eu
ruview=$1
data=${RV_SHARED:-}/data
[ -d "$data/espectre" ] || { echo "not run: no data"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
files=0
for f in "$data"/espectre/*/baseline/*.npz "$data"/ialr-motion/*.csv "$data"/ruview-recording/*.jsonl; do
    [ -f "$f" ] || continue
    files=$((files + 1))
    "$ruview" replay "$f" -F json 2>/dev/null |
        grep -o '"persons":\[.\|"cycle":[0-9]*' |
        sed 's/"cycle":.*/cycle/' >>"$work/seen"
done
cycles=$(grep -c '^cycle' "$work/seen")
[ "$cycles" -gt 1000 ]
[ "$(grep -c '^"persons":\[\]' "$work/seen")" -eq "$cycles" ]
echo "nobody: $files recordings, $cycles cycles, no person"
