"""How buyers and sellers are reached: addresses for mails, and which mails they want (SPEC §7.7)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from starlette.responses import Response

from api.answering.answers import may_answer, recorded, unless_known
from api.entrance.door import admits, behind_the_door
from api.requests.errands import Asking, Change
from api.requests.preconditions import IfNoneMatch, etag
from api.requests.strictness import StrictJson
from api.resources.buyers import BUYER, BuyerId
from api.resources.sellers import CHANGES, SELLER, SellerId
from api.schemas.notifications import BuyerContact
from api.schemas.shape import RecordedChange
from api.services import Given
from domain.actors import Role
from domain.buyer.account import BuyerProfile
from domain.mail_preferences import MailPreferences, ordered
from store.application import BuyerRecord

router = behind_the_door("contacts")
Chosen = Annotated[MailPreferences, StrictJson()]


@router.put(
    BUYER,
    operation_id="report_buyer",
    summary="Report a buyer: language and e-mail",
    response_model=RecordedChange,
    responses=CHANGES,
    **admits(Role.MARKETPLACE),
)
def report(given: Given, errand: Change, buyer_id: BuyerId, profile: Annotated[BuyerProfile, StrictJson()]) -> Response:
    """Each report replaces the one before."""
    return recorded(given.door.contacts.record_buyer(buyer_id, profile, errand), errand)


@router.get(
    BUYER,
    operation_id="get_buyer",
    summary="How a buyer is reached",
    response_model=BuyerContact,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(Role.BUYER, Role.MARKETPLACE, Role.SUPPORT, Role.AUDITOR),
)
def get(given: Given, actor: Asking, buyer_id: BuyerId, if_none_match: IfNoneMatch = None) -> Response:
    """A buyer of whom nothing was reported has no address, and reads English."""
    record = given.door.contacts.buyer(buyer_id, actor)
    return unless_known(if_none_match, etag(record.version), lambda: _shown(buyer_id, record))


@router.put(
    f"{BUYER}/mail-preferences",
    operation_id="choose_buyers_mails",
    summary="Choose what a buyer wants no mail of",
    response_model=RecordedChange,
    responses=CHANGES,
    **admits(Role.BUYER, Role.MARKETPLACE),
)
def choose_buyers(given: Given, errand: Change, buyer_id: BuyerId, chosen: Chosen) -> Response:
    """Everything can still be read in the app."""
    return recorded(given.door.contacts.choose_buyers_mails(buyer_id, chosen, errand), errand)


@router.put(
    f"{SELLER}/mail-preferences",
    operation_id="choose_sellers_mails",
    summary="Choose what a seller wants no mail of; new requests are always mailed",
    response_model=RecordedChange,
    responses=CHANGES,
    **admits(Role.SELLER, Role.MARKETPLACE),
)
def choose_sellers(given: Given, errand: Change, seller_id: SellerId, chosen: Chosen) -> Response:
    """Everything can still be read in the app."""
    return recorded(given.door.contacts.choose_sellers_mails(seller_id, chosen, errand), errand)


def _shown(buyer_id: str, record: BuyerRecord) -> BuyerContact:
    account = record.account
    return BuyerContact(
        buyer_id=buyer_id, version=record.version, muted=ordered(account.mail.muted), **dict(account.profile)
    )
