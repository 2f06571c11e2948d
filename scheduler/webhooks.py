"""Outbound webhooks: each endpoint is told what it asked for, signed and in the order of each case (SPEC §8)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from time import monotonic
from typing import Final

import sqlalchemy as sa
from standardwebhooks import Webhook

from projections.event_feed import topics_named
from scheduler.backoff import Backoff
from scheduler.desk import Desk, ended_at
from scheduler.ports.receivers import Receivers
from scheduler.ports.trouble import NoAnswer
from store.envelope import Envelope
from store.failures import Unavailable, in_one_line, translated
from store.log import EventLog
from store.reader import LogReader
from store.webhooks import deliveries
from store.webhooks.deliveries import Attempt, Delivery, State
from store.webhooks.endpoints import Endpoint, Endpoints

LOG = logging.getLogger(__name__)
AT_ONCE: Final = 2
"""Messages under way to one endpoint."""
LEASE: Final = timedelta(minutes=2)
"""How long a message is this courier's alone: longer than a receiver may take to answer."""
TRIES: Final = 18
"""How often a message is tried before it is given up: for about a day, with the waits that ``runtime`` sets."""
BATCH, WINDOW = 500, 1000
"""Events looked through at once, and messages that wait at most: what is behind them waits in the log."""
DROP_OLD: Final = 1000
"""Sweeps after which is dropped what was delivered long ago."""


@dataclass(frozen=True, slots=True)
class Message:
    """An event as it is sent."""

    id: str
    body: str


def signed(message: Message, secrets: Sequence[str], at: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks, with a signature by each secret. ``at`` is the wall clock's, UTC."""
    signatures = [Webhook(secret).sign(message.id, at, message.body) for secret in secrets]
    return {
        "content-type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


class WebhookCourier:
    """Tells every endpoint, each in threads of its own. Any number of couriers may run."""

    def __init__(  # noqa: PLR0913 -- what a delivery is made of
        self,
        engine: sa.Engine,
        endpoints: Endpoints,
        log: EventLog,
        receivers: Receivers,
        *,
        publish: Callable[[Envelope], Message],
        clock: Callable[[], datetime],
        wall_clock: Callable[[], datetime],
        retries: Backoff,
    ) -> None:
        """``clock`` says what is due, ``wall_clock`` what receivers take for now."""
        self._engine = engine
        self._endpoints = endpoints
        self._log = log
        self._reader = LogReader(engine)
        self._receivers = receivers
        self._publish = publish
        self._clock = clock
        self._wall_clock = wall_clock
        self._retries = retries
        self._desks: dict[str, Desk[Delivery]] = {}
        self._sweeps = 0

    def sweep(self) -> timedelta | None:
        """Put what endpoints want to be told next, and set to work whoever is free for what is due.

        Each in turn, so that one that is far behind holds up no other; answers to go on at once while one is.
        """
        endpoints, more = self._endpoints.all(), False
        self._close_all_but(endpoints)
        for endpoint in endpoints:
            if endpoint.disabled_at is None:
                more |= self._look_through(endpoint)
                self._desk_of(endpoint.endpoint_id).staff()
        if self._sweeps % DROP_OLD == 0:
            with translated(), self._engine.begin() as conn:
                deliveries.sweep(conn, self._clock())
        self._sweeps += 1
        return timedelta() if more else None

    def _close_all_but(self, endpoints: Sequence[Endpoint]) -> None:
        """Those of endpoints that were taken away."""
        for endpoint_id in self._desks.keys() - {endpoint.endpoint_id for endpoint in endpoints}:
            self._desks.pop(endpoint_id).close()

    def finish(self) -> None:
        """Return once everything that is under way, and what was due after it, is told or put off."""
        for desk in self._desks.values():
            desk.finish()

    def stop(self) -> None:
        """Claim nothing more, and return once everything that is under way is told or put off."""
        for desk in self._desks.values():
            desk.close()
        self.finish()

    def _look_through(self, endpoint: Endpoint) -> bool:
        """Put the next events that this endpoint wants; whether to go on at once."""
        wanted = topics_named(endpoint.types)
        with translated(), self._engine.begin() as conn:
            position = deliveries.lock(conn, endpoint.endpoint_id)
            if position is None or deliveries.waiting(conn, endpoint.endpoint_id) >= WINDOW:
                return False
            batch = self._reader.read(position, BATCH, conn=conn)
            rows = [
                {"position": event.id, "stream_id": event.originator_id, "topic": event.topic}
                for event in batch
                if event.topic in wanted
            ]
            if batch:
                deliveries.put(conn, endpoint.endpoint_id, rows, batch[-1].id, self._clock())
        return len(batch) == BATCH

    def _desk_of(self, endpoint_id: str) -> Desk[Delivery]:
        if endpoint_id not in self._desks:
            name, claim = f"webhooks to {endpoint_id}", lambda limit: self._claim(endpoint_id, limit)
            self._desks[endpoint_id] = Desk(name, AT_ONCE, claim, self._attempt)
        return self._desks[endpoint_id]

    def _claim(self, endpoint_id: str, limit: int) -> list[Delivery]:
        now = self._clock()
        with translated(), self._engine.begin() as conn:
            return deliveries.claim(conn, endpoint_id, now, now + LEASE, limit)

    def _attempt(self, told: Delivery) -> None:
        endpoint = self._endpoints.find(told.endpoint_id)
        if endpoint is None or endpoint.disabled_at is not None:
            return
        now, began = self._clock(), monotonic()
        status, failure = self._answer(endpoint, told)
        made = Attempt(
            attempted_at=ended_at(self._clock, now),
            milliseconds=round((monotonic() - began) * 1000),
            status=status,
            failure=failure,
        )
        self._note(told, made)
        if status == HTTPStatus.GONE:
            self._endpoints.disable(told.endpoint_id, "it answered that it is gone (status 410)")

    def _answer(self, endpoint: Endpoint, told: Delivery) -> tuple[int | None, str | None]:
        """The status answered, if any, and what failed, if anything."""
        try:
            status = self._told(endpoint, told)
        except NoAnswer as silence:
            return None, str(silence)
        except Unavailable as away:
            return None, in_one_line(away)
        except Exception as error:
            LOG.exception("the event at %s cannot be told to %s", told.position, told.endpoint_id)
            return None, type(error).__name__
        is_taken = HTTPStatus(200) <= status < HTTPStatus(300)
        return status, None if is_taken else f"answered with status {status}"

    def _told(self, endpoint: Endpoint, told: Delivery) -> int:
        (envelope,) = self._log.opened(self._reader.read(told.position - 1, 1, until=told.position))
        message = self._publish(envelope)
        headers = signed(message, self._endpoints.secrets(endpoint.endpoint_id), self._wall_clock())
        return self._receivers.tell(endpoint.url, message.body.encode(), headers)

    def _note(self, told: Delivery, made: Attempt) -> None:
        with translated(), self._engine.begin() as conn:
            deliveries.note(conn, told, made)
            if made.failure is None:
                LOG.info("the event at %s was told to %s", told.position, told.endpoint_id)
                deliveries.end(conn, told, State.DELIVERED, made.attempted_at)
            elif told.tries >= TRIES:
                LOG.error("the event at %s is given up for %s: %s", told.position, told.endpoint_id, made.failure)
                deliveries.end(conn, told, State.DEAD, made.attempted_at, made.failure)
            else:
                LOG.warning("the event at %s is put off for %s: %s", told.position, told.endpoint_id, made.failure)
                until = made.attempted_at + self._retries.after(told.tries)
                deliveries.put_off(conn, told, until, made.failure)
