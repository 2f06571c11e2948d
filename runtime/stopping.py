"""How a process is told to stop: by a signal, or by a part of it that cannot go on."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

STOPS: Final = (signal.SIGTERM, signal.SIGINT)
WAKE: Final = b"\0"
STOP_LIMIT_SECONDS: Final = 60.0
"""How long a process may take to end in good order: longer than any request, batch or receiver should."""
FAILED: Final = 1

LOG = logging.getLogger(__name__)


class StopRequest:
    """Made once; the process then ends in good order.

    A pipe, not an ``Event``: a signal that comes right before the main thread begins to wait would be noticed only
    at the next one, and a handler must not take a lock that its own thread may hold.
    """

    def __init__(self) -> None:
        self._end, self.begin = os.pipe()
        os.set_blocking(self.begin, False)
        self.because_of_failure = False
        """Whether a part of the process failed, so that whoever watches it should start it again."""

    def fail(self) -> None:
        """A part ended that must not: the process ends too. For any thread."""
        self.because_of_failure = True
        os.write(self.begin, WAKE)

    def wait(self) -> None:
        """Return once it is made; at once if it was."""
        os.read(self._end, 1)

    def close(self) -> None:
        os.close(self.begin)
        os.close(self._end)


@contextmanager
def made_by_signals(request: StopRequest) -> Iterator[None]:
    """SIGTERM and SIGINT make the request; a second signal ends the process on the spot. For the main thread."""
    before = {number: signal.signal(number, _leave_to_the_default) for number in STOPS}
    woken_before = signal.set_wakeup_fd(request.begin, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(woken_before)
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave_to_the_default(_number: int, _frame: FrameType | None) -> None:
    """The first signal was written to the request's pipe by Python itself."""
    for number in STOPS:
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What takes longer ends the process on the spot, as a kill would: whatever it had in hand, others take up."""
    limit = threading.Timer(seconds, _give_up, [seconds])
    limit.daemon = True
    limit.start()
    try:
        yield
    finally:
        limit.cancel()


def _give_up(seconds: float) -> None:
    LOG.error("the process did not end in good order within %g s, and ends as it is", seconds)
    os._exit(FAILED)
