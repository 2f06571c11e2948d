"""Policies: every number of the trade as versioned, validated data, pinned to a case when it opens (SPEC §6)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from domain.business_time import Calendar, WindowField
from domain.messages import Value
from domain.vocabulary import Reason

PolicyId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
PolicyRef = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}@\d+$")]
"""A policy and its version, ``standard@1``: what a case pins and every event of it names."""


class OnSilence(StrEnum):
    """What the seller's silence leads to (SPEC §4)."""

    ESCALATE = "escalate"
    AUTO_REFUND = "auto_refund"
    AUTO_APPROVE_RETURN = "auto_approve_return"


class Windows(Value):
    """How long each wait lasts (SPEC §4)."""

    seller_answer: WindowField
    offer_answer: WindowField
    return_shipping: WindowField
    return_shipping_after_report: WindowField
    return_transit: WindowField
    return_inspection: WindowField
    return_inspection_after_learning: WindowField
    replacement_shipping: WindowField
    replacement_shipping_after_tracking: WindowField
    replacement_transit: WindowField
    replacement_inspection: WindowField
    replacement_inspection_after_learning: WindowField
    escalation: WindowField
    appeal: WindowField
    label_issue: WindowField
    support_first_answer_target: WindowField
    reminder_before_end: WindowField


class Filing(Value):
    """When a request may be filed, and what it must bring (SPEC §3)."""

    after_purchase: WindowField
    after_delivery: WindowField
    after_delivery_by_category: dict[str, WindowField]
    late_after: WindowField
    tracking_stalled_after: WindowField
    giveaway_shipping: WindowField
    photos_required_for: frozenset[Reason]
    refilings: Annotated[int, Field(ge=0, le=10)]


class Answers(Value):
    """The knobs of the exchange between seller, buyer and support (SPEC §4)."""

    on_seller_silence: OnSilence
    offer_raises: Annotated[int, Field(ge=0, le=10)]
    hand_overs: Annotated[int, Field(ge=0, le=10)]


class RefundEstimate(Value):
    """When a submitted refund is shown to arrive; an estimate, never a promise (SPEC §5)."""

    earliest: WindowField
    latest: WindowField


class MoneyRules(Value):
    """The knobs of the money (SPEC §5)."""

    hold_exposure: bool
    credit_commission: bool
    refund_estimate: RefundEstimate
    return_label_estimate_minor: Annotated[int, Field(ge=0)]


class CancellationRules(Value):
    """The windows of cancellation requests (SPEC §4)."""

    request_until: WindowField
    seller_answer: WindowField


class Policy(Value):
    """One version of all numbers and knobs. Immutable: a change is a new version."""

    id: PolicyId
    version: Annotated[int, Field(ge=1)]
    calendar: Calendar
    windows: Windows
    filing: Filing
    answers: Answers
    money: MoneyRules
    cancellation: CancellationRules

    @property
    def ref(self) -> str:
        """How cases and events name it: ``standard@1``."""
        return f"{self.id}@{self.version}"


class PolicyError(ValueError):
    """A policy pack that does not hold; the message names pack, field and reason for every fault."""


class UnknownPolicyError(LookupError):
    """A case is pinned to a policy version that this installation does not have."""


def read_policy(name: str, toml: str) -> Policy:
    """Read one pack. Raises PolicyError naming ``name`` and every field at fault."""
    try:
        return Policy.model_validate(tomllib.loads(toml))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{name}: not TOML: {error}") from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        )
        raise PolicyError(f"{name}: {faults}") from error


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
    """Every pack ``id.vN.toml`` of the folder, by default those that come with the project."""
    packs = folder or files("domain") / "policies"
    named = sorted(pack.name for pack in packs.iterdir() if re.fullmatch(r".+\.v\d+\.toml", pack.name))
    return [read_policy(name, (packs / name).read_text(encoding="utf-8")) for name in named]


def standard_policies() -> PolicyBook:
    """The packs that come with the project, new cases pinned to ``standard@1``."""
    return PolicyBook(read_policies(), current="standard@1")
