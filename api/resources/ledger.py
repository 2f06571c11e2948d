"""A seller's balance, his statement, and the answer to "why was I charged this?" (SPEC §§5 and 7.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

from fastapi import Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.answering.answers import answer, attachment, may_answer
from api.answering.pages import Cursors, Number, Paged, Part
from api.answering.problems import invalid_field
from api.entrance.door import admits, behind_the_door
from api.presenting.posting import posting
from api.presenting.statement import csv_statement, statement_line
from api.requests.errands import Asking
from api.requests.media_types import CSV, JSON, accepts
from api.requests.views import MinPosition, at_one_moment, view
from api.resources.sellers import SELLER, SellerId
from api.schemas.ledger import Balance, Balances, Hold, Holds, Posting, Statement
from api.services import Given, Services
from domain.actors import Role
from domain.messages import EARLIEST, LATEST, Instant
from domain.money import Currency
from domain.refusals import Unknown
from domain.seller.account import SellerAccount
from projections import ledger
from projections.ledger import Ledger, posting_detail
from store.engine import reading

router = behind_the_door("ledger")
CSV_PAGE = 1000
"""Entries read at once for a CSV statement: all that is ever in memory."""
READERS = (Role.SELLER, Role.MARKETPLACE, Role.SUPPORT, Role.AUDITOR)
CURSORS = Cursors(tuple[Instant, Number, Number])
HOLD_CURSORS = Cursors(tuple[Instant, Number])

InCurrency = Annotated[Currency, Query(description="One currency; balances never mix them", examples=["EUR"])]
StartAt = Annotated[Instant | None, Query(description="Booked from this moment on")]
EndAt = Annotated[Instant | None, Query(description="Booked before this moment")]


class Period(NamedTuple):
    """Which currency, and from when to before when."""

    currency: str
    start: datetime
    end: datetime


async def period_of(currency: InCurrency, start_at: StartAt = None, end_at: EndAt = None) -> Period:
    """Everything so far, unless something else is asked for."""
    return Period(currency, start_at or EARLIEST, end_at or LATEST)


class Form(StrEnum):
    """How a statement is written."""

    JSON = "json"
    CSV = "csv"


FormGiven = Annotated[Form | None, Query(alias="format", description="JSON in pages, or the whole period as CSV")]


async def form_of(request: Request, form: FormGiven = None) -> Form:
    """What is asked for, else what the header ``Accept`` prefers."""
    return form or (Form.JSON if accepts(request.headers.get("accept"), (JSON,)) else Form.CSV)


InForm = Annotated[Form, Depends(form_of)]
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
    with view(given, min_position, Ledger.name) as conn:
        found = ledger.balances(conn, seller_id)
    return answer(Balances(items=tuple(Balance.model_validate(each, from_attributes=True) for each in found)))


@router.get(
    f"{SELLER}/statement",
    operation_id="get_statement",
    summary="The entries of a period on a seller's account",
    response_model=Statement,
    responses={HTTPStatus.OK: {"content": {JSON: {}, CSV: {"schema": {"type": "string"}}}}, **FOUND},
    **admits(*READERS),
)
def get_statement(
    given: Given,
    actor: Asking,
    seller_id: SellerId,
    period: During,
    paged: Paged,
    form: InForm,
    min_position: MinPosition = None,
) -> Response:
    """Oldest first, each with the balance after it. A period that has passed never changes.

    JSON comes in pages; CSV holds the whole period, between its opening and its closing balance.
    """
    account = given.door.accounts.seller(seller_id, actor).account
    if form is Form.CSV:
        return _as_csv(given, account, period, paged, min_position)
    after = CURSORS.place(paged, seller_id, *period)
    with at_one_moment(view(given, min_position, Ledger.name)) as conn:
        found = ledger.statement(conn, seller_id, *period, after=after, limit=paged.limit)
    return answer(
        Statement(
            opening=found.opening,
            closing=found.closing,
            items=tuple(map(statement_line, found.lines)),
            next=CURSORS.mark(found.next, seller_id, *period),
        )
    )


def _as_csv(given: Services, account: SellerAccount, period: Period, paged: Part, min_position: int | None) -> Response:
    if paged.cursor is not None:
        raise invalid_field("query", "cursor", "a CSV statement has no pages")
    with view(given, min_position, Ledger.name) as conn:
        first = ledger.statement(conn, account.id, *period, limit=CSV_PAGE)
    rows = csv_statement(
        first.opening, _pages(given, account.id, period, first), period.start, period.end, account.profile.locale
    )
    name = f"statement-{account.id}-{period.currency}.csv"
    return StreamingResponse(rows, media_type=CSV, headers=attachment(name))


def _pages(
    given: Services, seller_id: str, period: Period, part: ledger.Statement
) -> Iterator[tuple[ledger.StatementLine, ...]]:
    """Each page on a connection of its own, so that none is held while the caller reads."""
    yield part.lines
    while part.next:
        with reading(given.engine) as conn:
            part = ledger.statement(conn, seller_id, *period, after=part.next, limit=CSV_PAGE)
        yield part.lines


@router.get(
    f"{SELLER}/holds",
    operation_id="get_holds",
    summary="What was held of a seller's balance, and released, in a period",
    response_model=Holds,
    responses=FOUND,
    **admits(*READERS),
)
def get_holds(
    given: Given, actor: Asking, seller_id: SellerId, period: During, paged: Paged, min_position: MinPosition = None
) -> Response:
    """Oldest first, page by page."""
    given.door.accounts.seller(seller_id, actor)
    after = HOLD_CURSORS.place(paged, seller_id, *period)
    with view(given, min_position, Ledger.name) as conn:
        found = ledger.holds(conn, seller_id, *period, after=after, limit=paged.limit)
    return answer(
        Holds(
            items=tuple(Hold.model_validate(each, from_attributes=True) for each in found.lines),
            next=HOLD_CURSORS.mark(found.next, seller_id, *period),
        )
    )


@router.get(
    f"{SELLER}/postings/{{position}}",
    operation_id="explain_posting",
    summary="Why this was charged or credited",
    response_model=Posting,
    responses=FOUND,
    **admits(*READERS),
)
def explain(
    given: Given, actor: Asking, seller_id: SellerId, position: Position, min_position: MinPosition = None
) -> Response:
    """From the posting to the rule, the event, the command behind it and the policy version in force."""
    account = given.door.accounts.seller(seller_id, actor).account
    with view(given, min_position, Ledger.name) as conn:
        detail = posting_detail(conn, given.door.log, position)
    if detail is None or detail.seller_id != seller_id:
        raise Unknown("unknown_posting", f"no posting {position} of this seller", position=position)
    return answer(posting(detail, actor, ZoneInfo(account.profile.time_zone)))
