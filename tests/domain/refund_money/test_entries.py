"""Each posting in full: its rule, and what each of its entries is for, none of them zero (SPEC §5)."""

import pytest

from domain.refund.commands import (
    AcceptOffer,
    ApproveWithoutReturn,
    ConfirmReturn,
    OfferPartialRefund,
    RecordPaidOtherwise,
    ReportRefundFailed,
    ReportRefundSettled,
    ReportRefundSubmitted,
)
from tests.domain.refund_money.books import DISPUTED, MONDAY, PAID, RETURNED, SENT, TAKEN_OVER, TAXED, granted
from tests.dsl import done, given, opened, reported
from tests.trade import PLATFORM_LIABLE, eur, order_line

APPROVED = done(ApproveWithoutReturn(), at=MONDAY)
OFFERED = done(OfferPartialRefund(amount=eur("12.00")), at=MONDAY)
FAILED = (reported(ReportRefundSubmitted, reference="re-1"), reported(ReportRefundFailed))
OWED_TAXED = [("platform_tax", "tax", -731), ("buyer_refunds", "refund", 5321)]


def last_posting(story):
    """Its rule, and account, item and minor units of each entry."""
    posting = next(event.posting for event, _, _ in reversed(story.stage.histories[-1]) if event.posting)
    return posting.rule.value, [
        (entry.account.value, entry.item.value, entry.amount.minor) for entry in posting.entries
    ]


@pytest.mark.parametrize(
    ("history", "line", "rule", "entries"),
    [
        ((APPROVED,), order_line(), "full_refund", [
            ("seller", "price_and_shipping", -4590), ("buyer_refunds", "refund", 4590),
        ]),
        ((APPROVED,), TAXED, "full_refund", [
            ("seller", "price_and_shipping", -4590), *OWED_TAXED,
            ("seller", "commission", 400), ("platform", "commission", -400),
        ]),
        ((TAKEN_OVER, granted(PLATFORM_LIABLE)), TAXED, "full_refund", [
            ("platform", "price_and_shipping", -4590), *OWED_TAXED,
        ]),
        ((OFFERED, done(AcceptOffer(amount=eur("12.00")))), order_line(), "partial_refund", [
            ("seller", "partial_amount", -1200), ("buyer_refunds", "refund", 1200),
        ]),
        (SENT, order_line(), "return_label_borne", [
            ("platform", "carrier_bill", -449), ("carrier_labels", "carrier_bill", 449),
        ]),
        ((*RETURNED, done(ConfirmReturn())), order_line(), "full_refund_after_return", [
            ("seller", "price_and_shipping", -4590), ("buyer_refunds", "refund", 4590),
            ("seller", "return_label", -449), ("platform", "return_label", 449),
        ]),
        ((*RETURNED, DISPUTED, granted(PLATFORM_LIABLE)), order_line(), "full_refund_after_return", [
            ("platform", "price_and_shipping", -4590), ("buyer_refunds", "refund", 4590),
        ]),
        ((APPROVED, *PAID), order_line(), "refund_settled", [
            ("buyer_refunds", "refund", -4590), ("payments", "refund", 4590),
        ]),
        ((APPROVED, *FAILED, done(RecordPaidOtherwise(reference="transfer 7")), reported(ReportRefundSettled)),
         order_line(), "stray_refund", [
            ("platform", "refund", -4590), ("payments", "refund", 4590),
        ]),
    ],
)  # fmt: skip
def test_each_entry_says_what_it_is_for(history, line, rule, entries):
    assert last_posting(given(opened(), *history, line=line)) == (rule, entries)
