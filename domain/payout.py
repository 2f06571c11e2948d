"""A refund on its way to the buyer: what is reported and asked of it, in cases and cancellations alike (SPEC §5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, ValidationError

from domain.actors import Role
from domain.messages import Command, FactCommand, Line, Value
from domain.money import Money, ToldMoney
from domain.order.facts import Reference


class RefundReport(FactCommand):
    """What the payment provider says of one attempt to refund."""

    attempt: Annotated[int, Field(ge=1)] | None = None
    """Which attempt it is about, from 1; None means the one under way."""


def attempt_told(command: Command | None, requested: int) -> int:
    """Which attempt to refund the provider reports on; the newest of those ``requested`` where he does not say."""
    told = command.attempt if isinstance(command, RefundReport) else None
    return told or requested


class GivenBack(Value):
    """What a provider is given with a refund, and gives back as metadata in each report of it."""

    stream_id: UUID
    """The case or cancellation that the refund belongs to."""
    attempt: Annotated[int, Field(ge=1)]

    @classmethod
    def read(cls, metadata: Mapping[str, object]) -> Self | None:
        """What the metadata say, whatever else they hold; None for a refund that is none of ours."""
        try:
            return cls.model_validate({name: metadata.get(name) for name in cls.model_fields})
        except ValidationError:
            return None

    def told(self) -> dict[str, str]:
        """As metadata, whose values are words."""
        return {"stream_id": str(self.stream_id), "attempt": str(self.attempt)}


class ReportRefundSubmitted(RefundReport):
    """The payment provider has taken the refund."""

    reference: Reference


class ReportRefundSettled(RefundReport):
    """The refund has reached the buyer's payment method."""


class ReportRefundAttemptFailed(RefundReport):
    """The refund failed for now and may be tried again under the same key."""

    detail: Line | None = None


class ReportRefundFailed(RefundReport):
    """The refund failed for good."""

    detail: Line | None = None


class BankReport(FactCommand):
    """What the buyer's bank does about a payment that he disputes."""

    reference: Reference
    """The provider's name for the dispute."""


class ReportChargeback(BankReport):
    """The buyer's bank opened a chargeback."""


class ReportChargebackReversed(BankReport):
    """The chargeback was contested and won: the bank took the money from the buyer again."""


class ReportRefundElsewhere(FactCommand):
    """The marketplace refunded the buyer by another way."""

    amount: ToldMoney
    reference: Reference


TELLING_ELSEWHERE = (Role.MARKETPLACE, Role.PAYMENTS)
"""Who does: the marketplace, and the provider of what settled of another matter of the line that had given it up."""


def left_with_provider(command: Command | None, role: Role) -> Money | None:
    """What a refund made elsewhere took from the marketplace; None unless the provider himself tells of it.

    He does where it is a refund of another matter of the line, given up there, that settled after all.
    """
    return command.amount if isinstance(command, ReportRefundElsewhere) and role is Role.PAYMENTS else None


class PayOutAgain(Command):
    """Try a permanently failed refund once more, under a new key; the amount stands."""


class RecordPaidOtherwise(Command):
    """Record that a permanently failed refund reached the buyer in another way."""

    reference: Reference
