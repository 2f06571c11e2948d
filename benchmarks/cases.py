"""A log of many cases, each with its way from the request to the settled refund, as read models meet it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import sqlalchemy as sa

from domain.actors import Actor, Role
from domain.messages import Event, Personal
from domain.money import Money
from domain.order.events import OrderLineRecorded
from domain.order.facts import OrderLineFacts
from domain.policy import standard_policies
from domain.posting import Account, ChargeRule, Entry, HoldChange, HoldReason, Item, Posting
from domain.refund import events as e
from domain.refund.commands import Purpose
from domain.refund.deadlines import DEADLINES, begun
from domain.vocabulary import Outcome, Reason, Status
from store import streams
from store.application import DirectService
from store.envelope import Cause, Draft
from store.evidence_files import EvidenceFolder
from store.log import Append, EventLog, Tip
from store.vault import Vault

AT_ONCE = 100
"""Cases that are put into the log by one transaction."""
SELLERS = 20
NOW = datetime(2026, 3, 6, 17, 0, tzinfo=UTC)
POLICY = standard_policies().current
SELLER = Actor(role=Role.SELLER, id="s-1")


def door(engine: sa.Engine, folder: Path) -> DirectService:
    """The write side, at a moment that does not pass."""
    return DirectService(
        engine,
        vault=Vault(engine, bytes(32)),
        policies=standard_policies(),
        evidence_files=EvidenceFolder(folder),
        clock=lambda: NOW,
    )


def fill(log: EventLog, cases: int) -> None:
    """Each case adds its order line and five events of its own."""
    for first in range(0, cases, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, cases))
        log.append([append for number in numbers for append in _case(number)])


def line(number: int) -> OrderLineFacts:
    """A sold and delivered line, every one another."""
    return OrderLineFacts(
        order_id=f"o-{number}",
        line_id=f"o-{number}-1",
        buyer_id=f"b-{number % 1000}",
        seller_id=f"s-{number % SELLERS}",
        title=f"Vintage camera number {number}",
        category="electronics",
        price=eur(4000),
        shipping=eur(590),
        tax=eur(0),
        purchased_at=NOW - timedelta(days=4),
        shipped_at=NOW - timedelta(days=3),
        delivered_at=NOW - timedelta(days=1),
        payment_reference=f"pay-{number}",
    )


def eur(minor: int) -> Money:
    return Money(minor=minor, currency="EUR")


def _case(number: int) -> Iterator[Append]:
    facts = line(number)
    case_id = streams.refund_case(facts.line_id, 1)
    yield _append(streams.order_line(facts.line_id), [OrderLineRecorded(facts=facts)], None)
    yield _append(case_id, list(_steps(case_id, facts)), POLICY.ref)


def _append(stream_id: UUID, events: Sequence[Event], policy: str | None) -> Append:
    command = uuid4()
    cause = Cause(SELLER, command, command, NOW)
    return Append(Tip(stream_id), [(Draft(event, NOW, policy), cause) for event in events])


def _steps(case_id: UUID, facts: OrderLineFacts) -> Iterator[Event]:
    awaiting, paying = Status.AWAITING_SELLER, Status.REFUND_PENDING
    deadline = begun(DEADLINES[awaiting], POLICY, NOW, NOW)
    buyers = f"buyer:{facts.buyer_id}"
    yield e.RefundRequested(
        status=awaiting,
        deadline=deadline,
        hold=HoldChange(amount=eur(4590), reason=HoldReason.CASE_OPEN),
        case_id=case_id,
        attempt=1,
        reason=Reason.WRONG_ITEM,
        description=Personal.of(buyers, "It is another camera than the one shown."),
        line=facts,
    )
    text = Personal.of(buyers, "Have you seen my photos?")
    yield e.MessageSent(status=awaiting, deadline=deadline, text=text, purpose=Purpose.QUESTION)
    yield e.RefundApproved(
        status=paying,
        refund=eur(4590),
        hold=HoldChange(amount=eur(-4590), reason=HoldReason.CHARGED),
        posting=_posting(ChargeRule.FULL_REFUND, Account.SELLER, Account.BUYER_REFUNDS, Item.PRICE_AND_SHIPPING),
    )
    yield e.RefundSubmitted(status=paying, reference="re-1")
    yield e.RefundSettled(
        status=Status.CLOSED,
        outcome=Outcome.REFUNDED,
        posting=_posting(ChargeRule.REFUND_SETTLED, Account.BUYER_REFUNDS, Account.PAYMENTS, Item.REFUND),
    )


def _posting(rule: ChargeRule, debit: Account, credit: Account, item: Item) -> Posting:
    entries = (
        Entry(account=debit, item=item, amount=eur(-4590)),
        Entry(account=credit, item=Item.REFUND, amount=eur(4590)),
    )
    return Posting(rule=rule, entries=entries)
