"""Sellers: reported by the marketplace; each keeps his own addresses (SPEC §2)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from api.answering.answers import ANY_BODY, may_answer, recorded, unless_known
from api.entrance.door import admits, behind_the_door
from api.presenting.timeline import address_of
from api.requests.errands import Asking, Change
from api.requests.preconditions import IfNoneMatch, etag
from api.requests.strictness import StrictJson
from api.schemas.sellers import Seller
from api.schemas.shape import RecordedChange
from api.services import Given
from domain.actors import Role
from domain.mail_preferences import ordered
from domain.messages import Identifier
from domain.seller.account import Address, SellerProfile
from store.application import ChosenAddress, SellerRecord

router = behind_the_door("sellers")
SELLER = "/v1/sellers/{seller_id}"
SellerId = Annotated[Identifier, Path(description="The marketplace's id of the seller")]
AddressId = Annotated[Identifier, Path(description="The seller's own id of the address", examples=["warehouse"])]
CHANGES = may_answer(*ANY_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED)


@router.put(
    SELLER,
    operation_id="report_seller",
    summary="Report a seller: enrolment, language, e-mail, time zone",
    response_model=RecordedChange,
    responses=CHANGES,
    **admits(Role.MARKETPLACE),
)
def report(
    given: Given, errand: Change, seller_id: SellerId, profile: Annotated[SellerProfile, StrictJson()]
) -> Response:
    """Each report replaces the one before. Leaving the programme never changes a case that is open."""
    return recorded(given.door.accounts.record_profile(seller_id, profile, errand), errand)


@router.get(
    SELLER,
    operation_id="get_seller",
    summary="One seller's account",
    response_model=Seller,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(Role.SELLER, Role.MARKETPLACE, Role.SUPPORT, Role.AUDITOR),
)
def get(given: Given, actor: Asking, seller_id: SellerId, if_none_match: IfNoneMatch = None) -> Response:
    record = given.door.accounts.seller(seller_id, actor)
    return unless_known(if_none_match, etag(record.version), lambda: _shown(record))


def _shown(record: SellerRecord) -> Seller:
    account = record.account
    return Seller(
        seller_id=account.id,
        version=record.version,
        addresses={address_id: address_of(address) for address_id, address in account.addresses},
        return_address_id=account.return_address_id,
        muted=ordered(account.mail.muted),
        **dict(account.profile),
    )


@router.put(
    f"{SELLER}/addresses/{{address_id}}",
    operation_id="record_address",
    summary="Add an address, or replace the one of this id",
    response_model=RecordedChange,
    responses=CHANGES,
    **admits(Role.SELLER, Role.MARKETPLACE),
)
def record_address(
    given: Given,
    errand: Change,
    seller_id: SellerId,
    address_id: AddressId,
    address: Annotated[Address, StrictJson()],
) -> Response:
    return recorded(given.door.accounts.record_address(seller_id, address_id, address, errand), errand)


@router.put(
    f"{SELLER}/return-address",
    operation_id="choose_return_address",
    summary="Choose the address that returns go to",
    response_model=RecordedChange,
    responses=CHANGES,
    **admits(Role.SELLER, Role.MARKETPLACE),
)
def choose_return_address(
    given: Given, errand: Change, seller_id: SellerId, chosen: Annotated[ChosenAddress, StrictJson()]
) -> Response:
    """Returns approved from now on go there; those already approved keep theirs."""
    return recorded(given.door.accounts.choose_return_address(seller_id, chosen, errand), errand)
