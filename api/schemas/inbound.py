"""What the outside tells through webhooks, as far as it is read here."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from domain.messages import Instant, Line

Reference = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
Seconds = Annotated[int, Field(ge=0, lt=2**32, strict=True)]


class Taken(BaseModel):
    """The answer to a webhook that need not be sent again."""

    taken: bool = Field(description="Whether it tells something that is recorded here")
    because: str | None = Field(default=None, description="Why it is not")


class ProviderObject(BaseModel):
    """Of which kind this is depends on the event."""

    object: dict[str, Any]


class ProviderEvent(BaseModel):
    """What every event of the payment provider has."""

    type: str = Field(examples=["refund.updated"])
    created: Seconds = Field(description="When it happened, in seconds since 1970", examples=[1772798400])
    data: ProviderObject


class RefundTold(BaseModel):
    """A refund as the provider tells of it."""

    id: Reference
    status: str
    metadata: dict[str, Any] = {}
    failure_reason: Line | None = None


class DisputeTold(BaseModel):
    """A dispute as the provider tells of it."""

    id: Reference
    status: str
    payment_intent: Reference | None = None
    charge: Reference | None = None


class ParcelTold(BaseModel):
    """What happened to a parcel."""

    tracking_number: Line = Field(examples=["00340434161094042557"])
    happened_at: Instant = Field(description="When the carrier scanned")


class ParcelEvent(BaseModel):
    """A carrier's scan, as the shipping service passes it on."""

    type: str = Field(description="parcel.accepted or parcel.delivered", examples=["parcel.accepted"])
    data: ParcelTold
