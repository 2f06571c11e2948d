"""A seller's balance, his statement, and the answer to "why was I charged this?" (SPEC §§5 and 7.3)."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, NamedTuple

from fastapi import Depends, Path, Query
from starlette.responses import Response

from api.answers import answer, may_answer
from api.door import admits, behind_the_door
from api.errands import Asking
from api.pages import Cursors, Number, Paged
from api.presenting.posting import posting
from api.schemas.ledger import Balance, Balances, Hold, Holds, Posting, Statement, StatementLine
from api.sellers import SELLER, SellerId
from api.services import Given
from api.views import MinPosition, view
from domain.actors import Role
from domain.messages import EARLIEST, LATEST, Instant
from domain.money import Currency
from domain.refusals import Unknown
from projections import ledger
from projections.ledger import Ledger, posting_detail

router = behind_the_door("ledger")
READERS = (Role.SELLER, Role.MARKETPLACE, Role.SUPPORT, Role.AUDITOR)
CURSORS = Cursors(tuple[Instant, Number, Number])

InCurrency = Annotated[Currency, Query(description="One currency; balances never mix them", examples=["EUR"])]
StartAt = Annotated[Instant, Query(description="Booked from this moment on")]
EndAt = Annotated[Instant, Query(description="Booked before this moment")]


class Period(NamedTuple):
    """Which currency, and from when to before when."""

    currency: str
    start: datetime
    end: datetime


async def period_of(currency: InCurrency, start_at: StartAt = EARLIEST, end_at: EndAt = LATEST) -> Period:
    """Everything so far, unless something else is asked for."""
    return Period(currency, start_at, end_at)


During = Annotated[Period, Depends(period_of)]
Position = Annotated[int, Path(ge=1, lt=2**63, description="Of the event in the log, as statements name it")]
FOUND = may_answer(HTTPStatus.NOT_FOUND)


@router.get(
    f"{SELLER}/balance",
    operation_id="get_balances",
    summary="What a seller has, what is held of it, and what is available",
    response_model=Balances,
    responses=FOUND,
    **admits(*READERS),
)
def get_balances(given: Given, actor: Asking, seller_id: SellerId, min_position: MinPosition = None) -> Response:
    """One a currency. A balance may be negative."""
    given.door.accounts.seller(seller_id, actor)
    with view(given, Ledger.name, min_position) as conn:
        found = ledger.balances(conn, seller_id)
    return answer(Balances(items=tuple(Balance.model_validate(each, from_attributes=True) for each in found)))


@router.get(
    f"{SELLER}/statement",
    operation_id="get_statement",
    summary="The entries of a period on a seller's account",
    response_model=Statement,
    responses=FOUND,
    **admits(*READERS),
)
def get_statement(
    given: Given, actor: Asking, seller_id: SellerId, period: During, paged: Paged, min_position: MinPosition = None
) -> Response:
    """Oldest first, each with the balance after it. A period that has passed never changes."""
    given.door.accounts.seller(seller_id, actor)
    after = CURSORS.place(paged, seller_id, *period)
    with view(given, Ledger.name, min_position) as conn:
        found = ledger.statement(conn, seller_id, *period, after=after, limit=paged.limit)
    return answer(
        Statement(
            opening=found.opening,
            closing=found.closing,
            items=tuple(StatementLine.model_validate(line, from_attributes=True) for line in found.lines),
            next=CURSORS.mark(found.next, seller_id, *period),
        )
    )


@router.get(
    f"{SELLER}/holds",
    operation_id="get_holds",
    summary="What was held of a seller's balance, and released, in a period",
    response_model=Holds,
    responses=FOUND,
    **admits(*READERS),
)
def get_holds(
    given: Given, actor: Asking, seller_id: SellerId, period: During, min_position: MinPosition = None
) -> Response:
    given.door.accounts.seller(seller_id, actor)
    with view(given, Ledger.name, min_position) as conn:
        found = ledger.holds(conn, seller_id, *period)
    return answer(Holds(items=tuple(Hold.model_validate(each, from_attributes=True) for each in found)))


@router.get(
    f"{SELLER}/postings/{{position}}",
    operation_id="explain_posting",
    summary="Why this was charged or credited",
    response_model=Posting,
    responses=FOUND,
    **admits(*READERS),
)
def explain(given: Given, actor: Asking, seller_id: SellerId, position: Position) -> Response:
    """From the posting to the rule, the event, the command behind it and the policy version in force."""
    given.door.accounts.seller(seller_id, actor)
    with view(given, Ledger.name, None) as conn:
        detail = posting_detail(conn, given.door.log, position)
    if detail is None or detail.seller_id != seller_id:
        raise Unknown("unknown_posting", f"no posting {position} of this seller", position=position)
    return answer(posting(detail, actor))
