#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The network in C against the one in NumPy that was trained: random features, the
shipped weights. check_forward.py PROGRAM SOURCE"""
import os
import subprocess
import sys

program, source = sys.argv[1:]
model = os.path.join(source, "models", "pose.safetensors")
try:
    import numpy as np
except ImportError:
    print("not run: no NumPy")
    sys.exit(77)
if not os.path.exists(model):
    print("not run: no model")
    sys.exit(77)
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(source, "tools", "pose"))
import train  # noqa: E402

rng = np.random.default_rng(5)
p = train.read(model)
for links in (1, 12, 30):
    x = rng.standard_normal((40, links, 40)).astype("<f4")
    m = (rng.random((40, links)) < 0.8).astype("<f4")
    m[:, 0] = 1.0
    g = rng.standard_normal((40, 12)).astype("<f4")
    given = np.array([40, links], "<u4").tobytes() + x.tobytes() + m.tobytes() + g.tobytes()
    said = subprocess.run([program, model], input=given, stdout=subprocess.PIPE, check=True)
    got = np.frombuffer(said.stdout, "<f4").reshape(-1, 17, 5)
    q = {k: v.astype(np.float64) for k, v in p.items()}
    e, _ = train.embed(q, x[None].astype(float), m[None].astype(float), g[None].astype(float))
    mu, logs = train.split(train.head(q, e)[0])
    want = np.concatenate([mu, np.exp(logs)], -1)
    off = np.abs(got - want).max() / max(1.0, np.abs(want).max())
    print(f"{links} links: largest difference {off:.1e}")
    assert got.shape == want.shape and off < 2e-5
