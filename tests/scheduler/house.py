"""The house under test: the write side, its projections, clock and courier, with local twins outside of it."""

from datetime import timedelta
from random import Random

import sqlalchemy as sa

from domain.refund.commands import ApproveWithReturn
from domain.vocabulary import Reason
from projections import dispatching, sweeping
from projections.deadlines import Deadlines
from projections.engine import Engine
from projections.openings import Openings
from projections.outbox import Outbox, outbox
from projections.positions import projection
from scheduler.backoff import Backoff
from scheduler.clock import DeadlineSweep
from scheduler.courier import Courier
from scheduler.refunds import SubmitRefund
from scheduler.return_labels import IssueReturnLabel, VoidReturnLabel
from scheduler.twins import tables as twins
from scheduler.twins.carriers import LocalCarrier
from scheduler.twins.payments import LocalPayments
from store.reader import LogReader
from store.tables import dispatch
from tests.service import SELLER, Service, order_line

DUE = "2026-03-10T18:00"
"""When a seller's time runs out for a request made when the test begins, on Friday 18:00 (SPEC §11)."""


class House(Service):
    """A service whose projections, sweeps and couriers run when the test says so."""

    def __init__(self, engine, folder, policies=None):
        super().__init__(engine, folder, policies)
        self.engine = engine
        self.views = Engine(engine, LogReader(engine), [Deadlines(Openings()), Outbox()])
        self.retries = Backoff(random=Random(7), first=timedelta(seconds=1), most=timedelta(minutes=15))  # noqa: S311 -- spreads retries, guards nothing
        self.reports = self.door.reports
        self.payments = LocalPayments(engine, self.reports, self.clock)
        self.carrier = LocalCarrier(engine, self.reports, self.clock)
        self._couriers = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for courier in self._couriers:
            courier.stop()

    def clock(self):
        return self.now

    # What the parties do

    def asked(self, count, reason=Reason.ITEM_MISSING):
        """So many open cases, one after the other a minute apart; their ids."""
        lines = [order_line(f"line-{number}", order_id=f"order-{number}") for number in range(count)]
        self.sold(*lines)
        cases = []
        for line in lines:
            cases.append(self.submit(line.line_id, reason))
            self.later(minutes=1)
        return cases

    def return_approved(self, **facts):
        """A case whose seller wants the item back."""
        line = order_line(**facts)
        self.sold(line)
        case_id = self.submit(line.line_id, Reason.WRONG_ITEM)
        self.handle(case_id, ApproveWithReturn(), SELLER)
        return case_id

    # What happens unasked

    def sweeper(self, door=None, **options):
        return DeadlineSweep(self.engine, door or self.door, retries=self.retries, **options)

    def sweep(self, sweeper=None):
        """Let the views catch up and sweep until nothing is due any more; the last answer."""
        self.views.catch_up()
        sweeper = sweeper or self.sweeper()
        while (answer := sweeper.sweep()) == timedelta():
            pass
        return answer

    def courier(self, *, payments=None, carriers=None):
        payments, carriers = payments or self.payments, carriers or self.carrier
        courier = Courier(
            self.engine,
            [
                SubmitRefund(self.door, payments, self.reports),
                IssueReturnLabel(self.door, carriers, self.reports),
                VoidReturnLabel(self.door, carriers),
            ],
            clock=self.clock,
            retries=self.retries,
        )
        self._couriers.append(courier)
        return courier

    def carry(self, courier=None):
        """Let the views catch up and a courier do everything that is due."""
        self.views.catch_up()
        courier = courier or self.courier()
        courier.sweep()
        courier.finish()
        return courier

    def settle(self):
        """Let three days pass, and what follows from them."""
        self.later(days=3)
        self.payments.report_due()
        self.views.catch_up()

    def put_back(self, *jobs):
        """What a rebuild of the outbox beside the running one may bring back."""
        with self.engine.begin() as conn:
            conn.execute(sa.insert(outbox), [job._asdict() for job in jobs])

    def rebuild_outbox(self):
        """Throw the outbox away and derive it from the log again."""
        with self.engine.begin() as conn:
            conn.execute(sa.delete(outbox))
            conn.execute(sa.update(projection).where(projection.c.name == Outbox.name).values(position=0))
        self.views.catch_up()

    # What there is to see

    def _rows(self, table):
        with self.engine.connect() as conn:
            return conn.execute(sa.select(table)).all()

    def waiting(self):
        return self._rows(outbox)

    def outbox_depth(self):
        with self.engine.connect() as conn:
            return dispatching.depth(conn, self.now)

    def set_aside(self):
        with self.engine.connect() as conn:
            return sweeping.aside(conn)

    def dispatched(self):
        return self._rows(dispatch)

    def refunds_taken(self):
        """What the provider has paid out or will."""
        return [row for row in self._rows(twins.refund) if row.taken_at]

    def labels(self):
        return self._rows(twins.label)

    def timeouts(self, *cases):
        """When each timeout of these cases happened, by its topic."""
        history = [event for case in cases for event in self.door.log.history(case)]
        return [(event.topic, event.occurred_at) for event in history if str(event.cause.actor) == "system:clock"]
