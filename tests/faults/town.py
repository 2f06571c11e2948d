"""A town under load: many parties at once, who repeat what was not acknowledged, while clock and courier work."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.headerregistry import Address
from itertools import count, cycle
from threading import Event, Thread

import sqlalchemy as sa
from eventsourcing.persistence import PersistenceError

from domain.actors import PROVIDER, Actor, Role
from domain.policy import standard_policies
from domain.refund.commands import ApproveWithoutReturn, ApproveWithReturn, OfferPartialRefund, ReportChargeback
from domain.refusals import CommandInFlight
from domain.vocabulary import Reason
from projections.catalogue import projections
from projections.deadlines import deadline
from projections.engine import Engine
from projections.outbox import MAIL_TO, outbox
from projections.progress import Progress
from runtime.clock import system_clock
from scheduler.addressees import Addressees
from scheduler.courier import Courier
from scheduler.mails import Mailroom, SendMail, SendReminder
from scheduler.refunds import SubmitRefund
from scheduler.return_labels import IssueReturnLabel, VoidReturnLabel
from scheduler.timer import Task, Timer
from scheduler.twins.post import LocalPost
from scheduler.twins.tables import refund
from store.application import DirectService, Receipt
from store.application.reports import report_command
from store.engine import connect
from store.failures import translated
from store.reader import LogReader
from tests.scheduler.house import House
from tests.service import MARKETPLACE, PAYMENTS, SELLER, eur, order_line, png

TIMES = int(os.environ.get("DIRECTSERVICE_TEST_FAULTS_TIMES", "1"))  # noqa: TID251 -- a choice for the tests alone
"""How many times the usual load is played: the longer run on demand (docs/testing/faults.md)."""
CASES = 25 * TIMES
AT_ONCE = 6
"""Parties who act at the same time."""
TRIES = 5000
PAUSE = 0.02
BEAT = timedelta(milliseconds=200)
LEAPS = 8
"""So many leaps of four days bring every silence of a case to its end."""


class Town(House):
    """The house with every read model, its clocks and its courier at work in the background."""

    def __init__(self, url, folder, *, skews=(timedelta(),), **pool):
        super().__init__(connect(url, **{"pool_size": 20, "pool_timeout": 2.0, **pool}), folder)
        self.views = Engine(self.engine, LogReader(self.engine), projections(standard_policies()))
        self.progress = Progress(
            self.engine, LogReader(self.engine), [it.name for it in projections(standard_policies())]
        )
        self._folder = folder
        self.acknowledged = []
        self.unheard = 0
        self._pause = Event()
        self._sweeps = [self.sweeper(self._door(skew)) for skew in skews]

    def _door(self, skew):
        """The write side of a process whose clock is so far off."""
        return DirectService(
            self.engine,
            vault=self.vault,
            policies=self.door.policies,
            evidence_files=None,
            clock=lambda: self.now + skew,
        )

    def courier(self):
        """One who does all there is to do; what he mails lies in a folder."""
        sender = Address("Direct Service", "service", "market.example")
        post = LocalPost(self._folder / "mail", sender)
        mailroom = Mailroom(service=self.door, addressees=Addressees(self.door, None), post=post, link=lambda _: None)
        dispatches = [
            SubmitRefund(self.door, self.payments, self.reports),
            IssueReturnLabel(self.door, self.carrier, self.reports),
            VoidReturnLabel(self.door, self.carrier),
            *(SendMail(kind, mailroom) for kind in MAIL_TO),
            SendReminder(mailroom),
        ]
        courier = Courier(self.engine, dispatches, clock=self.clock, retries=self.retries)
        self._couriers.append(courier)
        return courier

    def __enter__(self):
        courier = self.courier()
        tasks = {"outbox": courier.sweep, "refunds": self.payments.report_due}
        tasks |= {f"deadlines {number}": sweep.sweep for number, sweep in enumerate(self._sweeps)}
        self._timer = Timer(
            [Task(name=name, work=work, every=BEAT) for name, work in tasks.items()], wall_clock=system_clock
        )
        self._follower = Thread(target=self.views.run)
        self._follower.start()
        self._timer.start()
        return self

    def __exit__(self, *_):
        self._timer.stop()
        super().__exit__()
        self.views.stop()
        self._follower.join()
        self.engine.dispose()

    # What the parties do

    def trade(self, enough=lambda: True):
        """Each case takes one of the ways below, and more follow until it is ``enough``.

        Returns once everything asked for was acknowledged.
        """
        ways = [self._silence, self._refund, self._return, self._offer, self._chargeback]
        for first in count(step=CASES):
            lines = self.sells(range(first, first + CASES))
            with ThreadPoolExecutor(AT_ONCE) as parties:
                list(parties.map(lambda way, line: way(line), cycle(ways), lines))
            if enough():
                return

    def approve(self, numbers):
        """Cases whose sellers approve at once; their ids."""
        lines = self.sells(numbers)
        with ThreadPoolExecutor(AT_ONCE) as parties:
            return list(parties.map(self._refund, lines))

    def is_told(self, case_id, name, fact):
        """The payment provider reports this, until it was heard."""
        self.insist(PROVIDER, lambda _: self.door.reports.take(case_id, fact, PROVIDER, name))

    def reported(self, cases):
        """Which of the provider's reports on these cases the log contains, by the name of the report."""
        names = ("submitted", "attempt failed", "settled", "failed", "chargeback")
        known = {report_command(case, PROVIDER, name): (case, name) for case in cases for name in names}
        causes = {event.cause.command_id for case in cases for event in self.door.log.history(case)}
        return {told for command_id, told in known.items() if command_id in causes}

    def sells(self, numbers):
        """Order lines, bought and delivered within the last days."""
        lines = [_line(number, self.now) for number in numbers]
        self.insist(MARKETPLACE, lambda errand: self.door.order_lines.record(lines, errand))
        return lines

    def insist(self, actor, send):
        """Send the same command again until it is acknowledged, as whoever gets no answer does."""
        errand = self.errand(actor)
        for _ in range(TRIES):
            try:
                receipt = send(errand)
            except (PersistenceError, CommandInFlight):
                self.unheard += 1
                self._pause.wait(PAUSE)
            else:
                if isinstance(receipt, Receipt) and receipt.position:
                    self.acknowledged.append(errand.command_id)
                return receipt
        raise AssertionError(f"{actor} was not heard in {TRIES} tries")

    def _asked(self, line, reason=Reason.ITEM_MISSING):
        buyer = Actor(role=Role.BUYER, id=line.buyer_id)
        photo, _ = self.insist(buyer, lambda errand: self.door.evidence.upload(png(), errand))
        request = self.request(line.line_id, reason, photos=(photo.evidence_id,))
        return self.insist(buyer, lambda errand: self.door.refund_cases.submit(request, errand)).stream_id

    def _says(self, actor, case_id, command):
        self.insist(actor, lambda errand: self.door.refund_cases.handle(case_id, command, errand))

    def _silence(self, line):
        self._asked(line)

    def _refund(self, line):
        case_id = self._asked(line)
        self._says(SELLER, case_id, ApproveWithoutReturn())
        return case_id

    def _return(self, line):
        self._says(SELLER, self._asked(line, Reason.NOT_AS_DESCRIBED), ApproveWithReturn())

    def _offer(self, line):
        self._says(SELLER, self._asked(line), OfferPartialRefund(amount=eur("12.00")))

    def _chargeback(self, line):
        """The bank takes the money back, and says so twice."""
        case_id = self._asked(line)
        told = ReportChargeback(happened_at=self.now, reference=f"bank-{line.line_id}")
        for _ in range(2):
            self._says(PAYMENTS, case_id, told)

    # What time does

    def pass_time(self):
        """Leap on, as often as every silence needs to come to its end, and every failed try to be made again."""
        for _ in range(LEAPS):
            self.later(days=4)
            assert self.comes_to_rest(), f"not at rest: {self.unrest()}"

    def comes_to_rest(self, limit_seconds=100):
        """Whether all that is due was done in time, and every read model contains it."""
        for _ in range(int(limit_seconds / PAUSE)):
            try:
                if not self.unrest():
                    return True
            except PersistenceError:
                pass  # away at this moment
            self._pause.wait(PAUSE)
        return False

    def unrest(self):
        """What is still to be done now, by name."""
        lags = [(lag.name, lag.behind, lag.failure) for lag in self.progress.lag() if lag.behind]
        with translated(), self.engine.connect() as conn:
            due = [(name, conn.execute(count).scalar_one()) for name, count in self._due().items()]
        return lags + [(name, number) for name, number in due if number]

    def _due(self):
        def at(column):
            return sa.select(sa.func.count()).where(column <= self.now)

        return {"deadlines": at(deadline.c.claim_at), "jobs": at(outbox.c.claim_at), "refunds": at(refund.c.report_at)}


def _line(number, now):
    """Each of another buyer: one who asks so often would be for support."""
    bought, sent, came = (now - timedelta(days=days) for days in (4, 3, 1))
    return order_line(
        f"line-{number}",
        order_id=f"order-{number}",
        buyer_id=f"b-{number}",
        purchased_at=bought,
        shipped_at=sent,
        delivered_at=came,
    )
