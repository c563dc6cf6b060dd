# SPDX-License-Identifier: MIT
"""check_python.py WORK SHARED FIRMWARE: the installed package against the program's
records, closed forms, and the reference's vectors where they are."""
import json
import pathlib
import struct
import subprocess
import sys

import numpy as np
import ruview

work, shared, firmware = (pathlib.Path(a) for a in sys.argv[1:4])
capture = work / "hall.pcapng"

# Records: the program's, byte for byte
program = (work / "program.json").read_bytes()
replay = ruview.Replay(capture)
assert b"".join(line + b"\n" for line in replay.lines()) == program
assert json.loads(program.splitlines()[-1])["witness"] == replay.witness.hex()
assert replay.format == "pcapng" and replay.accepted > 4000 and replay.refused == 0
assert all(r["synthetic"] for r in ruview.records(capture))

# Frames: as many as were accepted, finite, on ascending tones
frames = list(ruview.frames(capture))
assert len(frames) == replay.accepted
for f in frames:
    assert f.csi.shape == (1, f.tones.size) and f.csi.dtype == np.complex64
    assert np.all(np.diff(f.tones) > 0) and np.isfinite(f.csi).all() and f.synthetic
assert {f.node for f in frames} == {1, 2, 3, 4}

# One path on the grid: the minimum is known, its gain on its tap less a tenth (lambda)
tones = np.r_[-26:0, 1:27]
profile = ruview.Cir(tones, 312500)
assert profile.n_taps == 156 and abs(profile.tap_ns - 1e9 / (156 * 312500)) < 1e-9
h = 3 * np.exp(-2j * np.pi * tones * 12 / 156)
x = profile.solve(h)
assert np.flatnonzero(x).tolist() == [12] and profile.gap <= 1e-4
assert abs(x[12] - 0.9 * 3 * np.sqrt(52)) < 1e-4 and abs(profile.delays_ns[12] - 246.154) < 1e-3
for wrong in (np.zeros(52), np.full(52, np.nan), np.ones(3)):
    try:
        profile.solve(wrong)
    except ValueError:
        continue
    raise AssertionError("an answer without a channel")
try:
    ruview.Replay(__file__)
    raise AssertionError("a program is no capture")
except ValueError:
    pass

# The reference's dense and FFT ISTA at its lambda, 100 iterations, grid of 156 taps
golden = shared / "golden" / "cir_ht20.json"
if golden.exists():
    data = json.loads(golden.read_text())
    tones, compared = data["config"]["active_indices"], 0
    for case in data["cases"]:
        if "config" in case and case["name"] != "cfg_lambda_1e-3":
            continue  # settings that a flat_cir does not have
        weight = case.get("config", data["config"])["lambda"]
        y = np.array(case["outputs"].get("y") or [], float)
        for kind in ("dense", "fft"):
            taps = case["outputs"].get(kind, {}).get("taps")
            if y.shape != (52, 2) or not taps or not np.any(y):
                continue
            if not np.isfinite(y).all():
                continue  # refused, as tested above
            cir = ruview.Cir(tones, 312500, f"{kind}-ista", weight)
            got = cir.solve(y @ [1, 1j])
            wanted = np.array(taps) @ [1, 1j]
            assert np.abs(got - wanted).max() <= 5e-5 * np.abs(wanted).max(), case["name"]
            compared += 1
    assert compared >= 20
    print(f"check_python: {compared} reference vectors of cir_ht20")
else:
    print("check_python: reference vectors not run: no data")

# The embedding example, fed from a pipe: datagrams only, so the pcapng is read here
blob, at, datagrams = capture.read_bytes(), 0, []
while at < len(blob):
    kind, length = struct.unpack_from("<II", blob, at)
    if kind == 6:  # enhanced packet: high, low of the stamp [us], captured length
        high, low, n = struct.unpack_from("<III", blob, at + 12)
        packet = blob[at + 28:at + 28 + n]
        datagrams.append((high << 32 | low, packet))
    at += length
assert len(datagrams) > 4000
feed = b""
for t_us, packet in datagrams:
    head = 4 * (packet[0] & 15) if packet[0] >> 4 == 4 else 40
    payload = packet[head + 8:]  # after IP and UDP
    feed += struct.pack("<QH", t_us, len(payload)) + payload
run = subprocess.run([firmware], input=feed, capture_output=True, check=True)
memory, _, _, _, cycles, _ = run.stderr.decode().split()
assert int(cycles) == len(program.splitlines()) and int(memory) <= 4 << 20, run.stderr
assert run.stdout.decode().split()[0] == "unknown", run.stdout  # nothing is known at first
print(f"check_python: {len(frames)} frames, {cycles} cycles; firmware in {memory} bytes")
