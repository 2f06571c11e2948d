"""The physical lines of an order file: counted, bounded, decoded so that a bad byte spoils no more than its row."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from typing import BinaryIO, Final, Self

from runtime.order_import.rows import FileRefusedError

LONGEST_LINE: Final = 1 << 20
"""Bytes; no order line comes near, and memory stays bounded whatever the file is."""
UTF_16: Final = "the file is written in UTF-16; save it as UTF-8"
COMPRESSED: Final = "the file is compressed; unpack it first"
FOREIGN: Final = {
    BOM_UTF16_LE: UTF_16,
    BOM_UTF16_BE: UTF_16,
    **dict.fromkeys((b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd"), COMPRESSED),
}
"""By their first bytes, files that hold no order lines as they are."""
UNFIT = re.compile("[\0\ud800-\udfff]")
FIRST_BYTE, LAST_BYTE = 0xDC80, 0xDCFF
"""How Python writes a byte that is not UTF-8 into a text."""


class Lines(Iterator[str]):
    """Yields each line with its end, for a reader to take apart."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._ahead: str | None = None
        self.number = 0
        """Of the line yielded last; the first is one."""
        self.bytes_read = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._read() if self._ahead is None else self._ahead
        self._ahead = None
        if not line:
            raise StopIteration
        self.number += 1
        return line

    def peek(self) -> str:
        """The line that comes next, empty at the end."""
        if self._ahead is None:
            self._ahead = self._read()
        return self._ahead

    def _read(self) -> str:
        line = self._file.readline(LONGEST_LINE + 1)
        if self.bytes_read == 0:
            _refuse_foreign(line)
        if len(line) > LONGEST_LINE:
            raise FileRefusedError(
                f"line {self.number + 1} is longer than {LONGEST_LINE} bytes: this is no file of order lines"
            )
        text = line if self.bytes_read else line.removeprefix(BOM_UTF8)
        self.bytes_read += len(line)
        return text.decode("utf-8", "surrogateescape")


def _refuse_foreign(beginning: bytes) -> None:
    for first_bytes, reason in FOREIGN.items():
        if beginning.startswith(first_bytes):
            raise FileRefusedError(reason)


def unfit(text: str) -> str | None:
    """Why this text cannot be kept, or None."""
    found = UNFIT.search(text)
    if found is None:
        return None
    place, code = found.start() + 1, ord(found[0])
    if code == 0:
        return f"character {place} is NUL"
    if FIRST_BYTE <= code <= LAST_BYTE:
        return f"the byte 0x{code & 0xFF:02X} at character {place} is not UTF-8"
    return f"character {place} is half of a surrogate pair"
