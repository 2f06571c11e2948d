"""Adjustments: what the marketplace posts on a seller's account, so that his balance is a real one (SPEC §5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from domain.messages import Event, FactCommand, Identifier, Line
from domain.money import Money, ToldMoney
from domain.order.facts import OrderLineFacts
from domain.posting import Account, ChargeRule, Entry, Item, Posting
from domain.refusals import RuleBroken


class Adjustment(FactCommand):
    """Something that the marketplace posts under a reference of its own."""

    amount: ToldMoney


class PostProceeds(Adjustment):
    """Credit a seller with what a sale brought him, less the commission kept."""

    commission: ToldMoney | None = None
    line_id: Identifier | None = None


class PostPayout(Adjustment):
    """Record that a seller was paid out of his balance."""


class PostCorrection(Adjustment):
    """Put right what was posted wrongly: above zero for the seller, below against him."""

    ground: Line


class AdjustmentPosted(Event):
    """The marketplace posted something on a seller's account. Each has a stream of its own, by its reference."""

    seller_id: Identifier
    reference: Identifier
    posting: Posting


class ProceedsPosted(AdjustmentPosted):
    """A sale's proceeds were credited to the seller."""

    topic: ClassVar[str] = "seller.proceeds_posted.v1"
    line_id: Identifier | None = None


class PayoutPosted(AdjustmentPosted):
    """The seller was paid out."""

    topic: ClassVar[str] = "seller.payout_posted.v1"


class CorrectionPosted(AdjustmentPosted):
    """An earlier posting was put right."""

    topic: ClassVar[str] = "seller.correction_posted.v1"
    ground: Line


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of adjustment: the event that states it, and what it posts."""

    event: type[AdjustmentPosted]
    rule: ChargeRule
    entries: Callable[[Any], Sequence[Entry]]
    is_signed: bool = False


def adjust(
    seller_id: str, reference: str, adjustment: Adjustment, now: datetime, line: OrderLineFacts | None = None
) -> AdjustmentPosted:
    """The event that states the adjustment; ``line`` is the order line it names.

    Raises RuleBroken for an amount that cannot be, another currency than the line's, another seller's line, or a
    time to come.
    """
    kind = KINDS[type(adjustment)]
    _has_happened(adjustment, now)
    _sound_amounts(adjustment, kind)
    if line is not None:
        _is_of(seller_id, line, adjustment)
    own = {name: getattr(adjustment, name) for name in ("line_id", "ground") if name in kind.event.model_fields}
    posting = Posting(rule=kind.rule, entries=tuple(kind.entries(adjustment)))
    return kind.event(seller_id=seller_id, reference=reference, posting=posting, **own)


def _has_happened(adjustment: Adjustment, now: datetime) -> None:
    if adjustment.happened_at > now:
        raise RuleBroken(
            "not_happened_yet",
            f"what is posted has happened; {adjustment.happened_at:%Y-%m-%dT%H:%M:%SZ} lies in the future",
            now=now.isoformat(),
        )


def _sound_amounts(adjustment: Adjustment, kind: Kind) -> None:
    amount, commission = adjustment.amount, getattr(adjustment, "commission", None)
    if not amount or (amount.minor < 0 and not kind.is_signed):
        least = "other than zero" if kind.is_signed else "above zero"
        raise RuleBroken("adjustment_amount", f"the amount is {least}, not {amount}", given_minor=amount.minor)
    if commission is not None and commission.currency != amount.currency:
        raise _other_currency(amount.currency, commission.currency)
    if commission is not None and not 0 <= commission.minor <= amount.minor:
        raise RuleBroken(
            "commission_within_proceeds",
            f"the commission lies between zero and {amount}, not at {commission}",
            at_most_minor=amount.minor,
            given_minor=commission.minor,
        )


def _is_of(seller_id: str, line: OrderLineFacts, adjustment: Adjustment) -> None:
    if line.seller_id != seller_id:
        raise RuleBroken(
            "line_of_another_seller", f"order line {line.line_id} is not of seller {seller_id}", line_id=line.line_id
        )
    if line.price.currency != adjustment.amount.currency:
        raise _other_currency(line.price.currency, adjustment.amount.currency)


def _other_currency(expected: str, given: str) -> RuleBroken:
    return RuleBroken("currency_mismatch", f"{expected} is expected, not {given}", expected=expected, given=given)


def _proceeds(adjustment: PostProceeds) -> list[Entry]:
    """As a cancellation takes them back: the sale on one account, the commission kept on another."""
    entries = _between_seller_and(Account.SALES, Item.SALE_PROCEEDS, adjustment.amount)
    if adjustment.commission:
        entries += _between_seller_and(Account.PLATFORM, Item.COMMISSION, -adjustment.commission)
    return entries


def _payout(adjustment: PostPayout) -> list[Entry]:
    return _between_seller_and(Account.SALES, Item.PAYOUT, -adjustment.amount)


def _correction(adjustment: PostCorrection) -> list[Entry]:
    return _between_seller_and(Account.PLATFORM, Item.CORRECTION, adjustment.amount)


def _between_seller_and(other: Account, item: Item, to_seller: Money) -> list[Entry]:
    return [
        Entry(account=Account.SELLER, item=item, amount=to_seller),
        Entry(account=other, item=item, amount=-to_seller),
    ]


KINDS: dict[type[Adjustment], Kind] = {
    PostProceeds: Kind(ProceedsPosted, ChargeRule.SALE_PROCEEDS, _proceeds),
    PostPayout: Kind(PayoutPosted, ChargeRule.PAYOUT, _payout),
    PostCorrection: Kind(CorrectionPosted, ChargeRule.CORRECTION, _correction, is_signed=True),
}
"""Everything that the marketplace may post."""
