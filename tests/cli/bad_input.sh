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
for verb in $("$ruview" --help | awk '/^  [a-z]/ {print $1}'); do
    [ "$verb" = version ] || expect 0 'usage' "$ruview" "$verb" --help
done
echo "bad input: as it should"
