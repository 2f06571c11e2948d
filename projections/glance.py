"""What lists show of a case or a cancellation: columns that follow from its events alone, in whichever list."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from domain.deadline import DeadlineKind
from domain.money import Money
from domain.posting import Account
from projections.openings import Opening
from projections.processes import identity_of, is_closed, step_of
from projections.schema import text
from store.envelope import Envelope
from store.tables import instant

Columns = dict[str, Any]
NAMES = (
    "id", "attempt", "version", "status", "outcome", "opened_at", "closed_at", "deadline_kind", "due_at",
    "refund_minor", "charged_minor",
)  # fmt: skip


class Glance:
    """The columns of one process in a table, each beginning with ``prefix``; all NULL where there is none.

    ``…_attempt`` counts those on its line, itself among them, ``…_version`` the last event that the row contains,
    ``…_refund_minor`` what is or was last due to the buyer, ``…_charged_minor`` what the seller bears of it so far.
    """

    def __init__(self, prefix: str) -> None:
        self._names = {name: f"{prefix}_{name}" for name in NAMES}
        self.none: Columns = dict.fromkeys(self._names.values())

    def columns(self) -> list[sa.Column[Any]]:
        """Fresh columns for a table."""
        name = self._names
        return [
            sa.Column(name["id"], sa.Uuid),
            sa.Column(name["attempt"], sa.Integer),
            sa.Column(name["version"], sa.Integer),
            text(name["status"], nullable=True),
            text(name["outcome"], nullable=True),
            instant(name["opened_at"]),
            instant(name["closed_at"]),
            text(name["deadline_kind"], nullable=True),
            instant(name["due_at"]),
            sa.Column(name["refund_minor"], sa.BigInteger),
            sa.Column(name["charged_minor"], sa.BigInteger),
        ]

    def take_in(self, row: Columns, envelope: Envelope, opening: Opening) -> None:
        """One more event: a newer case takes the place of an older one, of which nothing shows any more.

        An event that the row contains already changes nothing.
        """
        attempt, name = opening.event.attempt, self._names
        if attempt > (row[name["attempt"]] or 0):
            row.update(self._begun(opening))
        if attempt == row[name["attempt"]] and envelope.originator_version > row[name["version"]]:
            self._move(row, envelope)

    def values(self, row: Any, currency: str) -> Columns:  # noqa: ANN401 -- a row of the table
        """What both processes tell alike, in the trade's terms, by its name without the prefix."""
        plain = {
            name: getattr(row, self._names[name]) for name in ("id", "version", "opened_at", "closed_at", "due_at")
        }
        kind, refund = getattr(row, self._names["deadline_kind"]), getattr(row, self._names["refund_minor"])
        return {
            **plain,
            "deadline_kind": DeadlineKind(kind) if kind else None,
            "refund": None if refund is None else Money(minor=refund, currency=currency),
            "charged": Money(minor=getattr(row, self._names["charged_minor"]), currency=currency),
        }

    def _begun(self, opening: Opening) -> Columns:
        begun = {
            "id": identity_of(opening.event),
            "attempt": opening.event.attempt,
            "version": 0,
            "opened_at": opening.at,
            "charged_minor": 0,
        }
        return self.none | {self._names[name]: value for name, value in begun.items()}

    def _move(self, row: Columns, envelope: Envelope) -> None:
        step, name = step_of(envelope), self._names
        row[name["version"]] = envelope.originator_version
        row[name["status"]] = step.status
        row[name["outcome"]] = step.outcome
        row[name["closed_at"]] = (row[name["closed_at"]] or envelope.occurred_at) if is_closed(step) else None
        row[name["deadline_kind"]] = step.deadline.kind if step.deadline else None
        row[name["due_at"]] = step.deadline.due_at if step.deadline else None
        if step.refund:
            row[name["refund_minor"]] = step.refund.minor
        if step.posting:
            row[name["charged_minor"]] -= step.posting.minor_on(Account.SELLER)
