"""THE TABLE: who may do what in which status, on which condition, what that records, and where it leads (SPEC §4).

Everything that says what is possible is derived from these rows: decisions and their refusals, the actions shown
to each party, HTTP routes, the state diagram, the permission matrix and the tests over every cell. Each module holds
the rows of one part of the process.
"""

from __future__ import annotations

from domain.messages import Command
from domain.refund.transitions.answers import OFFERS, REJECTIONS, SELLERS_ANSWERS
from domain.refund.transitions.decisions import DECISIONS
from domain.refund.transitions.payments import REFUNDS
from domain.refund.transitions.replacements import REPLACEMENTS
from domain.refund.transitions.returns import RETURNS
from domain.refund.transitions.statuses import OPEN, Row
from domain.refund.transitions.words import ANY_TIME, WITHOUT_STOPPING_THE_CLOCK
from domain.table import Table
from domain.vocabulary import Status

__all__ = ["NEVER_LATE", "OPEN", "REVIVING", "ROWS", "TABLE", "Row"]

TABLE = Table(
    (
        *SELLERS_ANSWERS,
        *OFFERS,
        *REJECTIONS,
        *RETURNS,
        *REPLACEMENTS,
        *DECISIONS,
        *REFUNDS,
        *ANY_TIME,
    )
)
ROWS: tuple[Row, ...] = TABLE.rows
NEVER_LATE: frozenset[type[Command]] = frozenset(move.command for move in WITHOUT_STOPPING_THE_CLOCK)
"""What people may say at any time while a case is open; a deadline that passed does not silence them."""

REVIVING: frozenset[type[Command]] = frozenset(
    row.command for row in ROWS if row.status is Status.CLOSED and row.to not in {Status.CLOSED, Status.APPEAL_REVIEW}
)
"""What can bring a closed case back to life; an appeal only looks again at who pays."""
