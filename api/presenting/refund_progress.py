"""The buyer's refund on its way, with an estimate of its arrival (SPEC §5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from api.schemas.matter import EstimatedArrival, RefundProgress
from domain.business_time import due
from domain.cancellation import events as cancellation
from domain.policy import Policy
from domain.refund import events as refund
from domain.vocabulary import RefundState
from store.envelope import Envelope

UNDER_WAY = frozenset({RefundState.REQUESTED, RefundState.SUBMITTED})
ASKED_AGAIN = (refund.RefundRequestedAgain, cancellation.RefundRequestedAgain)


def refund_progress(state: RefundState, history: Sequence[Envelope], policy: Policy) -> RefundProgress:
    """Where the refund is; while it is under way, when it should arrive, counted from when it was asked for."""
    if state not in UNDER_WAY:
        return RefundProgress(state=state, estimate=None)
    asked_at = next(envelope.occurred_at for envelope in reversed(history) if _asks_for_refund(envelope))
    return RefundProgress(state=state, estimate=_estimate(asked_at, policy))


def _asks_for_refund(envelope: Envelope) -> bool:
    event = envelope.payload
    return isinstance(event, ASKED_AGAIN) or getattr(event, "refund", None) is not None


def _estimate(asked_at: datetime, policy: Policy) -> EstimatedArrival:
    estimate, calendar = policy.money.refund_estimate, policy.calendar
    earliest, latest = (due(asked_at, window, calendar).at for window in (estimate.earliest, estimate.latest))
    return EstimatedArrival(earliest_at=earliest, latest_at=latest)
