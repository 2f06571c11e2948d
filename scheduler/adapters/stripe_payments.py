"""Payments through Stripe's refunds API, and through whatever else speaks it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field

from domain.money import Money
from domain.payout import GivenBack
from scheduler.adapters.asking import Service
from scheduler.ports.payments import RefundOrder, TakenRefund
from scheduler.ports.trouble import NoAnswer, RefusedForGood

REFUNDS: Final = "/v1/refunds"
PAGES: Final = 20
"""Of refunds of one payment, a hundred each; more are not looked through."""
CHARGES: Final = ("ch_", "py_")
"""How references to charges begin; all others name payment intents."""
TIMES_HUNDRED: Final = frozenset({"ISK", "UGX"})
"""Told with two decimals, though they have none."""
LAST_DIGIT_ZERO: Final = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""Told with three decimals, of which the last is zero."""
NOT_YET: Final = frozenset({"balance_insufficient", "lock_timeout", "rate_limit", "idempotency_key_in_use"})
"""Codes of errors that pass."""
REUSED: Final = "idempotency_error"
"""The key came with another form before: what became of that one is to be found out, not to be guessed."""
OVER: Final = frozenset({"failed", "canceled"})


class _Refund(BaseModel):
    """What is read of a refund."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    status: str | None = None
    created: Annotated[int, Field(ge=0, lt=2**32)]
    metadata: dict[str, Any] = {}
    failure_reason: str | None = None


class _Page(BaseModel):
    data: list[_Refund]
    has_more: bool = False


class StripePayments:
    """Keeps the promises of ``Payments``.

    The provider forgets a key after a day or more, so each try looks first whether the payment has this refund
    already, by the metadata that it was given; within that time the key alone keeps two tries that cross from
    paying twice.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def refund(self, order: RefundOrder) -> TakenRefund:
        """As ``Payments`` promises."""
        payment = _payment(order)
        ours = GivenBack(stream_id=order.stream_id, attempt=order.attempt)
        found = next((each for each in self._refunds_of(payment) if GivenBack.read(each.metadata) == ours), None)
        refund = found or self._made(order, payment, ours)
        if refund.status in OVER:
            raise RefusedForGood(f"the refund failed: {refund.failure_reason or refund.status}")
        return TakenRefund(refund.id, datetime.fromtimestamp(refund.created, UTC))

    def _made(self, order: RefundOrder, payment: dict[str, str], ours: GivenBack) -> _Refund:
        form = {**payment, "amount": str(_amount(order.amount)), "metadata[order_id]": order.order_id}
        form |= {f"metadata[{name}]": value for name, value in ours.told().items()}
        answer = self._service.ask("POST", REFUNDS, data=form, headers={"Idempotency-Key": str(order.key)})
        error = answer.error
        if error and (error.code in NOT_YET or error.type == REUSED):
            raise NoAnswer(f"the payment provider cannot do it now: {error.code or error.type}")
        return answer.read(_Refund)

    def _refunds_of(self, payment: dict[str, str]) -> Iterator[_Refund]:
        asked = {**payment, "limit": "100"}
        for _ in range(PAGES):
            page = self._service.ask("GET", REFUNDS, params=asked).read(_Page)
            yield from page.data
            if not page.has_more or not page.data:
                return
            asked["starting_after"] = page.data[-1].id


def _payment(order: RefundOrder) -> dict[str, str]:
    reference = order.payment_reference
    if reference is None:
        raise RefusedForGood("the order names no payment to refund")
    return {"charge" if reference.startswith(CHARGES) else "payment_intent": reference}


def _amount(money: Money) -> int:
    if money.currency in LAST_DIGIT_ZERO and money.minor % 10:
        raise RefusedForGood(f"the provider refunds no thousandths of {money.currency}")
    return money.minor * 100 if money.currency in TIMES_HUNDRED else money.minor
