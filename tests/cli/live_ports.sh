#!/bin/sh
# SPDX-License-Identifier: MIT
# Nexmon and ESPectre senders reach a run: on ports of their own, and off a network
# interface; without the right to listen there, it says what is missing.
set -eu
ruview=$1
command -v python3 >/dev/null || { echo "not run: python3 is not there"; exit 77; }
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT

cat >"$work/send.py" <<'END'
import random, socket, struct, sys, time
random.seed(1)
nexmon, espectre, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
channel = [(random.randint(-900, 900), random.randint(-900, 900)) for _ in range(256)]
for i in range(int(seconds * 50)):
    tones = b"".join(struct.pack("<hh", a + i % 3, b) for a, b in channel)
    s.sendto(struct.pack("<HbB6sHHHH", 0x1111, -51, 8, b"\2\0\0\0\0\1", i << 4 & 65535, 0,
                         0xE09B, 0x0065) + tones, ("127.0.0.1", nexmon))
    pairs = b"".join(struct.pack("bb", a // 8, b // 8) for a, b in channel[:64])
    s.sendto(struct.pack("<HBBH", 0x4353, 1, i & 255, 64) + pairs, ("127.0.0.1", espectre))
    time.sleep(0.02)
END

await() { # await PATTERN FILE
    for _ in $(seq 200); do
        grep -q "$1" "$2" 2>/dev/null && return 0
        sleep 0.05
    done
    cat "$2"
    return 1
}

check() { # check NAME: both senders' frames are in the recording, and its run repeats
    wait "$pid"
    pid=
    "$ruview" inspect --json --quiet "$work/$1.pcapng" >"$work/$1.inspect"
    grep -q '"layout":"nexmon-80"' "$work/$1.inspect"
    grep -q '"layout":"esp32-htltf64"' "$work/$1.inspect"
    grep -q '"source":"esp32"' "$work/$1.jsonl"
    tail -n 1 "$work/$1.log" | grep -q . # the summary
    "$ruview" verify "$work/$1.pcapng"
}

echo 'udp: {listen: [0]}' >"$work/one.yaml" # one by the file, one by the option
"$ruview" serve -c "$work/one.yaml" --port 0 --udp-port 0 --listen 0 --seconds 3 -F json \
    -o "$work/ports.pcapng" >"$work/ports.jsonl" 2>"$work/ports.log" &
pid=$!
await '^nodes' "$work/ports.log"
set -- $(sed -n 's/^nodes .*127.0.0.1:\([0-9]*\)$/\1/p' "$work/ports.log")
[ $# -eq 3 ]
python3 "$work/send.py" "$2" "$3" 2
check ports

# An interface that is not there, and one without the right to listen
for user in "" "setpriv --reuid=65534 --clear-groups --bounding-set=-all"; do
    interface=lo
    if [ -z "$user" ]; then
        interface=none9
    elif [ "$(id -u)" -ne 0 ] || ! command -v setpriv >/dev/null; then
        continue
    fi
    chmod 755 "$work"
    echo "udp: {interface: $interface}" >"$work/there.yaml"
    code=0
    (cd / && $user "$ruview" serve --port 0 -c "$work/there.yaml" --seconds 1) \
        >"$work/refused" 2>&1 || code=$?
    [ "$code" -eq 2 ] || { cat "$work/refused"; exit 1; }
    grep -q 'CAP_NET_RAW' "$work/refused"
done

# Off the loopback interface, where this user may
"$ruview" record --interface lo --udp-port 5005 --seconds 3 -o "$work/lo.pcapng" -F json \
    >"$work/lo.jsonl" 2>"$work/lo.log" &
pid=$!
if await '^nodes' "$work/lo.log" >/dev/null; then
    python3 "$work/send.py" 5500 5001 2
    check lo
else
    wait "$pid" || true
    pid=
    grep -q 'CAP_NET_RAW' "$work/lo.log"
    echo "not run: no right to listen on lo"
fi
echo "ports and interface: both senders heard"
