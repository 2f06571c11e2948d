"""The processes of the trade as they are carried, and what the clock does to each on its own (SPEC §4)."""

from __future__ import annotations

from datetime import datetime

from domain.actors import CLOCK
from domain.cancellation import decide as cancelling
from domain.cancellation import situation as cancellation
from domain.cancellation.cancellation import Cancellation
from domain.cancellation.evolve import evolve as evolve_cancellation
from domain.messages import Personal
from domain.policy import PolicyBook
from domain.refund import decide as refunding
from domain.refund import situation as refund
from domain.refund.case import Case
from domain.refund.evolve import evolve as evolve_case
from store.application.carrying import Process

CASES: Process[Case, refund.Context] = Process(
    decide=refunding.decide,
    evolve=lambda case, event, at: evolve_case(case, event, at=at),
    overtake=refunding.overtake,
    is_too_late=refunding.is_too_late,
    too_late=refunding.too_late,
)
CANCELLATIONS: Process[Cancellation, cancellation.Context] = Process(
    decide=cancelling.decide,
    evolve=lambda told, event, at: evolve_cancellation(told, event, at=at),
    overtake=cancelling.overtake,
    is_too_late=cancelling.is_too_late,
    too_late=cancelling.too_late,
)


def clock_on_case(case: Case, policies: PolicyBook, return_address: Personal | None, now: datetime) -> refund.Context:
    """What the clock decides on; ``return_address`` is where a return that opens by a timeout would go."""
    policy = policies[case.policy]
    return refund.Context(actor=CLOCK, now=now, happened_at=now, policy=policy, return_address=return_address)


def clock_on_cancellation(told: Cancellation, policies: PolicyBook, now: datetime) -> cancellation.Context:
    """The same for a cancellation request."""
    return cancellation.Context(actor=CLOCK, now=now, happened_at=now, policy=policies[told.policy])
