"""The seller's guide: what to check for each reason, what to ask or send before rejecting, what is recommended when.

The source's guide as structured data (SPEC §12): its entries are in ``guidance_entries``, its commands those of the
transitions table, so that the hub can put each recommendation beside the button that follows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.language import Words
from domain.messages import Command
from domain.refund.commands import Purpose


class Look(StrEnum):
    """What the seller looks at, or compares with."""

    BUYER_PHOTOS = "buyer_photos"
    VIDEO_RECEIPT = "video_receipt"
    LISTING_PHOTOS = "listing_photos"
    LISTING_DESCRIPTION = "listing_description"
    PACKING_PROOF = "packing_proof"
    TRACKING = "tracking"
    SHIPPING_WINDOW = "shipping_window"


class Step(StrEnum):
    """What the seller does with the buyer before he rejects."""

    ASK = "ask"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to check first."""

    look_at: Look
    text: Words
    compare_with: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True)
class BeforeRejecting:
    """What is asked of the buyer, or sent to him, before a rejection."""

    step: Step
    purpose: Purpose
    """Which purpose the message or evidence has."""
    when: Words
    text: Words


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Which answers are recommended when."""

    when: Words
    answers: tuple[type[Command], ...]
    """Each of them possible for this reason while the seller's answer is awaited."""
    text: Words
    item_confirmed_first: bool = False
    """The buyer first confirms the replacement item by message (``propose-replacement-item``)."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """The guide's entry for one reason."""

    principle: Words
    """What the buyer may expect."""
    checks: tuple[Check, ...]
    before_rejecting: tuple[BeforeRejecting, ...]
    recommended: tuple[Recommendation, ...]
