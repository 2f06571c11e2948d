"""What each number of a policy makes of a case that can be worked out by hand, tried from either side (SPEC §§3 to 6).

The request is made on Friday 2026-03-06 18:00, Berlin.
"""

from dataclasses import dataclass, field

import pytest

from domain.buyer.standing import BuyerConduct, BuyerStanding
from domain.policy import Policy
from domain.refund import commands as c
from domain.vocabulary import Party, Reason, RejectionCode
from tests.domain.backtest.recording_stage import found, lived
from tests.trade import (
    BUYER,
    CARRIER,
    PARCEL,
    PAYMENTS,
    SELLER,
    SELLER_LIABLE,
    STANDARD,
    SUPPORT,
    berlin,
    eur,
    order_line,
    photo,
    policy,
    request,
    unshipped_line,
)

SELLERS, BUYERS = "open: awaiting_seller", "open: awaiting_return"
SUPPORTS = "open: support_review"


@dataclass(frozen=True)
class Number:
    """One number changed, a case in which it tells, and where that stands under the standard and with the change."""

    name: str
    value: object
    standard: str
    changed: str
    steps: tuple = ()
    until: str = "2026-03-11 09:00"
    reason: Reason = Reason.WRONG_ITEM
    charged: tuple[str, str] = ("0.00", "0.00")
    """What the seller bears under either."""
    world: dict = field(default_factory=dict)
    both_ways: bool = True
    """Whether everything could be done under the changed policy too, so that the log holds it all."""

    @property
    def policy(self):
        room, _, name = self.name.partition(".")
        return policy(**{room: {name: self.value}})

    def lived(self, pinned):
        return lived(*self.steps, reason=self.reason, until=self.until, policy=pinned, **self.world)


def fact(at, kind, happened_at=None, by=CARRIER, **told):
    return (at, kind(happened_at=berlin(happened_at or at), **told), by)


def of_buyer(lines, requests):
    return {"buyer": BuyerStanding(conduct=BuyerConduct(window="90d", lines=lines, requests=requests))}


MONDAY = "2026-03-09 09:00"
TUESDAY = "2026-03-10 09:00"
APPROVED = (MONDAY, c.ApproveWithReturn(), SELLER)
HANDED_IN = fact(TUESDAY, c.ReportReturnAccepted)
RETURNED = fact(TUESDAY, c.ReportReturnDelivered)
PROMISED = (MONDAY, c.PromiseReplacement(), SELLER)
ARRIVED = fact(TUESDAY, c.ReportReplacementDelivered)
OFFERED = (MONDAY, c.OfferPartialRefund(amount=eur("10.00")), SELLER)
REFUNDED = (MONDAY, c.ApproveWithoutReturn(), SELLER)
REJECTED = (MONDAY, c.Reject(code=RejectionCode.SHOWN_IN_LISTING, text="See the second photo."), SELLER)
GRANTED = ("2026-03-11 09:00", c.DecideFullRefund(grounds="It is another one.", liability=SELLER_LIABLE), SUPPORT)
SETTLED = fact("2026-03-12 12:00", c.ReportRefundSettled, by=PAYMENTS)
APPEALED = ("2026-03-16 09:00", c.Appeal(text="Look at this.", evidence=(photo(9),)), SELLER)
RAISED = ("2026-03-09 10:00", c.RaiseOffer(amount=eur("15.00")), SELLER)
ACCEPTED = ("2026-03-09 11:00", c.AcceptOffer(amount=eur("15.00")), BUYER)

NUMBERS = (
    Number("calendar.zone", "America/New_York", SELLERS, SUPPORTS, until="2026-03-10 17:30"),
    Number("calendar.market", "MX", "rejected", "open: rejected", (REJECTED,), "2026-03-16 12:00"),
    Number("calendar.closed_days", ["2026-03-09"], SUPPORTS, SELLERS, until="2026-03-11 12:00"),
    Number("windows.seller_answer", "24bh", SELLERS, SUPPORTS, until="2026-03-09 18:00"),
    Number("windows.offer_answer", "24bh", "open: offer_pending", BUYERS, (OFFERED,), TUESDAY),
    Number("windows.return_shipping", "3d", BUYERS, "return_not_shipped", (APPROVED,), "2026-03-12 09:00"),
    Number(
        "windows.return_shipping_after_report", "3bd", "return_not_shipped", BUYERS,
        (APPROVED, ("2026-03-13 12:00", c.ReportReturnShipped(), BUYER)), "2026-03-16 12:00",
    ),
    Number(
        "windows.return_transit", "7d", "open: return_in_transit", SUPPORTS, (APPROVED, HANDED_IN), "2026-03-17 09:00",
    ),
    Number(
        "windows.return_inspection", "24bh", "open: return_inspection", "refunded", (APPROVED, RETURNED),
        "2026-03-11 09:00", charged=("0.00", "45.90"),
    ),
    Number(
        "windows.return_inspection_after_learning", "72bh", "refunded", "open: return_inspection",
        (APPROVED, fact("2026-03-11 09:00", c.ReportReturnDelivered, TUESDAY)), "2026-03-12 09:00",
        charged=("45.90", "0.00"),
    ),
    Number("windows.replacement_shipping", "24bh", "open: awaiting_replacement", BUYERS, (PROMISED,), TUESDAY),
    Number(
        "windows.replacement_shipping_after_tracking", "3bd", BUYERS, "open: awaiting_replacement",
        (PROMISED, ("2026-03-10 12:00", c.EnterReplacementTracking(tracking=PARCEL), SELLER)), "2026-03-11 12:00",
    ),
    Number(
        "windows.replacement_transit", "7d", "open: replacement_in_transit", SUPPORTS,
        (PROMISED, fact(TUESDAY, c.ReportReplacementAccepted)), "2026-03-17 09:00",
    ),
    Number("windows.replacement_inspection", "1bd", "open: replacement_inspection", "replaced", (PROMISED, ARRIVED)),
    Number(
        "windows.replacement_inspection_after_learning", "5bd", "replaced", "open: replacement_inspection",
        (PROMISED, ARRIVED), "2026-03-12 09:00",
    ),
    Number("windows.escalation", "2d", "open: rejected", "rejected", (REJECTED,)),
    Number(
        "windows.appeal", "1d", "open: appeal_review", "refunded", (GRANTED, SETTLED, APPEALED), "2026-03-16 10:00",
        charged=("45.90", "45.90"), both_ways=False,
    ),
    Number(
        "windows.label_issue", "4h", BUYERS, "return_not_shipped",
        (APPROVED, fact("2026-03-09 12:00", c.ReportReturnLabelIssued, tracking=PARCEL, cost=eur("4.49"))),
        "2026-03-16 09:00",
    ),
    Number("windows.support_first_answer_target", "4bh", SUPPORTS, SUPPORTS),
    Number("windows.reminder_before_end", "8bh", SUPPORTS, SUPPORTS),
    Number("filing.after_purchase", "4d", SUPPORTS, "not_taken", both_ways=False),
    Number("filing.after_delivery", "1d", SUPPORTS, "not_taken", both_ways=False),
    Number("filing.after_delivery_by_category", {"electronics": "1d"}, SUPPORTS, "not_taken", both_ways=False),
    Number("filing.late_after", "7bd", SUPPORTS, "not_taken", reason=Reason.LATE_NOT_SHIPPED, both_ways=False),
    Number(
        "filing.tracking_stalled_after", "14d", SUPPORTS, "not_taken", reason=Reason.LATE_NOT_SHIPPED,
        world={"line": unshipped_line(shipped_at=berlin("2026-02-26 12:00"))}, both_ways=False,
    ),
    Number(
        "filing.giveaway_shipping", "7bd", SUPPORTS, "not_taken", reason=Reason.GIVEAWAY_NOT_RECEIVED, both_ways=False,
    ),
    Number(
        "filing.photos_required_for", ["item_missing"], SUPPORTS, "not_taken", reason=Reason.ITEM_MISSING,
        both_ways=False,
    ),
    Number(
        "filing.refilings", 0, SELLERS, "not_taken",
        ((MONDAY, c.Withdraw(), BUYER), ("2026-03-09 10:00", request(), BUYER)), both_ways=False,
    ),
    Number("answers.on_seller_silence", "auto_refund", SUPPORTS, "refunded", charged=("0.00", "45.90")),
    Number(
        "answers.offer_raises", 0, "refunded", BUYERS, (OFFERED, RAISED, ACCEPTED), charged=("15.00", "0.00"),
        both_ways=False,
    ),
    Number(
        "answers.hand_overs", 0, SELLERS, SUPPORTS, ((GRANTED[0], c.HandToSeller(), SUPPORT),), both_ways=False,
    ),
    Number("money.hold_exposure", False, SUPPORTS, SUPPORTS),
    Number(
        "money.credit_commission", False, "refunded", "refunded", (REFUNDED,), charged=("41.90", "45.90"),
        world={"line": order_line(commission=eur("4.00"))},
    ),
    Number("money.refund_estimate", {"earliest": "1bd", "latest": "2bd"}, "refunded", "refunded", (REFUNDED,),
           charged=("45.90", "45.90")),
    Number("money.return_label_estimate_minor", 499, BUYERS, BUYERS, (APPROVED,)),
    Number("cancellation.request_until", "2h", SUPPORTS, SUPPORTS),
    Number("cancellation.seller_answer", "2h", SUPPORTS, SUPPORTS),
    Number("standing.windows", ["90d"], SELLERS, SELLERS, until=MONDAY, world=of_buyer(10, 5)),
    Number("standing.review_window", "30d", SELLERS, SELLERS, until=MONDAY, world=of_buyer(10, 5)),
    Number("standing.review_above_requests", 4, SELLERS, SUPPORTS, until=MONDAY, world=of_buyer(10, 5)),
    Number("standing.review_above_percent", 60, SUPPORTS, SELLERS, until=MONDAY, world=of_buyer(10, 6)),
)  # fmt: skip


def stands(ending):
    """A refund that is due is as good as paid: the record here knows no provider, who would settle it."""
    word = "refunded" if ending.word == "open: refund_pending" else ending.word
    return word, ending.borne[Party.SELLER]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number.name)
def test_the_change_is_tried_on_a_case_of_the_standard(number):
    finding = found(number.lived(STANDARD), number.policy)
    assert finding.is_comparable
    assert stands(finding.recorded) == (number.standard, eur(number.charged[0]))
    assert stands(finding.backtested) == (number.changed, eur(number.charged[1]))


@pytest.mark.parametrize("number", [it for it in NUMBERS if it.both_ways], ids=lambda number: number.name)
def test_the_standard_is_tried_on_a_case_of_the_change(number):
    finding = found(number.lived(number.policy), STANDARD)
    assert finding.is_comparable
    assert stands(finding.recorded) == (number.changed, eur(number.charged[1]))
    assert stands(finding.backtested) == (number.standard, eur(number.charged[0]))


def test_no_number_is_left_out():
    rooms = {name: info.annotation for name, info in Policy.model_fields.items() if name not in {"id", "version"}}
    assert [number.name for number in NUMBERS] == [
        f"{room}.{name}" for room, kind in rooms.items() for name in kind.model_fields
    ]
