"""What can go wrong outside: for now, or for good."""

from __future__ import annotations

from datetime import timedelta

LONGEST = 200


class NoAnswer(Exception):  # noqa: N818 -- an answer of the outside, not a fault of the program
    """Nothing is known of what became of it: the other side was not reached, was busy, or did not answer in time.

    To be tried again under the same key; ``retry_after`` is the least time to wait, where the other side said so.
    """

    def __init__(self, sentence: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class RefusedForGood(Exception):  # noqa: N818 -- as above
    """The other side will never do this, however often it is asked; the message says why."""

    @property
    def detail(self) -> str:
        """Why, as one line that a case can keep."""
        words = "".join(letter if letter.isprintable() else " " for letter in str(self)).split()
        return " ".join(words)[:LONGEST].strip() or "no reason given"
