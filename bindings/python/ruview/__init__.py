# SPDX-License-Identifier: MIT
"""RuView for Python: captures in, NumPy arrays and records out, the same bits as the
program.

    import ruview
    for frame in ruview.frames("room.pcapng"):     # complex64 [streams, tones]
        profile = ruview.Cir(frame.tones, frame.spacing_hz).solve(frame.csi[0])
    for record in ruview.records("room.pcapng"):   # dicts, docs/schema.md
        print(record["presence"])

Needs libruview (found beside the package, by RUVIEW_LIBRARY, or by the loader) and NumPy.
"""
from ._library import abi, version
from .cir import Cir
from .reader import Frame, Replay, frames, records

__version__ = version()
__all__ = ["Cir", "Frame", "Replay", "abi", "frames", "records", "version"]
