"""The two processes whose events the read models follow alike: refund cases and cancellations."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from domain.actors import Role
from domain.cancellation import waiting as cancellation
from domain.cancellation.events import CancellationEvent, CancellationRequested
from domain.refund import waiting as refund
from domain.refund.events import CaseEvent, RequestOpened
from domain.vocabulary import CancellationStatus, Status
from projections.decoding import topics_of
from store.envelope import Envelope


class Process(StrEnum):
    """Which of the two."""

    REFUND = "refund"
    CANCELLATION = "cancellation"


Step: TypeAlias = CaseEvent | CancellationEvent
"""One step of a case or of a cancellation: both say where it stands, what is due when, and what happens to money."""
Beginning: TypeAlias = RequestOpened | CancellationRequested
TOPICS = topics_of(CaseEvent, CancellationEvent)


def step_of(envelope: Envelope) -> Step:
    """The event of an envelope that came by one of ``TOPICS``."""
    assert isinstance(envelope.payload, Step)  # noqa: S101 -- the topics asked for say so
    return envelope.payload


def opening_of(envelope: Envelope) -> Beginning:
    """The first event of a case or cancellation."""
    assert isinstance(envelope.payload, Beginning)  # noqa: S101 -- nothing else begins one
    return envelope.payload


def identity_of(beginning: Beginning) -> UUID:
    """The case's or cancellation's id, which is its stream's."""
    return beginning.case_id if isinstance(beginning, RequestOpened) else beginning.cancellation_id


def waits_on(status: Status | CancellationStatus) -> Role | None:
    """Whom it waits for in this status; nobody once it is closed."""
    if isinstance(status, Status):
        return refund.WAITING_ON.get(status)
    return cancellation.WAITING_ON.get(status)


def is_closed(step: Step) -> bool:
    return step.status in {Status.CLOSED, CancellationStatus.CLOSED}
