"""The HTTP application, put together from what ``runtime`` opens (DESIGN §6)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from importlib.metadata import version
from typing import TypedDict

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi.middleware import Middleware
from fastapi.routing import APIRoute
from fastapi.sse import EventSourceResponse
from prometheus_client import CollectorRegistry
from starlette.concurrency import run_in_threadpool

from api.answering.error_answers import HANDLERS
from api.documenting import problem_pages
from api.documenting.openapi import DESCRIPTION, Described
from api.entrance.accounting import Accounting
from api.entrance.admission import Admission
from api.entrance.heads import Heads
from api.inbound import parcels, payments
from api.matters import cancellations, refund_cases
from api.monitoring import health
from api.monitoring.metrics import Metrics
from api.resources import (
    adjustments,
    bulk_answers,
    buyers,
    contacts,
    events,
    evidence,
    exports,
    hub_updates,
    ledger,
    notifications,
    orders,
    process,
    sandbox_clock,
    seller_hub,
    seller_metrics,
    seller_rules,
    sellers,
    support_queue,
    webhooks,
    whole_orders,
)
from api.services import Services

ROUTERS = (
    refund_cases.router,
    cancellations.router,
    evidence.router,
    orders.router,
    whole_orders.router,
    sellers.router,
    seller_rules.router,
    ledger.router,
    adjustments.router,
    seller_hub.router,
    bulk_answers.router,
    hub_updates.router,
    seller_metrics.router,
    support_queue.router,
    notifications.router,
    exports.router,
    buyers.router,
    events.router,
    contacts.router,
    webhooks.router,
    process.router,
    payments.router,
    parcels.router,
    sandbox_clock.router,
    problem_pages.router,
    health.router,
)
STREAMS = tuple(
    route.path
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and route.response_class is EventSourceResponse
)
"""Where what happens is told as it happens."""


class State(TypedDict):
    """What every request finds beside itself."""

    services: Services
    metrics: Metrics


def create_app(
    services: Callable[[], AbstractContextManager[Services]], registry: CollectorRegistry | None = None
) -> FastAPI:
    """The application. ``services`` is entered when it starts and left when it ends, once for each process.

    ``registry`` is where it counts; its own, where none is given.
    """
    metrics = Metrics(registry or CollectorRegistry())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[State]:
        opened = services()
        given = await run_in_threadpool(opened.__enter__)
        current_default_thread_limiter().total_tokens = given.limits.threads
        try:
            yield State(services=given, metrics=metrics)
        finally:
            await run_in_threadpool(opened.__exit__, None, None, None)

    app = Described(
        title="Direct Service",
        version=version("directservice"),
        lifespan=lifespan,
        exception_handlers=HANDLERS,
        middleware=[Middleware(Heads), Middleware(Accounting, metrics=metrics), Middleware(Admission, streams=STREAMS)],
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        **DESCRIPTION,
    )
    for router in ROUTERS:
        app.include_router(router)
    return app
