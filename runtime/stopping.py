"""How a process is told to stop: by a signal, or by a part of it that cannot go on."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType
from typing import Final

STOPS: Final = (signal.SIGTERM, signal.SIGINT)


class StopRequest:
    """Made once; the process then ends in good order."""

    def __init__(self) -> None:
        self._made = Event()
        self.because_of_failure = False
        """Whether a part of the process failed, so that whoever watches it should start it again."""

    def make(self) -> None:
        self._made.set()

    def fail(self) -> None:
        """A part ended that must not: the process ends too. For any thread."""
        self.because_of_failure = True
        self.make()

    def wait(self) -> None:
        """Return once it is made; at once if it was."""
        self._made.wait()


@contextmanager
def stopped_by_signals() -> Iterator[StopRequest]:
    """A request that SIGTERM or SIGINT makes; a second signal ends the process on the spot. For the main thread."""
    request = StopRequest()
    before = {number: signal.getsignal(number) for number in STOPS}

    def asked(_number: int, _frame: FrameType | None) -> None:
        request.make()
        for number in STOPS:
            signal.signal(number, signal.SIG_DFL)

    for number in STOPS:
        signal.signal(number, asked)
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
