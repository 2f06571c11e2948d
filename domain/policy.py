"""Policies: every number of the trade as versioned, validated data, pinned to a case when it opens (SPEC §6)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator

from domain.business_time import Calendar, Unit, Window, WindowField, due
from domain.messages import IN_ORDER, Value
from domain.order.category import CategoryCode
from domain.vocabulary import Reason

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

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
    return_label_estimate_minor: Annotated[int, Field(strict=True, ge=0)]


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


class PolicyError(ValueError):
    """A policy pack that does not hold; the message names pack, field and reason for every fault."""


class UnknownPolicyError(LookupError):
    """A case is pinned to a policy version that this installation does not have."""


WORDS = {"extra_forbidden": "no such field", "missing": "missing"}
"""How faults are said that pydantic says in its own jargon."""


def _fault(details: ErrorDetails) -> str:
    where = ".".join(map(str, details["loc"]))
    what = WORDS.get(details["type"]) or details["msg"].removeprefix("Value error, ")
    return f"{where}: {what}" if where else what


def read_policy(name: str, toml: str) -> Policy:
    """Read one pack. Raises PolicyError naming ``name`` and every field at fault."""
    try:
        return Policy.model_validate(tomllib.loads(toml))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{name}: not TOML: {error}") from error
    except ValidationError as error:
        raise PolicyError(f"{name}: {'; '.join(map(_fault, error.errors()))}") from error


class PolicyBook:
    """All policy versions in force or pinned anywhere, by their reference."""

    def __init__(self, policies: Iterable[Policy], *, current: str) -> None:
        self._by_ref: dict[str, Policy] = {}
        for policy in policies:
            if self._by_ref.setdefault(policy.ref, policy) != policy:
                raise PolicyError(f"{policy.ref}: two packs of this version differ")
        self.current = self[current]
        """The policy new cases are pinned to."""

    def __getitem__(self, ref: str) -> Policy:
        """The pinned version. Raises UnknownPolicyError when this installation lacks it."""
        try:
            return self._by_ref[ref]
        except KeyError:
            raise UnknownPolicyError(f"policy {ref} is not among {', '.join(self._by_ref)}") from None

    def __iter__(self) -> Iterator[Policy]:
        return iter(self._by_ref.values())


def read_policies(folder: Traversable | None = None) -> list[Policy]:
    """Every pack ``id.vN.toml`` of the folder, by default those that come with the project.

    Raises PolicyError for a pack that does not hold, or is not named after its id and version.
    """
    packs = folder or files("domain") / "policies"
    names = sorted(pack.name for pack in packs.iterdir() if pack.name.endswith(".toml"))
    return [_read_pack(name, (packs / name).read_text(encoding="utf-8")) for name in names]


def _read_pack(name: str, toml: str) -> Policy:
    policy = read_policy(name, toml)
    own_name = f"{policy.id}.v{policy.version}.toml"
    if name != own_name:
        raise PolicyError(f"{name}: holds {policy.ref} and is therefore named {own_name}")
    return policy


def standard_policies() -> PolicyBook:
    """The packs that come with the project, new cases pinned to ``standard@1``."""
    return PolicyBook(read_policies(), current="standard@1")
