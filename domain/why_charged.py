"""Why was I charged this? The walk from a posting to its event, command, rule and policy, in words (SPEC §5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.actors import Role
from domain.labels import event_words, label, words_for
from domain.language import Locale, Words
from domain.messages import Event
from domain.money import Money
from domain.posting import ChargeRule
from domain.seller.rules import RuleRef

MOMENT = {Locale.GERMAN: "%d.%m.%Y, %H:%M", Locale.ENGLISH: "%Y-%m-%d, %H:%M"}


class WhyStep(StrEnum):
    """The steps of the walk; which are taken depends on what was posted."""

    BOOKED = "booked"
    UNTOUCHED = "untouched"
    HAPPENED = "happened"
    CAUSED = "caused"
    TIMED = "timed"
    UNASKED = "unasked"
    RULED = "ruled"
    GROUNDED = "grounded"
    GOVERNED = "governed"
    UNGOVERNED = "ungoverned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """Everything that the walk passes."""

    on_account: Money
    """What it changed on the seller's account; negative when he pays."""
    booked_at: datetime
    event: type[Event]
    occurred_at: datetime
    by: Role
    command_id: UUID
    rule: ChargeRule
    policy: str | None
    """As ``id@version``; None for what no policy governs."""
    seller_rule: RuleRef | None
    """The seller's rule that caused it; None where nobody's did."""
    ground: str | None
    """What the marketplace says of a correction; None for all else."""


def why(posted: Posted, zone: ZoneInfo) -> Iterator[tuple[WhyStep, Words]]:
    """The steps in order, each in every language; times as clocks in ``zone`` show them."""
    yield _said(WhyStep.BOOKED if posted.on_account else WhyStep.UNTOUCHED, posted, zone)
    yield _said(WhyStep.HAPPENED, posted, zone)
    yield _said(WhyStep.TIMED if posted.by is Role.SYSTEM else WhyStep.CAUSED, posted, zone)
    if posted.seller_rule:
        yield _said(WhyStep.UNASKED, posted, zone)
    yield _said(WhyStep.RULED, posted, zone)
    if posted.ground:
        yield _said(WhyStep.GROUNDED, posted, zone)
    yield _said(WhyStep.GOVERNED if posted.policy else WhyStep.UNGOVERNED, posted, zone)


def _said(step: WhyStep, posted: Posted, zone: ZoneInfo) -> tuple[WhyStep, Words]:
    german, english = (_sentence(step, posted, zone, locale) for locale in (Locale.GERMAN, Locale.ENGLISH))
    return step, Words(de=german, en=english)


def _sentence(step: WhyStep, posted: Posted, zone: ZoneInfo, locale: Locale) -> str:
    rule = posted.seller_rule
    policy, _, version = (posted.policy or "").partition("@")
    return (
        words_for(step)
        .said_in(locale)
        .format(
            amount=posted.on_account.shown_in(locale),
            booked_at=posted.booked_at.astimezone(zone).strftime(MOMENT[locale]),
            occurred_at=posted.occurred_at.astimezone(zone).strftime(MOMENT[locale]),
            event=event_words(posted.event).said_in(locale),
            actor=label(posted.by, locale),
            command=posted.command_id,
            rule=label(posted.rule, locale),
            policy=policy,
            version=version,
            seller_rule=rule.rule_id if rule else "",
            rule_version=rule.version if rule else "",
            ground=posted.ground,
        )
    )
