"""Spells: times in which something fails, told in one line when they begin and in another when they are over."""

from __future__ import annotations

import logging

from store.failures import Unavailable, in_one_line


class Spell:
    """Of one thing that is tried again and again, by one thread at a time."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        """``what``: begins the sentences."""
        self._log = log
        self._what = what
        self._failures = 0
        self._told = ""

    def fails(self, error: BaseException) -> None:
        """It failed. Told where that is new: a database that is away once, anything else with where it was raised."""
        self._failures += 1
        away, said = isinstance(error, Unavailable), in_one_line(error)
        why = Unavailable.__name__ if away else f"{type(error).__name__}: {error}"
        if why == self._told:
            return
        self._told = why
        if away:
            self._log.warning("%s cannot go on for now: %s", self._what, said)
        else:
            self._log.error("%s failed: %s: %s", self._what, type(error).__name__, said, exc_info=error)

    def ends(self) -> None:
        """It works, again where it failed before."""
        if self._failures:
            self._log.info("%s goes on after %d failures", self._what, self._failures)
        self._failures, self._told = 0, ""
