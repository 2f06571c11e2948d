"""What a party may do now, and what each choice would cost, told by the same table that decides (SPEC §7.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from domain.action import Action, Cost, CostNote, action_name
from domain.messages import Command
from domain.money import Money
from domain.posting import Account
from domain.refund import commands as c
from domain.refund import events as e
from domain.refund.case import Case
from domain.refund.charges import charge_of, full_amount
from domain.refund.requirements import need_of
from domain.refund.situation import Context, Situation
from domain.refund.transitions import TABLE, Row
from domain.ruling import open_rows
from domain.vocabulary import ReturnState


def available_actions(case: Case, context: Context) -> list[Action]:
    """Everything the table allows this party at ``context.now``, in the table's order.

    Nothing once the deadline has passed: its timeout comes first, and may change everything (SPEC §4).
    """
    situation = Situation(case, None, context)
    return [
        Action(row.command, _cost(row, situation), need_of(row.command, situation)) for row in _open_rows(situation)
    ]


def possible_now(case: Case, context: Context) -> list[str]:
    """The names of the available actions."""
    return [action_name(row.command) for row in _open_rows(Situation(case, None, context))]


def _open_rows(situation: Situation) -> Iterator[Row]:
    case = situation.case
    if case.deadline is None or not case.deadline.has_passed(situation.context.now):
        yield from open_rows(TABLE, case.status, situation.role, situation)


def _cost(row: Row, situation: Situation) -> Cost | None:
    special = COSTS.get(row.command)
    return special(row, situation) if special else None


def _charged_by(event: type[e.CaseEvent], situation: Situation) -> Money:
    """What the seller would bear of this event, a commission credited to him included."""
    posting = charge_of(situation, event).posting
    minor = -posting.minor_on(Account.SELLER) if posting else 0
    return Money(minor=minor, currency=situation.case.line.price.currency)


def _charged_now(row: Row, situation: Situation) -> Cost:
    return Cost(_charged_by(row.event, situation), CostNote.AT_ONCE)


def _charged_on_return(row: Row, situation: Situation) -> Cost:
    """As it would be charged were the item back already."""
    returned = replace(situation.case, return_state=ReturnState.DELIVERED)
    amount = _charged_by(e.ReturnConfirmed, replace(situation, case=returned))
    return Cost(amount, CostNote.ON_RETURN_WITH_LABEL if returned.return_label_cost else CostNote.ON_RETURN)


def _charged_the_amount(row: Row, situation: Situation) -> Cost:
    return Cost(None, CostNote.ON_ACCEPTANCE, below=full_amount(situation.case))


def _own_label(row: Row, situation: Situation) -> Cost:
    return Cost(Money.zero(situation.case.line.price.currency), CostNote.OWN_LABEL)


def _nothing(row: Row, situation: Situation) -> Cost:
    return Cost(Money.zero(situation.case.line.price.currency), CostNote.SUPPORT_MAY_CHARGE)


COSTS: dict[type[Command], Callable[[Row, Situation], Cost]] = {
    c.ApproveWithoutReturn: _charged_now,
    c.SettleInFull: _charged_now,
    c.ConfirmReturn: _charged_now,
    c.ApproveWithReturn: _charged_on_return,
    c.OfferPartialRefund: _charged_the_amount,
    c.RaiseOffer: _charged_the_amount,
    c.PromiseReplacement: _own_label,
    c.Reject: _nothing,
}
"""The seller's choices that have a price, or none worth saying so."""
