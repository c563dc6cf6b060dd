#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""CSI out of a MATLAB file (to version 7.2; 7.3 and HDF5 with h5py) into an archive that
`ruview` reads.

usage: mat_to_npz.py FILE VARIABLE --axes frame,rx,tx,tone --layout ID --rate HZ -o OUT.npz

--axes says what the variable's axes are; a cell array is the axis `frame`. --layout is
the number of the tone layout (src/frame/layouts.def). A file does not say when its frames
were measured: --rate must. Needs numpy and scipy (h5py).
"""
import argparse

import numpy as np

AXES = ["frame", "rx", "tx", "tone"]


def load(path, variable):
    try:
        import scipy.io
        found = scipy.io.loadmat(path)[variable]
    except NotImplementedError:  # version 7.3 is HDF5: axes stand the other way round
        import h5py
        found = np.array(h5py.File(path)[variable]).T
        if found.dtype.names:  # compound: real, imag
            found = found[found.dtype.names[0]] + 1j * found[found.dtype.names[1]]
    if found.dtype == object:  # cells, each the array or a structure with such a field
        cells = [c[variable][0, 0] if c.dtype.names else c for c in found.ravel()]
        same = [c for c in cells if c.shape == cells[0].shape]
        if len(same) < len(cells):
            print("%d frames of another shape left out" % (len(cells) - len(same)))
        found = np.stack(same)
    return found


def main():
    say = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    say.add_argument("file")
    say.add_argument("variable")
    say.add_argument("--axes", required=True)
    say.add_argument("--layout", type=int, required=True)
    say.add_argument("--rate", type=float, required=True)
    say.add_argument("--mhz", type=int, default=0, help="carrier, 0: not known")
    say.add_argument("-o", "--output", required=True)
    o = say.parse_args()
    axes = o.axes.split(",")
    csi = load(o.file, o.variable)
    if csi.ndim != len(axes) or "frame" not in axes or "tone" not in axes:
        raise SystemExit("%s has %d axes, of shape %s" % (o.variable, csi.ndim, csi.shape))
    csi = csi.transpose([axes.index(a) for a in AXES if a in axes])
    for i, a in enumerate(AXES):
        csi = csi if a in axes else np.expand_dims(csi, i)
    n, is_complex = len(csi), np.iscomplexobj(csi)
    np.savez(o.output,
             link0_csi=np.ascontiguousarray(csi, np.complex64),
             link0_t_us=(np.arange(n) * 1e6 / o.rate).astype(np.uint64),
             link0_sequence=np.arange(n, dtype=np.uint32),
             link0_rssi_dbm=np.full(n, 127, np.int8),
             link0_noise_dbm=np.full(n, 127, np.int8),
             link0_info=np.array([o.layout, 0, 0, o.mhz, 0, 0, 0, not is_complex], np.uint64))
    print("%d frames of %s in %s" % (n, "x".join(map(str, csi.shape[1:])), o.output))


main()
