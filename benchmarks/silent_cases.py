"""Cases whose sellers stay silent, and the part of a house that overtakes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event, Thread
from uuid import uuid4

from domain.actors import Actor, Role
from domain.deadline import Deadline
from domain.money import Money
from domain.order.facts import OrderLineFacts
from domain.policy import standard_policies
from domain.refund.commands import SubmitRequest
from domain.refund.events import RefundRequested
from domain.seller.account import SellerProfile
from domain.vocabulary import Reason
from projections.deadlines import Deadlines
from projections.engine import Engine
from projections.openings import Openings
from runtime.clock import system_clock
from scheduler.backoff import Backoff
from scheduler.clock import DeadlineSweep
from scheduler.timer import Task, Timer
from store.application import DirectService, Errand
from store.engine import connect
from store.envelope import Cause, Draft, Envelope
from store.evidence_files import EvidenceFolder
from store.log import Append, Tip
from store.reader import LogReader
from store.vault import Vault

AT_ONCE = 500
"""Cases that are put into the log by one transaction."""
MARKETPLACE, BUYER = Actor(role=Role.MARKETPLACE, id="marketplace"), Actor(role=Role.BUYER, id="b-1")


class ClockHouse:
    """A house with nothing but its clock."""

    def __init__(self, url: str, folder: Path) -> None:
        self.engine = connect(url)
        self.door = DirectService(
            self.engine,
            vault=Vault(self.engine, bytes(32)),
            policies=standard_policies(),
            evidence_files=EvidenceFolder(folder),
            clock=system_clock,
        )
        self._bell = Event()
        self.views = Engine(self.engine, LogReader(self.engine), [Deadlines(Openings())], self._bell)

    def sweep(self, observe: Callable[[Envelope], None] = lambda _: None) -> DeadlineSweep:
        retries = Backoff(random=Random(1))  # noqa: S311 -- spreads retries, guards nothing
        return DeadlineSweep(self.engine, self.door, announce=self._bell.set, retries=retries, observe=observe)

    @contextmanager
    def following(self) -> Iterator[None]:
        """The view follows the log."""
        follower = Thread(target=self.views.run)
        follower.start()
        try:
            yield
        finally:
            self.views.stop()
            follower.join()

    @contextmanager
    def ticking(self, observe: Callable[[Envelope], None]) -> Iterator[None]:
        """The view follows the log, and the timer keeps the deadlines."""
        timer = Timer([Task(name="deadlines", work=self.sweep(observe).sweep)], wall_clock=system_clock)
        with self.following():
            timer.start()
            try:
                yield
            finally:
                timer.stop()

    def wait_for(self, deadlines: Sequence[datetime]) -> None:
        """Put a case for each of these into the log, and its deadline into the view."""
        opening = self._opening()
        for start in range(0, len(deadlines), AT_ONCE):
            self.door.log.append([_case(opening, due_at) for due_at in deadlines[start : start + AT_ONCE]])
        self.views.catch_up()

    def _opening(self) -> Envelope:
        """The first event of a real case, of which the others are copies."""
        now = self.door.clock()
        self.door.accounts.record_profile("s-1", SellerProfile(enrolled=True), _errand(MARKETPLACE))
        self.door.order_lines.record([_line(now)], _errand(MARKETPLACE))
        request = SubmitRequest(line_id="line", reason=Reason.ITEM_MISSING, description="It is not in the box.")
        case_id = self.door.refund_cases.submit(request, _errand(BUYER)).stream_id
        return self.door.log.history(case_id)[0]


def _errand(actor: Actor) -> Errand:
    return Errand(actor=actor, command_id=uuid4())


def _line(now: datetime) -> OrderLineFacts:
    euros = {name: Money.from_decimal(amount, "EUR") for name, amount in (("price", "40"), ("shipping", "5.90"))}
    return OrderLineFacts(
        order_id="order",
        line_id="line",
        buyer_id=BUYER.id,
        seller_id="s-1",
        title="Vintage camera",
        category="electronics",
        tax=Money.zero("EUR"),
        purchased_at=now - timedelta(days=5),
        shipped_at=now - timedelta(days=4),
        delivered_at=now - timedelta(days=1),
        **euros,
    )


def _case(opening: Envelope, due_at: datetime) -> Append:
    case_id, opened = uuid4(), opening.payload
    assert isinstance(opened, RefundRequested)  # noqa: S101 -- what was asked for just now
    assert opened.deadline is not None  # noqa: S101 -- the seller is waited for
    deadline: Deadline = opened.deadline.model_copy(update={"due_at": due_at})
    copied = opened.model_copy(update={"case_id": case_id, "deadline": deadline})
    cause = Cause(opening.cause.actor, uuid4(), uuid4(), opening.cause.recorded_at)
    return Append(Tip(case_id), [(Draft(copied, opening.occurred_at, opening.policy), cause)])
