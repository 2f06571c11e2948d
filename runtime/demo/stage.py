"""The demo's stage: a house with all its processes running, and actors who knock at its doors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from time import monotonic, sleep
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa

from domain.actors import Actor, Role
from domain.language import Locale
from domain.messages import Command
from domain.order.facts import OrderLineFacts
from domain.refund.case import Case
from domain.refund.commands import SubmitRequest
from domain.seller.account import Address, SellerProfile
from projections.deadlines import deadline
from projections.decoding import opened
from projections.outbox import outbox
from runtime.container import House
from runtime.demo.pictures import photo
from runtime.demo.scenes import Moment, Move, Scan, Scene
from runtime.sandbox import clock_of
from scheduler.twins.carriers import LocalCarrier
from scheduler.twins.tables import refund
from store.application import ChosenAddress, Errand
from store.engine import reading
from store.envelope import Envelope

SUPPORT: Final = Actor(role=Role.SUPPORT, id="agent-1")
MARKETPLACE: Final = Actor(role=Role.MARKETPLACE, id="demo")
ADDRESS: Final = Address(name="Returns", street="Lagerweg 4", postal_code="10115", city="Berlin", country="DE")
BLINK_SECONDS: Final = 0.02
PATIENCE_SECONDS: Final = 60.0
AT_ONCE: Final = 500
TIMES = (deadline.c.claim_at, outbox.c.claim_at, refund.c.report_at)
"""When the clock, the courier and the local payment provider have something to do."""
FALL_DUE = [sa.select(sa.func.min(at)).where(at > sa.bindparam("now")) for at in TIMES]
ARE_DUE = [sa.select(sa.func.count()).where(at <= sa.bindparam("now")) for at in TIMES]


class StuckError(Exception):
    """The processes in the background do not get done with what is due."""


class Stage:
    """Moves the sandbox's time, lets people and parcels act, and waits until the processes have followed."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._clock = clock_of(house)
        self._carrier = LocalCarrier(house.engine, house.door.reports, house.clock)
        self._told = house.reader.head()

    @property
    def now(self) -> datetime:
        return self._clock()

    def pass_time(self, until: datetime) -> Iterator[datetime]:
        """Let time pass until then, halting at each moment at which something falls due, once it has happened."""
        self.settle()
        while (now := self._clock()) < until:
            with reading(self._house.engine) as conn:
                due = [conn.execute(query, {"now": now}).scalar_one() for query in FALL_DUE]
            self._clock.reach(min([until, *(at for at in due if at is not None)]))
            self.settle()
            yield self._clock()

    def enrol(self, seller_id: str, number: int) -> None:
        """Take a seller into the programme, as its ``number``-th, with an address for returns."""
        zone = self._house.door.policies.current.calendar.zone
        profile = SellerProfile(
            enrolled=True, locale=Locale.GERMAN, email=f"shop-{number}@shops.example", time_zone=zone
        )
        accounts = self._house.door.accounts
        accounts.record_profile(seller_id, profile, _errand(MARKETPLACE))
        accounts.record_address(seller_id, "returns", ADDRESS, _errand(MARKETPLACE))
        accounts.choose_return_address(seller_id, ChosenAddress(address_id="returns"), _errand(MARKETPLACE))

    def request(self, scene: Scene, line: OrderLineFacts) -> UUID:
        """The buyer asks for a refund; the id of the case. Raises what the service refuses."""
        buyer = Actor(role=Role.BUYER, id=line.buyer_id)
        needs_photo = scene.reason in self._house.door.policies.current.filing.photos_required_for
        command = SubmitRequest(
            line_id=line.line_id,
            reason=scene.reason,
            description=scene.words,
            photos=(self._upload(buyer, f"{line.title} {line.line_id}"),) if needs_photo else (),
        )
        return self._house.door.refund_cases.submit(command, _errand(buyer)).stream_id

    def play(self, move: Move, case_id: UUID) -> None:
        """Do what the move says on this case."""
        case = self.case(case_id)
        actor = actor_of(move.by, case.line)
        if isinstance(move.what, Scan):
            scan = self._carrier.hand_in if move.what is Scan.HANDED_IN else self._carrier.deliver
            scan(case_id)
            return
        photos = (self._upload(actor, f"{move.by} {case.line.line_id}"),) if move.with_photo else ()
        self._act(case_id, move.what(Moment(case, photos)), actor)

    def case(self, case_id: UUID) -> Case:
        return self._house.door.refund_cases.find(case_id, SUPPORT).case

    def _act(self, case_id: UUID, command: Command, actor: Actor) -> None:
        self._house.door.refund_cases.handle(case_id, command, _errand(actor))

    def _upload(self, actor: Actor, of: str) -> UUID:
        uploaded, _ = self._house.door.evidence.upload(photo(of), _errand(actor))
        return uploaded.evidence_id

    def settle(self) -> None:
        """Return once the read models contain everything, and clock and courier have nothing left to do now.

        Raises StuckError when that takes longer than a minute.
        """
        patience_ends = monotonic() + PATIENCE_SECONDS
        while not self._is_settled():
            if monotonic() > patience_ends:
                raise StuckError("the processes in the background are not done after a minute; the log says more")
            sleep(BLINK_SECONDS)

    def _is_settled(self) -> bool:
        head, now = self._house.reader.head(), {"now": self._clock()}
        if any(lag.behind for lag in self._house.progress.lag()):
            return False
        with reading(self._house.engine) as conn:
            is_due = any(conn.execute(query, now).scalar_one() for query in ARE_DUE)
        return not is_due and self._house.reader.head() == head

    def news(self) -> Iterator[Envelope]:
        """What was recorded since this was asked last, as the log has it, without personal texts."""
        while events := self._house.reader.read(self._told, AT_ONCE):
            self._told = events[-1].id
            yield from map(opened, events)


def actor_of(role: Role, line: OrderLineFacts) -> Actor:
    """Who has this role on the line."""
    ids = {Role.SELLER: line.seller_id, Role.BUYER: line.buyer_id, Role.SUPPORT: SUPPORT.id}
    return Actor(role=role, id=ids.get(role, str(role)))


def _errand(actor: Actor) -> Errand:
    return Errand(actor=actor, command_id=uuid4())
