# SPDX-License-Identifier: MIT
"""Finds libruview and declares the functions of ruview/engine/flat.h."""
import ctypes as c
import os
import pathlib

import numpy as np

ABI = 0

SINK = c.CFUNCTYPE(None, c.c_void_p, c.POINTER(c.c_char), c.c_size_t, c.POINTER(c.c_uint8))
FLOATS = np.ctypeslib.ndpointer(np.float32, ndim=1, flags="C_CONTIGUOUS")
TONES = np.ctypeslib.ndpointer(np.int16, ndim=1, flags="C_CONTIGUOUS")


class FlatFrame(c.Structure):
    """rv_flat_frame"""

    _fields_ = [("t_us", c.c_uint64), ("tx", c.c_uint64),
                ("re", c.POINTER(c.c_float)), ("im", c.POINTER(c.c_float)),
                ("tone", c.POINTER(c.c_int16)), ("entry", c.POINTER(c.c_uint16)),
                ("n_streams", c.c_uint32), ("n_entries", c.c_uint32), ("n_tones", c.c_uint32),
                ("spacing_hz", c.c_uint32), ("freq_mhz", c.c_uint32), ("node", c.c_uint32),
                ("layout", c.c_uint32), ("rssi_dbm", c.c_int32), ("synthetic", c.c_uint32),
                ("sequence", c.c_uint32)]


def _candidates():
    if os.environ.get("RUVIEW_LIBRARY"):
        yield os.environ["RUVIEW_LIBRARY"]
        return
    name = f"libruview.so.{ABI}"
    # PREFIX/lib/python3/dist-packages/ruview/_library.py and PREFIX/lib[/triplet]
    lib = pathlib.Path(__file__).resolve().parents[3]
    yield from (str(path) for path in [lib / name, *sorted(lib.glob(f"*/{name}"))] if path.exists())
    yield name


def _load():
    for name in _candidates():
        try:
            return c.CDLL(name)
        except OSError as error:
            last = error
    raise ImportError(f"libruview is not found: {last}")


def _declare(lib):
    size, u32, f32, p = c.c_size_t, c.c_uint32, c.c_float, c.c_void_p
    for name, result, arguments in [
            ("rv_flat_abi", u32, []), ("rv_flat_version", c.c_char_p, []),
            ("rv_flat_bytes", size, []), ("rv_flat_begin", c.c_int, [p, size]),
            ("rv_flat_room", c.c_int, [p, f32, f32, f32]),
            ("rv_flat_node", c.c_int, [p, u32, f32, f32, f32, c.c_uint64]),
            ("rv_flat_transmitter", c.c_int, [p, c.c_uint64, f32, f32, f32]),
            ("rv_flat_mode", c.c_int, [p, u32]), ("rv_flat_cpu_mask", None, [p, u32]),
            ("rv_flat_source", c.c_int, [p, c.c_char_p, size]),
            ("rv_flat_memory", c.c_int, [p, c.POINTER(size)]),
            ("rv_flat_open", c.c_int, [p, p, size]), ("rv_flat_set_sink", None, [p, SINK, p]),
            ("rv_flat_step", c.c_int, [p]),
            ("rv_flat_next_frame", c.c_int, [p, c.POINTER(FlatFrame)]),
            ("rv_flat_format", c.c_char_p, [p]), ("rv_flat_accepted", c.c_uint64, [p]),
            ("rv_flat_refused", c.c_uint64, [p]),
            ("rv_flat_cir_memory", c.c_int, [TONES, u32, u32, u32, c.POINTER(size)]),
            ("rv_flat_cir_plan", c.c_int,
             [c.POINTER(p), TONES, u32, u32, u32, f32, p, size, c.POINTER(size)]),
            ("rv_flat_cir_open", c.c_int, [p, p, size]), ("rv_flat_cir_taps", u32, [p]),
            ("rv_flat_cir_tap_ns", c.c_double, [p]),
            ("rv_flat_cir_solve", c.c_int32, [p, FLOATS, FLOATS, FLOATS, FLOATS, p]),
            ("rv_status_text", c.c_char_p, [c.c_int]), ("rv_reason_text", c.c_char_p, [c.c_int])]:
        function = getattr(lib, name)
        function.restype = result
        function.argtypes = arguments
    if lib.rv_flat_abi() != ABI:
        raise ImportError(f"libruview has C ABI {lib.rv_flat_abi()}, this package {ABI}")
    return lib


lib = _declare(_load())
END = -13


def lent(n_bytes):
    """Zeroed memory aligned to 64, and its address; keep the array as long as it is used"""
    block = np.zeros(n_bytes + 64, np.uint8)
    return block, block.ctypes.data + (-block.ctypes.data) % 64


def check(status):
    if status != 0:
        raise ValueError(lib.rv_status_text(status).decode())


def abi():
    """Version of the C ABI"""
    return lib.rv_flat_abi()


def version():
    """Release of the library"""
    return lib.rv_flat_version().decode()
