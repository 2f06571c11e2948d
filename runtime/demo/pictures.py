"""Draws the photos that buyers and sellers of the demo show: small real PNGs, each text another picture."""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import Final

WIDTH: Final = 160
HEIGHT: Final = 120
SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
EIGHT_BIT_RGB: Final = (8, 2, 0, 0, 0)


def photo(of: str) -> bytes:
    """A picture of a box on a table, its colours and place told by ``of``."""
    seed = hashlib.sha256(of.encode()).digest()
    rows = b"".join(b"\0" + _row(y, seed) for y in range(HEIGHT))  # 0: the row is not filtered
    header = struct.pack(">2I5B", WIDTH, HEIGHT, *EIGHT_BIT_RGB)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def _row(y: int, seed: bytes) -> bytes:
    table, box = seed[0:3], seed[3:6]
    left, top, size = 20 + seed[6] % 60, 15 + seed[7] % 40, 30 + seed[8] % 30
    row = bytearray(bytes((channel + y) // 2 for channel in table) * WIDTH)
    if top <= y < top + size:
        row[3 * left : 3 * (left + size)] = box * size
    return bytes(row)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
