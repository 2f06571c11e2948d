"""The sandbox's clock: an integrator moves it forward and watches the timeouts fire (SPEC §8)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends
from starlette.responses import Response

from api.answering.answers import ANY_BODY, answer, may_answer
from api.callers.auth import THROUGH_HTTP
from api.entrance.door import admits, behind_the_door
from api.requests.strictness import StrictJson
from api.requests.views import view
from api.schemas.sandbox_clock import Advance, ClockTime, SetTo
from api.services import Given, MovableClock
from domain.actors import Role
from domain.refusals import NotAllowedNow, Unknown
from projections.deadlines import Deadlines, next_due

router = behind_the_door("sandbox")


async def clock_of(given: Given) -> MovableClock:
    """The sandbox's clock. Raises Unknown in production, where there is none."""
    if given.sandbox_clock is None:
        raise Unknown("no_sandbox", "this is no sandbox; its time is the world's")
    return given.sandbox_clock


Clock = Annotated[MovableClock, Depends(clock_of)]


@router.get(
    "/v1/sandbox/clock",
    operation_id="get_clock",
    summary="What time it is in the sandbox",
    response_model=ClockTime,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(*THROUGH_HTTP),
)
def get(clock: Clock) -> Response:
    return answer(ClockTime(now_at=clock()))


@router.post(
    "/v1/sandbox/clock/advance",
    operation_id="advance_clock",
    summary="Move the sandbox's time forward",
    response_model=ClockTime,
    responses=may_answer(*ANY_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    **admits(Role.SUPPORT, Role.MARKETPLACE),
)
def advance(clock: Clock, step: Annotated[Advance, StrictJson()]) -> Response:
    """For every process. Each call moves it; time never runs back."""
    return answer(ClockTime(now_at=clock.advance(step.by)))


@router.post(
    "/v1/sandbox/clock/set",
    operation_id="set_clock",
    summary="Move the sandbox's time forward to an instant",
    response_model=ClockTime,
    responses=may_answer(*ANY_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    **admits(Role.SUPPORT, Role.MARKETPLACE),
)
def set_to(clock: Clock, to: Annotated[SetTo, StrictJson()]) -> Response:
    """For every process. Time is never set back."""
    return answer(ClockTime(now_at=clock.set_to(to.now_at)))


@router.post(
    "/v1/sandbox/clock/advance-to-next-deadline",
    operation_id="advance_clock_to_next_deadline",
    summary="Move the sandbox's time forward to the next deadline of any case",
    response_model=ClockTime,
    responses=may_answer(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, kinds=("not_allowed_now", "not_yet")),
    **admits(Role.SUPPORT, Role.MARKETPLACE),
)
def advance_to_next_deadline(given: Given, clock: Clock) -> Response:
    """For every process, after the deadlines contain what was recorded last. 409 where no deadline lies ahead."""
    head = given.door.log.recorder.max_notification_id()
    with view(given, head, Deadlines.name) as conn:
        due_at = next_due(conn, clock())
    if due_at is None:
        raise NotAllowedNow("no_deadline_ahead", "no case has a deadline ahead; time stays as it is")
    return answer(ClockTime(now_at=clock.reach(due_at)))
