#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Converted captures against the outputs of the official MATLAB readers, and where
there are none against a second reader, written here from the format's description.

usage: check_converted.py RUVIEW DATA
Needs numpy and scipy; exit 77: not run.
"""
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import scipy.io
except ImportError:
    print("not run: numpy and scipy are not there")
    sys.exit(77)

ruview, data = sys.argv[1], os.path.join(sys.argv[2], "csikit")
if not os.path.isdir(data):
    print("not run: no data")
    sys.exit(77)
failed = 0


def check(name, good, text=""):
    global failed
    failed += not good
    print(("ok    " if good else "FAIL  ") + name, text)


def convert(path, out, *options):
    subprocess.run([ruview, "convert", "--quiet", path, "-o", out, *options], check=True)
    return out


def gamma(mhz, tone):
    """Tone rotation of IEEE 802.11-2020 21.3.7.5, from its equations"""
    k = np.asarray(tone)
    if mhz == 40:
        return np.where(k < 0, 1, 1j)
    if mhz == 80:
        return np.where(k < -64, 1, -1)
    if mhz == 160:
        return np.where((k < -192) | ((k >= 0) & (k < 64)), 1, -1)
    return np.ones(len(k))


def tones_of(n):
    """Tones of an Intel AX report by their number, ascending, pilots among them"""
    low, high = {56: (1, 28), 114: (2, 58), 242: (2, 122)}.get(n, (0, 0))
    if n == 484:  # two of 80 MHz
        k = tones_of(242)
        return np.concatenate([k - 128, k + 128])
    return np.array([k for k in range(-high, high + 1) if abs(k) >= low])


def channel(report, mhz):
    """Intel AX: the report is the conjugate of channel x gamma"""
    return np.conj(report) / gamma(mhz, tones_of(report.shape[-1])) + 0.0


def frames(npz):
    """(t_us, position, csi [rx][tx][entry]) of all links in order of time"""
    out = []
    for i in range(sum(k.endswith("_csi") for k in npz.files)):
        csi, t = npz["link%d_csi" % i], npz["link%d_t_us" % i]
        seq = npz["link%d_sequence" % i]
        out += [(int(seq[k]), int(t[k]), csi[k]) for k in range(len(t))]
    return out


def intel(work, name):
    golden = scipy.io.loadmat(os.path.join(data, "golden_mat/intel", name + ".mat"))
    path = os.path.join(data, "intel", name + ".dat")
    for key, options in (("csi", []), ("csi_scaled", ["--scaled"])):
        npz = np.load(convert(path, os.path.join(work, "x.npz"), *options))
        ours = [f[2] for f in sorted(frames(npz), key=lambda f: f[0])]
        want = [c["csi"][0, 0] if c.dtype.names else c for c in golden[key][:, 0]]
        check("%s %s: %d frames" % (name, key, len(ours)), len(ours) == len(want))
        worst = 0.0
        for a, b in zip(ours, want):
            b = b.transpose(1, 0, 2)  # theirs is [tx][rx][30]
            scale = np.abs(b).max()
            worst = max(worst, np.abs(a - b).max() / scale) if a.shape == b.shape else 9
        limit = 0.0 if key == "csi" else 1e-6
        check("%s %s: largest difference %.2g" % (name, key, worst), worst <= limit)


def matlab(work, name):
    """tools/mat_to_npz.py: the golden's numbers come back from our reader"""
    tool = os.path.join(os.path.dirname(__file__), "../../tools/mat_to_npz.py")
    golden = os.path.join(data, "golden_mat/intel", name + ".mat")
    out = os.path.join(work, "mat.npz")
    subprocess.run([sys.executable, tool, golden, "csi", "--axes", "frame,tx,rx,tone",
                    "--layout", "40", "--rate", "100", "-o", out], check=True, stdout=subprocess.DEVNULL)
    ours = by_time(np.load(convert(out, os.path.join(work, "x.npz"))))
    want = [c["csi"][0, 0] if c.dtype.names else c for c in scipy.io.loadmat(golden)["csi"][:, 0]]
    equal = len(ours) == len(want) and all(
        np.array_equal(a, b.transpose(1, 0, 2).astype(np.complex64)) for a, b in zip(ours, want))
    check("%s.mat by tools/mat_to_npz.py: %d frames, all equal" % (name, len(ours)), equal)


def nexmon(work, name):
    want = scipy.io.loadmat(os.path.join(data, "golden_mat/nexmon", name + ".mat"))
    want = want["csi_buff"]
    path = os.path.join(data, "nexmon", name + ".pcap")
    npz = np.load(convert(path, os.path.join(work, "x.npz")))
    ours = np.array([f[2][0, 0] for f in sorted(frames(npz), key=lambda f: f[1])])
    read = want[np.abs(want).sum(1) > 0]  # it left rows of zeros for what it skipped
    n = read.shape[1]  # in FFT order
    read = read / gamma(n // 64 * 20, (np.arange(n) + n // 2) % n - n // 2)
    # every frame that the reader took is among ours, in order
    at = 0
    for row in ours:
        if at < len(read) and np.array_equal(row, read[at].astype(np.complex64)):
            at += 1
    check("%s: %d of ours, %d of theirs, %d equal in order"
          % (name, len(ours), len(read), at), at == len(read))


def by_time(npz):
    return [f[2] for f in sorted(frames(npz), key=lambda f: f[1])]


def feitcsi(work, name):
    path, ours, at = os.path.join(data, "feitcsi", name), [], 0
    raw = open(path, "rb").read()
    want = []
    while at < len(raw):
        n, n_rx, n_tx = int.from_bytes(raw[at:at + 4], "little"), raw[at + 46], raw[at + 47]
        m = np.frombuffer(raw, "<i2", n // 2, at + 272).astype(np.float32)
        m = (m[0::2] + 1j * m[1::2]).reshape(n_rx, n_tx, -1)
        rate = int.from_bytes(raw[at + 92:at + 96], "little")
        is_he = (rate >> 8 & 7) == 4
        want.append(np.conj(m) if is_he else channel(m, 20 << (rate >> 11 & 7)))
        at += 272 + n
    ours = by_time(np.load(convert(path, os.path.join(work, "x.npz"))))
    equal = len(ours) == len(want) and all(map(np.array_equal, ours, want))
    check("%s: %d frames, all equal" % (name, len(ours)), equal)
    physical(work, name)


def steps(csi, tone, mhz):
    """Phase step at each edge of a sub-channel, the slope beside it taken out"""
    out = []
    for edge in {40: [0], 80: [-64, 0, 64], 160: [-192, -64, 0, 64]}.get(mhz, []):
        i = np.searchsorted(tone, edge)
        near = csi[:, i - 6:i], csi[:, i:i + 6]
        slope = np.angle(sum((h[:, 1:] * np.conj(h[:, :-1])).sum(1) for h in near))
        across = csi[:, i] * np.conj(csi[:, i - 1])
        across = across * np.exp(-1j * slope * (tone[i] - tone[i - 1]))
        out.append(np.angle((across / np.abs(across)).mean()))
    return out


def physical(work, name):
    """What a channel cannot do: turn a tone at a sub-channel's edge, or come before its
    first path"""
    npz = np.load(os.path.join(work, "x.npz"))
    entry, tone, info = npz["link0_entry"], npz["link0_tone"], npz["link0_info"]
    csi = npz["link0_csi"][..., entry].astype(complex).reshape(-1, len(entry))
    worst = max(map(abs, steps(csi, tone, int(info[4]))), default=0.0)
    check("%s: largest step at an edge %.2f rad" % (name, worst), worst < 0.3)
    span = tone[-1] - tone[0] + 1
    n = 1 << int(span * 8 - 1).bit_length()
    all_tones = np.zeros((len(csi), n), complex)
    all_tones[:, tone % n] = csi * np.hanning(span + 2)[1 + tone - tone[0]]
    power = np.abs(np.fft.ifft(all_tones, axis=1)) ** 2
    first = power.argmax(1)
    mean = sum(np.roll(p, -k) / p[k] for p, k in zip(power, first))
    cell, end = 2 * n // span, int(250e-9 * n * info[5])
    db = 10 * np.log10(mean[cell:end].sum() / mean[-end:-cell].sum())
    delay = np.median((first + n // 2) % n - n // 2) / (n * info[5]) * 1e9
    check("%s: strongest path at %.0f ns, %.1f dB more behind it than before"
          % (name, delay, db), delay > 0 and db > -0.5)


def picoscenes(work, name):
    path, at = os.path.join(data, "pico", name), 0
    raw, want = open(path, "rb").read(), {}
    while at < len(raw):
        end, p = at + 4 + int.from_bytes(raw[at:at + 4], "little"), at + 11
        for _ in range(raw[at + 10]):
            size, n_name = int.from_bytes(raw[p:p + 4], "little"), raw[p + 4]
            b = p + 7 + n_name
            if raw[p + 5:p + 8] == b"CSI":  # version 4 of an AX200
                n_tones, n_sts, n_rx = int.from_bytes(raw[b + 26:b + 28], "little"), raw[b + 28], raw[b + 29]
                m = np.frombuffer(raw, "<i2", 2 * n_tones * n_sts * n_rx, b + 40)
                m = m.astype(np.float32).reshape(n_rx, n_sts, n_tones, 2)
                want.setdefault(m.shape[2], []).append(m[..., 0] + 1j * m[..., 1])
            p += 4 + size
        at = end
    npz = np.load(convert(path, os.path.join(work, "x.npz")))
    ours = {}
    for i in range(sum(k.endswith("_csi") for k in npz.files)):
        csi = npz["link%d_csi" % i]
        ours.setdefault(csi.shape[3], []).extend(csi)
    for n in want:  # links regroup the frames: compare them as sets of bytes
        a = sorted((channel(f, 20) if n != 52 else np.conj(f) + 0.0)
                   .astype(np.complex64).tobytes() for f in want[n])
        b = sorted(f.tobytes() for f in ours.get(n, []))
        check("%s: %d frames of %d tones, all equal" % (name, len(b), n), a == b)


def legacy_order(work, name):
    """Where pilots stand: phases of neighbouring tones differ by the slope, nothing else"""
    path = os.path.join(data, "intel", name)
    npz = np.load(convert(path, os.path.join(work, "x.npz")))
    for i in range(sum(k.endswith("_csi") for k in npz.files)):
        link, tone = "link%d_" % i, npz["link%d_tone" % i].astype(int)
        csi = npz[link + "csi"][..., npz[link + "entry"]].astype(complex).reshape(-1, len(tone))
        if len(tone) != 52 or npz[link + "info"][0] != 100 or len(csi) < 1000:
            continue
        gap, product = np.diff(tone), csi[:, 1:] * np.conj(csi[:, :-1])
        slope = np.angle(product[:, gap == 1].sum(1))[:, None]
        product *= np.exp(-1j * slope * gap)
        worst = np.abs(np.angle((product / np.abs(product)).mean(0))).max()
        check("%s link %d, legacy: largest step between tones %.2f rad" % (name, i, worst), worst < 0.1)


def esp_rows(work, name):
    path = os.path.join(data, "esp32", name)
    want = []
    for line in open(path):
        if not line.startswith("CSI_DATA"):
            continue
        values = line[line.index("[") + 1:line.index("]")].split()
        if len(values) == 128 and all(-128 <= int(v) <= 127 for v in values):
            v = np.array(values, np.float32)
            want.append(v[1::2] + 1j * v[0::2])  # imaginary first
    ours = by_time(np.load(convert(path, os.path.join(work, "x.npz"))))
    a, b = sorted(f.tobytes() for f in want), sorted(f[0, 0].tobytes() for f in ours)
    check("%s: %d rows, all equal" % (name, len(b)), a == b)


with tempfile.TemporaryDirectory() as work:
    for name in ("example", "log.all_csi.6.7.6"):
        intel(work, name)
    matlab(work, "example")
    for name in ("example_43455c0", "example_4358", "example_4366c0"):
        nexmon(work, name)
    for name in sorted(os.listdir(os.path.join(data, "feitcsi"))):
        feitcsi(work, name)
    picoscenes(work, "picoscenes_ax200_example.csi")
    picoscenes(work, "picoscenes_ax200_agcdemo.csi")
    legacy_order(work, "rx_8_211206_152319.csi")
    esp_rows(work, "example_data.csv")
    esp_rows(work, "example_100hz_pitraffic.csv")
sys.exit(1 if failed else 0)
