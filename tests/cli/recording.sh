#!/bin/sh
# SPDX-License-Identifier: MIT
# The real recording end to end: links apart, 20 cycles a second, nobody invented, the same
# bytes twice.
set -eu
ruview=$1
recording=${RV_SHARED:-}/data/ruview-recording/pretrain-1775182186.csi.jsonl
[ -f "$recording" ] || { echo "not run: no data"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$ruview" replay "$recording" -F json >"$work/a" 2>"$work/log"
"$ruview" replay "$recording" -F json >"$work/b" 2>>"$work/log"
cmp "$work/a" "$work/b"
[ "$(wc -l <"$work/a")" -eq 2401 ]
grep -q '5309 accepted' "$work/log"
! grep '"synthetic":true' "$work/a"
! grep -v '"persons":\[\]' "$work/a"
tail -n 1 "$work/a" | grep -q '"link":5'
"$ruview" inspect "$recording" --json | grep -q '"frames_accepted": *5309'
echo "recording: 2401 cycles, twice the same"
