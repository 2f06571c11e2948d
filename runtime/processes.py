"""The processes of an installation: the API, the read models, the clock and the courier, apart or all in one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from random import Random
from threading import Thread
from typing import Final

from projections.catalogue import AHEAD, projections
from projections.engine import Engine
from runtime.answering import answering
from runtime.clock import system_clock
from runtime.clock_watch import ClockWatch
from runtime.connections import Outside, connected
from runtime.container import House, open_house
from runtime.mailing import mail_dispatches
from runtime.settings import Settings
from runtime.stopping import STOP_LIMIT_SECONDS, StopRequest, made_by_signals, within
from runtime.telling import as_message
from scheduler.adapters.webhook_receivers import HttpReceivers
from scheduler.backoff import Backoff
from scheduler.clock import DeadlineSweep
from scheduler.courier import Courier, Dispatch
from scheduler.heart import Heart
from scheduler.refunds import SubmitRefund
from scheduler.return_labels import IssueReturnLabel, VoidReturnLabel
from scheduler.timer import Task, Timer
from scheduler.upkeep import Upkeep
from scheduler.webhooks import WebhookCourier

BEAT: Final = timedelta(seconds=1)
"""How often clock and courier look for what is due."""
UPKEEP: Final = timedelta(minutes=1)
"""How often what must always hold is looked at."""
HEARTBEAT: Final = timedelta(seconds=5)
"""How often a process tells how its tasks fare."""
ROOTS: Final = timedelta(minutes=10)
"""How often what is new in the log comes under a root."""
LOG: Final = logging.getLogger(__name__)

Part = Callable[[House, StopRequest], AbstractContextManager[str]]
"""Runs in the background while its context is open, and says in a few words what it does."""


@contextmanager
def projecting(house: House, stop: StopRequest) -> Iterator[str]:
    """The read models are kept in step with the log."""
    with house.wakeup.bell() as bell:
        engine = Engine(
            house.engine, house.reader, projections(house.door.policies), bell, ahead=AHEAD, moved=house.progress.tell
        )
        thread = Thread(target=_guarded, args=(engine.run, stop), name="projections")
        thread.start()
        try:
            yield "read models follow the log"
        finally:
            engine.stop()
            thread.join()


def _guarded(work: Callable[[], None], stop: StopRequest) -> None:
    try:
        work()
    except BaseException:
        stop.fail()
        raise


@contextmanager
def scheduling(house: House, stop: StopRequest, beat: timedelta = BEAT) -> Iterator[str]:
    """Whoever stays silent past a deadline is overtaken, and what must always hold is looked at."""
    sweep = DeadlineSweep(house.engine, house.door, announce=house.wakeup.announce, retries=_retries())
    upkeep = Upkeep(house.engine, house.reader, house.clock)
    tasks = [
        Task(name="deadlines", work=sweep.sweep, every=beat, troubles=sweep.troubles),
        Task(name="upkeep", work=upkeep.run, every=UPKEEP, troubles=upkeep.troubles),
        Task(name="roots", work=lambda: _take_roots(house), every=ROOTS),
    ]
    with _ticking(house, tasks):
        yield "deadlines are kept"


def _take_roots(house: House) -> None:
    for root in house.door.roots.take():
        LOG.info("root %d over %d events up to position %d: %s", root.number, root.events, root.position, root.digest)


@contextmanager
def delivering(house: House, stop: StopRequest, beat: timedelta = BEAT) -> Iterator[str]:
    """What must leave the house is carried out. Raises StartError where production is connected to nobody."""
    with connected(house) as outside:
        courier = Courier(house.engine, _dispatches(house, outside), clock=house.clock, retries=_retries())
        webhooks = _webhooks(house)
        tasks = [
            Task(name="outbox", work=courier.sweep, every=beat),
            Task(name="webhooks", work=webhooks.sweep, every=beat),
        ]
        if outside.reports_due:
            tasks.append(Task(name="refunds settle", work=outside.reports_due, every=beat))
        try:
            with _ticking(house, tasks):
                yield "refunds, return labels, mails and webhooks go out"
        finally:
            courier.close()  # neither takes on anything more while the other is waited for
            webhooks.stop()
            courier.stop()


def _dispatches(house: House, outside: Outside) -> list[Dispatch]:
    return [
        SubmitRefund(house.door, outside.payments, house.door.reports),
        IssueReturnLabel(house.door, outside.carriers, house.door.reports),
        VoidReturnLabel(house.door, outside.carriers),
        *mail_dispatches(house),
    ]


@contextmanager
def _ticking(house: House, tasks: Sequence[Task]) -> Iterator[None]:
    watched = [_by_a_clock_in_step(task, house.clock_watch) for task in tasks]
    timer, heart = Timer(watched, wall_clock=system_clock), Heart(house.engine, house.process, system_clock)
    pulse = Timer(
        [Task(name="heartbeat", work=lambda: heart.beat(timer.health()), every=HEARTBEAT)], wall_clock=system_clock
    )
    timer.start()
    pulse.start()
    try:
        yield
    finally:
        pulse.stop()
        timer.stop()
        heart.stop(timer.health())


def _by_a_clock_in_step(task: Task, watch: ClockWatch) -> Task:
    """The task, not done while the machine's clock is fast; that it is off is among its troubles."""

    def work() -> timedelta | None:
        return None if watch.is_fast() else task.work()

    return replace(task, work=work, troubles=lambda: [*watch.troubles(), *task.troubles()])


def _webhooks(house: House) -> WebhookCourier:
    return WebhookCourier(
        house.engine,
        house.webhooks,
        house.door.log,
        HttpReceivers(patience=house.settings.patience, internal_allowed=house.settings.internal_webhooks),
        publish=as_message,
        clock=house.clock,
        wall_clock=system_clock,
        retries=_retries(first=timedelta(seconds=5), most=timedelta(hours=6)),
    )


def _retries(**bounds: timedelta) -> Backoff:
    return Backoff(random=Random(), **bounds)  # noqa: S311 -- spreads retries, guards nothing


PROCESSES: dict[str, tuple[Part, ...]] = {
    "serve": (answering,),
    "project": (projecting,),
    "schedule": (scheduling,),
    "deliver": (delivering,),
    "up": (projecting, scheduling, delivering, answering),
}
"""Which parts each process has, by the name of its command; any number of each process may run."""


def run(settings: Settings, parts: Iterable[Part], say: Callable[[str], None]) -> bool:
    """Run the parts until SIGTERM or SIGINT, then end them in the reverse order; False when one of them failed.

    Ending takes at most ``STOP_LIMIT_SECONDS``; what then still hangs is left as a kill would leave it.
    """
    with ExitStack() as running:
        stop = running.enter_context(closing(StopRequest()))
        running.enter_context(made_by_signals(stop))
        limit = running.enter_context(ExitStack())
        house = running.enter_context(open_house(settings))
        for part in parts:
            say(running.enter_context(part(house, stop)))
        stop.wait()
        limit.enter_context(within(STOP_LIMIT_SECONDS))
        return not stop.because_of_failure
