"""The write side under test: the real door over a real database, with a clock that the test sets."""

import zlib
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from domain.actors import Actor, Role
from domain.money import Money
from domain.order.facts import OrderLineFacts
from domain.policy import standard_policies
from domain.refund.commands import SubmitRequest
from domain.seller.account import Address, SellerProfile
from domain.vocabulary import Reason
from projections.conduct import ConductCounter
from store.application import ChosenAddress, DirectService, Errand
from store.evidence_files import EvidenceFolder
from store.vault import Vault

BERLIN = ZoneInfo("Europe/Berlin")
BUYER = Actor(role=Role.BUYER, id="b-1")
SELLER = Actor(role=Role.SELLER, id="s-1")
SUPPORT = Actor(role=Role.SUPPORT, id="agent-1")
MARKETPLACE = Actor(role=Role.MARKETPLACE, id="marketplace")
CARRIER = Actor(role=Role.CARRIER, id="carrier")
PAYMENTS = Actor(role=Role.PAYMENTS, id="provider")
MASTER_KEY = bytes(range(32))
HOME = Address(name="Ada Shop", street="Ringstr. 1", postal_code="10115", city="Berlin", country="DE")


def berlin(text):
    """The UTC instant of a local time in Berlin, such as ``2026-03-06T18:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def eur(amount):
    return Money.from_decimal(amount, "EUR")


def png(seed=0):
    """A real picture of one pixel, each seed another one."""

    def chunk(kind, data):
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    header = (1).to_bytes(4) + (1).to_bytes(4) + bytes([8, 2, 0, 0, 0])
    pixel = zlib.compress(b"\0" + seed.to_bytes(3))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def order_line(line_id="o-1-1", **changes):
    """The order line of SPEC §11: 40.00 and 5.90 shipping, bought on Monday 2026-03-02, delivered on Thursday."""
    facts = {
        "order_id": "o-1",
        "line_id": line_id,
        "buyer_id": BUYER.id,
        "seller_id": SELLER.id,
        "title": "Vintage camera",
        "category": "electronics",
        "price": eur("40.00"),
        "shipping": eur("5.90"),
        "tax": eur("0.00"),
        "purchased_at": berlin("2026-03-02T10:00"),
        "shipped_at": berlin("2026-03-03T10:00"),
        "delivered_at": berlin("2026-03-05T10:00"),
        "payment_reference": "pay-1",
    }
    return OrderLineFacts(**{**facts, **changes})


class Service:
    """The door of the write side, an enrolled seller with a return address, and a clock at Friday 18:00."""

    def __init__(self, engine, folder, policies=None, announce=lambda: None):
        self.now = berlin("2026-03-06T18:00")
        self.vault = Vault(engine, MASTER_KEY)
        self.door = DirectService(
            engine,
            vault=self.vault,
            policies=policies or standard_policies(),
            evidence_files=EvidenceFolder(folder),
            clock=lambda: self.now,
            conduct_of=ConductCounter(engine),
            announce=announce,
        )
        self.enrol(SELLER)

    def at(self, text):
        """Set the clock to a local time in Berlin."""
        self.now = berlin(text)
        return self

    def later(self, **span):
        self.now += timedelta(**span)
        return self

    def errand(self, actor, **conditions):
        return Errand(**{"actor": actor, "command_id": uuid4(), **conditions})

    def enrol(self, seller):
        by = self.errand
        self.door.accounts.record_profile(seller.id, SellerProfile(enrolled=True), by(MARKETPLACE))
        self.door.accounts.record_address(seller.id, "home", HOME, by(MARKETPLACE))
        self.door.accounts.choose_return_address(seller.id, ChosenAddress(address_id="home"), by(MARKETPLACE))

    def sold(self, *lines):
        """The marketplace reports these lines, by default the one of SPEC §11."""
        return self.door.order_lines.record(list(lines or [order_line()]), self.errand(MARKETPLACE))

    def upload(self, actor=BUYER, content=None):
        uploaded, _ = self.door.evidence.upload(content or png(), self.errand(actor))
        return uploaded.evidence_id

    def request(self, line_id="o-1-1", reason=Reason.ITEM_MISSING, actor=BUYER, **fields):
        """The command that asks for a refund, photos uploaded where the reason needs them."""
        needs_photo = reason in standard_policies().current.filing.photos_required_for
        photos = (self.upload(actor),) if needs_photo and "photos" not in fields else ()
        return SubmitRequest(
            **{"line_id": line_id, "reason": reason, "description": "It is not in the box.", "photos": photos, **fields}
        )

    def submit(self, line_id="o-1-1", reason=Reason.ITEM_MISSING, actor=BUYER, *, errand=None, **fields):
        """Open a case; its id."""
        command = self.request(line_id, reason, actor, **fields)
        return self.door.refund_cases.submit(command, errand or self.errand(actor)).stream_id

    def handle(self, case_id, command, actor, **conditions):
        return self.door.refund_cases.handle(case_id, command, self.errand(actor, **conditions))

    def case(self, case_id):
        return self.door.refund_cases.find(case_id, SUPPORT).case

    def order(self, line_id="o-1-1"):
        return self.door.order_lines.find(line_id)

    def topics(self, case_id):
        return [envelope.topic for envelope in self.door.log.history(case_id)]
