"""The seller hub's orders: quick filters, sub-filters, search, counts and pages, most urgent first (SPEC §7.1)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, NamedTuple

from fastapi import Depends, Query
from starlette.responses import Response

from api.answering.answers import answer, may_answer
from api.answering.pages import Cursors, Number, Paged
from api.answering.problems import invalid_field
from api.entrance.door import admits, behind_the_door
from api.requests.errands import Asking
from api.requests.views import MinPosition, view
from api.schemas.seller_hub import FilterCounts, HubOrder, HubOrders
from api.services import Given
from domain.actors import Actor, Role
from domain.messages import Identifier
from domain.refusals import Unknown
from projections.seller_orders import Filter, Quick, SellerOrders, SellerSearch, overdue_soon_until, page, tally

router = behind_the_door("seller hub")
CURSORS = Cursors(tuple[Number, Number, Identifier])

Search = Annotated[str, Query(max_length=200, description="Words of order, line, buyer, title or tracking number")]
SellerId = Annotated[Identifier | None, Query(description="Whose, for support and auditors; a seller sees his own")]


class Filters(NamedTuple):
    """Which of whose lines."""

    seller_id: str
    quick: Quick
    sub: Filter | None
    search: str


async def filters_of(
    actor: Asking,
    quick: Annotated[Quick, Query(alias="filter", description="The quick filter")] = Quick.ALL,
    sub_filter: Annotated[Filter | None, Query(description="Of these, only")] = None,
    search: Search = "",
    seller_id: SellerId = None,
) -> Filters:
    """Raises Unknown when a seller asks for another's lines."""
    return Filters(whose_orders(actor, seller_id), quick, sub_filter, search)


@router.get(
    "/v1/seller-hub/orders",
    operation_id="list_hub_orders",
    summary="A seller's order lines with their cases, most urgent first",
    response_model=HubOrders,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(Role.SELLER, Role.SUPPORT, Role.AUDITOR),
)
def list_orders(
    given: Given, filters: Annotated[Filters, Depends(filters_of)], paged: Paged, min_position: MinPosition = None
) -> Response:
    """What is due comes first by its deadline, then what is open, oldest first, then what has ended."""
    after = CURSORS.place(paged, *filters)
    soon = overdue_soon_until(given.door.clock(), given.door.policies.current)
    views = (SellerOrders.name, SellerSearch.name) if filters.search else (SellerOrders.name,)
    with view(given, min_position, *views) as conn:
        found = page(conn, **filters._asdict(), soon=soon, after=after, limit=paged.limit)
        counts = tally(conn, filters.seller_id, soon)
    return answer(
        HubOrders(
            items=tuple(HubOrder.model_validate(order, from_attributes=True) for order in found.items),
            next=CURSORS.mark(found.next, *filters),
            counts={quick: FilterCounts.model_validate(count, from_attributes=True) for quick, count in counts.items()},
        )
    )


def whose_orders(actor: Actor, seller_id: str | None) -> str:
    """The seller whose orders are asked for. Raises Unknown when a seller asks for another's."""
    if actor.role is not Role.SELLER:
        if seller_id is None:
            raise invalid_field("query", "seller_id", f"{actor.role} says whose orders")
        return seller_id
    if seller_id not in {None, actor.id}:
        raise Unknown("unknown_seller", f"no seller {seller_id}", seller_id=seller_id)
    return actor.id
