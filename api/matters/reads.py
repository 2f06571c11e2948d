"""How a matter is read: as it stands or once stood, step by step, compared, and by auditors with every cause."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.answering.answers import answer, may_answer, unless_known
from api.answering.problems import invalid_field
from api.entrance.door import admits
from api.matters.differences import Span, difference
from api.matters.matter import Matter
from api.presenting.disclosure import Audience, audience_of
from api.presenting.history import entry
from api.presenting.timeline import timeline
from api.requests.errands import Asking
from api.requests.moments import AsOf, By, From, To, Version, one_moment, past_moment
from api.requests.preconditions import IfNoneMatch, etag
from api.requests.strictness import MatterId
from api.schemas.case_history import History
from api.schemas.difference import Difference
from api.schemas.matter import Timeline
from api.services import Given
from domain.actors import Role

PARTIES = (Role.BUYER, Role.SELLER, Role.SUPPORT, Role.AUDITOR)
FOUND = may_answer(HTTPStatus.NOT_FOUND)
SeenBy = Annotated[
    Literal[Audience.BUYER, Audience.SELLER, Audience.STAFF] | None,
    Query(description="With whose eyes: the caller's own unless given; for support and auditors anyone's"),
]


def add_reads(router: APIRouter, matter: Matter[Any, Any]) -> None:
    """Where one of these matters is, its timeline, what changed between two moments, and its history."""
    one, what = f"{matter.path}/{{id}}", matter.name.replace("_", " ")
    router.get(
        one,
        operation_id=f"get_{matter.name}",
        summary=f"One {what}, as the caller may see it",
        response_model=matter.shape,
        responses=FOUND,
        **admits(*PARTIES),
    )(_get(matter))
    router.get(
        f"{one}/timeline",
        operation_id=f"get_{matter.name}_timeline",
        summary=f"What happened in a {what}, as the caller may see it",
        response_model=Timeline,
        responses=FOUND,
        **admits(*PARTIES),
    )(_get_timeline(matter))
    router.get(
        f"{one}/diff",
        operation_id=f"compare_{matter.name}",
        summary=f"What changed in a {what} between two moments, as the caller may see it",
        response_model=Difference,
        responses=FOUND,
        **admits(*PARTIES),
    )(_get_diff(matter))
    router.get(
        f"{one}/history",
        operation_id=f"get_{matter.name}_history",
        summary=f"The whole history of a {what}, for support and auditors",
        response_model=History,
        responses=FOUND,
        **admits(Role.SUPPORT, Role.AUDITOR),
    )(_get_history(matter))


def _get(matter: Matter[Any, Any]) -> Callable[..., Response]:
    def get(
        given: Given,
        actor: Asking,
        matter_id: MatterId,
        if_none_match: IfNoneMatch = None,
        version: Version = None,
        as_of: AsOf = None,
        by: By = None,
    ) -> Response:
        """The newest state with its `ETag`, or as it stood at a version or a moment, with what was possible then."""
        now = given.door.clock()
        moment = one_moment(version, as_of, by, now)
        record = matter.find(given, matter_id, actor)
        if moment is not None:
            earlier = matter.at(record, moment)
            return answer(matter.show(given, earlier, actor, as_of or earlier.recorded_at))
        tag = etag(len(record.history))
        return unless_known(if_none_match, tag, lambda: matter.show(given, record, actor, now))

    return get


def _get_timeline(matter: Matter[Any, Any]) -> Callable[..., Response]:
    def get_timeline(given: Given, actor: Asking, matter_id: MatterId, audience: SeenBy = None) -> Response:
        """Every step, oldest first: what was asked, answered, sent and decided, and what silence led to."""
        own = audience_of(actor)
        if audience not in {None, own} and own is not Audience.STAFF:
            raise invalid_field("query", "audience", "only support and auditors see with other parties' eyes")
        record = matter.find(given, matter_id, actor)
        return answer(Timeline(items=timeline(record.history, audience or own)))

    return get_timeline


def _get_diff(matter: Matter[Any, Any]) -> Callable[..., Response]:
    def get_diff(
        given: Given, actor: Asking, matter_id: MatterId, from_: From, to: To = None, by: By = None
    ) -> Response:
        """Status, deadline, amounts, books and evidence before and after, and the steps in between with their cause."""
        now = given.door.clock()
        earlier = past_moment("from", from_, by, now)
        later = past_moment("to", now if to is None else to, by, now)
        record = matter.find(given, matter_id, actor)
        return answer(difference(given, matter, record, Span(earlier, later), actor))

    return get_diff


def _get_history(matter: Matter[Any, Any]) -> Callable[..., Response]:
    def get_history(given: Given, actor: Asking, matter_id: MatterId) -> Response:
        """Every event with its actor, cause, both times, policy and place in the chain of digests."""
        record = matter.find(given, matter_id, actor)
        return answer(History(items=tuple(entry(envelope) for envelope in record.history)))

    return get_history
