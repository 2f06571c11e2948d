"""Valid content for every command: what a party would sensibly send about a case as it stands."""

from domain.money import Money
from domain.refund import commands as c
from domain.refund.charges import full_amount
from domain.vocabulary import DisputeReason, Reason, RejectionCode
from tests.trade import PARCEL, SELLER_LIABLE, eur, photo


def part(case, plus=0):
    """Half of the full amount, or a little more."""
    full = full_amount(case)
    return Money(minor=max(1, full.minor // 2 + plus), currency=full.currency)


def minor(case, units):
    return Money(minor=units, currency=case.line.price.currency)


CONTENT = {
    c.AcceptOffer: lambda case: {"amount": case.offer or part(case)},
    c.AddEvidence: lambda case: {"links": ("https://video.example/1",)},
    c.AnswerReplacementItem: lambda case: {"accepted": True},
    c.Appeal: lambda case: {"text": "The video shows it intact.", "evidence": (photo(1000 + case.version),)},
    c.DecideFullRefund: lambda case: {"grounds": "The photos show it.", "liability": liable(case)},
    c.DecidePartialRefund: lambda case: {
        "grounds": "A scratch.", "liability": liable(case), "amount": part(case),
    },
    c.DecideRefundOnReturn: lambda case: {"grounds": "Send it back first.", "liability": liable(case)},
    c.Deny: lambda case: {"grounds": "The listing says so."},
    c.DismissAppeal: lambda case: {"grounds": "Nothing new."},
    c.DisputeReturn: lambda case: {
        "reason": DisputeReason.WRONG_ITEM, "text": "A brick.", "evidence": (photo(2),),
    },
    c.EnterReplacementTracking: lambda case: {"tracking": PARCEL, "label_cost": minor(case, 499)},
    c.MarkAsShipped: lambda case: {"tracking": PARCEL},
    c.OfferPartialRefund: lambda case: {"amount": part(case)},
    c.ProposeReplacementItem: lambda case: {"item": "The blue one"},
    c.RaiseOffer: lambda case: {"amount": minor(case, (case.offer or part(case)).minor + 1)},
    c.RecordPaidOtherwise: lambda case: {"reference": "bank transfer 7"},
    c.Reject: lambda case: {
        "code": RejectionCode.SHOWN_IN_LISTING,
        "text": "It is in the second photo.",
        "tracking": PARCEL if case.reason is Reason.LATE_NOT_SHIPPED else None,
    },
    c.Reopen: lambda case: {"ground": "A new witness."},
    c.ReportChargeback: lambda case: {"reference": "cb-1"},
    c.ReportChargebackReversed: lambda case: {"reference": "cb-1"},
    c.ReportRefundElsewhere: lambda case: {"amount": minor(case, max(1, case.line.paid.minor)), "reference": "hub-1"},
    c.ReportRefundSubmitted: lambda case: {"reference": "re-1"},
    c.ReportReplacementProblem: lambda case: {"description": "It is cracked too."},
    c.ReportReturnLabelIssued: lambda case: {"tracking": PARCEL, "cost": minor(case, 449)},
    c.SendMessage: lambda case: {"text": "What exactly is wrong?"},
    c.TakeOver: lambda case: {"ground": "The parties do not get on."},
    c.TakeOverForFraud: lambda case: {"ground": "The tenth request this week."},
    c.UpholdAppeal: lambda case: {"grounds": "The video shows it intact."},
}  # fmt: skip
"""Commands that are not listed need nothing but themselves."""


def liable(case):
    return c.Liability(platform=100) if case.fraud_suspected else SELLER_LIABLE


def valid(kind, case, now, **fields):
    """A command of this kind that nothing but the case's state can make refused; facts happen ``now``."""
    content = CONTENT.get(kind, lambda case: {})(case)
    if issubclass(kind, c.FactCommand):
        content = {"happened_at": now, **content}
    if kind is c.Expire:
        content = {"due_at": case.deadline.due_at if case.deadline else now}
    return kind(**{**content, **fields})


RETURN_LABEL = eur("4.49")
