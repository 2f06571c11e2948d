"""What two moments of a case or cancellation are compared by (SPEC §7.10)."""

from __future__ import annotations

from enum import StrEnum


class Facet(StrEnum):
    """One thing that may differ between two moments."""

    STATUS = "status"
    WAITING_ON = "waiting_on"
    OUTCOME = "outcome"
    REVIEW_CAUSE = "review_cause"
    DEADLINE_KIND = "deadline_kind"
    DUE_AT = "due_at"
    OFFERED = "offered"
    REFUND_DUE = "refund_due"
    REFUNDED = "refunded"
    REFUND = "refund"
    SELLER_CHARGED = "seller_charged"
    HELD = "held"
    RETURN_LABEL = "return_label"
    POSTED = "posted"
    LIABILITY = "liability"
    ITEM_RETURN = "item_return"
    REPLACEMENT = "replacement"
    EVIDENCE = "evidence"
