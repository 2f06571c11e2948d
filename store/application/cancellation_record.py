"""A cancellation request with the history that tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from domain.cancellation.cancellation import Cancellation
from domain.cancellation.events import CancellationEvent
from domain.cancellation.evolve import replay
from store.envelope import Envelope
from store.log import Tip, tip_of


@dataclass(frozen=True, slots=True)
class CancellationRecord:
    """A cancellation request with the history that tells it."""

    cancellation: Cancellation
    history: tuple[Envelope, ...]

    @property
    def tip(self) -> Tip:
        return tip_of(self.cancellation.id, self.history)

    @property
    def recorded_at(self) -> datetime:
        """When the newest event was written down."""
        return self.history[-1].cause.recorded_at


def cancellation_of(history: Sequence[Envelope]) -> CancellationRecord | None:
    """The request that this history tells; None for no history, or one that is not a cancellation's."""
    told = replay((cast("CancellationEvent", event.payload), event.occurred_at, event.policy) for event in history)
    return CancellationRecord(told, tuple(history)) if told else None
