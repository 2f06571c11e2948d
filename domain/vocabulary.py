"""The stored words of the trade: reasons, statuses, outcomes and codes (SPEC §§3 to 5)."""

from enum import StrEnum


class Reason(StrEnum):
    """What the buyer says went wrong (SPEC §3)."""

    LATE_NOT_SHIPPED = "late_not_shipped"
    ITEM_MISSING = "item_missing"
    WRONG_ITEM = "wrong_item"
    NOT_AS_DESCRIBED = "not_as_described"
    DEFECTIVE = "defective"
    GIVEAWAY_NOT_RECEIVED = "giveaway_not_received"
    CHANGE_OF_MIND = "change_of_mind"
    OTHER = "other"


RETURNABLE = frozenset({Reason.WRONG_ITEM, Reason.NOT_AS_DESCRIBED, Reason.DEFECTIVE})
"""The buyer holds an item that could come back."""
NEVER_ARRIVED = frozenset({Reason.LATE_NOT_SHIPPED, Reason.GIVEAWAY_NOT_RECEIVED})
"""The order itself may still be shipped after all."""
DIRECT = RETURNABLE | NEVER_ARRIVED | {Reason.ITEM_MISSING}
"""The reasons an enrolled seller answers himself."""


class ListingKind(StrEnum):
    """How the item was sold (SPEC §2)."""

    STANDARD = "standard"
    GIVEAWAY = "giveaway"
    BREAK = "break"
    MYSTERY = "mystery"
    PULL_GAME = "pull_game"


CONSUMABLE_KINDS = frozenset({ListingKind.BREAK, ListingKind.MYSTERY, ListingKind.PULL_GAME})


class Status(StrEnum):
    """Where a case stands; the name says whose move it is (SPEC §4)."""

    AWAITING_SELLER = "awaiting_seller"
    OFFER_PENDING = "offer_pending"
    AWAITING_RETURN = "awaiting_return"
    RETURN_IN_TRANSIT = "return_in_transit"
    RETURN_INSPECTION = "return_inspection"
    AWAITING_REPLACEMENT = "awaiting_replacement"
    REPLACEMENT_IN_TRANSIT = "replacement_in_transit"
    REPLACEMENT_INSPECTION = "replacement_inspection"
    REJECTED = "rejected"
    SUPPORT_REVIEW = "support_review"
    REFUND_PENDING = "refund_pending"
    APPEAL_REVIEW = "appeal_review"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a closed case ended (SPEC §4)."""

    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"
    REPLACED = "replaced"
    FULFILLED = "fulfilled"
    REJECTED = "rejected"
    DENIED = "denied"
    RETURN_NOT_SHIPPED = "return_not_shipped"
    WITHDRAWN = "withdrawn"
    SUPERSEDED_BY_CHARGEBACK = "superseded_by_chargeback"
    REFUNDED_ELSEWHERE = "refunded_elsewhere"


class CancellationStatus(StrEnum):
    """Where a cancellation request stands (SPEC §4)."""

    AWAITING_SELLER = "awaiting_seller"
    REFUND_PENDING = "refund_pending"
    SUPPORT_REVIEW = "support_review"
    CLOSED = "closed"


class CancellationOutcome(StrEnum):
    """How a cancellation request ended; silence and shipment decline it too (SPEC §4)."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    SUPERSEDED_BY_CHARGEBACK = "superseded_by_chargeback"
    REFUNDED_ELSEWHERE = "refunded_elsewhere"


class Route(StrEnum):
    """Who answers a request first (SPEC §3)."""

    SELLER = "seller"
    SUPPORT = "support"


class Party(StrEnum):
    """Who bears a cost (SPEC §4: the liable party of a decision)."""

    SELLER = "seller"
    PLATFORM = "platform"
    CARRIER = "carrier"


class ReviewCause(StrEnum):
    """Why a case came to support."""

    INTAKE = "intake"
    SILENCE = "silence"
    OFFER_DECLINED = "offer_declined"
    ESCALATED = "escalated"
    LABEL_FAILED = "label_failed"
    RETURN_LOST = "return_lost"
    RETURN_DISPUTED = "return_disputed"
    LATE_RETURN = "late_return"
    REPLACEMENT_MISSED = "replacement_missed"
    REPLACEMENT_LOST = "replacement_lost"
    REPLACEMENT_PROBLEM = "replacement_problem"
    REFUND_FAILED = "refund_failed"
    TAKEN_OVER = "taken_over"
    REOPENED = "reopened"


class RefundState(StrEnum):
    """The life of the buyer's refund (SPEC §5)."""

    NONE = "none"
    REQUESTED = "requested"
    SUBMITTED = "submitted"
    SETTLED = "settled"
    FAILED = "failed"


class ReturnState(StrEnum):
    """Where the item on its way back is."""

    NONE = "none"
    OPEN = "open"
    VOID = "void"
    SCANNED = "scanned"
    DELIVERED = "delivered"
    DISPUTED = "disputed"
    SENT_BACK = "sent_back"


class ReplacementState(StrEnum):
    """Where the replacement, or the order shipped after all, is."""

    NONE = "none"
    PROMISED = "promised"
    TRACKED = "tracked"
    SCANNED = "scanned"
    DELIVERED = "delivered"


class RejectionCode(StrEnum):
    """Why a seller rejects (SPEC §4)."""

    SHOWN_IN_LISTING = "shown_in_listing"
    PROOF_OF_PACKING = "proof_of_packing"
    IN_TRANSIT = "in_transit"
    NOT_COVERED = "not_covered"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"
    SUSPECTED_ABUSE = "suspected_abuse"
    OTHER = "other"


class DisputeReason(StrEnum):
    """Why a seller disputes a returned item (SPEC §4)."""

    WRONG_ITEM = "wrong_item"
    MISSING_OR_EMPTY = "missing_or_empty"
    DAMAGED_IN_TRANSIT = "damaged_in_transit"
    USED_OR_ALTERED = "used_or_altered"
    NOT_RECEIVED = "not_received"
    OTHER = "other"


class SupportRouting(StrEnum):
    """Why intake sent a request to support instead of the seller (SPEC §3)."""

    SELLER_NOT_ENROLLED = "seller_not_enrolled"
    OTHER_REASON = "other_reason"
    CONSUMABLE = "consumable"
    BUYER_UNDER_REVIEW = "buyer_under_review"
    BUYER_ABOVE_THRESHOLDS = "buyer_above_thresholds"
    PHOTOS_WAIVED = "photos_waived"
    TRACKING_STALLED = "tracking_stalled"
    OTHER_REASON_ON_GIVEAWAY = "other_reason_on_giveaway"
    SECOND_REQUEST = "second_request"
