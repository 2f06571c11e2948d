"""The case after each of its events; total, and without a rule: history is never refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache, reduce
from typing import Any
from uuid import UUID

from domain.refund import events as e
from domain.refund.case import Case
from domain.refund.effects import EFFECTS
from domain.vocabulary import RefundState, ReviewCause, Route, Status


def opened(event: e.RequestOpened, *, policy: str, at: datetime) -> Case:
    """The case that an opening event begins."""
    routed = isinstance(event, e.RequestRoutedToSupport)
    return Case(
        id=event.case_id,
        attempt=event.attempt,
        status=event.status,
        route=Route.SUPPORT if routed else Route.SELLER,
        review_cause=ReviewCause.INTAKE if routed else None,
        reason=event.reason,
        line=event.line,
        policy=policy,
        opened_at=at,
        deadline=event.deadline,
        evidence=_shown(event),
        held=event.hold.amount if event.hold else None,
    )


def evolve(case: Case, event: e.CaseEvent, *, at: datetime) -> Case:
    """The case after one more event that occurred ``at``; never refuses recorded history."""
    effect = EFFECTS.get(type(event))
    return replace(case, **_carried(case, event, at), **(effect(case, event) if effect else {}))


def _carried(case: Case, event: e.CaseEvent, at: datetime) -> dict[str, Any]:
    """What every event says by itself: where the case stands, its deadline, its money."""
    changes: dict[str, Any] = {
        "version": case.version + 1,
        "status": event.status,
        "deadline": event.deadline,
        "outcome": event.outcome,
        "evidence": case.evidence | _shown(event),
    }
    if event.status is Status.CLOSED and case.is_open:
        changes["closed_at"] = at
    if event.status is not Status.CLOSED:
        changes["closed_at"] = None
    if event.status is Status.AWAITING_RETURN and case.status is not Status.AWAITING_RETURN:
        changes["return_opened_at"] = at
    if isinstance(event, e.LabelUse) and event.label_share is not None:
        changes["return_label_cost"] = event.label_share
    if event.hold:
        changes["held"] = event.hold.amount + case.held if case.held else event.hold.amount
    return changes | _money(case, event)


def _shown(event: e.CaseEvent) -> frozenset[UUID]:
    return frozenset(item.evidence_id for name in _showing(type(event)) for item in getattr(event, name))


@cache
def _showing(event: type[e.CaseEvent]) -> tuple[str, ...]:
    return tuple(name for name in ("photos", "evidence") if name in event.model_fields)


def _money(case: Case, event: e.CaseEvent) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if event.refund:
        changes["refund_due"] = event.refund
        changes["refund"] = RefundState.REQUESTED
        changes["attempts"] = (*case.attempts, event.refund)
    if event.posting:
        changes["posting"] = event.posting if case.posting is None else case.posting.joined(event.posting)
    return changes


def replay(history: Iterable[tuple[e.CaseEvent, datetime, str | None]]) -> Case | None:
    """The case after its whole history of (event, occurred at, policy); None for no history."""

    def step(case: Case | None, recorded: tuple[e.CaseEvent, datetime, str | None]) -> Case | None:
        event, at, policy = recorded
        if case is None:
            return opened(event, policy=policy or "", at=at) if isinstance(event, e.RequestOpened) else None
        return evolve(case, event, at=at)

    return reduce(step, history, None)
