"""What the import speaks of: a row of the file, what is wrong with it, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from store.application import Recorded

LONGEST_SHOWN: Final = 60
"""Characters of the file's own words that are repeated."""


def shown(text: str) -> str:
    """A name that the file gives, as it can be printed anywhere: short, and without control characters."""
    short = text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
    return short if short.isprintable() else repr(short)[1:-1]


class FileRefusedError(Exception):
    """The file as a whole cannot be imported; the sentence says why and what to do about it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a row."""

    column: str | None
    """Where; None when it is the row as a whole."""
    reason: str

    def __str__(self) -> str:
        return f"{self.column}: {self.reason}" if self.column else self.reason


@dataclass(frozen=True, slots=True)
class Row:
    """One row as the file has it, at its first physical line, counted from one."""

    line: int
    cells: Mapping[str, str] | None = None
    """Texts by column, empty for what has not happened."""
    body: Mapping[str, Any] | None = None
    """Or the line in the shape in which the API takes it."""
    faults: tuple[Fault, ...] = ()
    """Or why it cannot even be taken apart."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one row."""

    line: int
    line_id: str | None
    recorded: Recorded
    faults: tuple[Fault, ...] = ()
    """Why it was refused, every reason that could be found."""
