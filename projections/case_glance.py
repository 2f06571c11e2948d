"""What lists show of a case: the columns that follow from its events alone, in whichever list."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from domain.posting import Account
from domain.refund.events import CaseEvent
from domain.vocabulary import Status
from projections.openings import Opening
from projections.schema import text
from store.envelope import Envelope
from store.tables import instant

Columns = dict[str, Any]


def glance_columns() -> list[sa.Column[Any]]:
    """Fresh columns for a table; NULL where the row has no case.

    ``case_version`` is the last event that the row contains, ``refund_minor`` what is or was last due to the buyer,
    ``charged_minor`` what the seller bears of it so far.
    """
    return [
        sa.Column("case_version", sa.Integer),
        text("reason", nullable=True),
        text("status", nullable=True),
        text("outcome", nullable=True),
        instant("opened_at"),
        instant("closed_at"),
        text("deadline_kind", nullable=True),
        instant("due_at"),
        sa.Column("refund_minor", sa.BigInteger),
        sa.Column("charged_minor", sa.BigInteger),
    ]


NO_CASE: Columns = {column.name: None for column in glance_columns()}


def opened(opening: Opening) -> Columns:
    """A case before its first event is taken in."""
    return {**NO_CASE, "case_version": 0, "reason": opening.event.reason, "opened_at": opening.at, "charged_minor": 0}


def move(row: Columns, envelope: Envelope, event: CaseEvent) -> None:
    """Take one more event of the case in; one that the row contains already changes nothing."""
    if envelope.originator_version <= row["case_version"]:
        return
    deadline, posting = event.deadline, event.posting
    row["case_version"] = envelope.originator_version
    row["status"] = event.status
    row["outcome"] = event.outcome
    row["closed_at"] = (row["closed_at"] or envelope.occurred_at) if event.status is Status.CLOSED else None
    row["deadline_kind"] = deadline.kind if deadline else None
    row["due_at"] = deadline.due_at if deadline else None
    if event.refund:
        row["refund_minor"] = event.refund.minor
    if posting:
        row["charged_minor"] -= posting.minor_on(Account.SELLER)
