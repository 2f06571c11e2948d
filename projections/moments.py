"""What of a stream tells how a case or cancellation stood at a moment, for whoever reviews it (SPEC §7.10).

Two clocks answer differently. By what was recorded: what the house knew then, the beginning of the stream. By what
had occurred: what was so then, including what the house learned only later, as with a scan that came late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store.envelope import Envelope


class Clock(StrEnum):
    """Which of an event's two times counts."""

    RECORDED = "recorded"
    OCCURRED = "occurred"


def as_of(history: Sequence[Envelope], moment: datetime, by: Clock = Clock.RECORDED) -> list[Envelope]:
    """The events that tell how it stood at this moment, in the stream's order; none when it had not begun.

    ``history`` is the whole stream. An event of that very moment is part of it.
    """
    if by is Clock.OCCURRED:
        begun = bool(history) and history[0].occurred_at <= moment
        return [envelope for envelope in history if envelope.occurred_at <= moment] if begun else []
    known = (place for place, envelope in enumerate(history) if envelope.cause.recorded_at > moment)
    return list(history[: next(known, len(history))])


@dataclass(frozen=True, slots=True)
class Moment:
    """A version, or an instant by one of the two clocks."""

    at: int | datetime
    by: Clock = Clock.RECORDED

    def part_of(self, history: Sequence[Envelope]) -> list[Envelope]:
        """The events that tell how it stood then; none when it had not begun, or not come to this version yet."""
        if isinstance(self.at, datetime):
            return as_of(history, self.at, self.by)
        return list(history[: self.at]) if self.at <= len(history) else []
