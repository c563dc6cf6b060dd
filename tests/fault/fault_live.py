#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An error inside the engine of a running program: fault_live.py path/to/ruview_fault

Every sink falls to the strictest class within one cycle: standard output, REST,
WebSocket, MQTT, the history file, the recording's witness log. RV_LONG=1 waits until the
class is relaxed again, which takes 30 s of good cycles.
"""
import atexit
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../trust_pipeline"))
from live import HAS_BROKER, Broker, Stream, free_port, settle  # noqa: E402

RUVIEW = sys.argv[1]
folder = tempfile.mkdtemp(prefix="rv_fault_")
atexit.register(shutil.rmtree, folder, ignore_errors=True)


def lines_of(path):
    """Complete lines as JSON"""
    with open(path, "rb") as f:
        return [json.loads(line) for line in f.read().split(b"\n")[:-1]]


def records_of(path):
    return [line for line in lines_of(path) if line["type"] == "sensing_update"]


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
    assert records[first - 1]["privacy"]["class"] != "restricted", sink
    for r in records[first:]:
        assert shows_presence_only(r), (sink, r)
    return records[first]["cycle"]


port = free_port()
lines = [f"history: {{file: {folder}/h.db}}"]
if HAS_BROKER:
    broker = Broker(folder)
    lines.append(f"mqtt: {{host: 127.0.0.1, port: {broker.port}}}")
with open(folder + "/c.yaml", "w") as f:
    f.write("\n".join(lines) + "\n")

for kind in ("encode", "text", "nan"):
    out, recording, mark = (f"{folder}/{kind}.{ending}" for ending in ("jsonl", "pcapng", "mark"))
    environment = {**os.environ, "RV_FAULT": kind, "RV_FAULT_WHILE": mark}
    with open(out, "wb") as to:
        run = subprocess.Popen([RUVIEW, "demo", "-c", folder + "/c.yaml", "-F", "json", "-o", recording, "--port", str(port),
                                "--udp-port", "0"], stdout=to, stderr=subprocess.PIPE, text=True, env=environment)
    atexit.register(run.kill)
    settle(lambda: records_of(out) and records_of(out)[-1]["privacy"]["class"] != "restricted", "an open class")
    stream = Stream(port)
    settle(lambda: len(stream.records) > 5, "a stream")
    if HAS_BROKER:
        settle(lambda: "motion" in broker.retained(), "an announced motion")
    with open(mark, "w"):
        pass
    n = len(stream.records)
    settle(lambda: len(stream.records) > n + 10, "more of the stream")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/api/v1/sensing/latest")
    latest = json.loads(connection.getresponse().read())
    connection.close()
    assert shows_presence_only(latest), latest
    if HAS_BROKER:
        settle(lambda: "motion" not in broker.retained(), "motion purged at the broker")
        assert "presence" in broker.retained()
    os.remove(mark)
    n = len(stream.records)
    settle(lambda: len(stream.records) > n + 20, "more of the stream")
    streamed = stream.records
    if kind == "encode" and os.environ.get("RV_LONG"):
        last = streamed[-1]["t_us"]
        settle(lambda: stream.records[-1]["privacy"]["class"] == "raw", "relaxed again", 60)
        again = next(r for r in stream.records if r["t_us"] > last and r["privacy"]["class"] == "raw")
        bad = [r for r in stream.records if r["privacy"]["reason"] == "error" and r["presence"]["reason"] == "error"][-1]
        waited = (again["t_us"] - bad["t_us"]) * 1e-6
        assert 30 <= waited <= 30.2, waited
        print(f"relaxed {waited:.2f} s after the last error")
        streamed = [r for r in stream.records if r["t_us"] < again["t_us"]]
    run.send_signal(signal.SIGTERM)
    assert run.wait(20) == 0
    run.stderr.close()

    published = records_of(out)
    cycles = [r["cycle"] for r in published]
    assert cycles == list(range(cycles[0], cycles[0] + len(cycles))), "standard output: a cycle is missing"
    stream.check_whole()
    end_us = streamed[-1]["t_us"]
    at = judge([r for r in published if r["t_us"] <= end_us], "standard output")
    assert judge(streamed, "WebSocket") == at
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
