"""Orders told whole, by marketplaces that know shipping of the order and not of its lines (SPEC §5)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from api.answering.answers import ANY_BODY, answer, may_answer
from api.answering.problems import invalid_field
from api.entrance.door import admits, behind_the_door
from api.requests.errands import Stated
from api.requests.strictness import StrictJson
from api.schemas.orders import OrderLineReported, WholeOrderReported
from api.services import Given
from domain.actors import Role
from domain.messages import Identifier
from domain.order.whole import WholeOrder

router = behind_the_door("orders")
OrderId = Annotated[Identifier, Path(description="The marketplace's id of the order")]


@router.put(
    "/v1/whole-orders/{order_id}",
    operation_id="report_whole_order",
    summary="Report all lines of an order, its shipping told once",
    response_model=WholeOrderReported,
    responses=may_answer(*ANY_BODY, HTTPStatus.CONFLICT),
    **admits(Role.MARKETPLACE),
)
def report(given: Given, errand: Stated, order_id: OrderId, order: Annotated[WholeOrder, StrictJson()]) -> Response:
    """The shipping is shared over the lines, pro rata by price, to the cent; all lines are recorded, or none.

    A line of which something was asked before keeps its share, and the others share the rest.
    """
    if order.order_id != order_id:
        raise invalid_field("body", "/lines/0/order_id", f"is not the address's {order_id}")
    imported = given.door.order_lines.record_whole(order, errand)
    lines = tuple(
        OrderLineReported(line_id=line.line_id, recorded=line.recorded, position=imported.position)
        for line in imported.lines
    )
    return answer(WholeOrderReported(order_id=order_id, lines=lines))
