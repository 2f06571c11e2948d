"""Order lines: reported by the marketplace, read by those they concern (SPEC §2)."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from api.answering.answers import ANY_BODY, answer, may_answer
from api.answering.problems import invalid_field
from api.entrance.door import admits, behind_the_door
from api.presenting.disclosure import FACTS_KEPT_BACK, audience_of
from api.presenting.wording import sentence_of
from api.requests.errands import Asking, Decided, Stated
from api.requests.strictness import StrictJson, with_body
from api.schemas.orders import OrderLine, OrderLineReported
from api.services import Given
from domain.action import action_name
from domain.actors import Actor, Role
from domain.messages import Identifier
from domain.order import line as order
from domain.order.facts import OrderLineFacts
from domain.payout import BankReport, ReportChargeback, ReportChargebackReversed
from domain.refusals import Unknown
from store.application import Recorded, is_party

router = behind_the_door("orders")
LineId = Annotated[Identifier, Path(description="The marketplace's id of the line")]
READERS = (Role.BUYER, Role.SELLER, Role.SUPPORT, Role.AUDITOR, Role.MARKETPLACE)


@router.put(
    "/v1/orders/{line_id}",
    operation_id="report_order_line",
    summary="Report an order line, whole",
    response_model=OrderLineReported,
    responses={
        HTTPStatus.CREATED: {"model": OrderLineReported, "description": "Reported for the first time"},
        **may_answer(*ANY_BODY, HTTPStatus.CONFLICT),
    },
    **admits(Role.MARKETPLACE),
)
def report(given: Given, errand: Stated, line_id: LineId, facts: Annotated[OrderLineFacts, StrictJson()]) -> Response:
    """Each report replaces the one before; the same one twice changes nothing. An unknown seller is created."""
    if facts.line_id != line_id:
        raise invalid_field("body", "/line_id", f"is not the address's {line_id}")
    imported = given.door.order_lines.record([facts], errand)
    (line,) = imported.lines
    if line.refusal is not None:
        raise line.refusal
    is_new = line.recorded is Recorded.NEW and not errand.preview
    status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    return answer(OrderLineReported(line_id=line_id, recorded=line.recorded, position=imported.position), status)


@router.get(
    "/v1/orders/{line_id}",
    operation_id="get_order_line",
    summary="One order line, with what was opened on it",
    response_model=OrderLine,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(*READERS),
)
def get(given: Given, actor: Asking, line_id: LineId) -> Response:
    line = given.door.order_lines.find(line_id)
    if line is None or not is_party(line.facts, actor):
        raise Unknown("unknown_order_line", f"no order line {line_id} of yours", line_id=line_id)
    return answer(_shown(line, actor))


def _bank_tells(kind: type[BankReport]) -> Callable[..., Response]:
    """The endpoint that takes a bank's report of this kind, for those who know the line and not only its payment."""

    def take(given: Given, errand: Decided, line_id: LineId, body: BankReport) -> Response:
        """The line is marked, and its newest case and cancellation are told."""
        receipt = given.door.chargebacks.report(line_id, body, errand)
        is_known = receipt.position is None and not receipt.events
        recorded = Recorded.UNCHANGED if is_known else Recorded.UPDATED
        return answer(OrderLineReported(line_id=line_id, recorded=recorded, position=receipt.position))

    return with_body(take, kind)


for kind in (ReportChargeback, ReportChargebackReversed):
    name = action_name(kind)
    router.post(
        f"/v1/orders/{{line_id}}/{name}",
        operation_id=f"order_line_{name.replace('-', '_')}",
        summary=sentence_of(kind),
        tags=["facts from outside"],
        response_model=OrderLineReported,
        responses=may_answer(*ANY_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
        **admits(Role.PAYMENTS),
    )(_bank_tells(kind))


def _shown(line: order.OrderLine, actor: Actor) -> OrderLine:
    kept_back = dict.fromkeys(FACTS_KEPT_BACK.get(audience_of(actor), ()))
    opened = {"refund_cases": line.cases, "cancellations": line.cancellations, "chargeback": line.has_chargeback}
    return OrderLine.model_validate({**dict(line.facts), **kept_back, **opened})
