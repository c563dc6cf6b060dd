#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Privacy over a running server: mode_live.py path/to/ruview

Mode and consent by verb, by REST with and without the token, by SIGHUP; cached objects
and retained messages purged; the chain of decisions signed, checked by `ruview verify`,
`ruview history --check` and by openssl itself. 77 without openssl.
"""
import atexit
import base64
import csv
import http.client
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from live import HAS_BROKER, Broker, free_port, settle

RUVIEW = sys.argv[1]
TOKEN = "0123456789abcdef0123456789abcdef"
if not shutil.which("openssl"):
    print("not run: openssl is not installed")
    sys.exit(77)


class Run:
    """A ruview with a page on a port of its own"""

    def __init__(self, verb, *options, token=TOKEN):
        self.token = token
        self.port = free_port()
        environment = {**os.environ, "RUVIEW_API_TOKEN": token} if token else dict(os.environ)
        self.process = subprocess.Popen([RUVIEW, verb, "--port", str(self.port), "--udp-port", "0", *options],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
        settle(self.answers, "the server")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.process.send_signal(signal.SIGTERM)
        self.said = self.process.communicate(timeout=20)[1]
        if kind:
            print(self.said)

    def answers(self):
        assert self.process.poll() is None, self.process.stderr.read()
        try:
            return self.ask("GET", "/health/live")[0] == 200
        except OSError:
            return False

    def ask(self, method, path, body=None, token=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Authorization": "Bearer " + token} if token else {}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, json.loads(data) if data.startswith(b"{") else data

    def privacy(self):
        return self.ask("GET", "/api/v1/privacy/mode", token=self.token)[1]

    def latest(self):
        return self.ask("GET", "/api/v1/sensing/latest", token=self.token)[1]

    def post(self, token=None, **body):
        return self.ask("POST", "/api/v1/privacy/mode", body, token)[0]

    def mode(self, *arguments, token=TOKEN):
        environment = {**os.environ, "RUVIEW_API_TOKEN": token or ""}
        return subprocess.run([RUVIEW, "mode", "--url", f"http://127.0.0.1:{self.port}", *arguments],
                              capture_output=True, text=True, env=environment)


def ruview(*arguments):
    return subprocess.run([RUVIEW, *arguments], capture_output=True, text=True)


folder = tempfile.mkdtemp(prefix="rv_mode_")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
key, public = folder + "/key.pem", folder + "/public.pem"
subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True, capture_output=True)
subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True, capture_output=True)
subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", folder + "/other.pem"], check=True, capture_output=True)


def openssl_holds(line):
    """What openssl says of a signature, with the key as the log has it"""
    raw = bytes.fromhex("302a300506032b6570032100") + bytes.fromhex(line["key"])  # RFC 8410
    with open(folder + "/k.pem", "w") as f:
        f.write("-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(raw).decode() + "\n-----END PUBLIC KEY-----\n")
    for name, field in (("h", "hash"), ("s", "signature")):
        with open(f"{folder}/{name}", "wb") as f:
            f.write(bytes.fromhex(line[field]))
    return subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", folder + "/k.pem", "-rawin",
                           "-in", folder + "/h", "-sigfile", folder + "/s"], capture_output=True).returncode == 0


def attestations(log):
    with open(log) as f:
        return [line for line in map(json.loads, f) if line.get("type") == "attestation"]


# ---- a run with a key, a broker, a history; every way to change its mode
lines = [f"privacy: {{mode: private_home, signing_key: {key}}}", f"history: {{file: {folder}/h.db}}"]
broker = Broker(folder) if HAS_BROKER else None
if broker:
    lines.append(f"mqtt: {{host: 127.0.0.1, port: {broker.port}}}")
with open(folder + "/c.yaml", "w") as f:
    f.write("\n".join(lines) + "\n")


recording = folder + "/run.pcapng"
with Run("demo", "-c", folder + "/c.yaml", "-o", recording) as run:
    settle(lambda: run.privacy()["class"] == "raw", "class raw")
    assert len(run.latest()["nodes"]) == 4
    # the token is asked for
    assert run.post(mode="strict_no_identity") == 401
    assert run.post(token="wrong-wrong-wrong-wrong", mode="strict_no_identity") == 401
    assert run.post(token=TOKEN, mode="no_such_mode") == 400
    assert run.post(token=TOKEN) == 400
    # by verb
    done = run.mode("private_home")
    assert done.returncode == 0 and "mode private_home, class " in done.stdout, done
    assert run.mode("private_home", token="").returncode == 1
    assert run.mode("private").returncode == 2
    # by REST; from the next cycle on, and what was cached before is gone
    if broker:
        settle(lambda: "motion" in broker.retained(), "an announced motion")
    assert run.post(token=TOKEN, mode="strict_no_identity") == 202
    settle(lambda: run.privacy()["mode"] == "strict_no_identity", "the mode")
    settle(lambda: "nodes" in run.latest(), "the first record of that mode")
    latest = run.latest()
    assert latest["privacy"]["class"] == "restricted" and latest["nodes"] == [] and latest["links"] == []
    assert latest["vital_signs"]["breathing_rate_bpm"] is None if "vital_signs" in latest else True
    if broker:
        settle(lambda: not any(name in broker.retained() for name in ("motion", "breathing")),
               "purged retained messages")
        assert "presence" in broker.retained()
    # relaxing by REST needs the token, which was given: at once, as the evidence is good
    assert run.post(token=TOKEN, mode="care_with_consent", consent="full") == 202
    settle(lambda: run.privacy()["mode"] == "care_with_consent", "the mode")
    assert run.privacy()["consent"] == "full"
    # on a busy machine packets come late, and the class stays tight until 30 s were good
    if broker and run.privacy()["class"] == "derived":
        settle(lambda: "breathing" in broker.retained(), "breathing, with consent")
    done = run.mode("--consent", "none")
    assert done.returncode == 0 and "consent none" in done.stdout, done
    settle(lambda: run.latest().get("persons") == [], "nobody named without consent")
    if broker:
        settle(lambda: "breathing" not in broker.retained(), "breathing purged")
    # the nodes are the simulation's: the file says otherwise, and nothing is taken
    assert run.mode("--reload").returncode == 0
    settle(lambda: run.privacy()["mode"] == "care_with_consent", "the mode as before")
    assert run.ask("GET", "/api/v1/sensing/latest", token=TOKEN)[0] == 200
assert "not reloaded: nodes" in run.said, run.said

# ---- the chain
log = recording + ".witness.jsonl"
chain = attestations(log)
assert [(a["reason"], a["mode"], a["consent"], a["actor"]) for a in chain] == [
    ("start", "raw_research", "none", "config"),
    ("operator", "private_home", "none", "rest:local"),
    ("operator", "strict_no_identity", "none", "rest:local"),
    ("consent", "strict_no_identity", "full", "rest:local"),
    ("operator", "care_with_consent", "full", "rest:local"),
    ("consent", "care_with_consent", "none", "rest:local"),
], chain
assert all(openssl_holds(a) for a in chain)
assert not openssl_holds({**chain[0], "hash": chain[1]["hash"]})

told = ruview("verify", "--key", public, recording)
assert told.returncode == 0 and "6 decisions, 6 of them signed" in told.stdout, told
assert ruview("verify", "--key", folder + "/other.pem", recording).returncode == 1
assert ruview("verify", "--key", log, recording).returncode == 2
with open(log) as f:
    whole = f.read()


def with_log(text):
    with open(folder + "/forged.jsonl", "w") as out:
        out.write(text)
    return ruview("verify", "-w", folder + "/forged.jsonl", recording)


for forged in (whole.replace('"actor":"rest:local"', '"actor":"somebody"', 1),
               whole.replace(chain[3]["signature"], chain[4]["signature"], 1),
               whole.replace('"mode":"strict_no_identity"', '"mode":"private_home"', 1),
               "".join(line for line in whole.splitlines(True) if chain[3]["hash"] not in line),
               whole + "".join(line for line in whole.splitlines(True) if chain[5]["hash"] in line)):
    told = with_log(forged)
    assert told.returncode == 1 and "privacy" in told.stdout, told
assert with_log(whole).returncode == 0
# stripped of its signatures it is the same run, but not signed by that key
bare = "".join(json.dumps({k: v for k, v in json.loads(line).items() if k not in ("key", "signature")},
                          separators=(",", ":")) + "\n" for line in whole.splitlines())
assert with_log(bare).returncode == 0
assert ruview("verify", "--key", public, "-w", folder + "/forged.jsonl", recording).returncode == 1

history = folder + "/h.db"
told = ruview("history", "--check", "--key", public, history)
assert told.returncode == 0 and "6 decisions" in told.stdout and "6 of them signed" in told.stdout, told
assert ruview("history", "--check", "--key", folder + "/other.pem", history).returncode == 1
rows = [json.loads(line) for line in ruview("history", "-F", "json", history, "privacy").stdout.splitlines()]
assert [row["hash"] for row in rows] == [a["hash"] for a in chain]
assert [row["signature"] for row in rows] == [a["signature"] for a in chain]

# Every kind as CSV says the same as JSON
for kind in ("states", "events", "tracks", "calibrations", "snapshots", "runs", "privacy"):
    rows = [json.loads(line) for line in ruview("history", "-F", "json", history, kind).stdout.splitlines()]
    table = list(csv.DictReader(io.StringIO(ruview("history", "-F", "csv", history, kind).stdout)))
    assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in rows] == [
        {k: (str(float(v)) if isinstance(row[k], float) else v) for k, v in line.items()} for row, line in zip(rows, table)
    ] and len(rows) == len(table), kind
print("6 decisions: signed, checked by verify, history and openssl")

# ---- without a token a request may tighten and never relax
with Run("demo", token=None) as run:
    settle(lambda: run.privacy()["class"] == "raw", "class raw")
    assert run.post(mode="private_home") == 202
    settle(lambda: run.privacy()["mode"] == "private_home", "the tighter mode")
    assert run.post(mode="raw_research") == 403
    assert run.post(consent="vitals") == 403
    refused = run.mode("care_with_consent", token=None)
    assert refused.returncode == 1 and "token" in refused.stderr, refused
    assert run.privacy()["mode"] == "private_home"

# ---- SIGHUP: what can be taken is, and what cannot changes nothing
site = ["privacy: {mode: private_home}", "room: {name: Flat, size: [6, 5, 2.6]}"]


def write_site(*lines):
    with open(folder + "/site.yaml", "w") as f:
        f.write("\n".join(lines) + "\n")


write_site(*site)
with Run("serve", "-c", folder + "/site.yaml", "-o", folder + "/hup.pcapng") as run:
    settle(lambda: run.privacy()["mode"] == "private_home", "the first mode")
    write_site("privacy: {mode: strict_no_identity}", site[1],
               "zones: [{name: Desk, polygon: [[0, 0], [2, 0], [2, 2]]}]")
    run.process.send_signal(signal.SIGHUP)
    settle(lambda: run.privacy()["mode"] == "strict_no_identity", "the mode of the file")
    for bad in (["privacy: {mode: private_home}", "room: {name: Flat, size: [7, 5, 2.6]}"],
                [*site, "timing: {period_us: 100000}"], [*site, "udp: {port: 5006}"], [*site, "privcy: {}"]):
        write_site(*bad)
        run.process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        assert run.privacy()["mode"] == "strict_no_identity"
    os.remove(folder + "/site.yaml")
    run.process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
for word in ("not reloaded: room:", "not reloaded: timing:", "not reloaded: udp:", "site.yaml:3: Unexpected key",
             "No such file"):
    assert word in run.said, run.said
chain = attestations(folder + "/hup.pcapng.witness.jsonl")
assert [(a["reason"], a["mode"]) for a in chain] == [("start", "private_home"), ("config", "strict_no_identity")]
told = ruview("verify", folder + "/hup.pcapng")
assert told.returncode == 0 and "2 decisions, 0 of them signed" in told.stdout, told
print("mode: by verb, REST and SIGHUP")
