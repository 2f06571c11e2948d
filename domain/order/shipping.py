"""Shipping that a buyer paid once for an order, shared over its lines (SPEC §5)."""

from __future__ import annotations

from collections.abc import Sequence

from domain.money import Money


def share_shipping(order_shipping: Money, prices: Sequence[Money]) -> list[Money]:
    """Each line's share of the order's shipping, pro rata by price, in the order of ``prices``.

    Exact to the minor unit, the largest remainders get the odd ones; lines that cost nothing bear nothing, unless
    all do, then they bear alike. Share in an order that stays the same, such as by line id: equal remainders are
    served in turn. Raises ValueError for no line, a negative price, or amounts of several currencies.
    """
    if {price.currency for price in prices} - {order_shipping.currency}:
        raise ValueError(f"the shipping is in {order_shipping.currency}, and so are the prices of its lines")
    return order_shipping.allocate([price.minor for price in prices])
