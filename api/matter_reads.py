"""How a matter is read: as it stands or once stood, step by step, and by auditors with every cause."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.answers import answer, may_answer, unless_known
from api.door import admits
from api.errands import Asking
from api.matters import Matter
from api.preconditions import HIGHEST_VERSION, IfNoneMatch, etag
from api.presenting.history import entry
from api.presenting.timeline import timeline
from api.problems import invalid_field
from api.schemas.case_history import History
from api.schemas.matter import Timeline
from api.services import Given
from api.strictness import MatterId
from domain.actors import Role
from domain.messages import Instant

PARTIES = (Role.BUYER, Role.SELLER, Role.SUPPORT, Role.AUDITOR)
FOUND = may_answer(HTTPStatus.NOT_FOUND)

Version = Annotated[int | None, Query(ge=1, le=HIGHEST_VERSION, description="As it stood at this version")]
AsOf = Annotated[Instant | None, Query(description="As the house knew it at this moment")]


def add_reads(router: APIRouter, matter: Matter[Any, Any]) -> None:
    """Where one of these matters is, its timeline, and its history."""
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
    ) -> Response:
        """The newest state with its `ETag`, or as it stood at a version or a moment, with what was possible then."""
        if version is not None and as_of is not None:
            raise invalid_field("query", "as_of", "give a version or a moment, not both")
        if as_of is not None:
            record, at = matter.as_of(given, matter_id, actor, as_of), as_of
        else:
            now = given.door.clock()
            record = matter.find(given, matter_id, actor, version)
            at = record.recorded_at if version else now
        if version or as_of:
            return answer(matter.show(given, record, actor, at))
        tag = etag(len(record.history))
        return unless_known(if_none_match, tag, lambda: matter.show(given, record, actor, at))

    return get


def _get_timeline(matter: Matter[Any, Any]) -> Callable[..., Response]:
    def get_timeline(given: Given, actor: Asking, matter_id: MatterId) -> Response:
        """Every step, oldest first: what was asked, answered, sent and decided, and what silence led to."""
        record = matter.find(given, matter_id, actor)
        return answer(Timeline(items=timeline(record.history, actor)))

    return get_timeline


def _get_history(matter: Matter[Any, Any]) -> Callable[..., Response]:
    def get_history(given: Given, actor: Asking, matter_id: MatterId) -> Response:
        """Every event with its actor, cause, both times, policy and place in the chain of digests."""
        record = matter.find(given, matter_id, actor)
        return answer(History(items=tuple(entry(envelope) for envelope in record.history)))

    return get_history
