#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every recording of the data folder: frames expected, read, and refused by reason.

usage: conform.py RUVIEW DATA [FOLDER...]

What is expected was counted by the publisher (DATA/README.md) or is counted here, by
walking the file as its format is described; where both are there, they must agree. Files
that are no capture are expected to be refused. Exit 0 all as expected, 1 not, 77 no data.
"""
import ast
import json
import os
import struct
import subprocess
import sys
import tempfile
import zipfile

ruview, data = sys.argv[1], sys.argv[2]
folders = sys.argv[3:] or ["csikit", "csi-data", "espectre", "geotec-stability", "ialr-motion", "ruview-recording"]
if not os.path.isdir(data):
    print("not run: no data")
    sys.exit(77)

# The publishers' counts
published = {
    "example.dat": 26, "log.all_csi.6.7.6.dat": 29, "los_5.dat": 1006, "los_40.dat": 1119,
    "los_100.dat": 1377, "example_4339.pcap": 2850, "example_43455c0.pcap": 566,
    "example_4358.pcap": 4, "example_4366c0.pcap": 293, "picoscenes_ax200_example.csi": 885,
    "picoscenes_ax200_agcdemo.csi": 3654, "picoscenes_iwl5300_example.csi": 112,
    "picoscenes_iwl5300_example2.csi": 840, "HT20_2452.csi": 48, "HT40_2452.csi": 34,
    "VHT20_5500.csi": 28, "VHT40_5500.csi": 26, "VHT80_5500.csi": 40, "VHT160_5500.csi": 35,
    "HESU20_5500.csi": 28, "HESU40_5500.csi": 26, "HESU80_5500.csi": 28, "HESU160_5500.csi": 26,
}


def u16(b, at):
    return int.from_bytes(b[at:at + 2], "little")


def u32(b, at):
    return int.from_bytes(b[at:at + 4], "little")


def intel(b):
    """[size, most significant first][code]…, code 0xBB is a report"""
    at, good, refused = 0, 0, {}
    while at < len(b):
        size = int.from_bytes(b[at:at + 2], "big")
        if at + 2 + size > len(b) or at + 3 > len(b):
            refused["truncated"] = 1
            break
        kind = "not_csi" if b[at + 2] != 0xBB else None
        good += kind is None
        if kind:
            refused[kind] = refused.get(kind, 0) + 1
        at += 2 + size
    return "intel5300", good, refused


def pcap(b):
    """Datagrams to port 5500 in Ethernet and IPv4"""
    at, good = 24, 0
    while at + 16 <= len(b):
        n, p = u32(b, at + 8), b[at + 16:at + 16 + u32(b, at + 8)]
        ip = p[14:]
        udp = ip[(ip[0] & 15) * 4:]
        good += p[12:14] == b"\x08\x00" and ip[9] == 17 and udp[2:4] == (5500).to_bytes(2, "big")
        at += 16 + n
    return "pcap", good, {}


def feitcsi(b):
    at, good = 0, 0
    while at < len(b):
        at, good = at + 272 + u32(b, at), good + 1
    return "feitcsi", good, {}


def picoscenes(b):
    at, good, refused = 0, 0, {}
    while at < len(b):
        p, has_csi = at + 11, False
        for _ in range(b[at + 10]):
            has_csi = has_csi or b[p + 5:p + 5 + b[p + 4]].rstrip(b"\0") == b"CSI"
            p += 4 + u32(b, p)
        good += has_csi
        at += 4 + u32(b, at)
    return "picoscenes", good, refused


def esp_rows(b):
    """Rows of ESP32-CSI-Tool whose list is whole"""
    good, refused = 0, {}
    for line in b.decode("latin1").splitlines():
        if not line or line.startswith("type,"):
            continue
        at = line.find("CSI_DATA,")
        head, _, tail = line[at:].partition("[")
        numbers = tail.partition("]")[0].split()
        fields = head.split(",")
        whole = at >= 0 and len(fields) == 26 and len(numbers) in (int(fields[24]), 128) and all(
            -128 <= int(v) <= 127 for v in numbers)
        good += whole
        if not whole:
            refused["bad_value"] = refused.get("bad_value", 0) + 1
    return "esp-csv", good, refused


def npy_shape(b):
    n = struct.unpack("<H", b[8:10])[0]
    return ast.literal_eval(b[10:10 + n].decode())["shape"]


def espectre(path):
    with zipfile.ZipFile(path) as z:
        return "espectre-npz", npy_shape(z.read("csi_data.npy"))[0], {}


def npy(b):
    shape = npy_shape(b)
    if len(shape) != 2 or shape[1] == 1:
        return "npy-table", 0, {"unsupported": 1}  # labels
    tones, rows = (shape[0], shape[1]) if shape[0] == 56 else (shape[1], shape[0])
    return "npy-table", rows if tones == 56 else -1, {}


def table(b):
    lines = b.decode().splitlines()
    settling = lines[0].split(",").index("settling")
    left_out = sum(row.split(",")[settling] == "1" for row in lines[1:])
    return "csv-table", len(lines) - 1 - left_out, {"not_stationary": left_out}


def jsonl(b):
    good, refused = 0, {}
    for row in map(json.loads, b.decode().splitlines()):
        if "iq_hex" in row or isinstance(row.get("subcarriers"), list):
            good += 1
        else:
            refused["not_csi"] = refused.get("not_csi", 0) + 1
    return "ruview-jsonl", good, refused


def expected(path):
    """Format, frames, refusals, and what the table must be told; None: no recording"""
    name = os.path.basename(path)
    with open(path, "rb") as f:
        b = f.read()
    if name.endswith(".dat"):
        return (*intel(b), None)
    if name.endswith(".pcap"):
        return (*pcap(b), None)
    if name.endswith(".npz"):
        return (*espectre(path), None)
    if name.endswith(".npy"):
        return (*npy(b), "rate_hz: 100\n")
    if name.endswith(".jsonl"):
        return (*jsonl(b), None)
    if name.endswith(".csi"):
        return (*(picoscenes(b) if u32(b, 4) == 0x20150315 else feitcsi(b)), None)
    if name == "output.csv":  # decibels of a tool that writes no time
        return "csv-table", b.count(b"\n") - 1, {}, "rate_hz: 100\nunit: db\n"
    if name.endswith(".csv"):
        return (*(table(b) if "ialr" in path else esp_rows(b)), None)
    return None


def inspect(path, told, work):
    if told:
        link = os.path.join(work, os.path.basename(path))
        os.symlink(path, link)
        with open(link + ".table", "w") as f:
            f.write(told)
        path = link
    run = subprocess.run([ruview, "inspect", "--json", "--quiet", path], stdout=subprocess.PIPE)
    if told:
        os.remove(path)
        os.remove(path + ".table")
    return json.loads(run.stdout)


def recordings():
    for folder in folders:
        for base, _, names in sorted(os.walk(os.path.join(data, folder))):
            for name in sorted(names):
                yield os.path.join(base, name)


failed, files, frames = 0, 0, 0
print("%-66s %-13s %8s %-9s %6s  %s" % ("file", "format", "expected", "by", "read", "refused"))
with tempfile.TemporaryDirectory() as work:
    for path in recordings():
        want = expected(path)
        if not want:
            continue
        form, accepted, refused, told = want
        by, known = "counted", published.get(os.path.basename(path))
        if known is not None:
            by, failed = "publisher", failed + (known != accepted)
        found = inspect(path, told, work)
        good = (found["format"], found["frames_accepted"], found["refused"]) == (form, accepted, refused)
        failed, files, frames = failed + (not good), files + 1, frames + found["frames_accepted"]
        print("%-66s %-13s %8d %-9s %6d  %s%s" % (
            os.path.relpath(path, data)[-66:], found["format"], accepted, by, found["frames_accepted"],
            ", ".join("%d %s" % (n, r) for r, n in found["refused"].items()), "" if good else "  FAIL, expected %s" % refused))
print("%d files, %d frames read, %d not as expected" % (files, frames, failed))
sys.exit(1 if failed else 0)
