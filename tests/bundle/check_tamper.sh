#!/bin/sh
# SPDX-License-Identifier: MIT
# A run that somebody changed does not verify: one byte of an input, of the
# configuration, of the witness log, of a bundle. check_tamper.sh RUVIEW
set -u
ruview=$1
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
failed=0

# expect CODE WORDS COMMAND...: exit code and a word of the answer
expect() {
    code=$1
    words=$2
    shift 2
    answer=$("$@" 2>&1)
    got=$?
    if [ $got -ne "$code" ] || ! echo "$answer" | grep -q "$words"; then
        echo "FAIL: $* gave $got: $answer"
        echo "      wanted $code and '$words'"
        failed=1
    fi
}

# flip FILE OFFSET: one bit of the byte there
flip() {
    byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
    # shellcheck disable=SC2059
    printf "\\$(printf '%03o' $((byte ^ 1)))" |
        dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

"$ruview" simulate one-walker --seconds 8 --quiet -o sim.pcapng >/dev/null || exit 2
"$ruview" record --from sim.pcapng -o a.pcapng >/dev/null 2>&1 || exit 2
size=$(wc -c <a.pcapng)
expect 0 'same' "$ruview" verify a.pcapng

# Twice the same, whatever the instruction set
"$ruview" replay a.pcapng -F json >one.jsonl 2>/dev/null
"$ruview" replay a.pcapng -F json --cpu 0 >two.jsonl 2>/dev/null
cmp one.jsonl two.jsonl || failed=1
expect 0 'equal' "$ruview" diff one.jsonl two.jsonl

# Stage digests of the same run, and of another configuration
"$ruview" replay a.pcapng --digests one.dig >/dev/null 2>&1
"$ruview" replay a.pcapng --digests two.dig --cpu 0 >/dev/null 2>&1
expect 0 'equal' "$ruview" diff one.dig two.dig
sed 's/"stages":\["[0-9a-f]/"stages":["0/' two.dig >three.dig
expect 1 'stage' "$ruview" diff one.dig three.dig

# An input: somewhere in the payload of a datagram in the middle and near the end
for part in 2 3; do
    cp a.pcapng b.pcapng
    cp a.pcapng.witness.jsonl b.pcapng.witness.jsonl
    flip b.pcapng $((size / 4 * part + 3))
    "$ruview" verify b.pcapng >verdict 2>&1
    [ $? -eq 1 ] && grep -q 'different at cycle' verdict || {
        # the byte may lie in a field that no result hangs on: then some other must tell
        flip b.pcapng $((size / 4 * part + 90))
        expect 1 'different at cycle' "$ruview" verify b.pcapng
    }
done

# The configuration inside
at=$(grep -abo 'period' a.pcapng | head -1 | cut -d: -f1)
if [ -n "$at" ]; then
    cp a.pcapng b.pcapng
    cp a.pcapng.witness.jsonl b.pcapng.witness.jsonl
    flip b.pcapng "$at"
    expect 1 'different' "$ruview" verify b.pcapng
fi

# The witness log: a digest, a missing line, a cut line
cp a.pcapng b.pcapng
sed '50s/"witness":"./"witness":"x/' a.pcapng.witness.jsonl >b.pcapng.witness.jsonl
expect 1 'different' "$ruview" verify b.pcapng
sed '50s/\("witness":"\)\(.\)\(.\)/\1\3\2/' a.pcapng.witness.jsonl >b.pcapng.witness.jsonl
cmp -s a.pcapng.witness.jsonl b.pcapng.witness.jsonl ||
    expect 1 'different at cycle 47' "$ruview" verify b.pcapng
sed '50d' a.pcapng.witness.jsonl >b.pcapng.witness.jsonl
expect 1 'different at cycle' "$ruview" verify b.pcapng
head -c 5000 a.pcapng.witness.jsonl >b.pcapng.witness.jsonl
expect 1 'different' "$ruview" verify b.pcapng

# The bundle: good, and one bit changed anywhere in it
expect 0 'last witness' "$ruview" bundle a.pcapng -o a.tar
expect 0 'same' "$ruview" bundle --check a.tar
"$ruview" bundle a.pcapng -o again.tar >/dev/null
cmp a.tar again.tar || failed=1
tar tf a.tar >/dev/null || failed=1
bytes=$(wc -c <a.tar)
for part in 1 3 5 7 9; do
    cp a.tar b.tar
    flip b.tar $((bytes / 10 * part))
    expect 1 '' "$ruview" bundle --check b.tar
done
expect 1 'different' "$ruview" bundle b.pcapng -o never.tar
[ -e never.tar ] && failed=1

# The history of the run: whole, gated, and it says when it is not
expect 0 'cycles' "$ruview" history --import a.pcapng h.db
expect 0 'whole' "$ruview" history --check h.db
expect 0 'digest' "$ruview" history -F csv h.db runs
expect 0 'cycles' "$ruview" history --import a.pcapng h.db # and goes on
expect 0 'whole' "$ruview" history --check h.db
expect 2 'no history' "$ruview" history --check a.pcapng
[ $failed -eq 0 ] && echo "tampering is found"
exit $failed
