"""What a story left in the books, and the chapters that money stories share."""

from domain.posting import Account
from domain.refund.commands import (
    ApproveWithReturn,
    DecideFullRefund,
    DecidePartialRefund,
    DecideRefundOnReturn,
    DisputeReturn,
    Reject,
    Reopen,
    ReportChargeback,
    ReportChargebackReversed,
    ReportRefundFailed,
    ReportRefundSettled,
    ReportRefundSubmitted,
    ReportReturnAccepted,
    ReportReturnDelivered,
    ReportReturnLabelIssued,
    TakeOver,
)
from domain.vocabulary import DisputeReason, RejectionCode
from tests.dsl import done, reported
from tests.trade import PARCEL, SELLER_LIABLE, eur, order_line, photo

MONDAY, THURSDAY, SATURDAY = "2026-03-09 09:00", "2026-03-12 10:00", "2026-03-14 14:00"
LABEL = eur("4.49")
TAXED = order_line(tax=eur("7.31"), commission=eur("4.00"))
"""40.00 + 5.90 + 7.31 tax, of which the marketplace kept 4.00 commission."""
REJECTED = done(Reject(code=RejectionCode.SHOWN_IN_LISTING, text="See the second photo."), at=MONDAY)
RETURN_APPROVED = done(ApproveWithReturn(), at=MONDAY)
LABEL_ISSUED = reported(ReportReturnLabelIssued, tracking=PARCEL, cost=LABEL)
SCANNED = reported(ReportReturnAccepted, at=THURSDAY)
DELIVERED = reported(ReportReturnDelivered, at=SATURDAY)
SENT = (RETURN_APPROVED, LABEL_ISSUED, SCANNED)
RETURNED = (*SENT, DELIVERED)
TAKEN_OVER = done(TakeOver(ground="Let us look."))
PAID = (reported(ReportRefundSubmitted, reference="re-1"), reported(ReportRefundSettled))
GIVEN_UP = (
    reported(ReportRefundSubmitted, reference="re-1"),
    reported(ReportChargeback, reference="cb-1"),
    reported(ReportRefundFailed),
    reported(ReportChargebackReversed, reference="cb-1"),
    done(Reopen(ground="He never got it.")),
)
"""A refund failed beside a chargeback; that was won, and support looks at the case again."""
DISPUTED = done(DisputeReturn(reason=DisputeReason.WRONG_ITEM, text="A brick.", evidence=(photo(2),)))


def granted(liability=SELLER_LIABLE):
    return done(DecideFullRefund(grounds="The photos show it.", liability=liability))


def granted_in_part(amount, liability=SELLER_LIABLE):
    return done(DecidePartialRefund(grounds="A scratch.", amount=eur(amount), liability=liability))


def granted_on_return(liability=SELLER_LIABLE):
    return done(DecideRefundOnReturn(grounds="Send it back first.", liability=liability))


def books(story):
    """What the case's events did to each account in all, in minor units, zeros left out."""
    postings = [event.posting for event, _, _ in story.stage.histories[-1] if event.posting]
    changes = {account: sum(posting.minor_on(account) for posting in postings) for account in Account}
    return {account.value: minor for account, minor in changes.items() if minor}


def sellers(story):
    """What happened to the seller's balance in all, in minor units."""
    return books(story).get("seller", 0)


def rules(story):
    """The rules of the case's postings, in order."""
    return [event.posting.rule for event, _, _ in story.stage.histories[-1] if event.posting]


def holds(story):
    """Every change of the hold with its reason, in order."""
    changes = [event.hold for event, _, _ in story.stage.histories[-1] if event.hold]
    return [(change.amount.minor, change.reason.value) for change in changes]
