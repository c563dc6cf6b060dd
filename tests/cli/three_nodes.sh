#!/bin/sh
# SPDX-License-Identifier: MIT
# Three nodes around one access point, as packaging/ruview.yaml has them: what a run says
# for the first time, that it is told when two boards have one number, and that no family
# stands twice on the page for Prometheus.
set -eu
ruview=$1
command -v python3 >/dev/null || { echo "not run: python3 is not there"; exit 77; }
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
sed '/^  - id: 4/,/^$/{/^$/!d}' "$(dirname "$0")/../../packaging/ruview.yaml" >"$work/three.yaml"

cat >"$work/check.py" <<'END'
import json, random, socket, struct, sys, time, urllib.request
port, page = int(sys.argv[1]), sys.argv[2]
random.seed(1)
channel = {n: [random.randint(-60, 60) for _ in range(128)] for n in (1, 2, 3)}
boards = [(1, "127.0.0.1", 0), (2, "127.0.0.1", 0), (3, "127.0.0.1", 0)]
sockets = {}

def send(board, i):
    node, address, ahead = board
    if board not in sockets:
        sockets[board] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sockets[board].bind((address, 0))
    head = struct.pack("<IBBHIIbbBB", 0xC5110001, node, 1, 64, 2437, i + ahead, -40, -95, 0, 0)
    pairs = bytes((v + random.randint(-2, 2)) & 255 for v in channel[node])
    sockets[board].sendto(head + pairs, ("127.0.0.1", port))

def run(seconds):
    global at
    for _ in range(int(20 * seconds)):
        for board in boards:
            send(board, at)
        at += 1
        time.sleep(0.05)

def get(path):
    return urllib.request.urlopen(page + path, timeout=5).read().decode()

at = 0
run(2)
assert "ruview_node_clashes 0" in get("/metrics")
nodes = json.loads(get("/api/v1/nodes"))["nodes"]
assert [n["node_id"] for n in nodes] == [1, 2, 3] and all(n["status"] == "active" for n in nodes), nodes
boards.append((1, "127.0.0.2", 50000))
run(2.5)
text = get("/metrics")
assert "ruview_node_clashes 1" in text, text
families = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
assert len(families) == len(set(families)), sorted(families)
samples = [line.split(" ")[0] for line in text.splitlines() if not line.startswith("#")]
assert len(samples) == len(set(samples))
END

"$ruview" serve -c "$work/three.yaml" --port 0 --udp-port 0 >"$work/out" 2>"$work/err" &
pid=$!
for _ in $(seq 200); do
    grep -q '^Ctrl-C' "$work/out" && break
    sleep 0.05
done
grep -q 'udp-bind 0.0.0.0' "$work/out"
udp=$(sed -n 's/^nodes .*127.0.0.1:\([0-9]*\)$/\1/p' "$work/out")
page=$(sed -n 's|^page  *\(http://[0-9.:]*\)/$|\1|p' "$work/out")
python3 "$work/check.py" "$udp" "$page" || { cat "$work/out" "$work/err"; exit 1; }
kill "$pid"
wait "$pid"
pid=
grep -q 'two boards send as node 1, 127.0.0.1 and 127.0.0.2\|two boards send as node 1, 127.0.0.2 and 127.0.0.1' "$work/err"
[ "$(grep -c 'two boards' "$work/err")" -eq 1 ]
echo "three nodes: heard, and the number that two boards have is told"
