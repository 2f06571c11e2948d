"""Whether the process lives, whether it is ready for requests, and what it has counted."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus

from fastapi import APIRouter
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from api.answers import answer, problems
from api.metrics import Counted
from api.problems import Problem
from api.schemas.health import Live, ProjectionLag, Ready
from api.services import Given
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
    """503 while the log cannot be reached, or a read model is too far behind it."""
    lags = given.progress.lag()
    late = [f"{lag.name} by {lag.behind}" for lag in lags if lag.behind > given.limits.behind_events]
    if late:
        raise Problem("unavailable", f"read models are behind the log: {', '.join(late)}", headers={"Retry-After": "5"})
    return answer(Ready(projections=tuple(map(_lag, lags))))


def _lag(lag: Lag) -> ProjectionLag:
    return ProjectionLag(name=lag.name, position=lag.position, behind=lag.behind, failing=lag.failures > 0)


@router.get("/metrics", include_in_schema=False)
def metrics(given: Given, counted: Counted) -> Response:
    """For Prometheus. Without the database the lags keep their last values."""
    with suppress(Unavailable):
        counted.lagging(given.progress.lag())
    return Response(generate_latest(counted.registry), media_type=CONTENT_TYPE_LATEST)
