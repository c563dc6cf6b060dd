# SPDX-License-Identifier: MIT
"""Delay profiles."""
import ctypes as c

import numpy as np

from ._library import check, lent, lib

KINDS = ("sparse", "fista", "fft-ista", "dense-ista")


class Cir:
    """Recovers delay profiles of channels on one list of tones.

    tones        [K] tone numbers, ascending
    spacing_hz   between tone numbers n and n+1
    kind         "sparse" (default), "fista", "fft-ista", "dense-ista"
    lambda_abs   weight of the 1-norm; 0 (default): it follows the data
    """

    def __init__(self, tones, spacing_hz, kind="sparse", lambda_abs=0.0):
        self.tones = np.ascontiguousarray(tones, np.int16)
        size, handle = c.c_size_t(), c.c_void_p()
        about = (self.tones, self.tones.size, int(spacing_hz), KINDS.index(kind))
        check(lib.rv_flat_cir_memory(*about, c.byref(size)))
        self._plan, at = lent(size.value)
        solver = c.c_size_t()
        check(lib.rv_flat_cir_plan(c.byref(handle), *about, lambda_abs, at, size, c.byref(solver)))
        self._solver, at = lent(solver.value)
        check(lib.rv_flat_cir_open(handle, at, solver))
        self._handle = handle
        self.n_taps = lib.rv_flat_cir_taps(handle)
        self.tap_ns = lib.rv_flat_cir_tap_ns(handle)
        self.gap = None

    @property
    def delays_ns(self):
        """[G] delay of each tap; the upper half lies before zero"""
        g = np.arange(self.n_taps)
        return np.where(g > self.n_taps // 2, g - self.n_taps, g) * self.tap_ns

    def solve(self, csi):
        """[K] complex channel -> [G] complex64 taps; ValueError where there is no answer.
        `gap` is then the relative duality gap that was reached."""
        csi = np.asarray(csi)
        if csi.shape != self.tones.shape:
            raise ValueError(f"{self.tones.size} tones wanted, got {csi.shape}")
        re = np.ascontiguousarray(csi.real, np.float32)
        im = np.ascontiguousarray(csi.imag, np.float32)
        x = np.zeros((2, self.n_taps), np.float32)
        gap = c.c_float()
        reason = lib.rv_flat_cir_solve(self._handle, re, im, x[0], x[1], c.byref(gap))
        if reason != 0:
            raise ValueError(lib.rv_reason_text(reason).decode())
        self.gap = gap.value
        return (x[0] + 1j * x[1]).astype(np.complex64)
