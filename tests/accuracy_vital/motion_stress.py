#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `ruview eval` says of recordings that were changed on the way.

motion_stress.py RUVIEW DATA [NAME ...]

Each transformation below is applied to the recordings of espectre and ialr in DATA, the
changed files are written to a folder of their own, and `ruview eval` scores them by its own
protocol. Prints a row per transformation: F1 (mean, worst row), false positives (all, worst
row), windows without an answer, and the latest onset. NAMEs choose transformations. Seeds
are fixed. Needs NumPy.
"""
import csv
import glob
import json
import os
import subprocess
import sys
import tempfile

import numpy as np


class Stream:
    """Complex values [n][k] (imaginary 0 where there are only amplitudes) at times [s]"""

    def __init__(self, t, x, kind, label=None):
        self.t, self.x, self.kind, self.label = t, x, kind, label

    def rows(self, keep):
        label = None if self.label is None else self.label[keep]
        return Stream(self.t[keep], self.x[keep], self.kind, label)


def read_espectre(name):
    with np.load(name) as z:
        raw = z["csi_data"].astype(float)
        x = raw[:, 1::2] + 1j * raw[:, 0::2]
        n = len(x)
        if "timestamps" in z.files:
            t = z["timestamps"].astype(float) * 1e-3
        else:
            t = np.arange(n) * float(z["duration_ms"]) * 1e-3 / n
        return Stream(t - t[0], x, str(z["chip"]))


def read_ialr(name):
    with open(name) as f:
        rows = list(csv.reader(f))
    at = {c: i for i, c in enumerate(rows[0])}
    rows = [r for r in rows[1:] if len(r) == len(at) and r[at["settling"]] == "0"]
    k = at["amp_0"]
    x = np.array([[float(v or 0) for v in r[k:k + 128]] for r in rows])
    t = np.array([float(r[at["host_unix_us"]]) for r in rows]) * 1e-6
    return Stream(t, x.astype(complex), "s3", np.array([int(r[at["label"]]) for r in rows]))


def write_espectre(name, s):
    raw = np.empty((len(s.x), 2 * s.x.shape[1]), np.int8)
    raw[:, 0::2] = np.clip(np.round(s.x.imag), -127, 127)
    raw[:, 1::2] = np.clip(np.round(s.x.real), -127, 127)
    np.savez(name, csi_data=raw, chip=s.kind, timestamps=s.t * 1e3 + 1.0)


def write_ialr(name, s):
    k = s.x.shape[1]
    with open(name, "w", newline="") as f:
        w = csv.writer(f)
        w.writerow(["host_unix_us", "label", "settling"] + ["amp_%d" % i for i in range(k)])
        for t, label, x in zip(s.t, s.label, np.abs(s.x)):
            w.writerow([int(t * 1e6), int(label), 0] + ["%g" % round(v) for v in x])


def every(n):
    def change(s, rng):
        return s.rows(np.arange(0, len(s.t), n))
    return change


def irregular(s, rng):
    """each frame up to 0.8 of an interval late, and one in five missing"""
    step = np.median(np.diff(s.t))
    keep = rng.random(len(s.t)) > 0.2
    out = s.rows(keep)
    out.t = np.sort(out.t + rng.random(len(out.t)) * 0.8 * step)
    out.t += np.arange(len(out.t)) * 1e-6
    return out


def loss(share, mean_run):
    """Gilbert: lost in runs of that many frames in the mean"""
    def change(s, rng):
        lost, keep = False, np.ones(len(s.t), bool)
        for i in range(len(keep)):
            p = 1.0 / mean_run if lost else share / (1.0 - share) / mean_run
            lost = lost != (rng.random() < p)
            keep[i] = not lost
        return s.rows(keep)
    return change


def agc(db, p):
    """a new gain, up to so many decibels either way, with that chance a frame"""
    def change(s, rng):
        gain, g = 0.0, np.empty(len(s.t))
        for i in range(len(g)):
            if rng.random() < p:
                gain = float(rng.integers(-db, db + 1))
            g[i] = gain
        return Stream(s.t, s.x * (10.0 ** (g / 20.0))[:, None] * 0.5, s.kind, s.label)
    return change


def bits(n):
    """n bits fewer"""
    def change(s, rng):
        q = 2.0 ** n
        return Stream(s.t, np.round(s.x / q) * q, s.kind, s.label)
    return change


def scale(factor):
    def change(s, rng):
        return Stream(s.t, s.x * factor, s.kind, s.label)
    return change


def dead(share):
    def change(s, rng):
        x = s.x.copy()
        x[:, rng.random(x.shape[1]) < share] = 0
        return Stream(s.t, x, s.kind, s.label)
    return change


def guard(s, rng):
    """what is never sent carries noise, a tenth of the rest"""
    x = s.x.copy()
    empty = np.median(np.abs(x), axis=0) == 0
    level = 0.1 * np.sqrt(np.mean(np.abs(x[:, ~empty]) ** 2)) + 1.0
    noise = rng.normal(size=(len(x), empty.sum(), 2)) * level
    x[:, empty] = np.abs(noise[:, :, 0]) if s.label is not None else noise @ [1, 1j]
    return Stream(s.t, x, s.kind, s.label)


def spikes(p):
    """narrow interference: three neighbouring tones of a frame with that chance"""
    def change(s, rng):
        x = s.x.copy()
        for i in np.flatnonzero(rng.random(len(x)) < p):
            k = rng.integers(0, x.shape[1] - 3)
            x[i, k:k + 3] *= 1.0 + 2.0 * rng.random()
        return Stream(s.t, x, s.kind, s.label)
    return change


def stranger(share, mean_run):
    """frames of another sender in between, in runs"""
    def change(s, rng):
        other, x = False, s.x.copy()
        shape = 1.0 + 0.5 * np.cos(np.arange(x.shape[1]) * 0.25 + 1.0)
        for i in range(len(x)):
            p = 1.0 / mean_run if other else share / (1.0 - share) / mean_run
            other = other != (rng.random() < p)
            if other:
                x[i] = x[i] * shape
        return Stream(s.t, x, s.kind, s.label)
    return change


def smooth(n):
    """the mean of n frames' amplitudes: filtered before it was written"""
    def change(s, rng):
        cut = np.cumsum(np.vstack([np.zeros(s.x.shape[1]), np.abs(s.x)]), axis=0)
        x = (cut[n:] - cut[:-n]) / n + 0j
        return Stream(s.t[n - 1:], x, s.kind, None if s.label is None else s.label[n - 1:])
    return change


def twice(s, rng):
    """every frame written twice"""
    t = np.repeat(s.t, 2)
    t[1::2] += 0.4 * np.median(np.diff(s.t))
    return Stream(t, np.repeat(s.x, 2, axis=0), s.kind,
                  None if s.label is None else np.repeat(s.label, 2))


def clock(s, rng):
    """the clock jumps by 2 s forward, then by 0.5 s back, a third and two thirds in"""
    t = s.t.copy()
    t[len(t) // 3:] += 2.0
    t[2 * len(t) // 3:] -= 0.5
    return Stream(t, s.x, s.kind, s.label)


def drift(s, rng):
    """the gain of the two halves of the band tilts slowly: 1 dB in 10 s"""
    tilt = np.linspace(-1.0, 1.0, s.x.shape[1])
    db = np.sin(2 * np.pi * s.t / 40.0)[:, None] * tilt * 1.6
    return Stream(s.t, s.x * 10.0 ** (db / 20.0), s.kind, s.label)


def wider(k):
    """another number of tones: interpolated between the tones that carry something"""
    def change(s, rng):
        live = np.median(np.abs(s.x), axis=0) > 0
        x = s.x[:, live]
        grid = np.linspace(0, x.shape[1] - 1, k)
        low = np.minimum(grid.astype(int), x.shape[1] - 2)
        part = grid - low
        a = np.abs(x)
        return Stream(s.t, a[:, low] * (1 - part) + a[:, low + 1] * part + 0j, s.kind, s.label)
    return change


CHANGES = {"none": lambda s, rng: s, "rate/2": every(2), "rate/4": every(4), "rate/8": every(8),
           "irregular": irregular, "loss-10": loss(0.1, 5), "loss-30": loss(0.3, 10),
           "agc-1": agc(1, 0.05), "agc-3": agc(3, 0.05), "agc-6": agc(6, 0.05),
           "bits-2": bits(2), "bits-3": bits(3), "bits-4": bits(4),
           "gain-1/2": scale(0.5), "gain-1/4": scale(0.25),
           "dead-10": dead(0.1), "dead-40": dead(0.4), "guard-noise": guard,
           "spikes-5": spikes(0.05), "spikes-20": spikes(0.2),
           "stranger-5": stranger(0.05, 1.5), "stranger-20": stranger(0.2, 3),
           "stranger-40": stranger(0.4, 3), "smooth-2": smooth(2), "smooth-3": smooth(3),
           "twice": twice, "clock": clock, "drift": drift,
           "tones-52": wider(52), "tones-56": wider(56), "tones-114": wider(114),
           "tones-128": wider(128), "tones-256": wider(256)}


def long(s, times):
    """the same stream there and back again: no jump where the pieces meet"""
    step = np.append(np.diff(s.t), np.median(np.diff(s.t)))
    x, d = [], []
    for i in range(times):
        x.append(s.x[::-1] if i % 2 else s.x)
        d.append(step[::-1] if i % 2 else step)
    return np.concatenate(x), np.concatenate(d)


# Whole recordings made of quiet and movement of one chip: (moves, times the piece)
JOINED = {"quiet-moving-quiet": ((0, 5), (1, 1), (0, 5)),
          "moving-first": ((1, 1), (0, 6), (1, 1)),
          "moving-30s-first": ((1, 3), (0, 6), (1, 1)),
          "short-1s": ((0, 5), (1, 0.1), (0, 4), (1, 0.1), (0, 4)),
          "short-2s": ((0, 5), (1, 0.2), (0, 4), (1, 0.2), (0, 4)),
          "slow-1/2": ((0, 5), (1, -2), (0, 4)), "slow-1/4": ((0, 5), (1, -4), (0, 4))}


def joined(data, kind, work):
    """Columns as ialr has them, from recordings of espectre; n < 0 plays the movement that
    much slower: each frame written |n| times in the time of as many, with its own noise lost"""
    quiet, moving = (sorted(glob.glob(data + "/espectre/**/%s_*_64sc_*.npz" % w, recursive=True))
                     for w in ("baseline", "movement"))
    for i, (q, m) in enumerate(zip(quiet, moving)):
        a, b = read_espectre(q), read_espectre(m)
        a, b = a.rows(a.t > 5.0), b.rows(b.t > 1.0)  # whoever began it has gone, has begun
        x, t, label, now = [], [], [], 1.0
        for moves, n in JOINED[kind]:
            s = b if moves else a
            if n < 0:
                # amplitudes between the frames, so that the noise is not played slower but
                # weaker; what is missing of it is added from the quiet recording
                fine = np.arange(0, len(s.x) - 1, -1.0 / n)
                low, part = fine.astype(int), (fine % 1)[:, None]
                y = np.abs(s.x)
                y = y[low] * (1 - part) + y[low + 1] * part
                rest = np.abs(a.x[np.arange(len(y)) % len(a.x)])
                y = np.maximum(0, y + (rest - rest.mean(0)) * 0.7) + 0j
                d = np.full(len(y), np.median(np.diff(s.t)))
            elif n < 1:
                y, d = long(s.rows(s.t < s.t[0] + 10 * n), 1)
            else:
                y, d = long(s, int(n))
            x.append(y)
            t.append(now + np.cumsum(d))
            now = t[-1][-1]
            label.append(np.full(len(y), moves))
        s = Stream(np.concatenate(t), np.concatenate(x), "s3", np.concatenate(label))
        write_ialr(os.path.join(work, "part_%d.csv" % (i + 1)), s)


def evaluate(ruview, folder):
    done = subprocess.run([ruview, "eval", folder, "--json", "-q"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


def row(name, found, parts=("espectre", "ialr")):
    rows = found["motion"]["rows"] if found else []
    for part in parts:
        mine = [r for r in rows if r["set"].split("-")[0] == part and r["set"] != "espectre-other"]
        if not mine:
            print("%-18s %-9s none" % (name, part))
            continue
        fp, tn = sum(r["fp"] for r in mine), sum(r["tn"] for r in mine)
        windows = sum(r["tp"] + r["fp"] + r["fn"] + r["tn"] for r in mine)
        onset = [r["onset_s"] for r in mine if r["onset_s"] is not None]
        print("%-18s %-9s %3d %7.3f %7.3f %7.1f %7.1f %7.1f %7s" % (
            name, part, len(mine), sum(r["f1"] for r in mine) / len(mine),
            min(r["f1"] for r in mine), 100.0 * fp / max(1, fp + tn),
            max(100.0 * r["fp"] / max(1, r["fp"] + r["tn"]) for r in mine),
            100.0 * sum(r["unknown"] for r in mine) / windows,
            "%.2f" % max(onset) if onset else ""))
    sys.stdout.flush()


def stress(ruview, data, name):
    if name in JOINED:
        with tempfile.TemporaryDirectory() as work:
            joined(data, name, work)
            row(name, evaluate(ruview, work), ("ialr",))
        return
    change = CHANGES[name]
    with tempfile.TemporaryDirectory() as work:
        for i, f in enumerate(sorted(glob.glob(data + "/espectre/**/*.npz", recursive=True))):
            base = os.path.basename(f)
            if base.startswith(("baseline_", "movement_", "test_")):
                s = change(read_espectre(f), np.random.default_rng(100 + i))
                write_espectre(os.path.join(work, base), s)
        for i, f in enumerate(sorted(glob.glob(data + "/ialr-motion/part_*.csv"))):
            s = change(read_ialr(f), np.random.default_rng(200 + i))
            write_ialr(os.path.join(work, os.path.basename(f)), s)
        row(name, evaluate(ruview, work))


def main():
    ruview, data, names = sys.argv[1], sys.argv[2], sys.argv[3:] or list(CHANGES) + list(JOINED)
    print("%-18s %-9s %3s %7s %7s %7s %7s %7s %7s" % (
        "", "", "n", "F1", "worst", "FP %", "worst", "none %", "onset"))
    for name in names:
        stress(ruview, data, name)


if __name__ == "__main__":
    main()
