"""Colour profiles made by hand after ICC.1:2022, so that the tests know what each colour must become."""

from __future__ import annotations

import struct

import numpy as np

D50 = (0.9642, 1.0, 0.8249)
P3_TO_XYZ = np.array([[0.51512, 0.29198, 0.15710], [0.24120, 0.69225, 0.06657], [-0.00105, 0.04189, 0.78407]])
SRGB_TO_XYZ = np.array([[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]])


def fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65_536)) for value in values)


def xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + fixed(*values)


def srgb_curve() -> bytes:
    return b"para" + bytes(4) + struct.pack(">HH", 3, 0) + fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def power_curve(gamma: float) -> bytes:
    return b"para" + bytes(4) + struct.pack(">HH", 0, 0) + fixed(gamma)


def profile(space: bytes, kind: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    told = {b"desc": "a test's profile", b"cprt": "no rights reserved"}
    for name, text in told.items():
        words = text.encode("utf-16-be")
        record = struct.pack(">4sIII4sII", b"mluc", 0, 1, 12, b"enUS", len(words), 28)
        tags = {**tags, name: record + words}
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    size = start + len(body)
    header = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x04400000, kind, space, connection)
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + fixed(*D50)
    return header.ljust(128, b"\0") + table + body


def display_p3() -> bytes:
    columns = dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), (xyz(*column) for column in P3_TO_XYZ.T), strict=True))
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), srgb_curve())
    return profile(b"RGB ", b"mntr", b"XYZ ", {b"wtpt": xyz(*D50), **columns, **curves})


def grey(gamma: float) -> bytes:
    return profile(b"GRAY", b"mntr", b"XYZ ", {b"wtpt": xyz(*D50), b"kTRC": power_curve(gamma)})


def cmyk_whose_cyan_prints_red() -> bytes:
    """A press with its inks in the wrong pots: full cyan gives Lab (50, 70, 50), every other ink black."""
    red, white, black = (128, 198, 178), (255, 128, 128), (0, 128, 128)
    inks = np.ndindex(2, 2, 2, 2)
    grid = b"".join(bytes(white if ink == (0, 0, 0, 0) else red if ink == (1, 0, 0, 0) else black) for ink in inks)
    straight = bytes(range(256))
    matrix = fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + matrix + straight * 4 + grid + straight * 3
    return profile(b"CMYK", b"prtr", b"Lab ", {b"wtpt": xyz(*D50), b"A2B0": table, b"A2B1": table})


def p3_to_srgb(rgb: tuple[int, int, int]) -> np.ndarray:
    """The sRGB levels of a Display P3 colour, by the definitions of both."""
    encoded = np.array(rgb) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return 255 * srgb_encoded(np.linalg.inv(SRGB_TO_XYZ) @ P3_TO_XYZ @ linear)


def srgb_encoded(linear: np.ndarray) -> np.ndarray:
    clipped = np.clip(linear, 0, 1)
    return np.where(clipped <= 0.0031308, 12.92 * clipped, 1.055 * clipped ** (1 / 2.4) - 0.055)
