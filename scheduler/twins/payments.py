"""A local payment provider: takes refunds, lets some time pass, and reports what became of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from domain.actors import PROVIDER
from domain.payout import RefundReport, ReportRefundAttemptFailed, ReportRefundFailed, ReportRefundSettled
from scheduler.ports.payments import RefundOrder, TakenRefund
from scheduler.ports.trouble import NoAnswer, RefusedForGood
from scheduler.twins.tables import refund
from store.application import Reports
from store.failures import translated

MARK = "#"
BUSY_TRIES = 2
REPORTS_AT_ONCE = 100


class Trouble(StrEnum):
    """What a payment brings about whose reference ends in ``#`` and one of these words, as test cards do."""

    BUSY = "busy"
    """The first two tries are not answered, and nothing is taken."""
    ANSWER_LOST = "answer-lost"
    """Taken, but the first answer gets lost."""
    REFUSED = "refused"
    """Refused for good."""
    BOUNCES = "bounces"
    """Taken; the first attempt fails, the next one settles."""
    FAILS = "fails"
    """Taken, then it fails for good."""


class State(StrEnum):
    """How far a refund has come at the provider."""

    UNANSWERED = "unanswered"
    TAKEN = "taken"
    ATTEMPT_FAILED = "attempt_failed"
    FAILED = "failed"
    SETTLED = "settled"


WAITS_FOR_A_TRY = frozenset({State.UNANSWERED, State.ATTEMPT_FAILED})
REMEMBER = postgresql.insert(refund).on_conflict_do_nothing()
KNOWN = sa.select(refund).where(refund.c.key == sa.bindparam("of_key")).with_for_update()
NOTE = sa.update(refund).where(refund.c.key == sa.bindparam("of_key"))
DUE = sa.select(refund).where(refund.c.report_at <= sa.bindparam("now")).order_by(refund.c.report_at)
REPORTED = NOTE.where(refund.c.tries == sa.bindparam("tried"))


class LocalPayments:
    """Keeps the promises of ``Payments``; several processes may share it."""

    def __init__(
        self,
        engine: sa.Engine,
        reports: Reports,
        clock: Callable[[], datetime],
        settles_after: timedelta = timedelta(days=3),
    ) -> None:
        """A refund is reported ``settles_after`` it was taken, by the house's ``clock``."""
        self._engine = engine
        self._reports = reports
        self._clock = clock
        self._settles_after = settles_after

    def refund(self, order: RefundOrder) -> TakenRefund:
        """As ``Payments`` promises."""
        trouble = _trouble_of(order)
        if trouble is Trouble.REFUSED:
            raise RefusedForGood("this payment cannot be refunded")
        with translated(), self._engine.begin() as conn:
            tries, taken_at = self._tried(conn, order, trouble)
        if taken_at is None or (trouble is Trouble.ANSWER_LOST and tries == 1):
            raise NoAnswer("the provider did not answer in time")
        return TakenRefund(f"local-{order.key}", taken_at)

    def _tried(self, conn: sa.Connection, order: RefundOrder, trouble: Trouble | None) -> tuple[int, datetime | None]:
        """How often this was tried, and when it was taken, if it is."""
        conn.execute(REMEMBER, _first_seen(order, trouble))
        known = conn.execute(KNOWN, {"of_key": order.key}).one()
        tries, busy = known.tries + 1, trouble is Trouble.BUSY and known.tries < BUSY_TRIES
        changes: dict[str, Any] = {"tries": tries}
        if known.state in WAITS_FOR_A_TRY and not busy:
            now = self._clock()
            changes |= {"state": State.TAKEN, "taken_at": known.taken_at or now, "report_at": now + self._settles_after}
        conn.execute(NOTE.values(changes), {"of_key": order.key})
        return tries, changes.get("taken_at", known.taken_at)

    def report_due(self) -> None:
        """Report what has become of refunds whose time has come: what a real provider's webhooks do by themselves."""
        with translated(), self._engine.connect() as conn:
            due = conn.execute(DUE.limit(REPORTS_AT_ONCE), {"now": self._clock()}).all()
        for row in due:
            state, fact = _end_of(row)
            self._reports.take(row.stream_id, fact, PROVIDER, f"{row.key}/{row.tries}/{state}")
            with translated(), self._engine.begin() as conn:
                conn.execute(REPORTED.values(state=state, report_at=None), {"of_key": row.key, "tried": row.tries})


def _trouble_of(order: RefundOrder) -> Trouble | None:
    word = (order.payment_reference or "").rpartition(MARK)[2]
    return Trouble(word) if word in set(Trouble) else None


def _first_seen(order: RefundOrder, trouble: Trouble | None) -> dict[str, Any]:
    return {
        "key": order.key,
        "stream_id": order.stream_id,
        "attempt": order.attempt,
        "amount_minor": order.amount.minor,
        "currency": order.amount.currency,
        "trouble": trouble,
        "tries": 0,
        "state": State.UNANSWERED,
    }


def _end_of(row: sa.Row[Any]) -> tuple[State, RefundReport]:
    at, attempt = row.report_at, row.attempt
    if row.trouble == Trouble.FAILS:
        return State.FAILED, ReportRefundFailed(happened_at=at, attempt=attempt, detail="the card has expired")
    if row.trouble == Trouble.BOUNCES and row.tries == 1:
        return State.ATTEMPT_FAILED, ReportRefundAttemptFailed(happened_at=at, attempt=attempt, detail="bank is closed")
    return State.SETTLED, ReportRefundSettled(happened_at=at, attempt=attempt)
