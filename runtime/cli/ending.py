"""How a signal ends a command: on the spot and without a word, or in order while it has something under way."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

ENDS: Final = (signal.SIGINT, signal.SIGTERM)
INTERRUPTED: Final = 128 + signal.SIGINT
"""What a shell says of a program that SIGINT ended."""


def on_the_spot() -> None:
    """From now on SIGINT and SIGTERM end the program at once, never with a trace; one that is ignored stays so."""
    for number in ENDS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


@contextmanager
def in_order() -> Iterator[None]:
    """Meanwhile the first SIGINT raises KeyboardInterrupt, and a second one ends the program on the spot.

    Nothing changes where signals were left to somebody else.
    """
    if signal.getsignal(signal.SIGINT) is not _end:
        yield
        return
    sys.unraisablehook = _unraisable
    signal.signal(signal.SIGINT, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, _end)
        sys.unraisablehook = sys.__unraisablehook__


def _interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(number, _end)
    raise KeyboardInterrupt


def _unraisable(told: UnraisableHookArgs) -> None:
    """An interrupt that comes while an object is finalized cannot be raised: Python would print and forget it."""
    if told.exc_type is KeyboardInterrupt:
        _end(signal.SIGINT, None)
    sys.__unraisablehook__(told)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)  # so that whoever started the program is told which signal ended it
    os._exit(128 + number)  # a container's first process is not ended by any
