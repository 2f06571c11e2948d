"""Whether the process lives, whether it is ready for requests, and what it has counted."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus

from fastapi import APIRouter
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from api.answering.answers import answer, problems
from api.answering.problems import Problem
from api.monitoring.metrics import Counted
from api.monitoring.standing import Standing, standing
from api.schemas.health import (
    DeadlinesKept,
    EndpointBacklog,
    Live,
    OutboxDepth,
    ProjectionLag,
    Ready,
    TaskStanding,
    TimeoutSetAside,
)
from api.services import Given
from projections.heartbeats import Heard
from projections.progress import Lag
from store.failures import Unavailable

router = APIRouter(tags=["operation"])


@router.get("/live", operation_id="live", summary="Whether the process answers", response_model=Live)
async def live() -> Response:
    return answer(Live())


@router.get(
    "/ready",
    operation_id="ready",
    summary="Whether requests can be served",
    response_model=Ready,
    responses=problems(HTTPStatus.SERVICE_UNAVAILABLE),
)
def ready(given: Given) -> Response:
    """503 while the log cannot be reached, a read model is too far behind it, or this machine's clock is fast.

    Clock and courier do not decide whether requests can be served; how they fare stands beside it.
    """
    now = standing(given)
    late = [f"{lag.name} by {lag.behind}" for lag in now.lags if lag.behind > given.limits.behind_events]
    if late:
        raise Problem("unavailable", f"read models are behind the log: {', '.join(late)}", headers={"Retry-After": "5"})
    return answer(
        Ready(
            clock_ahead_seconds=given.clock_ahead().total_seconds(),
            projections=tuple(map(_lag, now.lags)),
            deadlines=_deadlines(now),
            outbox=_outbox(now),
            webhooks=_webhooks(now),
            tasks=tuple(map(_task, now.tasks)),
        )
    )


def _lag(lag: Lag) -> ProjectionLag:
    return ProjectionLag(name=lag.name, position=lag.position, behind=lag.behind, failing=lag.failures > 0)


def _deadlines(now: Standing) -> DeadlinesKept:
    return DeadlinesKept(
        waiting_since=now.deadlines.waits_since,
        late_seconds=now.late_seconds(now.deadlines.waits_since),
        set_aside=now.deadlines.set_aside,
        first_set_aside=tuple(
            TimeoutSetAside(id=it.stream_id, kind=it.kind, due_at=it.due_at, retry_at=it.retry_at, attempts=it.attempts)
            for it in now.set_aside
        ),
    )


def _outbox(now: Standing) -> tuple[OutboxDepth, ...]:
    return tuple(
        OutboxDepth(
            kind=it.kind, waiting=it.waiting, late_seconds=now.late_seconds(it.oldest_due_at), failing=it.failing
        )
        for it in now.outbox
    )


def _webhooks(now: Standing) -> tuple[EndpointBacklog, ...]:
    return tuple(
        EndpointBacklog(
            endpoint_id=it.endpoint_id,
            waiting=it.waiting,
            late_seconds=now.late_seconds(it.oldest_due_at),
            failing=it.failing,
            dead=it.dead,
            behind=it.behind,
            disabled=it.is_disabled,
        )
        for it in now.webhooks
    )


def _task(heard: Heard) -> TaskStanding:
    return TaskStanding(
        task=heard.task,
        process=heard.process,
        heard_seconds_ago=heard.told_ago.total_seconds(),
        ended_seconds_ago=None if heard.ended_ago is None else heard.ended_ago.total_seconds(),
        failures=heard.failures,
        failing=heard.failing is not None,
        troubles=len(heard.troubles),
        first_trouble=heard.troubles[0] if heard.troubles else None,
    )


@router.get("/metrics", include_in_schema=False)
def metrics(given: Given, counted: Counted) -> Response:
    """For Prometheus. Without the database the gauges keep their last values."""
    counted.gauges.show_clock(given.clock_ahead())
    with suppress(Unavailable):
        counted.gauges.show(standing(given))
    return Response(generate_latest(counted.registry), media_type=CONTENT_TYPE_LATEST)
