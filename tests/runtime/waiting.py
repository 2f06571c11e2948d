"""Waiting for what other threads and processes do, with a limit."""

from threading import Event


def wait_until(true, limit_seconds=60.0):
    """Whether it came true in time."""
    pause = Event()
    for _ in range(int(limit_seconds / 0.01)):
        if true():
            return True
        pause.wait(0.01)
    return False
