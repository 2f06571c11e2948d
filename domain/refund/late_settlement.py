"""A refund that its case had given up and that settles after all, as the rest of the line hears of it (SPEC §5)."""

from __future__ import annotations

from domain.payout import ReportRefundElsewhere, ReportRefundSettled, attempt_told
from domain.refund.case import Case


def settled_elsewhere(case: Case, told: ReportRefundSettled) -> ReportRefundElsewhere | None:
    """The settlement as a refund made elsewhere; None while the case is open, or for an attempt that is no news.

    Only cases give a refund up and let others follow: a sale that was cancelled takes no further request.
    """
    attempt = attempt_told(told, case.refunds_requested)
    amount = case.amount_of(attempt)
    if case.is_open or amount is None or attempt in case.attempts_settled:
        return None
    return ReportRefundElsewhere(happened_at=told.happened_at, amount=amount, reference=f"{case.id}/{attempt}")
