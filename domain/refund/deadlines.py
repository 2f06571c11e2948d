"""The deadlines table: how long each waiting status waits, from when, and what prolongs it (SPEC §4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.business_time import Window, due, later
from domain.deadline import Deadline, DeadlineKind, deadline
from domain.policy import Policy, Windows
from domain.refund import events as e
from domain.refund.situation import Situation
from domain.vocabulary import Status

WindowOf = Callable[[Windows], Window]


@dataclass(frozen=True, slots=True)
class Wait:
    """What ends a waiting status: a window from when the wait began, or a second one from when it was learned."""

    kind: DeadlineKind
    window: WindowOf
    after_learning: WindowOf | None = None
    """Where the wait begins with a scan, it also lasts at least this long from when the house learned of it."""


DEADLINES: dict[Status, Wait] = {
    Status.AWAITING_SELLER: Wait(DeadlineKind.SELLER_ANSWER, lambda w: w.seller_answer),
    Status.OFFER_PENDING: Wait(DeadlineKind.OFFER_ANSWER, lambda w: w.offer_answer),
    Status.AWAITING_RETURN: Wait(DeadlineKind.RETURN_SHIPPING, lambda w: w.return_shipping),
    Status.RETURN_IN_TRANSIT: Wait(DeadlineKind.RETURN_TRANSIT, lambda w: w.return_transit),
    Status.RETURN_INSPECTION: Wait(
        DeadlineKind.RETURN_INSPECTION,
        lambda w: w.return_inspection,
        after_learning=lambda w: w.return_inspection_after_learning,
    ),
    Status.AWAITING_REPLACEMENT: Wait(DeadlineKind.REPLACEMENT_SHIPPING, lambda w: w.replacement_shipping),
    Status.REPLACEMENT_IN_TRANSIT: Wait(DeadlineKind.REPLACEMENT_TRANSIT, lambda w: w.replacement_transit),
    Status.REPLACEMENT_INSPECTION: Wait(
        DeadlineKind.REPLACEMENT_INSPECTION,
        lambda w: w.replacement_inspection,
        after_learning=lambda w: w.replacement_inspection_after_learning,
    ),
    Status.REJECTED: Wait(DeadlineKind.ESCALATION, lambda w: w.escalation),
}
"""Exactly one for each status that waits for seller, buyer or carrier; none for the others."""


def deadline_after(situation: Situation, event: type[e.CaseEvent], to: Status) -> Deadline | None:
    """The live deadline after ``event`` leads to ``to``: a new one, the prolonged one, or the one that runs on."""
    wait = DEADLINES.get(to)
    if wait is None:
        return None
    running = situation.case.deadline
    if running is None or to is not situation.case.status:
        return begun(wait, situation.context.policy, situation.context.happened_at, situation.context.now)
    change = CHANGES.get(event)
    return change(wait, running, situation) if change else running


def begun(wait: Wait, policy: Policy, at: datetime, learned_at: datetime) -> Deadline:
    """The deadline of a wait that begins ``at`` and of which the house learns at ``learned_at``."""
    end = due(at, wait.window(policy.windows), policy.calendar)
    if wait.after_learning is not None:
        end = later(end, due(learned_at, wait.after_learning(policy.windows), policy.calendar))
    return deadline(wait.kind, at, end, policy)


# What changes a running deadline without a change of status

Change = Callable[[Wait, Deadline, Situation], Deadline]


def _restarted(wait: Wait, running: Deadline, situation: Situation) -> Deadline:
    """The whole window begins again."""
    return begun(wait, situation.context.policy, situation.context.happened_at, situation.context.now)


def _at_least(window: WindowOf, wait: Wait, running: Deadline, situation: Situation) -> Deadline:
    policy, at = situation.context.policy, situation.context.happened_at
    end = due(at, window(policy.windows), policy.calendar)
    return deadline(wait.kind, at, end, policy) if end.at > running.due_at else running


def _reported(wait: Wait, running: Deadline, situation: Situation) -> Deadline:
    """The buyer's own word prolongs once, so that the carrier's scan can follow (SPEC §13)."""
    if situation.case.return_reported:
        return running
    return _at_least(lambda w: w.return_shipping_after_report, wait, running, situation)


def _label_issued(wait: Wait, running: Deadline, situation: Situation) -> Deadline:
    """A label that came late gives the buyer his whole window from its issue (SPEC §13)."""
    policy, opened_at = situation.context.policy, situation.case.return_opened_at
    in_time = opened_at and due(opened_at, policy.windows.label_issue, policy.calendar).at
    if in_time is None or situation.context.happened_at <= in_time:
        return running
    return max(running, _restarted(wait, running, situation), key=lambda either: either.due_at)


def _tracked(wait: Wait, running: Deadline, situation: Situation) -> Deadline:
    """Entering the tracking leaves the carrier time for his scan (SPEC §4)."""
    return _at_least(lambda w: w.replacement_shipping_after_tracking, wait, running, situation)


CHANGES: dict[type[e.CaseEvent], Change] = {
    e.OfferRaised: _restarted,
    e.ReturnReportedShipped: _reported,
    e.ReturnLabelIssued: _label_issued,
    e.ReplacementTrackingEntered: _tracked,
}
