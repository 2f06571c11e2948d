"""Upkeep: what must always hold is looked at again and again in production, each rule by name."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from domain.actors import Role
from domain.cancellation import waiting as cancellation
from domain.refund import waiting as refund
from domain.vocabulary import Status
from projections import dispatching, positions
from projections.buyer_requests import buyer_request
from projections.deadlines import deadline
from projections.ledger import Fault, Ledger, Patrol
from projections.outbox import JobKind, outbox
from store.engine import reading
from store.failures import translated
from store.reader import LogReader
from store.tables import dispatch

LOG = logging.getLogger(__name__)
TOLD = 20
"""Faults of one rule that are told; more would say nothing new."""
OVERDUE = timedelta(minutes=5)
"""How late a deadline may be before someone should look."""
HELD_UP = timedelta(hours=1)
"""How long something may wait to leave the house before someone should look."""

TIMED = {
    status
    for waiting_on in (refund.WAITING_ON, cancellation.WAITING_ON)
    for status, role in waiting_on.items()
    if role in {Role.BUYER, Role.SELLER, Role.CARRIER}
}
WAITS = buyer_request.c.request_status.in_(TIMED)
ITS_DEADLINE = (deadline.c.stream_id == buyer_request.c.request_id, deadline.c.due_at == buyer_request.c.request_due_at)
UNTIMED = sa.select(buyer_request.c.request_id, buyer_request.c.request_status).where(
    WAITS, ~sa.exists().where(*ITS_DEADLINE)
)
STRAY = sa.select(buyer_request.c.request_id, buyer_request.c.request_status).where(
    ~WAITS, sa.exists().where(deadline.c.stream_id == buyer_request.c.request_id)
)
LATE = sa.select(deadline.c.stream_id, deadline.c.due_at).where(deadline.c.due_at < sa.bindparam("by"))
UNPAID = sa.select(buyer_request.c.request_id).where(
    buyer_request.c.request_status == Status.REFUND_PENDING,
    *(
        ~sa.exists().where(table.c.stream_id == buyer_request.c.request_id, table.c.kind == JobKind.SUBMIT_REFUND)
        for table in (outbox, dispatch)
    ),
)


def each_wait_has_its_one_deadline(conn: sa.Connection, now: datetime) -> list[Fault]:
    """Whatever waits for seller, buyer or carrier has its live deadline in the view, and nothing else has one."""
    return _faults(
        "each_wait_has_its_one_deadline",
        [
            f"{row.request_id} is {row.request_status} and has not its deadline"
            for row in conn.execute(UNTIMED.limit(TOLD))
        ]
        + [f"{row.request_id} is {row.request_status} and has a deadline" for row in conn.execute(STRAY.limit(TOLD))],
    )


def deadlines_are_kept(conn: sa.Connection, now: datetime) -> list[Fault]:
    """Nothing is overdue for long."""
    late = conn.execute(LATE.order_by(deadline.c.due_at).limit(TOLD), {"by": now - OVERDUE})
    return _faults("deadlines_are_kept", [f"{row.stream_id} was due at {row.due_at:%FT%TZ}" for row in late])


def each_refund_due_is_on_its_way(conn: sa.Connection, now: datetime) -> list[Fault]:
    """Whatever waits for its refund has a job for it that waits or was done."""
    unpaid = conn.execute(UNPAID.limit(TOLD)).scalars()
    return _faults("each_refund_due_is_on_its_way", [f"nobody was asked to refund {stream}" for stream in unpaid])


def what_must_leave_leaves(conn: sa.Connection, now: datetime) -> list[Fault]:
    """Nothing waits for the courier, or for the outside, for long."""
    return _faults(
        "what_must_leave_leaves",
        [
            f"{depth.kind} has waited since {depth.oldest_due_at:%FT%TZ}"
            for depth in dispatching.depth(conn, now)
            if now - depth.oldest_due_at > HELD_UP
        ],
    )


RULES: tuple[Callable[[sa.Connection, datetime], list[Fault]], ...] = (
    each_wait_has_its_one_deadline,
    deadlines_are_kept,
    each_refund_due_is_on_its_way,
    what_must_leave_leaves,
)


def _faults(rule: str, sentences: Iterable[str]) -> list[Fault]:
    return [Fault(rule, sentence) for sentence in sentences]


class Upkeep:
    """Looks at every rule when ``run``; ``faults`` are those that stand.

    Views are a moment apart, so a fault counts once two looks in a row have found it. The books are gone through a
    stretch at each look; what does not fit there stands until a later look at the same place finds it mended.
    """

    def __init__(self, engine: sa.Engine, reader: LogReader, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock
        self._seen: set[Fault] = set()
        self._patrol = Patrol(reader)
        self.faults: list[Fault] = []

    def run(self) -> None:
        """Look at everything once; a fault that is new is logged as an error."""
        found = self._look()
        self._look_through_the_books()
        standing = [fault for fault in found if fault in self._seen] + self._patrol.faults
        for fault in standing:
            if fault not in self.faults:
                LOG.error("%s does not hold: %s", fault.invariant, fault.sentence)
        self._seen, self.faults = set(found), standing

    def troubles(self) -> list[str]:
        """The faults that stand, a sentence each."""
        return [f"{fault.invariant}: {fault.sentence}" for fault in self.faults]

    def _look(self) -> list[Fault]:
        now = self._clock()
        with translated(), reading(self._engine) as conn:
            return [fault for rule in RULES for fault in rule(conn, now)]

    def _look_through_the_books(self) -> None:
        with translated(), reading(self._engine) as conn:
            standing = positions.look(conn, [Ledger.name]).get(Ledger.name)
            if standing is not None:
                self._patrol.look(conn, standing.position)
