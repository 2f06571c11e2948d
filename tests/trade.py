"""The people, the order line and the clock of the worked examples (SPEC §11), for tests of every floor."""

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from domain.actors import CLOCK, Actor, Role
from domain.messages import Personal
from domain.money import Money
from domain.order.facts import OrderLineFacts, Tracking
from domain.policy import Policy, standard_policies
from domain.refund.commands import Liability, SubmitRequest
from domain.refund.events import EvidenceItem
from domain.seller.account import SellerAccount, SellerProfile
from domain.vocabulary import ListingKind, Reason

BERLIN = ZoneInfo("Europe/Berlin")
BUYER = Actor(role=Role.BUYER, id="b-1")
SELLER = Actor(role=Role.SELLER, id="s-1")
SUPPORT = Actor(role=Role.SUPPORT, id="agent-1")
MARKETPLACE = Actor(role=Role.MARKETPLACE, id="marketplace")
CARRIER = Actor(role=Role.CARRIER, id="carrier")
PAYMENTS = Actor(role=Role.PAYMENTS, id="provider")
AUDITOR = Actor(role=Role.AUDITOR, id="auditor-1")
EVERYONE = (BUYER, SELLER, SUPPORT, CLOCK, CARRIER, PAYMENTS, MARKETPLACE, AUDITOR)

STANDARD = standard_policies().current
HOME = Personal.of("seller:s-1", "Ada Shop, Ringstr. 1, 10115 Berlin, DE")
ENROLLED = SellerAccount(
    id=SELLER.id,
    profile=SellerProfile(enrolled=True),
    addresses=(("home", HOME),),
    return_address_id="home",
)
NOT_ENROLLED = SellerAccount(id=SELLER.id, profile=SellerProfile(enrolled=False))
HOMELESS = SellerAccount(id=SELLER.id, profile=SellerProfile(enrolled=True))
"""An enrolled seller who has chosen no return address."""
PARCEL = Tracking(carrier="DHL", number="00340434161094042557")
SELLER_LIABLE = Liability(seller=100)
PLATFORM_LIABLE = Liability(platform=100)
SHARED = Liability(seller=50, platform=50)
REQUESTED_AT = "2026-03-06 18:00"
"""The Friday evening of the first worked example."""


def berlin(text):
    """The UTC instant of a local time in Berlin, such as ``2026-03-06 18:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def eur(amount):
    return Money.from_decimal(amount, "EUR")


def photo(number=1):
    """The id of an uploaded photo; every number is another one."""
    return uuid5(NAMESPACE_URL, f"photo/{number}")


def upload(evidence_id):
    """What the house knows of an upload of this id."""
    return EvidenceItem(evidence_id=evidence_id, digest="00" * 32, media_type="image/jpeg", size=1)


def order_line(**changes):
    """The line of SPEC §11: 40.00 and 5.90 shipping, bought on Monday 2026-03-02, delivered on Thursday."""
    facts = {
        "order_id": "o-1",
        "line_id": "o-1-1",
        "buyer_id": BUYER.id,
        "seller_id": SELLER.id,
        "title": "Vintage camera",
        "category": "electronics",
        "price": eur("40.00"),
        "shipping": eur("5.90"),
        "tax": eur("0.00"),
        "purchased_at": berlin("2026-03-02 10:00"),
        "shipped_at": berlin("2026-03-03 10:00"),
        "delivered_at": berlin("2026-03-05 10:00"),
        "payment_reference": "pay-1",
    }
    return OrderLineFacts(**{**facts, **changes})


def unshipped_line(**changes):
    """The same line, bought on Thursday 2026-02-26 and never scanned: late on the Friday of REQUESTED_AT."""
    facts = {"purchased_at": berlin("2026-02-26 10:00"), "shipped_at": None, "delivered_at": None}
    return order_line(**{**facts, **changes})


def giveaway_line(**changes):
    """A giveaway that was never scanned; the buyer paid nothing."""
    free = {"price": eur("0.00"), "shipping": eur("0.00"), "listing_kind": ListingKind.GIVEAWAY}
    return unshipped_line(**{**free, **changes})


LINES = {Reason.LATE_NOT_SHIPPED: unshipped_line, Reason.GIVEAWAY_NOT_RECEIVED: giveaway_line}


def line_for(reason, **changes):
    """A line about which this may be said on the Friday of REQUESTED_AT."""
    return LINES.get(reason, order_line)(**changes)


def request(reason=Reason.WRONG_ITEM, **fields):
    """The command that asks for a refund, with a photo where the standard policy wants one."""
    photos = (photo(),) if reason in STANDARD.filing.photos_required_for else ()
    said = {"line_id": "o-1-1", "reason": reason, "description": "Not what I ordered.", "photos": photos}
    return SubmitRequest(**{**said, **fields})


def policy(**rooms):
    """The standard policy with some numbers changed: ``policy(answers={"offer_raises": 2})``."""
    changed = STANDARD.model_dump(mode="json")
    for room, numbers in rooms.items():
        changed[room] = {**changed[room], **numbers} if isinstance(numbers, dict) else numbers
    return Policy.model_validate(changed)
