"""How a case ended as recorded and under another policy, and what that costs whom (SPEC §10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import computed_field

from domain.action import action_name
from domain.backtest.case_run import CaseRun
from domain.backtest.line_run import Ran, run_again
from domain.backtest.recorded import AddressAt, RecordedCase, RecordedLine
from domain.backtest.script import PolicyOf, script
from domain.messages import Value
from domain.money import Money
from domain.policy import Policy
from domain.posting import Account
from domain.refund.case import Case
from domain.refund.events import OutsideFactRecorded
from domain.vocabulary import Outcome, Party, Reason, Status

NOT_TAKEN = "not_taken"
"""The ending of a request that the policy refuses at the door."""
BEARS: dict[Party, tuple[Account, ...]] = {
    Party.SELLER: (Account.SELLER,),
    Party.PLATFORM: (Account.PLATFORM, Account.PLATFORM_TAX),
    Party.CARRIER: (Account.CARRIER_CLAIMS,),
}
PAID_OUT = (Account.BUYER_REFUNDS, Account.PAYMENTS)


class Difference(StrEnum):
    """In what a case comes out otherwise."""

    ENDING = "ending"
    """It ends in another way, waits for somebody else, or is not taken."""
    COST = "cost"
    """The buyer is refunded another amount, or somebody else bears it."""
    TIME = "time"
    """It ends at another time."""


class Ending(Value):
    """How a case ended, or where it stands, and what it cost by then."""

    status: Status | None
    """None where the request was not taken."""
    outcome: Outcome | None
    closed_at: datetime | None
    buyer_gets: Money
    """What was paid out to the buyer, or is due to him."""
    borne: dict[Party, Money]
    """What each party bears of it, negative for a gain; the platform's with the tax that it reverses."""
    refused_by: str | None = None
    """The rule that refused the request."""

    @property
    def word(self) -> str:
        """The outcome of a closed case, the status of an open one, or ``not_taken``."""
        if self.status is None:
            return NOT_TAKEN
        return f"open: {self.status}" if self.outcome is None else self.outcome


class Step(Value):
    """One event of a run."""

    topic: str
    occurred_at: datetime


class Finding(Value):
    """One case, as it was recorded and as it would have come out."""

    case_id: UUID
    line_id: str
    seller_id: str
    reason: Reason
    opened_at: datetime
    policy: str
    """The one it is pinned to."""
    is_comparable: bool
    """Under its own policy the case comes out as recorded, and by the same way. One that does not was decided while the
    clock stood still, or by an earlier version of the program: what another policy makes of it says nothing.
    """
    recorded: Ending
    backtested: Ending
    history: tuple[Step, ...]
    """What would have happened."""
    left_over: tuple[str, ...]
    """What somebody did then, and could not have done any more."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def differences(self) -> tuple[Difference, ...]:
        """In what the two differ; nothing where they do not, or cannot be compared."""
        one, other = self.recorded, self.backtested
        differ = {
            Difference.ENDING: one.word != other.word,
            Difference.COST: (one.buyer_gets, one.borne) != (other.buyer_gets, other.borne),
            Difference.TIME: one.closed_at != other.closed_at,
        }
        return tuple(each for each, differs in differ.items() if differs and self.is_comparable)


def compare(line: RecordedLine, policy: Policy, pinned: PolicyOf, until: datetime) -> Iterator[Finding]:
    """Each case of the line as it stands at ``until``, UTC, and as it would stand had ``policy`` been in force.

    ``pinned`` knows the policies that the cases are pinned to, and raises UnknownPolicyError for others.
    """
    came = list(script(line, pinned))
    own = run_again(came, pinned, line.address_at, until)
    others = run_again(came, lambda _: policy, line.address_at, until)
    for case in line.cases:
        yield _finding(case, _by_now(case, pinned, line.address_at, until), own[case.id], others[case.id])


def _by_now(case: RecordedCase, pinned: PolicyOf, address_at: AddressAt, until: datetime) -> Ran:
    """As recorded; a deadline that has passed and is not yet recorded is over all the same."""
    stands = case.stands()
    run = CaseRun(stands, pinned(case.policy), address_at, stands.refunds_requested)
    run.pass_to(until)
    return Ran(run.case, history=(*((told.event, told.occurred_at) for told in case.events), *run.history))


def _finding(case: RecordedCase, recorded: Ran, own: Ran, other: Ran) -> Finding:
    currency = case.opening.line.price.currency
    return Finding(
        case_id=case.id,
        line_id=case.opening.line.line_id,
        seller_id=case.opening.line.seller_id,
        reason=case.opening.reason,
        opened_at=case.opened_at,
        policy=case.policy,
        is_comparable=_came_by(own, currency) == _came_by(recorded, currency),
        recorded=_ending(recorded, currency),
        backtested=_ending(other, currency),
        history=tuple(Step(topic=event.topic, occurred_at=at) for event, at in other.history),
        left_over=tuple(action_name(type(command)) for command in other.left_over),
    )


def _came_by(ran: Ran, currency: str) -> tuple[Ending, list[str]]:
    """How it ended and the way there; reports that moved nothing are left out, for they may be erased."""
    way = [event.topic for event, _ in ran.history if not isinstance(event, OutsideFactRecorded)]
    return _ending(ran, currency), way


def _ending(ran: Ran, currency: str) -> Ending:
    case = ran.case
    return Ending(
        status=case.status if case else None,
        outcome=case.outcome if case and not case.is_open else None,
        closed_at=case.closed_at if case else None,
        buyer_gets=_on(case, PAID_OUT, currency),
        borne={party: -_on(case, accounts, currency) for party, accounts in BEARS.items()},
        refused_by=ran.refused_by,
    )


def _on(case: Case | None, accounts: tuple[Account, ...], currency: str) -> Money:
    posting = case.posting if case else None
    return Money(minor=sum(map(posting.minor_on, accounts)) if posting else 0, currency=currency)
