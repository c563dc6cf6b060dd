#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Captures of radios other than the ESP32 through the whole pipeline, without a
configuration: every cycle a record, what hangs on geometry unknown and for that reason,
delay profiles believed, twice the same bytes.

usage: end_to_end.py RUVIEW DATA; exit 77: not run.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

ruview, data = sys.argv[1], sys.argv[2]
if not os.path.isdir(data):
    print("not run: no data")
    sys.exit(77)

# file, frames, id of the layout of every link
captures = [
    ("csikit/feitcsi/HESU160_5500.csi", 26, 88),
    ("csikit/feitcsi/VHT160_5500.csi", 35, 84),
    ("csikit/feitcsi/HT40_2452.csi", 34, 82),
    ("csikit/nexmon/example_4358.pcap", 4, 62),
    ("csikit/nexmon/example_43455c0.pcap", 566, 62),
    ("csi-data/Internal/Broadcom/Example/40mhz_1600085286.pcap", 81, 61),
    ("csikit/example_dat/los_5.dat", 1006, 40),  # 3 x 1
    ("csikit/intel/example.dat", 26, 40),        # 3 x 2
    ("csikit/pico/picoscenes_ax200_example.csi", 885, None),
]
# Nexmon's 40 and 80 MHz captures hold packets of 20 MHz mostly: what lies outside is noise
believed = {84: 0.9, 82: 0.9, 88: 0.9, 40: 0.7}
# An Intel 5300 report names no transmitter; a silent cycle shows less
reasons = ("no_geometry", "tx_unknown", "privacy", "no_data")
failed = 0


def check(name, good, text=""):
    global failed
    failed += not good
    print(("ok    " if good else "FAIL  ") + name, text)


def replay(path, config):
    run = subprocess.run([ruview, "replay", path, "-c", config, "-F", "json"],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return run.returncode, run.stdout, run.stderr.decode()


def unknowns(record):
    """Everything that hangs on where things stand"""
    yield record["zones_reason"]
    yield record["map"]["reason"]
    yield from (p.get("reason", "no_geometry") for p in record["persons"])


with tempfile.TemporaryDirectory() as work:
    config = os.path.join(work, "open.yaml")
    with open(config, "w") as f:
        f.write("privacy: {mode: raw_research, consent: true}\n")
    for name, frames, layout in captures:
        path = os.path.join(data, name)
        code, out, log = replay(path, config)
        records = [json.loads(line) for line in out.decode().splitlines()]
        taken, refused = map(int, re.search(r"(\d+) accepted, (\d+) refused", log).groups())
        late = int((re.search(r"(\d+) late", log) or ["0", "0"])[1])  # the 5300's clock steps back
        check("%s: %d cycles, %d frames, %d late" % (name, len(records), taken, late),
              code == 0 and len(records) > 0 and taken + late == frames and refused == late)
        check("  each cycle once", [r["cycle"] for r in records] == list(range(len(records))))
        check("  named a recording, not simulated", all(
            r["source"].startswith("recording") and not r["synthetic"] for r in records))
        links = [link for r in records for link in r["links"]]
        check("  layout of every link", links and (layout is None or {k["layout"] for k in links} == {layout}))
        check("  no geometry: nobody, no zone, no map", all(
            not r["persons"] and all(u in reasons for u in unknowns(r))
            for r in records))
        check("  nothing not a number", b"NaN" not in out and b"Infinity" not in out)
        judged = [k for k in links if k["frames"] > 0]
        good = [k for k in judged if k["gate_reason"] != "phase_garbage"]
        share = len(good) / max(len(judged), 1)
        check("  delay profiles believed: %d of %d" % (len(good), len(judged)),
              share >= believed.get(layout, 0.0))
        check("  twice the same bytes", replay(path, config)[1] == out)
sys.exit(1 if failed else 0)
