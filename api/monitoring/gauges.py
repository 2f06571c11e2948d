"""What Prometheus is told of the standing of things that happen unasked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from prometheus_client import CollectorRegistry, Gauge

from api.monitoring.standing import Standing
from projections.dispatching import Depth
from projections.heartbeats import Heard
from projections.progress import Lag
from store.webhooks.backlog import Backlog


class Gauges:
    """The gauges of one application, set when they are asked for."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, meaning: str, *labels: str) -> Gauge:
            return Gauge(f"directservice_{name}", meaning, labels, registry=registry)

        self._clock = gauge("clock_ahead_seconds", "How far this machine's clock is ahead of the database's.")
        self._behind = gauge(
            "projection_behind_events", "Positions of the log that a read model does not contain yet.", "projection"
        )
        self._late = gauge("deadline_late_seconds", "How long the earliest deadline that is due waits to be applied.")
        self._set_aside = gauge("deadlines_set_aside", "Deadlines whose timeout failed and waits for another try.")
        self._waiting = gauge("outbox_waiting_jobs", "Jobs that are due and have not left the house.", "kind")
        self._waiting_longest = gauge("outbox_late_seconds", "How long the oldest of these has been due.", "kind")
        self._failing = gauge("outbox_failing_jobs", "How many of these failed at least once.", "kind")
        self._told = {
            name: gauge(f"webhook_{name}", meaning, "endpoint")
            for name, meaning in {
                "waiting_messages": "Messages that are due and were not taken by the receiver.",
                "late_seconds": "How long the oldest of these has been due.",
                "failing_messages": "How many of these failed at least once.",
                "dead_messages": "Messages that were given up.",
                "behind_events": "Positions of the log that were not looked through for the endpoint yet.",
            }.items()
        }
        self._disabled = gauge("webhook_endpoints_disabled", "Endpoints to which nothing is told until put again.")
        self._ended = gauge("task_ended_ago_seconds", "Since a process last ended a run of this task.", "task")
        self._processes = gauge(
            "task_processes", "Processes that run this task and were heard of in the last minute.", "task"
        )
        self._task_failing = gauge("task_failing_processes", "Of these, those whose last run failed.", "task")
        self._troubles = gauge("task_troubles", "Faults that the task has found and that stand.", "task")

    def show_clock(self, ahead: timedelta) -> None:
        """Set the one that needs no database."""
        self._clock.set(ahead.total_seconds())

    def show(self, standing: Standing) -> None:
        """Set all others."""
        self._show_lags(standing.lags)
        self._late.set(standing.late_seconds(standing.deadlines.waits_since))
        self._set_aside.set(standing.deadlines.set_aside)
        self._show_outbox(standing.outbox, standing)
        self._show_webhooks(standing.webhooks, standing)
        self._show_tasks(_by_task(standing.tasks))

    def _show_lags(self, lags: Iterable[Lag]) -> None:
        for lag in lags:
            self._behind.labels(lag.name).set(lag.behind)

    def _show_outbox(self, depths: Iterable[Depth], standing: Standing) -> None:
        for gauge in (self._waiting, self._waiting_longest, self._failing):
            gauge.clear()  # a kind of which nothing waits is not listed
        for depth in depths:
            self._waiting.labels(depth.kind).set(depth.waiting)
            self._waiting_longest.labels(depth.kind).set(standing.late_seconds(depth.oldest_due_at))
            self._failing.labels(depth.kind).set(depth.failing)

    def _show_webhooks(self, backlogs: Sequence[Backlog], standing: Standing) -> None:
        for gauge in self._told.values():
            gauge.clear()  # an endpoint that was removed or is disabled is not listed
        self._disabled.set(sum(it.is_disabled for it in backlogs))
        for backlog in backlogs:
            if not backlog.is_disabled:
                self._show_backlog(backlog, standing.late_seconds(backlog.oldest_due_at))

    def _show_backlog(self, backlog: Backlog, late_seconds: float) -> None:
        figures = {
            "waiting_messages": backlog.waiting,
            "late_seconds": late_seconds,
            "failing_messages": backlog.failing,
            "dead_messages": backlog.dead,
            "behind_events": backlog.behind,
        }
        for name, figure in figures.items():
            self._told[name].labels(backlog.endpoint_id).set(figure)

    def _show_tasks(self, tasks: Mapping[str, Sequence[Heard]]) -> None:
        for gauge in (self._ended, self._processes, self._task_failing, self._troubles):
            gauge.clear()  # a task that no process runs any more is not listed
        for task, heard in tasks.items():
            ended = [it.ended_ago.total_seconds() for it in heard if it.ended_ago is not None]
            if ended:
                self._ended.labels(task).set(min(ended))
            alive = [it for it in heard if not it.is_silent]
            self._processes.labels(task).set(len(alive))
            self._task_failing.labels(task).set(sum(it.failing is not None for it in alive))
            self._troubles.labels(task).set(max((len(it.troubles) for it in alive), default=0))


def _by_task(tasks: Iterable[Heard]) -> Mapping[str, Sequence[Heard]]:
    by_task: dict[str, list[Heard]] = defaultdict(list)
    for heard in tasks:
        by_task[heard.task].append(heard)
    return by_task
