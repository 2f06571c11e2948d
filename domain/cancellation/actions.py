"""What a party may do now, and what it would cost the seller, told by the same table that decides (SPEC §7.2)."""

from __future__ import annotations

from collections.abc import Iterator

from domain.action import Action, Cost, CostNote, action_name
from domain.cancellation import commands as c
from domain.cancellation.cancellation import Cancellation
from domain.cancellation.charges import posting_of
from domain.cancellation.situation import Context, Situation
from domain.cancellation.transitions import TABLE, Row
from domain.money import Money
from domain.posting import Account
from domain.ruling import open_rows


def available_actions(cancellation: Cancellation, context: Context) -> list[Action]:
    """Everything the table allows this party at ``context.now``; nothing once the deadline has passed."""
    situation = Situation(cancellation, None, context)
    return [Action(row.command, _cost(row, situation)) for row in _open_rows(situation)]


def possible_now(cancellation: Cancellation, context: Context) -> list[str]:
    """The names of the available actions."""
    return [action_name(row.command) for row in _open_rows(Situation(cancellation, None, context))]


def _open_rows(situation: Situation) -> Iterator[Row]:
    cancellation = situation.cancellation
    if cancellation.deadline is None or not cancellation.deadline.has_passed(situation.context.now):
        yield from open_rows(TABLE, cancellation.status, situation.role, situation)


def _cost(row: Row, situation: Situation) -> Cost | None:
    currency = situation.cancellation.line.price.currency
    if row.command is c.DeclineCancellation:
        return Cost(Money.zero(currency), CostNote.SALE_STANDS)
    if row.command is not c.AcceptCancellation:
        return None
    posting = posting_of(situation, row.event)
    proceeds = -posting.minor_on(Account.SELLER) if posting else 0
    return Cost(Money(minor=proceeds, currency=currency), CostNote.PROCEEDS)
