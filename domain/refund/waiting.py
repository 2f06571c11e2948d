"""Whom a case waits for in each status (SPEC §4)."""

from __future__ import annotations

from domain.actors import Role
from domain.vocabulary import Status

WAITING_ON: dict[Status, Role] = {
    Status.AWAITING_SELLER: Role.SELLER,
    Status.OFFER_PENDING: Role.BUYER,
    Status.AWAITING_RETURN: Role.BUYER,
    Status.RETURN_IN_TRANSIT: Role.CARRIER,
    Status.RETURN_INSPECTION: Role.SELLER,
    Status.AWAITING_REPLACEMENT: Role.SELLER,
    Status.REPLACEMENT_IN_TRANSIT: Role.CARRIER,
    Status.REPLACEMENT_INSPECTION: Role.BUYER,
    Status.REJECTED: Role.BUYER,
    Status.SUPPORT_REVIEW: Role.SUPPORT,
    Status.REFUND_PENDING: Role.PAYMENTS,
    Status.APPEAL_REVIEW: Role.SUPPORT,
}
"""Nobody once it is closed."""
