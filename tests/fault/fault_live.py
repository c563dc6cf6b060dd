#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An error inside the engine of a running program: fault_live.py path/to/ruview_fault

Every sink falls to the strictest class within one cycle: standard output, REST,
WebSocket, MQTT, the history file, the recording's witness log.
"""
import atexit
import base64
import http.client
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

RUVIEW = sys.argv[1]
os.environ["PATH"] += ":/usr/sbin:/sbin"
has_broker = shutil.which("mosquitto") and shutil.which("mosquitto_sub")
folder = tempfile.mkdtemp(prefix="rv_fault_")
atexit.register(shutil.rmtree, folder, ignore_errors=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def settle(condition, what, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what + " did not come true in time"
        time.sleep(0.02)


def lines_of(path):
    """Complete lines as JSON"""
    with open(path, "rb") as f:
        return [json.loads(line) for line in f.read().split(b"\n")[:-1]]


class Stream:
    """Text messages of /ws/sensing that have arrived"""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.socket.sendall((f"GET /ws/sensing HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                             + base64.b64encode(os.urandom(16)).decode() + "\r\n\r\n").encode())
        self.data, self.records, self.text = b"", [], b""
        while b"\r\n\r\n" not in self.data:
            self.data += self.socket.recv(1 << 16)
        self.data = self.data.partition(b"\r\n\r\n")[2]
        self.socket.settimeout(0.05)

    def read(self):
        try:
            while True:
                part = self.socket.recv(1 << 20)
                if not part:
                    break
                self.data += part
        except TimeoutError:
            pass
        while len(self.data) >= 2:
            n, at = self.data[1] & 127, 2
            if n == 126 and len(self.data) >= 4:
                n, at = struct.unpack(">H", self.data[2:4])[0], 4
            elif n == 127 and len(self.data) >= 10:
                n, at = struct.unpack(">Q", self.data[2:10])[0], 10
            elif n >= 126:
                return
            if len(self.data) < at + n:
                return
            first, payload, self.data = self.data[0], self.data[at:at + n], self.data[at + n:]
            if first & 15 in (0, 1):
                self.text += payload
                if first & 128:
                    message, self.text = json.loads(self.text), b""
                    if message["type"] == "sensing_update":
                        self.records.append(message)


def shows_presence_only(r):
    unknown = all(r[key]["value"] is None for key in ("motion", "breathing_bpm", "heart_bpm", "coherence"))
    return (unknown and r["nodes"] == [] and r["links"] == [] and r["persons"] == [] and r["map"]["change_db"] == []
            and (r["occupancy"]["value"] or 0) <= 1 and r["privacy"]["class"] == "restricted"
            and all(v is None for k, v in r["features"].items() if k != "change_points")
            and r["classification"]["motion_level"] in (None, "absent", "present"))


def judge(records, sink):
    """Index of the first error; all before are open, all from it on are restricted"""
    first = next((i for i, r in enumerate(records) if r["privacy"]["reason"] == "error"), None)
    assert first, f"{sink}: no error was seen"
    assert records[first - 1]["privacy"]["class"] == "raw", sink
    for r in records[first:]:
        assert shows_presence_only(r), (sink, r)
    cycles = [r["cycle"] for r in records]
    assert cycles == list(range(cycles[0], cycles[0] + len(cycles))), sink + ": a cycle is missing"
    return records[first]["cycle"]


port, broker_port = free_port(), free_port()
lines = [f"history: {{file: {folder}/h.db}}"]
if has_broker:
    with open(folder + "/mosquitto.conf", "w") as f:
        f.write(f"listener {broker_port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
    broker = subprocess.Popen(["mosquitto", "-c", folder + "/mosquitto.conf"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    atexit.register(broker.kill)
    lines.append(f"mqtt: {{host: 127.0.0.1, port: {broker_port}}}")
with open(folder + "/c.yaml", "w") as f:
    f.write("\n".join(lines) + "\n")


def retained():
    return subprocess.run(["mosquitto_sub", "-p", str(broker_port), "-t", "#", "-F", "%t", "--retained-only", "-W", "1"],
                          capture_output=True, text=True).stdout


for kind in ("encode", "text", "nan"):
    out, recording, mark = (f"{folder}/{kind}.{ending}" for ending in ("jsonl", "pcapng", "mark"))
    environment = {**os.environ, "RV_FAULT": kind, "RV_FAULT_WHILE": mark}
    with open(out, "wb") as to:
        run = subprocess.Popen([RUVIEW, "demo", "-c", folder + "/c.yaml", "-F", "json", "-o", recording, "--port", str(port),
                                "--udp-port", "0"], stdout=to, stderr=subprocess.PIPE, text=True, env=environment)
    atexit.register(run.kill)
    settle(lambda: lines_of(out) and lines_of(out)[-1]["privacy"]["class"] == "raw", "class raw")
    stream = Stream(port)
    settle(lambda: stream.read() or len(stream.records) > 5, "a stream")
    if has_broker:
        settle(lambda: "motion" in retained(), "an announced motion")
    with open(mark, "w"):
        pass
    n = len(stream.records)
    settle(lambda: stream.read() or len(stream.records) > n + 10, "more of the stream")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/api/v1/sensing/latest")
    latest = json.loads(connection.getresponse().read())
    connection.close()
    assert shows_presence_only(latest), latest
    os.remove(mark)
    settle(lambda: stream.read() or len(stream.records) > n + 30, "more of the stream")
    if has_broker:
        settle(lambda: "motion" not in retained(), "motion purged at the broker")
        assert "presence" in retained()
    run.send_signal(signal.SIGTERM)
    assert run.wait(20) == 0
    run.stderr.close()

    published = [r for r in lines_of(out) if r.get("type") == "sensing_update"]
    at = judge(published, "standard output")
    assert judge(stream.records, "WebSocket") == at
    log = [line for line in lines_of(recording + ".witness.jsonl") if "cycle" in line]
    assert [line["witness"] for line in log] == [r["witness"] for r in published], "witness log"
    t_ms = published[at]["t_us"] // 1000

    def rows(what):
        told = subprocess.run([RUVIEW, "history", "-F", "json", "--since", str(t_ms // 1000 - 3600), folder + "/h.db", what],
                              capture_output=True, text=True)
        return [json.loads(line) for line in told.stdout.splitlines()]

    assert not [row for row in rows("tracks") if row["t_ms"] >= t_ms], "a track in the history"
    states = [row for row in rows("states") if row["until_ms"] > t_ms and row["from_ms"] >= t_ms]
    assert all(row["class"] == "restricted" for row in states), states
    assert not [row for row in states if row["predicate"] in ("motion", "breathing_bpm", "heart_bpm") and row["value"] is not None]
    print(f"{kind}: cycle {at} and all after it, on every sink")
