"""What the API counts, for Prometheus: requests by route and status, and what commands recorded by topic."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.requests import Request

from api.monitoring.gauges import Gauges
from store.application import Receipt

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The counters of one application."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._requests = Histogram(
            "directservice_http_request_seconds",
            "How long requests took, by the route they matched and the status of the answer.",
            ["method", "route", "status"],
            buckets=SECONDS,
            registry=registry,
        )
        self._recorded = Counter(
            "directservice_http_recorded_events_total",
            "Events that commands through HTTP recorded, by topic.",
            ["topic"],
            registry=registry,
        )
        self.gauges = Gauges(registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).observe(seconds)

    def recorded(self, receipt: Receipt) -> None:
        """What this command recorded: nothing in a preview, or when it had taken effect before."""
        for event in receipt.events if receipt.position else ():
            self._recorded.labels(event.topic).inc()


async def metrics_of(request: Request) -> Metrics:
    """The counters of the application that the request came to."""
    metrics: Metrics = request.state.metrics
    return metrics


Counted = Annotated[Metrics, Depends(metrics_of)]
