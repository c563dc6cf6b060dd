# SPDX-License-Identifier: MIT
"""What the tests of running programs share: waiting, a WebSocket, a broker."""
import atexit
import base64
import json
import os
import shutil
import socket
import struct
import subprocess
import time

os.environ["PATH"] += ":/usr/sbin:/sbin"
HAS_BROKER = shutil.which("mosquitto") and shutil.which("mosquitto_sub")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def settle(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what + " did not come true in time"
        time.sleep(0.02)


class Broker:
    """mosquitto on a port of its own; it ends with the test"""

    def __init__(self, folder):
        self.port = free_port()
        with open(folder + "/mosquitto.conf", "w") as f:
            f.write(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
        self.process = subprocess.Popen(["mosquitto", "-c", folder + "/mosquitto.conf"], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        atexit.register(self.process.kill)

    def listen(self, *options):
        """Topic and payload of what comes within a second"""
        found = subprocess.run(["mosquitto_sub", "-p", str(self.port), "-t", "#", "-v", "-W", "1", *options],
                               capture_output=True, text=True).stdout
        return [line.split(" ", 1) for line in found.splitlines() if " " in line]

    def retained(self):
        return " ".join(topic for topic, _ in self.listen("--retained-only"))


class Stream:
    """Messages of /ws/sensing that have arrived"""

    def __init__(self, port, token=None):
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        self.socket.sendall((f"GET /ws/sensing HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{bearer}"
                             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                             + base64.b64encode(os.urandom(16)).decode() + "\r\n\r\n").encode())
        self.data, self.messages, self.text = b"", [], b""
        while b"\r\n\r\n" not in self.data:
            self.data += self.socket.recv(1 << 16)
        self.data = self.data.partition(b"\r\n\r\n")[2]
        self.socket.settimeout(0.05)

    @property
    def records(self):
        return [m for m in self.messages if m["type"] == "sensing_update"]

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
                    self.messages.append(json.loads(self.text))
                    self.text = b""
