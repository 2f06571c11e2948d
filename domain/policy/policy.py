"""A policy: one version of every number and choice of the trade, validated (SPEC §6)."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from domain.business_time import Calendar, Unit, Window, WindowField, due
from domain.messages import IN_ORDER, Value
from domain.money import LARGEST_MINOR
from domain.order.category import CategoryCode
from domain.vocabulary import Reason

PolicyId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
PolicyRef = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}@\d+$")]
"""A policy and its version, ``standard@1``: what a case pins and every event of it names."""

Count = Annotated[int, Field(strict=True, ge=0, le=10)]
Knob = Annotated[bool, Field(strict=True)]


def _lasts(window: Window) -> Window:
    if window.is_empty:
        raise ValueError(f"{window} ends the moment it begins; whoever is waited on needs some time")
    return window


def _one_business_span(window: Window) -> Window:
    if len(window.spans) != 1 or window.spans[0].unit not in {Unit.BUSINESS_HOURS, Unit.BUSINESS_DAYS}:
        raise ValueError(f"{window} is not one span in business time, such as 4bh")
    return window


def _whole_days(window: Window) -> Window:
    if len(window.spans) != 1 or window.spans[0].unit is not Unit.DAYS or window.is_empty:
        raise ValueError(f"{window} is not one span of whole days, such as 90d")
    return window


WaitField = Annotated[WindowField, AfterValidator(_lasts)]
"""A window in which somebody is waited on."""
RollingField = Annotated[WindowField, AfterValidator(_whole_days)]
"""A window that ends now and moves on with the days."""


class OnSilence(StrEnum):
    """What the seller's silence leads to (SPEC §4)."""

    ESCALATE = "escalate"
    AUTO_REFUND = "auto_refund"
    AUTO_APPROVE_RETURN = "auto_approve_return"


class Windows(Value):
    """How long each wait lasts (SPEC §4)."""

    seller_answer: WaitField
    offer_answer: WaitField
    return_shipping: WaitField
    return_shipping_after_report: WindowField
    return_transit: WaitField
    return_inspection: WaitField
    return_inspection_after_learning: WindowField
    replacement_shipping: WaitField
    replacement_shipping_after_tracking: WindowField
    replacement_transit: WaitField
    replacement_inspection: WaitField
    replacement_inspection_after_learning: WindowField
    escalation: WaitField
    appeal: WaitField
    label_issue: WindowField
    support_first_answer_target: WindowField
    reminder_before_end: Annotated[WindowField, AfterValidator(_one_business_span)]


class Filing(Value):
    """When a request may be filed, and what it must bring (SPEC §3)."""

    after_purchase: WindowField
    after_delivery: WindowField
    after_delivery_by_category: dict[CategoryCode, WindowField]
    late_after: WindowField
    tracking_stalled_after: WindowField
    giveaway_shipping: WindowField
    photos_required_for: Annotated[frozenset[Reason], IN_ORDER]
    refilings: Count


class Answers(Value):
    """The knobs of the exchange between seller, buyer and support (SPEC §4)."""

    on_seller_silence: OnSilence
    offer_raises: Count
    hand_overs: Count


SOME_MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
"""From here the two ends of an estimate are compared, whatever units each is written in."""


class RefundEstimate(Value):
    """When a submitted refund is shown to arrive; an estimate, never a promise (SPEC §5)."""

    earliest: WindowField
    latest: WindowField

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        earliest, latest = (due(SOME_MONDAY, window, Calendar()).at for window in (self.earliest, self.latest))
        if latest < earliest:
            raise ValueError(f"earliest {self.earliest} is after latest {self.latest}")
        return self


class MoneyRules(Value):
    """The knobs of the money (SPEC §5)."""

    hold_exposure: Knob
    credit_commission: Knob
    refund_estimate: RefundEstimate
    return_label_estimate_minor: Annotated[int, Field(strict=True, ge=0, le=LARGEST_MINOR)]


class CancellationRules(Value):
    """The windows of cancellation requests (SPEC §4)."""

    request_until: WindowField
    seller_answer: WaitField


class StandingRules(Value):
    """Over which windows conduct is counted, and when a buyer's sends his new requests to support (SPEC §7.8)."""

    windows: Annotated[tuple[RollingField, ...], Field(min_length=1, max_length=10)]
    review_window: RollingField
    review_above_requests: Annotated[int, Field(strict=True, ge=0, le=10_000)]
    review_above_percent: Annotated[int, Field(strict=True, ge=0, le=100)]

    @model_validator(mode="after")
    def _review_window_is_counted(self) -> Self:
        if self.review_window not in self.windows:
            raise ValueError(f"review_window {self.review_window} is none of {', '.join(map(str, self.windows))}")
        return self


class Policy(Value):
    """One version of all numbers and knobs. Immutable: a change is a new version."""

    id: PolicyId
    version: Annotated[int, Field(strict=True, ge=1)]
    calendar: Calendar
    windows: Windows
    filing: Filing
    answers: Answers
    money: MoneyRules
    cancellation: CancellationRules
    standing: StandingRules

    @property
    def ref(self) -> str:
        """How cases and events name it: ``standard@1``."""
        return f"{self.id}@{self.version}"
