"""One order line: its facts, and the cases and cancellations opened on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import singledispatch
from uuid import UUID

from domain.messages import Event
from domain.order.events import (
    CancellationOpened,
    ChargebackReversed,
    OrderLineRecorded,
    OrderLineUpdated,
    PaymentChargedBack,
    RefundCaseOpened,
)
from domain.order.facts import OrderLineFacts
from domain.payout import BankReport, ReportChargeback
from domain.refusals import RuleBroken, Unknown


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What is known of a line. Its stream also serialises openings: two racing ones collide in the store."""

    facts: OrderLineFacts
    cases: tuple[UUID, ...] = ()
    cancellations: tuple[UUID, ...] = ()
    charged_back: frozenset[str] = frozenset()
    """The bank's disputes of its payment, by their references."""
    reversed: frozenset[str] = frozenset()
    """Which disputes ended for the marketplace; word of that may come before word of the dispute."""

    @property
    def has_chargeback(self) -> bool:
        """A chargeback is open on it: the buyer's bank has given him his money."""
        return bool(self.charged_back - self.reversed)

    def disputed_beside(self, reference: str) -> frozenset[str]:
        """The disputes that are open on it besides this one."""
        return self.charged_back - self.reversed - {reference}


def record(line: OrderLine | None, facts: OrderLineFacts) -> list[Event]:
    """The events of a report: none when nothing changed, so that importing twice changes nothing (SPEC §2).

    Raises RuleBroken when a known line would change hands or currency.
    """
    if line is None:
        return [OrderLineRecorded(facts=facts)]
    if line.facts == facts:
        return []
    for name in ("order_id", "buyer_id", "seller_id"):
        known, reported = getattr(line.facts, name), getattr(facts, name)
        if known != reported:
            raise RuleBroken(
                "order_line_keeps_its_parties",
                f"line {facts.line_id} has {name} {known}; a report with {reported} is refused",
                field=name,
                known=known,
                reported=reported,
            )
    if line.facts.price.currency != facts.price.currency:
        raise RuleBroken(
            "order_line_keeps_its_currency",
            f"line {facts.line_id} is in {line.facts.price.currency}, not {facts.price.currency}",
            known=line.facts.price.currency,
            reported=facts.price.currency,
        )
    return [OrderLineUpdated(facts=facts)]


def chargeback_told(line: OrderLine, fact: BankReport) -> list[Event]:
    """The events of a bank's report; none for a dispute that the line knows, so telling it twice changes nothing."""
    if isinstance(fact, ReportChargeback):
        return [] if fact.reference in line.charged_back else [PaymentChargedBack(reference=fact.reference)]
    return [] if fact.reference in line.reversed else [ChargebackReversed(reference=fact.reference)]


def is_news(fact: BankReport, before: OrderLine, after: OrderLine) -> bool:
    """Whether cases and cancellations hear of it: the first dispute opens a chargeback, the last one won ends it."""
    if isinstance(fact, ReportChargeback):
        return after.has_chargeback and not before.has_chargeback
    return not after.has_chargeback


def unknown_line(line_id: str) -> Unknown:
    """The refusal for a line that does not exist, or not for this party."""
    return Unknown("unknown_order_line", f"no order line {line_id} of yours", line_id=line_id)


@singledispatch
def evolve(event: Event, line: OrderLine | None) -> OrderLine | None:
    """The line after one of its events; events of no meaning here leave it as it was."""
    return line


@evolve.register
def _(event: OrderLineRecorded, line: OrderLine | None) -> OrderLine:
    return OrderLine(facts=event.facts)


@evolve.register
def _(event: OrderLineUpdated, line: OrderLine | None) -> OrderLine:
    return OrderLine(facts=event.facts) if line is None else replace(line, facts=event.facts)


@evolve.register
def _(event: RefundCaseOpened, line: OrderLine | None) -> OrderLine | None:
    return line and replace(line, cases=(*line.cases, event.case_id))


@evolve.register
def _(event: CancellationOpened, line: OrderLine | None) -> OrderLine | None:
    return line and replace(line, cancellations=(*line.cancellations, event.cancellation_id))


@evolve.register
def _(event: PaymentChargedBack, line: OrderLine | None) -> OrderLine | None:
    return line and replace(line, charged_back=line.charged_back | {event.reference})


@evolve.register
def _(event: ChargebackReversed, line: OrderLine | None) -> OrderLine | None:
    return line and replace(line, reversed=line.reversed | {event.reference})
