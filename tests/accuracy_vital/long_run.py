#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Long runs of `ruview eval --nobody|--night|--falls` in pieces, one seed each.

long_run.py RUVIEW nobody|night|falls OUT HOURS [JOBS [FIRST_SEED [SECONDS]]]

HOURS in all, 3 (nobody, falls) or 4 (night) to a piece, from FIRST_SEED (101) on; no piece
begins after SECONDS. What a piece prints goes to OUT as soon as it is done, below a line
"# MODE SEED"; pieces that OUT holds already are not run again, so that a run that was cut
off goes on where it was. The sums with their 95 % Poisson upper bounds go to standard
output; with HOURS 0 only these.
"""
import math
import os
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from poisson import upper  # noqa: E402

PIECE = {"nobody": 3, "falls": 3, "night": 4}
RUN_H = {"nobody": 19.5 / 60.0, "falls": 20.0 / 60.0, "night": 0.5}  # what is printed is rounded
KIND = re.compile(r"^(\w[\w ]*?) +([\d.]+) h +(.*)")
COUNTS = (("false answers", r"(\d+) false answers"), ("times", r"(\d+) times"),
          ("told", r"told (\d+)"), ("candidates", r"candidates (\d+)"),
          ("confirmed", r"confirmed (\d+)"), ("false falls", r"false falls (\d+)"),
          ("pauses", r"\d+ of (\d+) pauses"), ("pauses told", r"(\d+) of \d+ pauses told"),
          ("false pauses", r"(\d+) false pauses"))
SHARES = (("answered", r"([\d.]+) % of the time"), ("breath answered", r"breath answered ([\d.]+) %"),
          ("breath off by 2", r"off by 2 ([\d.]+) %"), ("heart answered", r"heart answered ([\d.]+) %"),
          ("heart off by 5", r"off by 5 ([\d.]+) %"))


def pieces_of(name, mode):
    """seed -> lines, of the pieces that the file holds"""
    held, lines = {}, None
    try:
        for line in open(name):
            if line.startswith("# "):
                words = line.split()
                lines = held.setdefault(int(words[2]), []) if words[1] == mode else None
            elif lines is not None:
                lines.append(line.rstrip("\n"))
    except FileNotFoundError:
        pass
    return held


def run(ruview, mode, name, seeds, jobs, until):
    lock, seeds = threading.Lock(), list(seeds)

    def work():
        while time.monotonic() < until:
            with lock:
                if not seeds:
                    return
                seed = seeds.pop(0)
            done = subprocess.run([ruview, "eval", f"--{mode}", "--hours", str(PIECE[mode]), "--seed",
                                   str(seed), "--quiet"], capture_output=True, text=True)
            if done.returncode != 0:
                print(done.stderr, file=sys.stderr)
                return
            with lock, open(name, "a") as out:
                out.write(f"# {mode} {seed}\n{done.stdout}")

    threads = [threading.Thread(target=work) for _ in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def add_up(held, mode):
    kinds = {}
    for lines in held.values():
        at = None
        for line in lines:
            begin = KIND.match(line)
            if begin:
                at = kinds.setdefault(begin[1], {"hours": 0.0})
                hours = round(float(begin[2]) / RUN_H[mode]) * RUN_H[mode]
                at["hours"] += hours
            if at is None or line.startswith("  ") and ", seed " in line:
                continue
            for label, pattern in COUNTS:
                found = re.search(pattern, line)
                if found:
                    at[label] = at.get(label, 0) + int(found[1])
            for label, pattern in SHARES:
                found = re.search(pattern, line)
                if found:
                    at[label + " %"] = at.get(label + " %", 0.0) + float(found[1]) * hours
    return kinds


def main():
    if len(sys.argv) < 5 or sys.argv[2] not in PIECE:
        sys.exit(__doc__)
    ruview, mode, name, hours = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
    jobs, first, seconds = ([int(word) for word in sys.argv[5:8]] + [1, 101, 86400][len(sys.argv) - 5:])[:3]
    wanted = range(first, first + math.ceil(hours / PIECE[mode]))
    run(ruview, mode, name, [s for s in wanted if s not in pieces_of(name, mode)], jobs,
        time.monotonic() + seconds)
    held = pieces_of(name, mode)
    print(f"{mode}: {len(held)} pieces, seeds {min(held, default=0)} to {max(held, default=0)}")
    for kind, at in add_up(held, mode).items():
        print(f"{kind:10} {at['hours']:7.1f} h")
        for label, value in at.items():
            if label == "hours":
                continue
            if label.endswith(" %"):
                print(f"    {label[:-2]:16} {value / at['hours']:8.3f} %")
            elif label.startswith("false"):
                print(f"    {label:16} {value:8}   {value / at['hours']:.4f} an hour, "
                      f"below {upper(value) / at['hours']:.4f}")
            else:
                print(f"    {label:16} {value:8}")


main()
