"""The ways a case goes, each told once by the real write side, to be told again of other lines and times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from pydantic import BaseModel

from benchmarks import cases
from domain.actors import Actor, Role
from domain.messages import Command
from domain.order.facts import OrderLineFacts, Tracking
from domain.policy import standard_policies
from domain.refund import commands as c
from domain.seller.account import Address, SellerProfile
from domain.vocabulary import Reason, RejectionCode, Status
from projections.processes import step_of
from runtime.demo.pictures import photo
from store.application import ChosenAddress, DirectService, Errand
from store.envelope import Cause, Draft, Envelope
from store.evidence_files import EvidenceFolder
from store.vault import Vault

BUYER = Actor(role=Role.BUYER, id="b-0")
SELLER = Actor(role=Role.SELLER, id="s-0")
SUPPORT = Actor(role=Role.SUPPORT, id="agent-1")
MARKETPLACE = Actor(role=Role.MARKETPLACE, id="marketplace")
CARRIER = Actor(role=Role.CARRIER, id="carrier")
PAYMENTS = Actor(role=Role.PAYMENTS, id="provider")
HOME = Address(name="Ada Shop", street="Ringstr. 1", postal_code="10115", city="Berlin", country="DE")
PARCEL = Tracking(carrier="dhl", number="00340434161094021501")

Step = tuple[Actor, Callable[[datetime], Command]] | timedelta
"""Who does what, given the time; or how long nobody does anything."""


def does(actor: Actor, command: Command) -> Step:
    return actor, lambda _: command


def reports(actor: Actor, fact: type[c.FactCommand], **fields: Any) -> Step:  # noqa: ANN401 -- the fact's own
    return actor, lambda now: fact(happened_at=now, **fields)


PAID_OUT = (
    reports(PAYMENTS, c.ReportRefundSubmitted, reference="re-1"),
    timedelta(hours=20),
    reports(PAYMENTS, c.ReportRefundSettled),
)
ASKS = does(BUYER, c.SendMessage(text="Have you seen what I wrote?"))
REJECTS = does(SELLER, c.Reject(code=RejectionCode.SHOWN_IN_LISTING, text="It is in the second photo."))
TIMES_OUT = timedelta(days=14)

WAYS: Mapping[str, tuple[int, Sequence[Step]]] = {
    "approved without return": (34, [ASKS, does(SELLER, c.ApproveWithoutReturn()), *PAID_OUT]),
    "returned and inspected": (
        22,
        [
            does(SELLER, c.ApproveWithReturn()),
            reports(CARRIER, c.ReportReturnLabelIssued, tracking=PARCEL, cost=cases.eur(449)),
            timedelta(days=2),
            reports(CARRIER, c.ReportReturnAccepted),
            timedelta(days=1),
            reports(CARRIER, c.ReportReturnDelivered),
            does(SELLER, c.ConfirmReturn()),
            *PAID_OUT,
        ],
    ),
    "part of it accepted": (
        10,
        [
            does(SELLER, c.OfferPartialRefund(amount=cases.eur(1500))),
            does(BUYER, c.AcceptOffer(amount=cases.eur(1500))),
            *PAID_OUT,
        ],
    ),
    "rejected and left at that": (16, [ASKS, REJECTS, TIMES_OUT]),
    "denied by support": (
        7,
        [REJECTS, does(BUYER, c.Escalate()), does(SUPPORT, c.Deny(grounds="The listing says so."))],
    ),
    "overtaken, then refunded by support": (
        5,
        [
            TIMES_OUT,
            does(SUPPORT, c.DecideFullRefund(grounds="Nobody answered.", liability=c.Liability(seller=100))),
            *PAID_OUT,
        ],
    ),
    "on its way back": (2, [does(SELLER, c.ApproveWithReturn())]),
    "with support": (1, [REJECTS, does(BUYER, c.Escalate())]),
    "just asked for": (3, []),
}
"""Of a hundred cases, how many go each way."""


@dataclass(frozen=True, slots=True)
class Template:
    """One case as it went."""

    case_id: UUID
    line: OrderLineFacts
    history: Sequence[Envelope]

    @property
    def ended(self) -> bool:
        return step_of(self.history[-1]).status is Status.CLOSED

    def told_of(self, line: OrderLineFacts, case_id: UUID, later: timedelta) -> list[tuple[Draft, Cause]]:
        """The same of another line, so much later; every command with an id of its own."""
        swap = _Swap(self, line, case_id, later)
        return [swap.step(envelope) for envelope in self.history]


class _Swap:
    """Puts another line's names and times in place of the template's."""

    def __init__(self, template: Template, line: OrderLineFacts, case_id: UUID, later: timedelta) -> None:
        old = template.line
        self._names = {
            old.line_id: line.line_id,
            old.order_id: line.order_id,
            old.buyer_id: line.buyer_id,
            old.seller_id: line.seller_id,
            old.title: line.title,
            old.payment_reference: line.payment_reference,
            f"buyer:{old.buyer_id}": f"buyer:{line.buyer_id}",
            f"seller:{old.seller_id}": f"seller:{line.seller_id}",
            template.case_id: case_id,
        }
        self._later = later

    def step(self, envelope: Envelope) -> tuple[Draft, Cause]:
        cause, command = envelope.cause, uuid4()
        draft = Draft(self._value(envelope.payload), envelope.occurred_at + self._later, envelope.policy)
        return draft, Cause(self._value(cause.actor), command, command, cause.recorded_at + self._later)

    def _value(self, value: Any) -> Any:  # noqa: ANN401 -- any part of an event
        match value:
            case str() | UUID():
                return self._names.get(value, value)
            case datetime():
                return value + self._later
            case BaseModel():
                return value.model_copy(update={name: self._value(part) for name, part in value if part is not None})
            case tuple():
                return tuple(map(self._value, value))
            case _:
                return value


class Teller:
    """The write side with a clock that stands until a way lets time pass."""

    def __init__(self, engine: sa.Engine, folder: Path) -> None:
        self.now = cases.NOW
        self.door = DirectService(
            engine,
            vault=Vault(engine, bytes(32)),
            policies=standard_policies(),
            evidence_files=EvidenceFolder(folder),
            clock=lambda: self.now,
        )
        self.door.accounts.record_profile(SELLER.id, SellerProfile(enrolled=True), errand(MARKETPLACE))
        self.door.accounts.record_address(SELLER.id, "home", HOME, errand(MARKETPLACE))
        self.door.accounts.choose_return_address(SELLER.id, ChosenAddress(address_id="home"), errand(MARKETPLACE))

    def template(self, name: str, steps: Sequence[Step]) -> Template:
        """The case of a line of this name that went through these steps."""
        self.now = cases.NOW
        named = {"line_id": name, "order_id": f"order-{name}", "payment_reference": f"pay-{name}"}
        line = cases.line(0).model_copy(update={**named, "buyer_id": BUYER.id, "seller_id": SELLER.id})
        self.door.order_lines.record([line], errand(MARKETPLACE))
        uploaded, _ = self.door.evidence.upload(photo(name), errand(BUYER))
        request = c.SubmitRequest(
            line_id=line.line_id,
            reason=Reason.WRONG_ITEM,
            description="It is another camera than the one shown.",
            photos=(uploaded.evidence_id,),
        )
        case_id = self.door.refund_cases.submit(request, errand(BUYER)).stream_id
        for step in steps:
            self._take(case_id, step)
        return Template(case_id, line, self.door.log.history(case_id))

    def _take(self, case_id: UUID, step: Step) -> None:
        self.now += timedelta(minutes=40)
        if isinstance(step, timedelta):
            self.now += step
            self.door.overtake([case_id])
        else:
            actor, command = step
            self.door.refund_cases.handle(case_id, command(self.now), errand(actor))


def errand(actor: Actor) -> Errand:
    return Errand(actor=actor, command_id=uuid4())


def templates(engine: sa.Engine, folder: Path, name: str) -> list[Template]:
    """A hundred cases as WAYS says; each way was gone once, of a line whose name begins with ``name``."""
    teller = Teller(engine, folder)
    told = [(share, teller.template(f"{name}-{number}", steps)) for number, (share, steps) in enumerate(WAYS.values())]
    return [template for share, template in told for _ in range(share)]
