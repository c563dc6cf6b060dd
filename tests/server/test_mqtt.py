#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Home Assistant's view through a real broker: test_mqtt.py path/to/mqtt_feed

Needs mosquitto and mosquitto_sub; 77 when they are not there.
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

FEED = sys.argv[1]
os.environ["PATH"] += ":/usr/sbin:/sbin"
if not (shutil.which("mosquitto") and shutil.which("mosquitto_sub")):
    print("not run: mosquitto is not installed")
    sys.exit(77)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def settle(condition, seconds=15):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)


children = []


def start(*arguments, **options):
    child = subprocess.Popen(*arguments, **options)
    children.append(child)
    return child


class Broker:
    def __init__(self, folder, tls=False):
        self.folder, self.port = folder, free_port()
        lines = [f"listener {self.port} 127.0.0.1", "allow_anonymous true", "persistence false"]
        if tls:
            lines += [f"cafile {folder}/ca.pem", f"certfile {folder}/cert.pem", f"keyfile {folder}/key.pem"]
        with open(folder + "/mosquitto.conf", "w") as f:
            f.write("\n".join(lines) + "\n")
        self.start()

    def start(self):
        self.process = start(["mosquitto", "-c", self.folder + "/mosquitto.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        settle(self.answers)

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


class Ear:
    """Everything that the broker passes on, in order"""

    def __init__(self, broker):
        self.heard = []
        self.process = start(["mosquitto_sub", "-p", str(broker.port), "-t", "#", "-F", "%r %t %p"], stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            retained, topic, *payload = line.rstrip("\n").split(" ", 2)
            self.heard.append((time.monotonic(), topic, payload[0] if payload else "", retained == "1"))

    def of(self, end, since=0.0):
        return [h for h in list(self.heard) if h[1].endswith(end) and h[0] >= since]

    def last(self, end):
        found = self.of(end)
        return found[-1][2] if found else None

    def close(self):
        self.process.terminate()
        self.process.wait(10)


class Feed:
    def __init__(self, broker, device="home", *more):
        self.process = start([FEED, str(broker.port), device, *more], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def say(self, words):
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()

    def end(self):
        self.say("end")
        text = self.process.communicate(timeout=20)[0]
        assert self.process.returncode == 0
        return text


def discovery_and_states(broker):
    ear = Ear(broker)
    time.sleep(0.5)
    feed = Feed(broker)
    settle(lambda: ear.last("presence/state") == "OFF")
    config = json.loads(ear.last("binary_sensor/wifi_densepose_home/presence/config"))
    base = "homeassistant/binary_sensor/wifi_densepose_home/presence/"
    assert config["state_topic"] == base + "state" and config["availability_topic"] == base + "availability"
    assert config["payload_on"] == "ON" and config["device_class"] == "occupancy"
    assert config["unique_id"] == "wifi_densepose_home_presence"
    settle(lambda: ear.last("presence/availability") == "online")
    wanted = {"presence", "person_count", "motion_level", "presence_score", "rssi", "fall", "quality", "privacy_mode", "breathing_rate"}
    names = lambda: {h[1].split("/")[3] for h in ear.of("/config") if h[2]}
    settle(lambda: names() >= wanted)
    assert names() == wanted, names()
    availability = {json.loads(h[2])["availability_topic"] for h in ear.of("/config") if h[2]}
    assert availability == {base + "availability"}, "one last will covers them all"

    # unchanged presence is not said again
    time.sleep(2)
    assert len([h for h in ear.of("presence/state") if h[2]]) == 1
    feed.say("presence yes")
    settle(lambda: ear.last("presence/state") == "ON")
    feed.say("presence unknown")
    settle(lambda: ear.last("presence/state") == "None")
    assert [h[2] for h in ear.of("presence/state") if h[2]] == ["OFF", "ON", "None"]

    # one fall, one event
    feed.say("fall")
    settle(lambda: ear.of("fall/state") != [])
    time.sleep(1)
    falls = [h for h in ear.of("fall/state") if h[2]]
    assert len(falls) == 1 and json.loads(falls[0][2])["event_type"] == "fall_detected" and not falls[0][3]

    # vitals only where the class and the consent show them
    settle(lambda: ear.last("breathing_rate/state"))
    unknown = json.loads(ear.last("breathing_rate/state"))
    assert unknown["bpm"] is None and unknown["reason"] == "warming_up"
    assert not ear.of("heart_rate/config") or ear.last("heart_rate/config") == ""  # no producer
    feed.say("breathing 15.2")
    settle(lambda: json.loads(ear.last("breathing_rate/state") or "{}").get("bpm") == 15.2)
    feed.say("class restricted")
    settle(lambda: ear.last("breathing_rate/config") == "")
    after = time.monotonic() + 0.2
    time.sleep(6)
    assert not [h for h in ear.of("breathing_rate/state", after) if h[2]]
    assert not [h for h in ear.of("motion_level/state", after) if h[2]]
    late = Ear(broker)  # what a newcomer finds retained
    settle(lambda: late.last("presence/config"))
    time.sleep(0.5)
    assert not late.of("breathing_rate/config") and not late.of("motion_level/config")
    late.close()
    feed.say("class anonymous")
    settle(lambda: ear.last("motion_level/config"))

    # Home Assistant starts again and is told everything once more
    mark = time.monotonic()
    subprocess.run(["mosquitto_pub", "-p", str(broker.port), "-t", "homeassistant/status", "-m", "online"], check=True)
    settle(lambda: [h for h in ear.of("presence/config", mark) if h[2]])
    settle(lambda: ear.of("presence/state", mark))

    assert "connects 1" in feed.end()
    settle(lambda: ear.last("presence/availability") == "offline")
    ear.close()


def rates_hold_for_each_device(broker):
    """A-51: two nodes reach 90 % of their rate, and no more than it"""
    ear = Ear(broker)
    feeds = [Feed(broker, "one"), Feed(broker, "two")]
    settle(lambda: ear.of("wifi_densepose_one/motion_level/state") and ear.of("wifi_densepose_two/motion_level/state"))
    begin = time.monotonic()
    time.sleep(10)
    for name in ("one", "two"):
        n = len(ear.of(f"wifi_densepose_{name}/motion_level/state", begin))
        assert 9 <= n <= 11, f"{name}: {n} in 10 s"
        assert len(ear.of(f"wifi_densepose_{name}/rssi/state", begin)) <= 2
    for feed in feeds:
        feed.end()
    ear.close()


def a_crash_is_told(broker):
    """A-50: kill -9, and the broker says offline"""
    ear = Ear(broker)
    feed = Feed(broker, "crashing")
    settle(lambda: ear.last("wifi_densepose_crashing/presence/availability") == "online")
    feed.process.send_signal(signal.SIGKILL)
    begin = time.monotonic()
    settle(lambda: ear.last("wifi_densepose_crashing/presence/availability") == "offline", 45)
    print(f"   offline after {time.monotonic() - begin:.2f} s")
    ear.close()


def a_broker_that_comes_back_is_told_everything(broker):
    feed = Feed(broker, "patient")
    ear = Ear(broker)
    settle(lambda: ear.last("wifi_densepose_patient/presence/state") == "OFF")
    ear.close()
    broker.stop()
    time.sleep(1)
    broker.start()
    ear = Ear(broker)
    settle(lambda: ear.last("wifi_densepose_patient/presence/state") == "OFF", 30)
    assert ear.last("wifi_densepose_patient/presence/config")
    assert "connects 2" in feed.end()
    ear.close()


def a_wrong_authority_gets_nothing(folder):
    """A-56"""
    def make(name, *arguments):
        return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True).returncode == 0

    ok = make("", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem")
    ok = ok and make("", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=stranger", "-keyout", "other.key", "-out", "other.pem")
    ok = ok and make("", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "request.pem")
    ok = ok and make("", "x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1", "-out", "cert.pem")
    if not ok:
        print("   not run: no openssl")
        return
    os.chmod(folder + "/key.pem", 0o644)
    os.chmod(folder, 0o755)
    broker = Broker(folder, tls=True)
    try:
        good = Feed(broker, "good", "--ca", folder + "/ca.pem")
        bad = Feed(broker, "bad", "--ca", folder + "/other.pem")
        time.sleep(4)
        assert "connects 0" in bad.end()
        assert "connects 1" in good.end()
    finally:
        broker.stop()


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as secure:
        broker = Broker(folder)
        tests = [(f, broker) for f in (discovery_and_states, rates_hold_for_each_device, a_crash_is_told, a_broker_that_comes_back_is_told_everything)]
        for test, argument in tests + [(a_wrong_authority_gets_nothing, secure)]:
            try:
                test(argument)
                print("ok:", test.__name__.replace("_", " "), flush=True)
            except Exception:
                import traceback
                traceback.print_exc()
                print("FAILED:", test.__name__, flush=True)
                failed += 1
    for child in children:
        child.kill()
    sys.exit(1 if failed else 0)


main()
