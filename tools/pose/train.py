#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Trains and scores the pose model on what pose-data wrote.

    train.py train FOLDER models/pose.safetensors [--steps N] [--blind]
    train.py score FOLDER models/pose.safetensors [--json]

--blind trains the same network without the signal: what the track alone tells.
FOLDER holds train-*.bin, check.bin and one file per held-out set. Needs NumPy alone: the
network is small enough to write its gradients down. Seeded; the same data and the same
BLAS give the same weights, and any BLAS gives the same score within its last digits.
"""
import glob
import json
import os
import struct
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np  # noqa: E402

LINKS, JOINTS = 12, 17
LAGS = (0, 1, 2, 3, 4, 6)  # of 0.2 s
MEMORY_S = (2.0, 8.0)
STEP_S = 0.2
FIRST = max(LAGS)  # no answer before
PAIRS = [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 12), (13, 14), (15, 16)]
NAMES = ["nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder",
         "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
         "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle"]
POSTURES = ["stand or walk", "sit", "lie", "fall", "jump", "wave", "raise"]
CSI = list(range(0, 25)) + [38, 39]  # link features that the signal makes
TRACK = list(range(25, 38))  # those that the place of the track makes
TX, RX = [26, 27, 28, 32], [29, 30, 31, 33]
MIRROR_LINK, MIRROR_TRACK = [27, 30], [2, 10]


class Run:
    def __init__(self, head, x, m, g, y, e):
        self.set, self.room, self.body, self.walk = head[:4]
        self.x, self.m, self.g, self.y, self.e = x, m, g, y, e


def load(path):
    """Every run of one file of pose-data."""
    data = np.fromfile(path, dtype="<f4")
    at, runs = 0, []
    while at < len(data):
        head = [int(v) for v in data[at:at + 8].view("<u4")]
        assert head[0] == 0x45534F50, path
        at += 8
        n, links, parts = head[5], head[6], []
        for shape in [(n, links, 40), (n, links), (n, 12), (n, JOINTS, 3), (n, 4)]:
            size = int(np.prod(shape))
            parts.append(data[at:at + size].reshape(shape))
            at += size
        runs.append(Run(head[1:5], *parts))
    return runs


# ---- network

def new_weights(rng, mean, sigma):
    def layer(n_in, n_out, gain=1.0):
        w = rng.standard_normal((n_in, n_out)) * gain * np.sqrt(2.0 / n_in)
        return w.astype(np.float32), np.zeros(n_out, np.float32)
    p = {}
    p["link.0.w"], p["link.0.b"] = layer(40, 64)
    p["link.1.w"], p["link.1.b"] = layer(64, 48)
    p["cycle.w"], p["cycle.b"] = layer(48 + 48 + 12, 64)
    p["head.0.w"], p["head.0.b"] = layer(64 * (len(LAGS) + len(MEMORY_S)), 128)
    p["head.1.w"], p["head.1.b"] = layer(128, 128)
    p["head.2.w"], p["head.2.b"] = layer(128, JOINTS * 5, 0.1)
    p["head.2.b"][:JOINTS * 3] = mean.reshape(-1)
    p["head.2.b"][JOINTS * 3:] = np.log(sigma).reshape(-1)
    return p


def relu(x):
    return np.maximum(x, 0, out=x)


def embed(p, x, m, g):
    """[S][T][L][40], [S][T][L], [S][T][12] -> embedding [S][T][64] and what backward needs."""
    s, t, n, f = x.shape
    rows = x.reshape(-1, f)
    h1 = relu(rows @ p["link.0.w"] + p["link.0.b"])
    h2 = relu(h1 @ p["link.1.w"] + p["link.1.b"])
    h = h2.reshape(s, t, n, -1) * m[..., None]
    count = np.maximum(m.sum(2), 1.0)
    mean = h.sum(2) / count[..., None]
    best = h.argmax(2)
    top = np.take_along_axis(h, best[:, :, None], 2)[:, :, 0]
    z = np.concatenate([mean, top, g], -1)
    e = relu(z.reshape(s * t, -1) @ p["cycle.w"] + p["cycle.b"]).reshape(s, t, -1)
    return e, (rows, h1, h2, m, count, best, z)


def memories(e):
    """Forgetting means of the embedding over time."""
    out = []
    for tau in MEMORY_S:
        share = np.float32(1.0 - np.exp(-STEP_S / tau))
        a = np.empty_like(e)
        a[:, 0] = e[:, 0]
        for t in range(1, e.shape[1]):
            a[:, t] = a[:, t - 1] + share * (e[:, t] - a[:, t - 1])
        out.append(a)
    return out


def head(p, e):
    t = e.shape[1]
    parts = [e[:, FIRST - k:t - k] for k in LAGS] + [a[:, FIRST:] for a in memories(e)]
    u = np.concatenate(parts, -1)
    u = u.reshape(-1, u.shape[-1])
    h1 = relu(u @ p["head.0.w"] + p["head.0.b"])
    h2 = relu(h1 @ p["head.1.w"] + p["head.1.b"])
    o = h2 @ p["head.2.w"] + p["head.2.b"]
    return o, (u, h1, h2)


def split(o):
    mu = o[:, :JOINTS * 3].reshape(-1, JOINTS, 3)
    logs = np.clip(o[:, JOINTS * 3:], -4.0, 1.0).reshape(-1, JOINTS, 2)
    return mu, logs


def loss_and_gradient(p, x, m, g, y):
    """Negative log likelihood of independent normal errors, one sigma per joint for the
    plan and one for the height; each term weighed by its sigma ("On the Pitfalls of
    Heteroscedastic Uncertainty Estimation with Probabilistic Neural Networks", ICLR
    2022, eq. (5), beta 0.5)."""
    s, t = x.shape[:2]
    e, cache = embed(p, x, m, g)
    o, (u, a1, a2) = head(p, e)
    mu, logs = split(o)
    d = mu - y[:, FIRST:].reshape(-1, JOINTS, 3)
    inv = np.exp(-2.0 * logs)
    weight = np.exp(logs) / 0.2
    axes = np.array([2.0, 1.0], np.float32)
    d2 = np.stack([(d[..., :2] ** 2).sum(-1), d[..., 2] ** 2], -1)
    nll = float((axes * logs + 0.5 * d2 * inv).mean())
    n = np.float32(d2.size)
    go = np.empty_like(o)
    wi = weight * inv
    go[:, :JOINTS * 3] = (d * np.stack([wi[..., 0], wi[..., 0], wi[..., 1]], -1)
                          ).reshape(len(o), -1) / n
    go[:, JOINTS * 3:] = (weight * (axes - d2 * inv)).reshape(len(o), -1) / n
    grad = {}

    def back(name, given, out, inp):
        grad[name + ".w"] = inp.T @ given
        grad[name + ".b"] = given.sum(0)
        return given @ p[name + ".w"].T

    ga2 = back("head.2", go, None, a2) * (a2 > 0)
    ga1 = back("head.1", ga2, None, a1) * (a1 > 0)
    gu = back("head.0", ga1, None, u).reshape(s, t - FIRST, -1)
    ge = np.zeros_like(e)
    width = e.shape[-1]
    for i, k in enumerate(LAGS):
        ge[:, FIRST - k:t - k] += gu[..., i * width:(i + 1) * width]
    for i, tau in enumerate(MEMORY_S):
        share = np.float32(1.0 - np.exp(-STEP_S / tau))
        at = gu[..., (len(LAGS) + i) * width:(len(LAGS) + i + 1) * width]
        carry = np.zeros_like(e[:, 0])
        for k in range(t - 1, 0, -1):
            if k >= FIRST:
                carry = carry + at[:, k - FIRST]
            ge[:, k] += share * carry
            carry = carry * (1 - share)
        ge[:, 0] += carry
    rows, h1, h2, m, count, best, z = cache
    ge = (ge * (e > 0)).reshape(s * t, -1)
    gz = back("cycle", ge, None, z.reshape(s * t, -1)).reshape(s, t, -1)
    gh = np.repeat((gz[..., :48] / count[..., None])[:, :, None], x.shape[2], 2)
    np.put_along_axis(gh, best[:, :, None],
                      np.take_along_axis(gh, best[:, :, None], 2) +
                      gz[..., 48:96][:, :, None], 2)
    gh = (gh * m[..., None]).reshape(-1, 48) * (h2 > 0)
    g1 = back("link.1", gh, None, h1) * (h1 > 0)
    grad["link.0.w"] = rows.T @ g1
    grad["link.0.b"] = g1.sum(0)
    return nll, grad


# ---- training

def sample(rng, runs, n_runs, n_steps):
    """Windows of different runs, with twelve links each, some mirrored, some reversed."""
    x = np.zeros((n_runs, n_steps, LINKS, 40), np.float32)
    m = np.zeros((n_runs, n_steps, LINKS), np.float32)
    g = np.zeros((n_runs, n_steps, 12), np.float32)
    y = np.zeros((n_runs, n_steps, JOINTS, 3), np.float32)
    for i in range(n_runs):
        r = runs[rng.integers(len(runs))]
        at = rng.integers(len(r.g) - n_steps + 1)
        w = slice(at, at + n_steps)
        some = rng.permutation(r.x.shape[1])[:LINKS]
        k = len(some)
        x[i, :, :k] = r.x[w][:, some]
        m[i, :, :k] = r.m[w][:, some]
        g[i] = r.g[w]
        y[i] = r.y[w]
        if rng.integers(2):  # the same in a mirror
            x[i][..., MIRROR_LINK] *= -1
            g[i][..., MIRROR_TRACK] *= -1
            y[i][..., 1] *= -1
            for a, b in PAIRS:
                y[i][:, [a, b]] = y[i][:, [b, a]]
        if rng.integers(2):  # the channel is the same both ways
            x[i][..., TX + RX] = x[i][..., RX + TX]
    x += 0.05 * rng.standard_normal(x.shape, np.float32)
    return x, m, g, y


def moments(runs):
    """Mean pose in the heading frame of the track; its scatter there, and about the hips."""
    y = np.concatenate([r.y for r in runs])
    y = np.concatenate([y, mirrored(y)])
    d = y - y.mean(0)
    plan = np.sqrt((d[..., :2] ** 2).mean((0, 2)))
    about = root(y)[..., :2]
    rooted = np.sqrt(((about - about.mean(0)) ** 2).mean((0, 2)))
    up = d[..., 2].std(0)
    return y.mean(0), np.stack([plan, up], -1), np.stack([rooted, up], -1)


def mirrored(y):
    out = y * np.array([1, -1, 1], np.float32)
    for a, b in PAIRS:
        out[:, [a, b]] = out[:, [b, a]]
    return out


def apply(p, run, rng=None, parts="signal"):
    """Answer for every step of a run; `rng` shuffles parts of the input in time: the
    signal, the track (with where it lies to the links), or both, each for itself."""
    x, g = run.x, run.g
    if rng is not None:
        x, g = x.copy(), g.copy()
        if parts != "track":
            order = rng.permutation(len(x))
            x[..., CSI] = run.x[order][..., CSI]
        if parts != "signal":
            order = rng.permutation(len(x))
            x[..., TRACK] = run.x[order][..., TRACK]
            g = run.g[order]
    e, _ = embed(p, x[None], run.m[None], g[None])
    return split(head(p, e)[0])


def check(p, runs):
    total, n = 0.0, 0
    for r in runs:
        mu, logs = apply(p, r)
        d = mu - r.y[FIRST:]
        d2 = np.stack([(d[..., :2] ** 2).sum(-1), d[..., 2] ** 2], -1)
        total += float((np.array([2.0, 1.0]) * logs + 0.5 * d2 * np.exp(-2 * logs)).sum())
        n += d2.size
    return total / n


def calibrate(p, runs):
    """Scale the stated sigmas so that mean squares agree on the check runs."""
    ratio, n = np.zeros(2), 0
    for r in runs:
        mu, logs = apply(p, r)
        d = mu - r.y[FIRST:]
        ratio[0] += (d[..., :2] ** 2 * np.exp(-2 * logs[..., :1])).mean() * len(d)
        ratio[1] += (d[..., 2] ** 2 * np.exp(-2 * logs[..., 1])).mean() * len(d)
        n += len(d)
    scale = 0.5 * np.log(ratio / n)
    p["head.2.b"][JOINTS * 3:] += np.tile(scale, JOINTS).astype(np.float32)
    return np.exp(scale)


def train(folder, out, steps, blind):
    rng = np.random.default_rng(8)
    runs = [r for f in sorted(glob.glob(folder + "/train-*.bin")) for r in load(f)]
    runs = [r for r in runs if len(r.g) >= 60]
    runs += [r for r in runs if r.walk >= 700]  # rough tracks count twice
    checks = load(folder + "/check.bin")
    for r in runs + checks if blind else []:
        r.x[..., CSI] = 0.0
    mean, sigma, rooted = moments(runs)
    p = new_weights(rng, mean, sigma)
    first = {k: np.zeros_like(v) for k, v in p.items()}
    second = {k: np.zeros_like(v) for k, v in p.items()}
    best, kept, began = np.inf, None, time.process_time()
    print(f"{len(runs)} runs, {sum(len(r.g) for r in runs)} steps, "
          f"{sum(v.size for v in p.values())} weights", flush=True)
    for i in range(steps):
        rate = 1.5e-3 * min(1.0, (i + 1) / 200) * (0.02 + 0.98 * 0.5 *
                                                  (1 + np.cos(np.pi * i / steps)))
        nll, grad = loss_and_gradient(p, *sample(rng, runs, 20, 46))
        size = np.sqrt(sum(float((v ** 2).sum()) for v in grad.values()))
        for k in p:
            v = grad[k] * min(1.0, 1.0 / size)
            first[k] += 0.1 * (v - first[k])
            second[k] += 0.002 * (v * v - second[k])
            a = first[k] / (1 - 0.9 ** (i + 1))
            b = second[k] / (1 - 0.998 ** (i + 1))
            p[k] -= (rate * (a / (np.sqrt(b) + 1e-8) +
                             (2e-3 * p[k] if k.endswith(".w") else 0))).astype(np.float32)
        if (i + 1) % 250 == 0:
            now = check(p, checks)
            print(f"{i + 1} {nll:.4f} check {now:.4f} cpu {time.process_time() - began:.0f} s",
                  flush=True)
            if now < best:
                best, kept = now, {k: v.copy() for k, v in p.items()}
                save(out + ".part", kept, mean, rooted, 0)
    scale = calibrate(kept, checks)
    print("sigmas scaled by", scale)
    save(out, kept, mean, rooted, len(runs))
    os.remove(out + ".part")


# ---- the file: "Safetensors", format of huggingface/safetensors, README (2023)

def save(path, p, mean, sigma, n_runs):
    tensors = {}
    for k, v in p.items():
        name = k.replace(".w", ".weight").replace(".b", ".bias")
        tensors[name] = v.T if k.endswith(".w") else v
    tensors["mean.position"], tensors["mean.sigma"] = mean, sigma
    about, data, at = {}, b"", 0
    about["__metadata__"] = {"format": "ruview-pose-1", "trained_on": "simulation",
                             "runs": str(n_runs)}
    for name in sorted(tensors):
        raw = np.ascontiguousarray(tensors[name], dtype="<f4").tobytes()
        about[name] = {"dtype": "F32", "shape": list(tensors[name].shape),
                       "data_offsets": [at, at + len(raw)]}
        data, at = data + raw, at + len(raw)
    text = json.dumps(about, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def read(path):
    raw = open(path, "rb").read()
    n = struct.unpack("<Q", raw[:8])[0]
    about = json.loads(raw[8:8 + n])
    about.pop("__metadata__", None)
    p = {}
    for name, t in about.items():
        a, b = t["data_offsets"]
        v = np.frombuffer(raw[8 + n + a:8 + n + b], "<f4").reshape(t["shape"]).copy()
        if name.startswith("mean."):
            p[name] = v
        elif name.endswith(".weight"):
            p[name[:-6] + "w"] = np.ascontiguousarray(v.T)
        else:
            p[name[:-4] + "b"] = v
    return p


# ---- the table

def root(y):
    return y - 0.5 * (y[:, 11:12] + y[:, 12:13])


def heading(run):
    return run.g[FIRST:, 5] > 0


def errors(mu, y):
    torso = np.linalg.norm(y[:, 5] - y[:, 12], axis=-1)[:, None]
    placed = np.linalg.norm(mu - y, axis=-1)
    rooted = np.linalg.norm(root(mu) - root(y), axis=-1)
    return np.stack([rooted, rooted < 0.2 * torso, placed, placed < 0.2 * torso], -1)


def score(folder, path, as_json):
    p = read(path)
    blind = read(folder + "/blind.safetensors") if os.path.exists(
        folder + "/blind.safetensors") else None
    mean = p["mean.position"]
    flat = mean.copy()
    flat[:, :2] = 0.0  # turned any way: nothing is left or right, before or behind
    rng = np.random.default_rng(1)
    result = {}
    for name in ["in-domain", "cross-body", "cross-room", "cross-both", "own-tracks"]:
        file = folder + "/" + name + ".bin"
        if not os.path.exists(file):
            continue
        rows = {k: [] for k in ["model", "signal shuffled", "track shuffled", "both shuffled",
                                "track alone", "mean turned", "mean"]}
        joints, posture, calib, jitter = [], [], [], []
        for r in load(file):
            if len(r.g) <= FIRST + 5:
                continue
            y = r.y[FIRST:]
            mu, logs = apply(p, r)
            rows["model"].append(errors(mu, y).mean((0, 1)))
            for part in ["signal", "track", "both"]:
                rows[part + " shuffled"].append(
                    errors(apply(p, r, rng, part)[0], y).mean((0, 1)))
            if blind:
                x, r.x = r.x, r.x.copy()
                r.x[..., CSI] = 0.0
                rows["track alone"].append(errors(apply(blind, r)[0], y).mean((0, 1)))
                r.x = x
            rows["mean turned"].append(errors(np.broadcast_to(mean, y.shape), y).mean((0, 1)))
            rows["mean"].append(errors(np.broadcast_to(flat, y.shape), y).mean((0, 1)))
            both = np.stack([errors(mu, y), errors(np.broadcast_to(mean, y.shape), y)], -1)
            joints.append(both)
            posture.append(r.e[FIRST:, 0])
            sigma = np.exp(logs)
            z = np.concatenate([(mu - y)[..., :2] / sigma[..., :1],
                                (mu - y)[..., 2:] / sigma[..., 1:]], -1)
            calib.append(np.stack([np.abs(z) < 1, np.abs(z) < 2, z * z], -1).mean((0, 1)))
            d = mu[2:, [5, 6, 11, 12]] - 2 * mu[1:-1, [5, 6, 11, 12]] + mu[:-2, [5, 6, 11, 12]]
            jitter.append((d ** 2).sum(-1).mean())
        out = {}
        for k, v in rows.items():
            if not v:
                continue
            v = np.array(v)
            pick = np.random.default_rng(2).integers(len(v), size=(1000, len(v)))
            spread = v[pick].mean(1)
            out[k] = {"mpjpe_mm": 1e3 * v[:, 0].mean(), "pck": 100 * v[:, 1].mean(),
                      "pck_ci": [100 * float(q) for q in np.quantile(spread[:, 1], [.025, .975])],
                      "placed_mpjpe_mm": 1e3 * v[:, 2].mean(),
                      "placed_pck": 100 * v[:, 3].mean()}
        for k in rows:  # the same runs, so their differences are what is certain
            if k != "model" and rows[k]:
                d = np.array(rows["model"]) - np.array(rows[k])
                pick = np.random.default_rng(2).integers(len(d), size=(1000, len(d)))
                spread = d[pick].mean(1)
                out[k]["gain_pck"] = [100 * float(q)
                                      for q in np.quantile(spread[:, 1], [.025, .5, .975])]
                out[k]["gain_mm"] = [-1e3 * float(q)
                                     for q in np.quantile(spread[:, 0], [.975, .5, .025])]
        joints, posture = np.concatenate(joints), np.concatenate(posture)
        out["joints"] = {n: {"model": [1e3 * joints[:, j, 0, 0].mean(), 100 * joints[:, j, 1, 0].mean()],
                             "mean": [1e3 * joints[:, j, 0, 1].mean(), 100 * joints[:, j, 1, 1].mean()]}
                         for j, n in enumerate(NAMES)}
        out["postures"] = {n: {"share": float((posture == i).mean()),
                               "model": [1e3 * joints[posture == i][..., 0, 0].mean(),
                                         100 * joints[posture == i][..., 1, 0].mean()],
                               "mean": [1e3 * joints[posture == i][..., 0, 1].mean(),
                                        100 * joints[posture == i][..., 1, 1].mean()]}
                           for i, n in enumerate(POSTURES) if (posture == i).any()}
        c = np.array(calib).mean(0)
        out["calibration"] = {a: {"within_1": float(c[k, 0]), "within_2": float(c[k, 1]),
                                  "mean_square": float(c[k, 2])}
                              for k, a in enumerate(["forward", "left", "up"])}
        out["jitter_mm"] = 1e3 * float(np.sqrt(np.mean(jitter)))
        out["runs"] = len(rows["model"])
        result[name] = out
    if as_json:
        print(json.dumps(result, indent=1))
        return
    print("joints about the hips (root), and placed by the track; PCK at 0.2 of the torso\n")
    print(f"{'set':11} {'':15} {'PCK %':>6} {'95 % CI':>13} {'MPJPE mm':>9} "
          f"{'placed PCK':>11} {'mm':>6}  model better by, 95 %: PCK, mm")
    for name, out in result.items():
        for k in [k for k in rows if k in out]:
            o = out[k]
            print(f"{name:11} {k:15} {o['pck']:6.1f} {o['pck_ci'][0]:6.1f} {o['pck_ci'][1]:6.1f} "
                  f"{o['mpjpe_mm']:9.1f} {o['placed_pck']:11.1f} {o['placed_mpjpe_mm']:6.0f}"
                  + ("  {:5.1f} .. {:4.1f}, {:5.1f} .. {:4.1f}".format(
                      o["gain_pck"][0], o["gain_pck"][2], o["gain_mm"][0], o["gain_mm"][2])
                     if "gain_pck" in o else ""))
    for name, out in result.items():
        c = out["calibration"]
        print(f"\n{name}, {out['runs']} runs: jitter {out['jitter_mm']:.1f} mm; within 1 and 2 sigma, "
              "mean square: " + "; ".join(f"{a} {v['within_1']:.2f} {v['within_2']:.2f} {v['mean_square']:.2f}"
                                          for a, v in c.items()))
        for part in ["postures", "joints"]:
            for k, v in out[part].items():
                print(f"  {k:15} model {v['model'][0]:6.1f} mm {v['model'][1]:5.1f} %   mean turned "
                      f"{v['mean'][0]:6.1f} mm {v['mean'][1]:5.1f} %"
                      + (f"   {100 * v['share']:.0f} % of the time" if 'share' in v else ""))


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1] not in ("train", "score"):
        sys.exit(__doc__)
    if sys.argv[1] == "train":
        train(sys.argv[2], sys.argv[3],
              int(sys.argv[sys.argv.index("--steps") + 1]) if "--steps" in sys.argv else 4000,
              "--blind" in sys.argv)
    else:
        score(sys.argv[2], sys.argv[3], "--json" in sys.argv)
