"""An order told whole: shipping that its buyer paid once is shared over its lines, and stays shared (SPEC §5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.messages import Value
from domain.money import LARGEST_MINOR, Money, ToldMoney, total
from domain.order.facts import OrderLineFacts
from domain.order.line import OrderLine
from domain.order.shipping import share_shipping


class WholeOrder(Value):
    """All lines of one order, with the shipping that was paid once for all of them."""

    shipping: ToldMoney
    lines: Annotated[tuple[OrderLineFacts, ...], Field(min_length=1, max_length=200)]
    """Each with no shipping of its own."""

    @model_validator(mode="after")
    def _is_one_order(self) -> Self:
        first = self.lines[0]
        if any((line.order_id, line.buyer_id) != (first.order_id, first.buyer_id) for line in self.lines):
            raise ValueError("the lines are of one order and one buyer")
        if len({line.line_id for line in self.lines}) < len(self.lines):
            raise ValueError("each line is told once")
        if {line.price.currency for line in self.lines} != {self.shipping.currency}:
            raise ValueError("shipping and lines are in one currency")
        if self.shipping.minor < 0 or any(line.shipping for line in self.lines):
            raise ValueError("shipping is told once, with the order, and never negative")
        if self.shipping.minor + max(line.paid.minor for line in self.lines) > LARGEST_MINOR:
            raise ValueError(f"a line and the order's shipping are together at most {LARGEST_MINOR} minor units")
        return self

    @property
    def order_id(self) -> str:
        return self.lines[0].order_id

    def shared(self, known: Mapping[str, OrderLine | None]) -> list[OrderLineFacts]:
        """The lines, each with its share of the shipping.

        A line of which something was asked before keeps the share that it was judged by, and the others share the
        rest: so what goes back over all lines is never more than was paid, however often the order is told.
        """
        kept = {line_id: it.facts.shipping for line_id, it in known.items() if it and (it.cases or it.cancellations)}
        free = sorted((line for line in self.lines if line.line_id not in kept), key=lambda line: line.line_id)
        nothing = Money.zero(self.shipping.currency)
        rest = max(self.shipping - total(list(kept.values()), nothing.currency), nothing)
        parts = share_shipping(rest, [line.price for line in free]) if free else []
        shares = kept | {line.line_id: part for line, part in zip(free, parts, strict=True)}
        return [_with_shipping(line, shares[line.line_id]) for line in self.lines]


def _with_shipping(line: OrderLineFacts, share: Money) -> OrderLineFacts:
    return OrderLineFacts.model_validate({**dict(line), "shipping": share})
