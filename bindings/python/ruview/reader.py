# SPDX-License-Identifier: MIT
"""Captures: their frames as arrays, and what the pipeline says of them."""
import ctypes as c
import json
import pathlib
from typing import NamedTuple

import numpy as np

from ._library import END, SINK, FlatFrame, check, lent, lib

MODES = ("raw-research", "private-home", "enterprise-anonymous", "care-with-consent",
         "strict-no-identity")


class Frame(NamedTuple):
    """What one receiver heard of one packet, on the tones that carry signal"""

    t_us: int
    node: int
    tx: int
    freq_mhz: int
    rssi_dbm: int  # 127: unknown
    synthetic: bool
    sequence: int
    layout: int
    spacing_hz: int
    tones: np.ndarray  # [K] int16
    csi: np.ndarray  # [streams, K] complex64


class Replay:
    """One capture. `room` is (east, north, up) in metres, `nodes` {number: (east, north, up)},
    `transmitters` {number: (east, north, up)}."""

    def __init__(self, path, room=None, nodes=None, transmitters=None, mode="private-home"):
        self._bytes = pathlib.Path(path).read_bytes()
        self._flat, self._self = lent(lib.rv_flat_bytes())
        check(lib.rv_flat_begin(self._self, lib.rv_flat_bytes()))
        check(lib.rv_flat_mode(self._self, MODES.index(mode)))
        if room:
            check(lib.rv_flat_room(self._self, *room))
        for number, place in (nodes or {}).items():
            check(lib.rv_flat_node(self._self, number, *place, 0))
        for number, place in (transmitters or {}).items():
            check(lib.rv_flat_transmitter(self._self, number, *place))
        check(lib.rv_flat_source(self._self, self._bytes, len(self._bytes)))
        size = c.c_size_t()
        check(lib.rv_flat_memory(self._self, c.byref(size)))
        self._memory, at = lent(size.value)
        check(lib.rv_flat_open(self._self, at, size))
        self.witness = b""

    @property
    def format(self):
        return lib.rv_flat_format(self._self).decode()

    @property
    def accepted(self):
        return lib.rv_flat_accepted(self._self)

    @property
    def refused(self):
        return lib.rv_flat_refused(self._self)

    def lines(self):
        """The published records as the bytes of their JSON"""
        waiting = []

        def take(_context, text, n, witness):
            waiting.append(c.string_at(text, n))
            self.witness = c.string_at(witness, 32)

        sink = SINK(take)
        lib.rv_flat_set_sink(self._self, sink, None)
        status = 0
        while status == 0:
            status = lib.rv_flat_step(self._self)
            yield from waiting
            waiting.clear()
        lib.rv_flat_set_sink(self._self, SINK(), None)
        if status != END:
            check(status)

    def frames(self):
        """Every frame that is in order"""
        out = FlatFrame()
        while (status := lib.rv_flat_next_frame(self._self, c.byref(out))) == 0:
            n, shape = out.n_tones, (out.n_streams, out.n_entries)
            entry = np.ctypeslib.as_array(out.entry, (n,))
            # the last stream may end where its training field does
            room = (shape[0] - 1) * shape[1] + int(entry.max()) + 1
            both = []
            for part in (out.re, out.im):
                flat = np.ctypeslib.as_array(part, (room,))
                both.append(np.stack([flat[s * shape[1] + entry] for s in range(shape[0])]))
            yield Frame(out.t_us, out.node, out.tx, out.freq_mhz, out.rssi_dbm,
                        bool(out.synthetic), out.sequence, out.layout, out.spacing_hz,
                        np.ctypeslib.as_array(out.tone, (n,)).copy(),
                        (both[0] + 1j * both[1]).astype(np.complex64))
        if status != END:
            check(status)


def frames(path):
    """Frames of a capture"""
    return Replay(path).frames()


def records(path, **site):
    """Published records of a capture, as dicts"""
    return (json.loads(line) for line in Replay(path, **site).lines())
