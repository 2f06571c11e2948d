"""Whom a cancellation request waits for in each status, and the deadline it does so under (SPEC §4)."""

from __future__ import annotations

from domain.actors import Role
from domain.deadline import DeadlineKind
from domain.vocabulary import CancellationStatus

WAITING_ON: dict[CancellationStatus, Role] = {
    CancellationStatus.AWAITING_SELLER: Role.SELLER,
    CancellationStatus.REFUND_PENDING: Role.PAYMENTS,
    CancellationStatus.SUPPORT_REVIEW: Role.SUPPORT,
}
"""Nobody once it is closed."""
DEADLINES: dict[CancellationStatus, DeadlineKind] = {
    CancellationStatus.AWAITING_SELLER: DeadlineKind.CANCELLATION_ANSWER
}
"""What ends the wait; nothing else does where there is none."""
