"""What the marketplace asks of its webhooks: no event tells of it, yet the same command has one effect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from domain.messages import Value
from store.application.counter import Counter
from store.application.errand import Errand, Receipt, fingerprint
from store.failures import InDoubt, translated
from store.idempotency import CommandRecord
from store.log import EventLog
from store.webhooks import deliveries
from store.webhooks.endpoints import Endpoints


class _Asked(Value):
    """One such request, as far as its repetition must ask the same."""

    request: str
    endpoint_id: str
    position: int | None = None


class WebhookRequests:
    """Carries each out in one transaction with the record of its command.

    Each raises CommandReused for an errand that asked something else before, CommandInFlight or InDoubt. What is not
    there is left alone.
    """

    def __init__(
        self, endpoints: Endpoints, engine: sa.Engine, log: EventLog, counter: Counter, clock: Callable[[], datetime]
    ) -> None:
        self._endpoints = endpoints
        self._engine = engine
        self._log = log
        self._counter = counter
        self._clock = clock

    def rotate(self, endpoint_id: str, errand: Errand) -> None:
        """Replace the endpoint's secret (``Endpoints.rotate``)."""
        asked = _Asked(request="rotate", endpoint_id=endpoint_id)
        self._once(errand, asked, lambda conn: self._endpoints.rotate(conn, endpoint_id, errand.command_id))

    def replay(self, endpoint_id: str, after: int, errand: Errand) -> None:
        """Tell it everything behind this position again (``Endpoints.replay``)."""
        asked = _Asked(request="replay", endpoint_id=endpoint_id, position=after)
        self._once(errand, asked, lambda conn: self._endpoints.replay(conn, endpoint_id, after, errand.command_id))

    def redeliver(self, endpoint_id: str, position: int, errand: Errand) -> None:
        """Tell it the event at this position again (``deliveries.ask_again``)."""
        asked, now = _Asked(request="redeliver", endpoint_id=endpoint_id, position=position), self._clock()
        self._once(
            errand, asked, lambda conn: deliveries.ask_again(conn, endpoint_id, position, errand.command_id, now)
        )

    def _once(self, errand: Errand, asked: _Asked, effect: Callable[[sa.Connection], bool]) -> None:
        mark = fingerprint("webhooks", asked, errand.actor)
        self._counter.carry_out(errand, mark, lambda: self._carried_out(errand, mark, effect))

    def _carried_out(self, errand: Errand, asked: bytes, effect: Callable[[sa.Connection], bool]) -> Receipt:
        record = CommandRecord(errand.command_id, asked, errand.command_id, 0, self._clock())
        with translated(InDoubt), self._engine.begin() as conn:
            self._log.append([], command=record, conn=conn)
            effect(conn)
        return Receipt(stream_id=record.stream_id, version=0, position=None, recorded_at=record.recorded_at)
