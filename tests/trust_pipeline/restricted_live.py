#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Nothing beyond presence in any output of a restricted run: restricted_live.py path/to/ruview

Somebody walks about. Every leaf of every output must be on the list of what a restricted
run may say: standard output, REST, WebSocket, MQTT, Prometheus, the history with its
snapshots, the witness log.
"""
import atexit
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

from live import HAS_BROKER, Broker, Stream, free_port, settle

RUVIEW = sys.argv[1]
folder = tempfile.mkdtemp(prefix="rv_restricted_")
atexit.register(shutil.rmtree, folder, ignore_errors=True)

# What may be said; a name of a reason says why something is not
REASONS = r"(^|\.)([a-z_]*_)?reason$"
ALLOWED = [
    REASONS, r"^type$", r"^schema$", r"^cycle$", r"^tick$", r"^t_us$", r"^timestamp$", r"^live$", r"^synthetic$", r"^source$",
    r"^input_digest$", r"^witness$", r"^calibration$", r"^gate$", r"^flags\[\]$", r"^recalibrate$",
    r"^privacy\.(class|mode|consent|demoted)$", r"^presence\.value$", r"^occupancy\.value$", r"^occupancy_at_least$",
    r"^classification\.presence$", r"^estimated_persons$",
    r"^events\[\]\.(kind|t_us|subject|confidence)$",  # mode_changed alone, see below
]
COARSE = {  # and in which steps
    r"^quality$": 0.25, r"^vital_signs\.signal_quality$": 0.25, r"^presence\.quality$": 0.5, r"^occupancy\.quality$": 0.5,
    r"^classification\.confidence$": 0.5,
}


def leaves(value, path=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path + "[]")
    elif value not in (None, False, "", 0):
        yield path, value


def check_record(record, sink):
    assert record["privacy"]["class"] == "restricted", sink
    for path, value in leaves(record):
        for pattern, step in COARSE.items():
            if re.search(pattern, path):
                assert value % step == 0, (sink, path, value)
                break
        else:
            assert any(re.search(pattern, path) for pattern in ALLOWED), (sink, path, value)
    assert (record["occupancy"]["value"] or 0) in (0, 1) and (record["estimated_persons"] or 0) in (0, 1), sink
    assert record["classification"]["motion_level"] in (None, "absent", "present_still"), sink
    assert all(event["kind"] == "mode_changed" for event in record["events"]), (sink, record["events"])


broker = Broker(folder) if HAS_BROKER else None
with open(folder + "/walk.yaml", "w") as f:  # somebody from the start
    f.write("seed: 2\npersons:\n  - {height_m: 1.75, stops: [{at: [1, 1], speed_mps: 1.0}, {at: [4.8, 1.2], speed_mps: 1.2},"
            " {at: [4.6, 3.9], speed_mps: 0.9}]}\n")
with open(folder + "/c.yaml", "w") as f:
    f.write(f"history: {{file: {folder}/h.db}}\n" + (f"mqtt: {{host: 127.0.0.1, port: {broker.port}}}\n" if broker else ""))
port, recording = free_port(), folder + "/run.pcapng"
with open(folder + "/out.jsonl", "wb") as to:
    run = subprocess.Popen([RUVIEW, "demo", "-c", folder + "/c.yaml", "-F", "json", "-o", recording, "--port", str(port),
                            "--udp-port", "0", folder + "/walk.yaml"], stdout=to, stderr=subprocess.PIPE, text=True)
atexit.register(run.kill)


def ask(method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, json.dumps(body) if body else None)
    answer = connection.getresponse()
    data = answer.read().decode()
    connection.close()
    return answer.status, data


def is_up():
    assert run.poll() is None, run.stderr.read()
    try:
        return json.loads(ask("GET", "/api/v1/sensing/latest")[1]).get("nodes")
    except OSError:
        return False


settle(is_up, "a record that shows all")
assert ask("POST", "/api/v1/privacy/mode", {"mode": "strict_no_identity"})[0] == 202
settle(lambda: '"strict_no_identity"' in ask("GET", "/api/v1/privacy/mode")[1], "the mode")
stream = Stream(port)
heard = broker.listen() if broker else []
settle(lambda: len(stream.records) > 60, "a stream")

# REST: every view of the record
PRESENCE = r"presence|status|source|class|mode|witness|confidence|quality|gate|flags|uptime|version|time|healthy|live|name|type|reason"
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../server/routes.def")) as f:
    paths = re.findall(r'RV_VIEW\("([^"]+)"', f.read()) + ["/api/v1/sensing/latest", "/api/v1/status"]
rest = {path: ask("GET", path) for path in paths}
check_record(json.loads(rest["/api/v1/sensing/latest"][1]), "REST latest")
for path in ("/api/v1/nodes", "/api/v1/mesh", "/api/v1/pose/current", "/api/v1/pose/zones/summary", "/api/v1/vital-signs"):
    status, text = rest[path]
    answer = json.loads(text)
    for at, value in leaves(answer):
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            assert re.search(r"timestamp|tick|cycle|t_us|quality|confidence|count|zone|version|schema|total", at), (path, at, value)
    assert not answer.get("nodes") and not answer.get("persons"), (path, answer)
    for secret in ("position", "rssi_dbm", "keypoints"):
        assert not any(secret in at for at, _ in leaves(answer)), (path, text)
for path, (status, text) in rest.items():
    for words in ('"rssi_dbm":-', '"breathing_rate_bpm":1', '"velocity', '"change_db":[0', '"amplitude":['):
        assert words not in text, (path, words)

# Prometheus: what is counted of the machine, nothing of nodes, links or persons
status, metrics = ask("GET", "/metrics")
for line in metrics.splitlines():
    assert not re.search(r"(node|link|person|track|zone|rssi|motion|breath|heart|coherence)[a-z_]*[={]", line), line

run.send_signal(signal.SIGTERM)
assert run.wait(20) == 0
run.stderr.close()

with open(folder + "/out.jsonl") as f:
    published = [json.loads(line) for line in f]
first = next(i for i, r in enumerate(published) if r["privacy"]["mode"] == "strict_no_identity")
assert len(published) - first > 60
for record in published[first:]:
    check_record(record, "standard output")
for record in stream.records:
    check_record(record, "WebSocket")

# MQTT: after the change
for topic, payload in heard:
    if "/config" in topic or "availability" in topic:
        continue
    assert not re.search(r"motion|breathing|heart|rssi|fall", topic), (topic, payload)
    if "quality" in topic or "score" in topic:
        continue
    assert re.search(r"presence|person_count|privacy_mode", topic), (topic, payload)

# The history: what begins with the change, and the last picture of the world
t_ms = published[first]["t_us"] // 1000


def rows(kind):
    told = subprocess.run([RUVIEW, "history", "-F", "json", folder + "/h.db", kind], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    return [json.loads(line) for line in told.stdout.splitlines()]


assert not [row for row in rows("tracks") if row["t_ms"] >= t_ms]
for row in rows("states"):
    if row["from_ms"] >= t_ms:
        assert row["class"] == "restricted", row
        assert row["value"] is None or row["predicate"] in ("presence", "occupancy") and row["value"] in (0, 1), row
assert {row["kind"] for row in rows("events") if row["first_ms"] > t_ms} <= {"mode_changed"}
told = subprocess.run([RUVIEW, "history", "--snapshot", folder + "/h.db"], capture_output=True, text=True)
world = json.loads(told.stdout)
assert not [node for node in world["nodes"] if node["kind"] in ("person_track", "rf_link", "object_anchor")]
for node in world["nodes"]:
    if node["kind"] == "semantic_state" and node["statement"] in ("motion", "breathing_bpm", "heart_bpm"):
        assert node.get("value") is None, node

# The witness log: digests and decisions alone
with open(recording + ".witness.jsonl") as f:
    for line in list(map(json.loads, f))[1:]:
        assert set(line) <= {"cycle", "t_us", "witness"} or line["type"] == "attestation", line
print(f"{len(published) - first} records, {len(stream.records)} streamed, {len(paths)} paths, {len(heard)} messages: presence only")
