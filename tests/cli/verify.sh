#!/bin/sh
# SPDX-License-Identifier: MIT
# verify and diff: 0 for a good run, 1 and the cycle for a tampered one, 2 without a log.
set -eu
ruview=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
expect() { # expect CODE COMMAND...
    wanted=$1
    shift
    code=0
    "$@" >out 2>&1 || code=$?
    if [ "$code" -ne "$wanted" ]; then
        echo "expected exit $wanted, got $code: $*"
        cat out
        exit 1
    fi
}
flip() { # flip FILE OFFSET: change one bit
    byte=$(od -An -tu1 -j "$2" -N 1 "$1")
    printf "\\$(printf %o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
expect 0 "$ruview" simulate empty -o sim.pcapng --seconds 20 --quiet
expect 0 "$ruview" record --from sim.pcapng -o run.pcapng
expect 0 "$ruview" verify run.pcapng
grep -q 'same, 400 cycles' out
expect 2 "$ruview" record --from sim.pcapng -o run.pcapng

# A bit of the input: the samples of some datagram in the middle
cp run.pcapng bad.pcapng
cp run.pcapng.witness.jsonl bad.pcapng.witness.jsonl
size=$(wc -c <bad.pcapng)
at=$(grep -abo RSIM bad.pcapng | awk -F: -v half=$((size / 2)) '$1 > half {print $1; exit}')
flip bad.pcapng $((at - 60))
expect 1 "$ruview" verify bad.pcapng
grep -q 'different at cycle [1-9]' out
expect 0 "$ruview" replay run.pcapng --digests a.jsonl
expect 0 "$ruview" replay bad.pcapng --digests b.jsonl
expect 1 "$ruview" diff a.jsonl b.jsonl
grep -q 'cycle [1-9]' out
expect 0 "$ruview" diff a.jsonl a.jsonl

# A bit of the published witness
cp run.pcapng copy.pcapng
sed '200s/"witness":"\(.\)/"witness":"x\1/;200s/x0/1/;200s/x[1-9a-f]/0/' run.pcapng.witness.jsonl \
    >copy.pcapng.witness.jsonl
expect 1 "$ruview" verify copy.pcapng

# A bit of the configuration inside: another room
cp run.pcapng.witness.jsonl moved.pcapng.witness.jsonl
sed 's/size: \[6,/size: [7,/' run.pcapng >moved.pcapng
expect 1 "$ruview" verify moved.pcapng
grep -q 'run' out

# A log that breaks off, a recording that breaks off, no log
cp run.pcapng short.pcapng
head -n 100 run.pcapng.witness.jsonl >short.pcapng.witness.jsonl
expect 1 "$ruview" verify short.pcapng
head -c $((size * 3 / 4)) run.pcapng >torn.pcapng
cp run.pcapng.witness.jsonl torn.pcapng.witness.jsonl
expect 1 "$ruview" verify torn.pcapng
rm copy.pcapng.witness.jsonl
expect 2 "$ruview" verify copy.pcapng
expect 2 "$ruview" verify missing.pcapng
expect 2 "$ruview" verify
echo "verify: as it should"
