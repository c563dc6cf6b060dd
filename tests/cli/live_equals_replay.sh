#!/bin/sh
# SPDX-License-Identifier: MIT
# A live run over real UDP and the replay of its recording publish the same bytes.
set -eu
ruview=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$ruview" demo --port 0 --udp-port 0 --seconds 5 -o "$work/run.pcapng" -F json \
    >"$work/live.jsonl" 2>"$work/log"
"$ruview" replay "$work/run.pcapng" -F json >"$work/replay.jsonl" 2>>"$work/log"
[ "$(wc -l <"$work/live.jsonl")" -gt 80 ] || { cat "$work/log"; exit 1; }
cmp "$work/live.jsonl" "$work/replay.jsonl"
! grep -v '"synthetic":true' "$work/live.jsonl"
for threads in 2 8; do
    "$ruview" replay "$work/run.pcapng" --threads $threads -o "$work/threads.jsonl" >/dev/null
    cmp "$work/live.jsonl" "$work/threads.jsonl"
done
"$ruview" verify "$work/run.pcapng"
