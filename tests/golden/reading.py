"""What is read from a golden stream: the same by every later version."""

from domain.cancellation.cancellation import Cancellation
from domain.refund.case import Case
from store.application import cancellation_of, record_of

MASTER_KEY = bytes(range(32))


def told(history):
    """What a stream of a process tells, in plain words; only its length for other streams."""
    if record := record_of(history):
        return {"events": len(history), "description": history[0].payload.description.text, **of_case(record.case)}
    if request := cancellation_of(history):
        return {"events": len(history), **of_either(request.cancellation)}
    return {"events": len(history)}


def of_case(case: Case):
    return {
        **of_either(case),
        "review_cause": case.review_cause,
        "return_state": case.return_state,
        "replacement": case.replacement,
        "held": amount(case.held),
        "return_address": case.return_address and case.return_address.text,
    }


def of_either(it: Case | Cancellation):
    return {
        "status": it.status,
        "outcome": it.outcome,
        "due_at": it.deadline and it.deadline.due_at.isoformat(),
        "refund": it.refund,
        "refund_due": amount(it.refund_due),
        "refunded": amount(it.refunded),
        "seller_charged": amount(it.seller_charged),
    }


def amount(money):
    return None if money is None else str(money)
