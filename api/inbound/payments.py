"""What the payment provider tells by webhook: refunds that settled or failed, and chargebacks (SPEC §§4, 5)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.answering.problems import Problem
from api.inbound.receiving import MAY_ANSWER, any_event_like, passed_over, signed_by, taken, told
from api.schemas.inbound import DisputeTold, ProviderEvent, RefundTold, Taken
from api.services import Given, Services
from domain.actors import PROVIDER
from domain.payout import (
    BankReport,
    GivenBack,
    RefundReport,
    ReportChargeback,
    ReportChargebackReversed,
    ReportRefundFailed,
    ReportRefundSettled,
)

router = APIRouter(tags=["facts from outside"])
Told = Annotated[dict[str, Any], Depends(signed_by(lambda inbound: inbound.payments))]
REFUNDS: Final = "refund."
CHARGEBACKS: Final[dict[str, type[BankReport]]] = {
    "charge.dispute.created": ReportChargeback,
    "charge.dispute.funds_withdrawn": ReportChargeback,
    "charge.dispute.funds_reinstated": ReportChargebackReversed,
}
INQUIRY: Final = "warning_"
"""How the status of a dispute begins while the bank only asks and has taken nothing back."""

SETTLED: Final = {
    "type": "refund.updated",
    "created": 1773307800,
    "data": {
        "object": {
            "id": "re_3NvPaid",
            "status": "succeeded",
            "metadata": {"stream_id": "0d6d4c1a-95a4-4f0a-9a3e-6c1f6b6f1b11", "attempt": "1"},
        }
    },
}


@router.post(
    "/inbound/payments",
    operation_id="payment_provider_tells",
    summary="What the payment provider tells by webhook",
    response_model=Taken,
    responses=MAY_ANSWER,
    openapi_extra=any_event_like(SETTLED),
)
def payments(request: Request, given: Given, content: Told) -> Response:
    """Events of Stripe's kind, signed as its are. May come twice, late and in any order."""
    event = told(ProviderEvent, content)
    happened_at = datetime.fromtimestamp(event.created, UTC)
    if event.type.startswith(REFUNDS):
        return _refund(given, told(RefundTold, event.data.object), happened_at, request)
    if (kind := CHARGEBACKS.get(event.type)) is not None:
        dispute = told(DisputeTold, event.data.object)
        return _dispute(given, dispute, kind(happened_at=happened_at, reference=dispute.id), request)
    return passed_over(f"nothing is made of {event.type!r} here")


def _refund(given: Services, refund: RefundTold, happened_at: datetime, request: Request) -> Response:
    ours = GivenBack.read(refund.metadata)
    if ours is None:
        return passed_over("the refund was not ordered by this house")
    fact = _report(refund, ours, happened_at)
    if fact is None:
        return passed_over(f"a refund that is {refund.status!r} has no outcome yet")
    name = f"{refund.id}/{refund.status}"
    given.door.reports.take(ours.stream_id, fact, PROVIDER, name, request.state.correlation_id)
    return taken()


def _report(refund: RefundTold, ours: GivenBack, happened_at: datetime) -> RefundReport | None:
    if refund.status == "succeeded":
        return ReportRefundSettled(happened_at=happened_at, attempt=ours.attempt)
    if refund.status in {"failed", "canceled"}:
        detail = refund.failure_reason or refund.status
        return ReportRefundFailed(happened_at=happened_at, attempt=ours.attempt, detail=detail)
    return None


def _dispute(given: Services, dispute: DisputeTold, fact: BankReport, request: Request) -> Response:
    if dispute.status.startswith(INQUIRY):
        return passed_over("the bank asks, and has taken nothing back")
    payments = [name for name in (dispute.payment_intent, dispute.charge) if name]
    if not payments:
        raise Problem("malformed", "the dispute names no payment")
    given.door.chargebacks.told(payments, fact, request.state.correlation_id)
    return taken()
