"""The words that the table's rows are written in: roles, statuses, and groups of statuses that belong together."""

from __future__ import annotations

from domain.actors import Role
from domain.refund import events as e
from domain.refund.situation import Situation
from domain.table import Move as AnyMove
from domain.table import Row as AnyRow
from domain.vocabulary import Status

BUYER, SELLER, SUPPORT, SYSTEM = Role.BUYER, Role.SELLER, Role.SUPPORT, Role.SYSTEM
CARRIER, PAYMENTS = Role.CARRIER, Role.PAYMENTS

AWAITING_SELLER = Status.AWAITING_SELLER
OFFER_PENDING = Status.OFFER_PENDING
AWAITING_RETURN = Status.AWAITING_RETURN
RETURN_IN_TRANSIT = Status.RETURN_IN_TRANSIT
RETURN_INSPECTION = Status.RETURN_INSPECTION
AWAITING_REPLACEMENT = Status.AWAITING_REPLACEMENT
REPLACEMENT_IN_TRANSIT = Status.REPLACEMENT_IN_TRANSIT
REPLACEMENT_INSPECTION = Status.REPLACEMENT_INSPECTION
REJECTED = Status.REJECTED
SUPPORT_REVIEW = Status.SUPPORT_REVIEW
REFUND_PENDING = Status.REFUND_PENDING
APPEAL_REVIEW = Status.APPEAL_REVIEW
CLOSED = Status.CLOSED

WAITING_FOR_PEOPLE = (AWAITING_SELLER, OFFER_PENDING, AWAITING_RETURN, AWAITING_REPLACEMENT, REJECTED)
UNDER_WAY = (RETURN_IN_TRANSIT, RETURN_INSPECTION, REPLACEMENT_IN_TRANSIT)
UNDECIDED = (*WAITING_FOR_PEOPLE, *UNDER_WAY, REPLACEMENT_INSPECTION)
"""Open, with nobody's decision on the money yet, and not with support."""
UNPAID = (*UNDECIDED, SUPPORT_REVIEW)
"""Open, with no refund on its way: none is due yet, or it failed for good."""
OPEN = (*UNPAID, REFUND_PENDING, APPEAL_REVIEW)

Row = AnyRow[Status, Situation, e.CaseEvent]
"""One row of the table."""
Move = AnyMove[Status, Situation, e.CaseEvent]
"""Rows that differ in status and actor alone."""


def at(*statuses: Status) -> tuple[Status, ...]:
    """In which statuses."""
    return statuses
