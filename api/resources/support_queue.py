"""The support queue: what support has or was asked to look at, and why, longest waiting first (SPEC §7.5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from api.answering.answers import answer, may_answer
from api.answering.pages import Cursors, Paged
from api.entrance.door import admits, behind_the_door
from api.presenting.whereabouts import shown_with_href
from api.requests.strictness import Flag
from api.requests.views import MinPosition, view
from api.schemas.queues import QueuedMatter, SupportQueue
from api.services import Given, Services
from domain.actors import Role
from domain.business_time import due
from domain.messages import Instant
from domain.policy import Policy, UnknownPolicyError
from projections import support_queue

router = behind_the_door("support")
Key: TypeAlias = tuple[datetime, UUID]
CURSORS: Cursors[Key] = Cursors(tuple[Instant, UUID])
OnHold = Annotated[Flag | None, Query(description="Only what is on hold, or only what is not")]
AskedIn = Annotated[Flag | None, Query(description="Only what support was merely asked into, or only the rest")]


@router.get(
    "/v1/support-queue",
    operation_id="list_support_queue",
    summary="What support has or was asked to look at, longest waiting first",
    response_model=SupportQueue,
    responses=may_answer(),
    **admits(Role.SUPPORT, Role.AUDITOR),
)
def list_queue(
    given: Given, paged: Paged, on_hold: OnHold = None, asked_in: AskedIn = None, min_position: MinPosition = None
) -> Response:
    """Why it is there, since when, and what is at stake."""
    after = CURSORS.place(paged, on_hold, asked_in)
    with view(given, min_position, support_queue.SupportQueue.name) as conn:
        found = support_queue.queue(conn, on_hold=on_hold, asked_in=asked_in, after=after, limit=paged.limit)
    return answer(
        SupportQueue(
            items=tuple(_shown(given, each) for each in found.items),
            next=CURSORS.mark(found.next, on_hold, asked_in),
        )
    )


def _shown(given: Services, queued: support_queue.Queued) -> QueuedMatter:
    policy = _policy_of(given, queued)
    target = due(queued.since, policy.windows.support_first_answer_target, policy.calendar)
    age = max(given.door.clock() - queued.since, timedelta())
    return shown_with_href(QueuedMatter, queued, age=age, answer_target_at=target.at)


def _policy_of(given: Services, queued: support_queue.Queued) -> Policy:
    """Its own; where that is lost the current one, since a target is no deadline, and the others are shown too."""
    try:
        return given.door.policies[queued.policy]
    except UnknownPolicyError:
        return given.door.policies.current
