# SPDX-License-Identifier: MIT
"""What the tests of running programs share: waiting, a WebSocket, a broker."""
import atexit
import base64
import json
import os
import random
import shutil
import socket
import struct
import subprocess
import threading
import time

os.environ["PATH"] += ":/usr/sbin:/sbin"
HAS_BROKER = shutil.which("mosquitto") and shutil.which("mosquitto_sub")


def free_port():
    """A port that nobody listens on, below those that outgoing connections take"""
    while True:
        port = random.randrange(12000, 30000)
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)):
                return port


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

        settle(self.answers, "the broker")

    def answers(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def listen(self, retained_only=False, seconds=1):
        """Topic and payload of all that is retained, and of what else comes within some seconds"""
        ear = subprocess.Popen(["mosquitto_sub", "-p", str(self.port), "-t", "#", "-F", "%r %t %p"], stdout=subprocess.PIPE, text=True)
        heard, mark = [], "mark/" + os.urandom(8).hex()
        threading.Thread(target=lambda: heard.extend(ear.stdout), daemon=True).start()

        def marked():  # what is retained comes before anything else
            subprocess.run(["mosquitto_pub", "-p", str(self.port), "-t", mark, "-n"], check=True)
            time.sleep(0.05)
            return any(mark in line for line in list(heard))

        settle(marked, "an answer of the broker")
        time.sleep(0 if retained_only else seconds)
        ear.kill()
        ear.wait()
        found = [(line.rstrip("\n") + " ").split(" ", 2) for line in list(heard)]
        return [(topic, payload[:-1]) for retained, topic, payload in found
                if topic != mark and (retained == "1" or not retained_only)]

    def retained(self):
        return " ".join(topic for topic, _ in self.listen(retained_only=True))


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
        self.socket.settimeout(None)
        threading.Thread(target=self.read, daemon=True).start()

    @property
    def records(self):
        return [m for m in list(self.messages) if m["type"] == "sensing_update"]

    def check_whole(self):
        """Every cycle is there, or said to have been skipped"""
        last = lag = None
        for message in list(self.messages):
            if message["type"] == "lag":
                lag = message
            elif message["type"] == "sensing_update":
                missed = message["cycle"] - last - 1 if last is not None else 0
                assert missed == (lag["skipped"] if lag else 0), (last, message["cycle"], lag)
                last, lag = message["cycle"], None

    def read(self):
        """At once and always: a client that waits is one that lags"""
        while True:
            self.take()
            part = self.socket.recv(1 << 20)
            if not part:
                return
            self.data += part

    def take(self):
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
