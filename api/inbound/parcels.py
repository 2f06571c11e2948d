"""What the carriers tell by webhook through the marketplace's shipping service: a parcel's scans (SPEC §§4, 13)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.inbound.receiving import MAY_ANSWER, any_event_like, passed_over, signed_by, taken, told
from api.inbound.signatures import MESSAGE_ID
from api.schemas.inbound import ParcelEvent, Taken
from api.services import Given
from domain.actors import CARRIER
from domain.refund.parcels import ParcelScan

router = APIRouter(tags=["facts from outside"])
Told = Annotated[dict[str, Any], Depends(signed_by(lambda inbound: inbound.parcels))]
DELIVERED: Final = {"parcel.accepted": False, "parcel.delivered": True}

SCANNED: Final = {
    "type": "parcel.accepted",
    "data": {"tracking_number": "00340434161094042557", "happened_at": "2026-03-12T09:30:00Z"},
}


@router.post(
    "/inbound/parcels",
    operation_id="carrier_tells",
    summary="What a carrier tells by webhook",
    response_model=Taken,
    responses=MAY_ANSWER,
    openapi_extra=any_event_like(SCANNED),
)
def parcels(request: Request, given: Given, content: Told) -> Response:
    """Scans by tracking number, signed as Standard Webhooks are. May come twice, late and in any order."""
    event = told(ParcelEvent, content)
    delivered = DELIVERED.get(event.type)
    if delivered is None:
        return passed_over(
            f"nothing is made of {event.type!r} here; a parcel that gets lost is noticed by its deadline"
        )
    number, happened_at = event.data.tracking_number, event.data.happened_at
    scan = ParcelScan(number=number, delivered=delivered, happened_at=happened_at)
    given.door.reports.scanned(scan, CARRIER, request.headers[MESSAGE_ID], request.state.correlation_id)
    return taken()
