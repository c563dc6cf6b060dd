#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The server on real sockets: test_server.py path/to/server_feed

Access rules (Host, Origin, token, tickets), limits, streams with lag, sinks, REST
contracts. Only the standard library; one server per group of tests.
"""
import base64
import http.client
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

FEED = sys.argv[1]
TOKEN = "0123456789abcdef0123456789abcdef"


class Server:
    def __init__(self, *options):
        self.process = subprocess.Popen([FEED, *options], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        assert self.process.wait(20) == 0, "the server did not end well"

    def say(self, line):
        self.process.stdin.write((line if isinstance(line, str) else json.dumps(line, separators=(",", ":"))) + "\n")
        self.process.stdin.flush()

    def heard(self):
        return self.process.stdout.readline().strip()

    def connect(self, address="127.0.0.1"):
        return socket.create_connection((address, self.port), 10)

    def ask(self, method, path, body=None, headers=None, host="localhost", address="127.0.0.1"):
        """status, headers, body of one request on its own connection"""
        connection = http.client.HTTPConnection(address, self.port, timeout=10)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        if host is not None:
            connection.putheader("Host", host)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        if body and len(body) < 10:
            time.sleep(0.02)  # two packets now and then
        if body:
            connection.send(body)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, answer.headers, data

    def status(self, *arguments, **options):
        return self.ask(*arguments, **options)[0]

    def json(self, path, **options):
        return json.loads(self.ask("GET", path, **options)[2])


class WebSocket:
    """Just enough of RFC 6455 for a test"""

    def __init__(self, server, path="/ws/sensing", headers=None, host="localhost", address="127.0.0.1"):
        self.socket = server.connect(address)
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode()]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.data = b""
        while b"\r\n\r\n" not in self.data:
            part = self.socket.recv(65536)
            if not part:
                break
            self.data += part
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        self.head = head.decode()
        self.status = int(self.head.split()[1]) if head else 0

    def take(self, n):
        while len(self.data) < n:
            part = self.socket.recv(1 << 20)
            if not part:
                raise EOFError
            self.data += part
        taken, self.data = self.data[:n], self.data[n:]
        return taken

    def read(self):
        """The next text message; None when the server closes"""
        text = b""
        while True:
            try:
                first, second = self.take(2)
                size = second & 127
                if size == 126:
                    size = struct.unpack(">H", self.take(2))[0]
                elif size == 127:
                    size = struct.unpack(">Q", self.take(8))[0]
                payload = self.take(size)
            except (EOFError, ConnectionError):
                return None
            kind = first & 15
            if kind == 8:
                return None
            if kind in (0, 1):
                text += payload
                if first & 128:
                    return json.loads(text)

    def send(self, text):
        data = text.encode()
        assert len(data) < 126
        mask = os.urandom(4)
        self.socket.sendall(bytes([129, 128 | len(data)]) + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def close(self):
        self.socket.close()


def record(cycle, **more):
    estimate = {"value": 1.5, "sigma": 0.1, "quality": 0.9, "reason": "none"}
    unknown = {"value": None, "sigma": None, "quality": 0, "reason": "not_calibrated"}
    return {"type": "sensing_update", "schema": 1, "cycle": cycle, "t_us": 1760000000000000 + cycle * 50000,
            "synthetic": True, "live": True, "source": "simulated", "witness": "ab" * 32, "timestamp": 1760000000.05,
            "tick": cycle, "presence": {"value": True, "quality": 0.9, "reason": "none"}, "quality": 0.75, "flags": ["uncalibrated"],
            "gate": "accept", "recalibrate": False,
            "privacy": {"class": "raw", "mode": "raw_research", "demoted": False, "reason": "none"},
            "nodes": [{"node_id": 7, "present": True, "reason": "none", "rssi_dbm": -50, "rate_hz": estimate, "loss": estimate,
                       "clock_offset_us": {**estimate, "value": 1164000}, "clock_drift_ppm": estimate, "jitter_us": estimate, "position": [0, 1, 2]},
                      {"node_id": 8, "present": False, "reason": "no_data", "rssi_dbm": None, "rate_hz": unknown, "loss": unknown,
                       "clock_offset_us": unknown, "clock_drift_ppm": unknown, "jitter_us": unknown, "position": None}],
            "persons": [{"id": 3, "confidence": 0.5, "keypoints": [], "bbox": None, "zone": None}], "persons_reason": "none",
            "zones": [True, None], "zones_reason": "none", "breathing_bpm": unknown, "heart_bpm": unknown, "falls_reason": "rate_too_low",
            "features": {"mean_rssi": -50, "motion_band_power": 12, "breathing_band_power": None},
            "classification": {"motion_level": "present_still", "presence": True, "confidence": 0.9},
            "vital_signs": {"breathing_rate_bpm": None, "heart_rate_bpm": None, "breathing_confidence": 0, "heartbeat_confidence": 0, "signal_quality": 0.75},
            "estimated_persons": 1, **more}


HELLO = {"type": "hello", "schema": 1, "software": "x", "run": "cd" * 32, "zones": [{"zone": 0, "name": "Sofa"}, {"zone": 1, "name": "Hall"}]}
METRICS = {"type": "metrics", "rss_bytes": 2097152, "stages": [], "counters": {"frames_accepted": 12}}


def equal(left, right):
    assert left == right, f"{left!r} is not {right!r}"


def settle(condition, seconds=10):
    """Wait until something is true, however slow the machine is"""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)


def host_is_checked(server):
    equal(server.status("GET", "/health"), 200)
    equal(server.status("GET", "/health", host=f"LOCALHOST:{server.port}"), 200)
    equal(server.status("GET", "/health", host="evil.example"), 421)
    equal(server.status("GET", "/", host="evil.example"), 421)
    equal(server.status("GET", "/health/live", host="evil.example"), 421)
    equal(server.status("GET", "/health", host=None), 400)
    equal(server.status("GET", "/health", host=""), 400)
    equal(WebSocket(server, host="evil.example").status, 421)


def origin_is_checked(server):
    own = f"localhost:{server.port}"
    for path in ("/api/v1/sensing/latest", "/metrics", "/"):
        equal(server.status("GET", path, headers={"Origin": "http://evil.example"}), 403)
        equal(server.status("GET", path, headers={"Origin": f"http://{own}"}, host=own), 200)
    equal(server.status("POST", "/api/v1/privacy/mode", b"{}", headers={"Origin": "http://evil.example"}), 403)
    equal(server.status("GET", "/", headers={"Origin": "null"}), 403)
    equal(server.status("GET", "/", headers={"Origin": "http://evil.example/" + "x" * 2000}), 403)
    equal(WebSocket(server, headers={"Origin": "http://evil.example"}).status, 403)
    equal(WebSocket(server, headers={"Origin": "null"}).status, 403)
    equal(WebSocket(server, headers={"Origin": f"http://{own}"}, host=own).status, 101)


def browsers_are_kept_safe(server):
    for path in ("/", "/api/v1/status", "/nothing"):
        headers = server.ask("GET", path)[1]
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        equal(headers["x-content-type-options"], "nosniff")
        equal(headers["referrer-policy"], "no-referrer")
        assert "access-control-allow-origin" not in headers


def paths_reach_no_file(server):
    for path in ("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/../../etc/passwd", "//etc/passwd", "/server.h", "/..%5c..%5cx"):
        status, _, body = server.ask("GET", path)
        assert status in (400, 403, 404), f"{path}: {status}"
        assert b"root:" not in body
    assert server.status("GET", "/" + "a" * 300) == 414


def errors_are_json(server):
    for method, path, status in (("GET", "/api/v1/nothing", 404), ("GET", "/api/v1/models", 501), ("DELETE", "/health", 405),
                                 ("POST", "/health", 405), ("GET", "/api/v1/ws-ticket", 405), ("GET", "/api/v1/nodes/1/sync", 404)):
        got, headers, body = server.ask(method, path)
        equal(got, status)
        equal(headers["content-type"], "application/json")
        answer = json.loads(body)
        equal(answer["success"], False)
        equal(len(answer["correlation_id"]), 16)


def nothing_is_invented_without_data(server):
    equal(server.status("GET", "/health/live"), 200)
    equal(server.status("GET", "/health/ready"), 503)
    equal(server.status("GET", "/api/v1/status"), 503)
    equal(server.json("/api/v1/sensing/latest")["status"], "no data yet")
    equal(server.json("/api/v1/nodes"), {"nodes": [], "total": 0})
    equal(server.json("/api/v1/pose/current")["persons"], [])
    equal(server.json("/api/v1/pose/current")["total_persons"], None)
    equal(server.json("/api/v1/vital-signs")["vital_signs"], None)
    equal(server.json("/api/v1/vital-signs")["falls_reason"], "no_data")
    equal(server.json("/api/v1/stream/status")["active"], False)
    equal(server.json("/api/v1/stream/status")["fps"], None)
    equal(server.json("/health/health")["metrics"]["cpu_percent"], None)
    equal(server.json("/health")["tick"], None)


def answers_are_parts_of_the_record(server):
    server.say(HELLO)
    server.say(METRICS)
    server.say(record(41))
    settle(lambda: server.json("/health")["tick"] == 41)
    contract = {
        "/health": ["status", "source", "tick", "clients"],
        "/health/health": ["status", "components", "metrics"],
        "/health/live": ["status", "uptime"],
        "/health/ready": ["status", "source", "trust"],
        "/health/version": ["version", "name", "backend"],
        "/health/metrics": ["system_metrics", "tick"],
        "/api/v1/metrics": ["system_metrics", "tick"],
        "/api/v1/info": ["version", "environment", "backend", "source"],
        "/api/v1/status": ["status", "source", "trust"],
        "/api/v1/sensing/latest": ["type", "timestamp", "source", "tick", "nodes", "features", "classification"],
        "/api/v1/nodes": ["nodes", "total"],
        "/api/v1/nodes/7/sync": ["offset_us", "is_leader", "is_valid", "smoothed", "sequence", "csi_fps_ema"],
        "/api/v1/mesh": ["nodes", "total"],
        "/api/v1/vital-signs": ["vital_signs", "falls_reason", "buffer_status", "source", "tick"],
        "/api/v1/pose/current": ["timestamp", "persons", "total_persons", "source"],
        "/api/v1/pose/stats": ["total_detections", "average_confidence", "frames_processed", "source"],
        "/api/v1/pose/zones/summary": ["zones"],
        "/api/v1/stream/status": ["active", "clients", "fps", "source"],
        "/api/v1/privacy/mode": ["class", "mode", "demoted"],
    }
    for path, keys in contract.items():
        server.say(record(41))  # a record older than 2 s is no picture
        status, headers, body = server.ask("GET", path)
        equal(status, 200)
        equal(headers["content-type"], "application/json")
        equal(headers["cache-control"], "no-store")
        answer = json.loads(body)
        missing = [key for key in keys if key not in answer]
        assert not missing, f"{path} lacks {missing}"
    server.say(record(41))
    settle(lambda: server.json("/health")["tick"] == 41)
    trust = server.json("/api/v1/status")["trust"]
    equal(trust["last_witness"], "ab" * 32)
    equal(trust["effective_class"], "raw")
    for key in ("demoted", "recalibration_recommended", "engine_error_count", "raw_outputs_suppressed"):
        assert key in trust
    equal(server.json("/api/v1/nodes/7/sync")["offset_us"], -1164000)
    equal(server.json("/api/v1/nodes/8/sync")["error"], "no_sync")
    equal(server.json("/api/v1/nodes/9/sync")["error"], "unknown_node")
    equal(server.json("/api/v1/pose/zones/summary")["zones"],
          {"Sofa": {"person_count": None, "status": "occupied"}, "Hall": {"person_count": None, "status": "unknown"}})
    equal(server.json("/api/v1/metrics")["system_metrics"]["memory"]["used_mb"], 2.0)
    equal([n["status"] for n in server.json("/api/v1/nodes")["nodes"]], ["active", "stale"])
    head, headers, body = server.ask("HEAD", "/health")
    equal((head, body), (200, b""))


def an_old_record_is_no_picture(server):
    server.say(record(50))
    settle(lambda: server.json("/health")["tick"] == 50)
    settle(lambda: server.json("/api/v1/sensing/latest").get("status") == "no data yet")
    equal(server.status("GET", "/health/ready"), 503)
    server.say(record(51, live=False))
    settle(lambda: server.json("/health")["tick"] == 51)
    equal(server.status("GET", "/health/ready"), 503)


def metrics_are_text(server):
    server.say("text ruview_frames_total 5")
    settle(lambda: b"ruview_frames_total 5" in server.ask("GET", "/metrics")[2])
    _, headers, body = server.ask("GET", "/metrics")
    assert headers["content-type"].startswith("text/plain; version=0.0.4")
    assert b"ruview_ws_clients 0" in body


def a_stream_brings_each_record_once(server):
    server.say(HELLO)
    time.sleep(0.1)
    client = WebSocket(server, headers={"Sec-WebSocket-Protocol": "ruview.v1"})
    equal(client.status, 101)
    assert "ruview.v1" in client.head
    equal(client.read()["type"], "hello")
    for cycle in range(100, 130):
        server.say(record(cycle))
    server.say(METRICS)
    equal([client.read()["cycle"] for _ in range(30)], list(range(100, 130)))
    equal(client.read()["type"], "metrics")
    client.send('{"type":"ping"}')
    equal(client.read(), {"type": "pong"})
    client.send("not json")
    server.say(record(131))
    equal(client.read()["cycle"], 131)
    client.close()


def the_pose_stream_speaks_its_own_way(server):
    client = WebSocket(server, "/api/v1/stream/pose")
    equal(client.read()["type"], "connection_established")
    server.say(record(200))
    pose = client.read()
    equal(pose["type"], "pose_data")
    equal(pose["payload"]["pose_source"], "signal_derived")
    equal(pose["payload"]["metadata"]["tick"], 200)
    equal(pose["payload"]["metadata"]["processing_time_ms"], None)
    client.close()
    equal(WebSocket(server, "/ws/nothing").status, 404)


def sinks_are_kept_apart(server):
    proxied = {"X-Forwarded-For": "192.0.2.1"}
    here, there = WebSocket(server), WebSocket(server, headers=proxied)
    for client in (here, there):
        equal(client.read()["type"], "hello")
    server.say("local " + json.dumps(record(300, secret=1)).replace(", ", ",").replace(": ", ":"))
    server.say("network " + json.dumps(record(301)).replace(", ", ",").replace(": ", ":"))
    server.say(record(302))
    equal([here.read()["cycle"], here.read()["cycle"]], [300, 302])
    equal([there.read()["cycle"], there.read()["cycle"]], [301, 302])
    server.say("local " + json.dumps(record(303, secret=1)).replace(", ", ",").replace(": ", ":"))
    settle(lambda: server.json("/api/v1/sensing/latest").get("cycle") == 303)
    equal(server.json("/api/v1/sensing/latest", headers=proxied).get("cycle"), 302)
    equal(server.json("/api/v1/sensing/latest", headers={"Forwarded": "for=192.0.2.1"}).get("cycle"), 302)
    here.close()
    there.close()


def a_change_of_privacy_forgets(server):
    server.say(record(400))
    settle(lambda: server.json("/api/v1/sensing/latest").get("cycle") == 400)
    status, _, body = server.ask("POST", "/api/v1/privacy/mode", b'{"mode":"private_home"}')
    equal((status, json.loads(body)["success"]), (200, True))
    equal(server.heard(), 'command privacy/mode {"mode":"private_home"}')
    equal(server.json("/api/v1/sensing/latest")["status"], "no data yet")


def bodies_are_checked(server):
    post = lambda body, path="/api/v1/recording/start": server.status("POST", path, body)
    equal(post(b'{"id":"../../x"}'), 400)
    for bad in (b"..", b"a/b", b"a\\\\b", b".x", b"", b"a" * 65, b"a\\u0000b", b"%2e%2e", "Ａ".encode()):
        equal(post(b'{"id":"' + bad + b'"}'), 400)
    equal(post(b'{"id":7}'), 400)
    equal(post(b'{"id":"evening"}'), 501)
    equal(server.heard(), 'command recording/start {"id":"evening"}')
    equal(post(b"[1]"), 400)
    equal(post(b"nonsense"), 400)
    equal(post(b"{" * 40), 400)
    equal(post(b'{"a":' + b"[" * 40 + b"]" * 40 + b"}"), 400)
    equal(post(b"x" * 70000), 413)
    equal(post(b"x" * 1000000), 413)
    equal(server.status("POST", "/api/v1/calibration/start", b""), 200)
    equal(server.heard(), "command calibration/start")
    equal(server.status("DELETE", "/api/v1/recording/rec_1"), 501)
    equal(server.heard(), 'command recording/delete {"id":"rec_1"}')
    for path in ("/api/v1/recording/%2e%2e", "/api/v1/recording/..%2f..%2fx", "/api/v1/recording/a%00b"):
        try:
            assert server.status("DELETE", path) in (400, 403, 404)
        except http.client.RemoteDisconnected:
            pass  # refused without a word
    with server.connect() as raw:
        raw.sendall(b"POST /api/v1/recording/start HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
        assert b" 411 " in raw.recv(4096)


def a_slow_client_learns_what_it_missed(server):
    client = WebSocket(server)
    client.read()
    big = json.dumps(record(1, pad="x" * 200000), separators=(",", ":"))
    server.say(f"flood 300 {big}")
    time.sleep(1)
    lag = None
    records = 0
    while records + (lag or 0) < 300:
        message = client.read()
        assert message is not None, "closed"
        if message["type"] == "lag":
            lag = (lag or 0) + message["skipped"]
        elif message["type"] == "sensing_update":
            records += 1
    assert lag and lag > 0, "nothing was skipped"
    equal(records + lag, 300)
    client.close()


def a_client_that_does_not_read_is_dropped(server):
    client = WebSocket(server)
    client.read()
    big = json.dumps(record(1, pad="x" * 400000), separators=(",", ":"))
    stop = threading.Event()

    def feed():
        while not stop.wait(0.2):
            server.say(f"flood 5 {big}")

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        settle(lambda: b"ruview_ws_dropped_total 1" in server.ask("GET", "/metrics")[2], 60)
    finally:
        stop.set()
        thread.join()
    client.close()


def websockets_are_counted(server):
    clients = [WebSocket(server) for _ in range(64)]
    assert all(client.status == 101 for client in clients)
    equal(WebSocket(server).status, 503)
    for client in clients:
        client.close()
    settle(lambda: server.json("/health")["clients"] == 0)
    last = WebSocket(server)
    equal(last.status, 101)
    last.close()


def slow_requests_are_cut(server):
    slow = [server.connect() for _ in range(40)]
    for connection in slow:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: local")
    equal(server.status("GET", "/health"), 200)  # others are served meanwhile
    begin = time.monotonic()
    for connection in slow:
        connection.settimeout(30)
        try:
            while connection.recv(4096):
                pass
        except ConnectionError:
            pass
    assert time.monotonic() - begin < 25, "a slow request was kept"
    trickle = server.connect()
    trickle.settimeout(0.01)
    begin, cut = time.monotonic(), False
    while time.monotonic() - begin < 25 and not cut:
        try:
            trickle.sendall(b"X")
            time.sleep(0.5)
            cut = trickle.recv(4096) == b""
        except TimeoutError:
            pass
        except ConnectionError:
            cut = True
    assert cut, "a trickled request was kept"


def connections_are_bounded(server):
    held = []
    for _ in range(300):
        connection = socket.socket()
        connection.settimeout(0.3)
        try:
            connection.connect(("127.0.0.1", server.port))
        except (TimeoutError, ConnectionError):
            pass
        held.append(connection)
    descriptors = len(os.listdir(f"/proc/{server.process.pid}/fd"))
    assert descriptors < 256 + 40, f"{descriptors} descriptors are open"
    for connection in held:
        connection.close()
    settle(lambda: server.status("GET", "/health") == 200, 30)


def a_token_guards_everything(server):
    paths = ("/", "/health", "/health/ready", "/metrics", "/api/v1/status", "/api/v1/sensing/latest", "/nothing", "/favicon.svg")
    for path in paths:
        status, headers, _ = server.ask("GET", path)
        equal(status, 401)
        assert "www-authenticate" in headers
        equal(server.status("GET", path, headers={"Authorization": "Bearer " + TOKEN[:-1] + "0"}), 401)
        assert server.status("GET", path, headers={"Authorization": "bearer " + TOKEN}) != 401
    equal(server.status("GET", "/health/live"), 200)
    equal(server.status("GET", "/", headers={"Authorization": "Basic " + base64.b64encode(b"me:" + TOKEN.encode()).decode()}), 200)
    equal(server.status("GET", "/?token=" + TOKEN), 401)
    for path in ("/ws/sensing", "/api/v1/stream/pose"):
        equal(WebSocket(server, path).status, 401)
        equal(WebSocket(server, path + "?token=" + TOKEN).status, 401)
        equal(WebSocket(server, path, headers={"Authorization": "Bearer " + TOKEN}).status, 101)
        equal(WebSocket(server, path, headers={"Sec-WebSocket-Protocol": "bearer." + TOKEN}).status, 101)
        equal(WebSocket(server, path, headers={"Sec-WebSocket-Protocol": "ruview.v1, bearer." + TOKEN}).status, 101)
        equal(WebSocket(server, path, headers={"Sec-WebSocket-Protocol": "bearer." + TOKEN[::-1]}).status, 401)
    equal(server.status("POST", "/api/v1/ws-ticket", b""), 401)
    ticket = json.loads(server.ask("POST", "/api/v1/ws-ticket", b"", headers={"Authorization": "Bearer " + TOKEN})[2])["ticket"]
    equal(WebSocket(server, "/ws/sensing?ticket=" + ticket).status, 101)
    equal(WebSocket(server, "/ws/sensing?ticket=" + ticket).status, 401)
    equal(server.status("GET", "/health", headers={"Authorization": "Bearer " + TOKEN}, host="evil.example"), 421)


def no_open_door_without_a_token():
    for options in (["--bind", "0.0.0.0"], ["--bind", "::"], ["--bind", "0.0.0.0", "--token", "short"],
                    ["--bind", "not an address"], ["--cert", "/nonexistent"]):
        run = subprocess.run([FEED, *options], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
        equal(run.returncode, 2)
        assert len(run.stderr) > 10, "it says why"
    with Server("--bind", "0.0.0.0", "--token", TOKEN, "--host", "home.example") as server:
        equal(server.status("GET", "/health/live", host="home.example"), 200)
        equal(server.status("GET", "/health", host="home.example"), 401)
    with Server() as first:
        run = subprocess.run([FEED, "--port", str(first.port)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
        equal(run.returncode, 2)
        assert "another" in run.stderr


def tls_serves_the_same():
    with tempfile.TemporaryDirectory() as folder:
        cert, key = folder + "/cert.pem", folder + "/key.pem"
        made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
                               "-keyout", key, "-out", cert], capture_output=True)
        if made.returncode != 0:
            print("not run: no openssl")
            return
        with Server("--cert", cert, "--key", key) as server:
            context = ssl.create_default_context(cafile=cert)
            context.check_hostname = False
            connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=context, timeout=10)
            connection.request("GET", "/", headers={"Host": "localhost"})
            answer = connection.getresponse()
            equal(answer.status, 200)
            assert "max-age" in answer.headers["strict-transport-security"]
            answer.read()
            old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
            old.maximum_version = ssl.TLSVersion.TLSv1_1
            try:
                old.wrap_socket(socket.create_connection(("127.0.0.1", server.port), 10))
                raise AssertionError("TLS 1.1 was accepted")
            except (ssl.SSLError, ConnectionError, OSError):
                pass


GROUPS = [
    ([], [host_is_checked, origin_is_checked, browsers_are_kept_safe, paths_reach_no_file, errors_are_json, nothing_is_invented_without_data,
          answers_are_parts_of_the_record, an_old_record_is_no_picture, metrics_are_text]),
    ([], [a_stream_brings_each_record_once, the_pose_stream_speaks_its_own_way, sinks_are_kept_apart, a_change_of_privacy_forgets, bodies_are_checked]),
    (["hello"], [a_slow_client_learns_what_it_missed, a_client_that_does_not_read_is_dropped]),
    ([], [websockets_are_counted, slow_requests_are_cut, connections_are_bounded]),
    (["--token", TOKEN], [a_token_guards_everything]),
]


def main():
    failed = 0
    wanted = sys.argv[2:]

    def attempt(name, test):
        nonlocal failed
        if wanted and name not in wanted:
            return
        try:
            test()
            print(f"ok: {name.replace('_', ' ')}", flush=True)
        except Exception as problem:  # report it and go on with the next
            failed += 1
            import traceback
            traceback.print_exc()
            print(f"FAILED: {name}: {problem}", flush=True)

    for options, tests in GROUPS:
        if wanted and not any(test.__name__ in wanted for test in tests):
            continue
        with Server(*[o for o in options if o != "hello"]) as server:
            if "hello" in options:
                server.say(HELLO)
                time.sleep(0.2)
            for test in tests:
                attempt(test.__name__, lambda: test(server))
    for test in (no_open_door_without_a_token, tls_serves_the_same):
        attempt(test.__name__, test)
    sys.exit(1 if failed else 0)


main()
