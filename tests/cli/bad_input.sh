#!/bin/sh
# SPDX-License-Identifier: MIT
# What people get wrong ends with a message that says what, where and what next.
set -eu
ruview=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
expect() { # expect CODE PATTERN COMMAND...
    wanted=$1
    pattern=$2
    shift 2
    code=0
    "$@" >out 2>&1 || code=$?
    if [ "$code" -ne "$wanted" ] || ! grep -q "$pattern" out; then
        echo "expected exit $wanted and '$pattern', got $code: $*"
        cat out
        exit 1
    fi
}
expect 2 'usage' "$ruview"
expect 0 'usage' "$ruview" --help
expect 2 "no verb 'dance'" "$ruview" dance
expect 2 'usage' "$ruview" replay
expect 2 'missing.pcapng' "$ruview" replay missing.pcapng
: >empty
expect 2 'empty' "$ruview" replay empty
printf 'this is a letter to a friend, and no capture at all\n' >letter.txt
expect 2 'letter.txt' "$ruview" replay letter.txt
printf 'room:\n  size: [1, 2]\n' >bad.yaml
expect 2 'bad.yaml:2' "$ruview" serve --port 0 --udp-port 0 -c bad.yaml
expect 2 'port' "$ruview" serve --port 99999999
expect 2 'token' "$ruview" serve --port 0 --udp-port 0 --bind 0.0.0.0
expect 0 'same' sh -c '"$1" simulate empty --seconds 5 --quiet -o x.pcapng && cp x.pcapng y && echo same' sh "$ruview"
# Nothing that is read, or was there, is lost
echo precious >kept
expect 2 'is what is read' "$ruview" convert x.pcapng -o ./x.pcapng
expect 2 'is what is read' "$ruview" replay x.pcapng -o x.pcapng
expect 2 'is what is read' "$ruview" replay x.pcapng --digests x.pcapng
expect 2 'is what is read' "$ruview" calibrate x.pcapng -o x.pcapng
cmp x.pcapng y
expect 2 'letter.txt' "$ruview" replay letter.txt -o kept
grep -q precious kept
# What is not there is not made and not passed over
expect 2 'none.db' "$ruview" replay x.pcapng --baselines none.db
[ ! -e none.db ]
expect 2 'mask' "$ruview" replay x.pcapng --cpu fast
expect 2 'not .abc' "$ruview" calibrate x.pcapng --from abc
expect 2 'svg or .png' "$ruview" plot x.pcapng -o x.npz
expect 2 'svg or .png' "$ruview" plot map x.pcapng -o x.txt
expect 2 'no such MODE' "$ruview" mode private
expect 2 'another verb' "$ruview" serve --seed 1
expect 2 'none.pcapng: No such' "$ruview" verify none.pcapng
expect 2 'empty' "$ruview" history empty
# Names that begin with a dash, and with letters beyond ASCII
cp x.pcapng -- -x.pcapng
cp x.pcapng 'Küche 1.pcapng'
expect 0 'x.pcapng' "$ruview" replay -- -x.pcapng
expect 0 'x.pcapng' "$ruview" inspect -- -x.pcapng
expect 0 'written' "$ruview" convert -o x.csv -- -x.pcapng
expect 0 'Küche 1' "$ruview" replay 'Küche 1.pcapng'
# Output that goes nowhere is no success
if [ -w /dev/full ]; then
    for verb in replay inspect; do
        code=0
        "$ruview" "$verb" x.pcapng >/dev/full 2>out || code=$?
        [ "$code" -eq 2 ] && grep -q 'standard output' out
    done
fi
for verb in $("$ruview" --help | awk '/^  [a-z]/ {print $1}'); do
    [ "$verb" = version ] || expect 0 'usage' "$ruview" "$verb" --help
done
echo "bad input: as it should"
