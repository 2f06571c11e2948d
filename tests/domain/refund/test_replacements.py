"""Replacements, and orders shipped after all: proposed, promised, tracked, scanned in any order (SPEC §§3, 4, 13)."""

import pytest

from domain.refund.commands import (
    AnswerReplacementItem,
    ApproveWithoutReturn,
    ApproveWithReturn,
    EnterReplacementTracking,
    HandToSeller,
    MarkAsShipped,
    OrderSending,
    PromiseReplacement,
    ProposeReplacementItem,
    Reject,
    ReportOrderAccepted,
    ReportRefundFailed,
    ReportReplacementAccepted,
    ReportReplacementDelivered,
    ReportReplacementProblem,
    ReportReturnAccepted,
    ReportReturnDelivered,
    TakeOver,
    Withdraw,
)
from domain.refund.events import (
    OrderScanRecorded,
    OrderShippedAfterAll,
    OutsideFactRecorded,
    ReplacementAccepted,
    ReplacementCrossedReturn,
    ReplacementDelivered,
    ReplacementProblemReported,
    ReplacementScanRecorded,
    ReturnCrossedReplacement,
    SendingOrdered,
    StrayReplacementRecorded,
)
from domain.refusals import NotAllowedNow, RuleBroken
from domain.vocabulary import Outcome, Reason, RejectionCode, ReplacementState, ReturnState, ReviewCause, Status
from tests.dsl import done, given, opened, reported, silence
from tests.trade import BUYER, NOT_ENROLLED, PARCEL, SELLER, eur, giveaway_line, unshipped_line

TRACKED = done(EnterReplacementTracking(tracking=PARCEL, label_cost=eur("4.99")))
PROMISED = (opened(), done(PromiseReplacement()))
ON_ITS_WAY = (*PROMISED, TRACKED, reported(ReportReplacementAccepted, at="2026-03-09 12:00"))
MISSED = (*PROMISED, TRACKED, silence())
LATE, GIVEAWAY = opened(Reason.LATE_NOT_SHIPPED), opened(Reason.GIVEAWAY_NOT_RECEIVED)
REJECT = Reject(code=RejectionCode.IN_TRANSIT, text="It is on its way.", tracking=PARCEL)


# A different item


def test_a_different_item_is_proposed_first_and_needs_the_buyers_yes():
    blue = PromiseReplacement(different_item="The blue one")
    story = given(opened()).when(blue).then_refused(RuleBroken, "replacement_item_agreed")
    story.when(ProposeReplacementItem(item="The blue one")).stands(Status.AWAITING_SELLER).due("2026-03-10 18:00")
    story.when(blue).then_refused(RuleBroken, "replacement_item_agreed", proposed="The blue one", agreed=None)
    story.when(AnswerReplacementItem(accepted=True)).due("2026-03-10 18:00")
    story.when(PromiseReplacement(different_item="The red one")).then_refused(RuleBroken, "replacement_item_agreed")
    story.when(blue).stands(Status.AWAITING_REPLACEMENT)


def test_a_no_to_the_different_item_leaves_the_seller_his_other_answers():
    proposed = (
        opened(),
        done(ProposeReplacementItem(item="The blue one")),
        done(AnswerReplacementItem(accepted=False)),
    )
    story = given(*proposed).when(PromiseReplacement(different_item="The blue one"))
    story.then_refused(RuleBroken, "replacement_item_agreed", agreed=False)
    story.when(ProposeReplacementItem(item="The red one")).when(AnswerReplacementItem(accepted=True))
    story.when(PromiseReplacement(different_item="The red one")).stands(Status.AWAITING_REPLACEMENT)


def test_what_was_not_proposed_cannot_be_answered():
    given(opened()).when(AnswerReplacementItem(accepted=True)).then_refused(NotAllowedNow, "item_proposed")


def test_the_same_item_needs_no_consent():
    given(opened()).when(PromiseReplacement()).stands(Status.AWAITING_REPLACEMENT)


# On its way


def test_once_tracking_is_entered_the_seller_may_not_improve_and_enters_no_other():
    story = given(*PROMISED).when(ApproveWithoutReturn()).stands(Status.REFUND_PENDING)
    story = given(*PROMISED, TRACKED)
    story.when(ApproveWithoutReturn()).then_refused(NotAllowedNow, "no_tracking_yet")
    story.when(EnterReplacementTracking(tracking=PARCEL)).then_refused(NotAllowedNow, "no_tracking_yet")


def test_the_outbound_label_is_the_sellers_own_cost_and_only_noted():
    story = given(*PROMISED).when(EnterReplacementTracking(tracking=PARCEL, label_cost=eur("4.99")))
    assert (story.events[0].label_cost, story.events[0].posting) == (eur("4.99"), None)


def test_the_buyer_may_withdraw_until_the_replacement_is_scanned():
    given(*PROMISED, TRACKED).when(Withdraw()).stands(Status.CLOSED, Outcome.WITHDRAWN)
    given(*ON_ITS_WAY).when(Withdraw()).then_refused(NotAllowedNow)


def test_a_delivery_without_a_scan_counts_as_both():
    story = given(*PROMISED, TRACKED).when_reported(ReportReplacementDelivered).then(ReplacementDelivered)
    story.stands(Status.REPLACEMENT_INSPECTION)


def test_a_scan_told_twice_or_after_the_delivery_moves_nothing():
    story = given(*ON_ITS_WAY).when_reported(ReportReplacementAccepted).then(OutsideFactRecorded)
    story.due("2026-03-23 12:00").at("2026-03-12 12:00").when_reported(ReportReplacementDelivered)
    story.when_reported(ReportReplacementAccepted, dated="2026-03-09 12:00").then(OutsideFactRecorded)
    story.when_reported(ReportReplacementDelivered).then(OutsideFactRecorded).due("2026-03-16 12:00")


def test_a_lost_replacement_that_turns_up_is_inspected_and_one_told_twice_stays_lost():
    story = given(*ON_ITS_WAY, silence()).stands(Status.SUPPORT_REVIEW, review_cause=ReviewCause.REPLACEMENT_LOST)
    story.when_reported(ReportReplacementAccepted, dated="2026-03-09 12:00").then(OutsideFactRecorded)
    story.when_reported(ReportReplacementDelivered).then(ReplacementDelivered).stands(Status.REPLACEMENT_INSPECTION)


def test_a_problem_with_the_replacement_goes_to_support():
    story = given(*ON_ITS_WAY, reported(ReportReplacementDelivered))
    story.when(ReportReplacementProblem(description="Cracked too.")).then(ReplacementProblemReported)
    story.stands(Status.SUPPORT_REVIEW, review_cause=ReviewCause.REPLACEMENT_PROBLEM)


# After it was missed


def test_a_replacement_scanned_after_the_return_option_opened_goes_on_and_voids_the_label():
    story = given(*MISSED).stands(Status.AWAITING_RETURN).when_reported(ReportReplacementAccepted)
    story.then(ReplacementAccepted).stands(Status.REPLACEMENT_IN_TRANSIT, return_state=ReturnState.VOID)


@pytest.mark.parametrize("scan", [ReportReplacementAccepted, ReportReplacementDelivered])
@pytest.mark.parametrize("back", [ReportReturnAccepted, ReportReturnDelivered])
def test_once_the_item_has_gone_back_as_well_support_decides(scan, back):
    story = given(*MISSED, reported(back)).when_reported(scan).then(ReplacementCrossedReturn)
    story.stands(Status.SUPPORT_REVIEW, review_cause=ReviewCause.REPLACEMENT_PROBLEM).due(None)


@pytest.mark.parametrize("back", [ReportReturnAccepted, ReportReturnDelivered])
def test_an_item_that_comes_back_while_the_replacement_travels_goes_to_support(back):
    story = given(*MISSED, reported(ReportReplacementAccepted)).when_reported(back).then(ReturnCrossedReplacement)
    story.stands(Status.SUPPORT_REVIEW, review_cause=ReviewCause.REPLACEMENT_PROBLEM)


def test_a_missed_replacement_that_is_scanned_while_support_waits_for_it_goes_on():
    missed = (opened(Reason.ITEM_MISSING), done(PromiseReplacement()), TRACKED, silence())
    given(*missed).when_reported(ReportReplacementAccepted).stands(Status.REPLACEMENT_IN_TRANSIT)


def test_a_replacement_scanned_while_support_decides_something_else_is_recorded_and_shown():
    story = given(*PROMISED, TRACKED, done(TakeOver(ground="Quarrel."))).when_reported(ReportReplacementAccepted)
    story.then(ReplacementScanRecorded, delivered=False)
    story.stands(Status.SUPPORT_REVIEW, review_cause=ReviewCause.REPLACEMENT_PROBLEM)


def test_a_stray_replacement_beside_a_refund_is_recorded():
    story = given(*MISSED, done(ApproveWithoutReturn()), reported(ReportRefundFailed))
    story.when_reported(ReportReplacementDelivered).then(StrayReplacementRecorded, delivered=True)
    story.stands(Status.SUPPORT_REVIEW, replacement=ReplacementState.NONE)


# Late orders and giveaways


@pytest.mark.parametrize("history", [(), (done(REJECT),), (done(MarkAsShipped(tracking=PARCEL)),)])
def test_a_scan_of_the_order_counts_as_shipped_while_seller_or_buyer_still_answer(history):
    story = given(LATE, *history, line=unshipped_line()).when_reported(ReportOrderAccepted)
    story.then(OrderShippedAfterAll).stands(Status.REPLACEMENT_IN_TRANSIT)


@pytest.mark.parametrize("history", [(), (done(REJECT),)], ids=["unanswered", "rejected"])
def test_a_late_order_that_is_delivered_without_any_scan_before_is_inspected(history):
    story = given(LATE, *history, line=unshipped_line()).when_reported(ReportReplacementDelivered)
    story.then(ReplacementDelivered).stands(Status.REPLACEMENT_INSPECTION, replacement=ReplacementState.DELIVERED)
    silence()(story)
    story.stands(Status.CLOSED, Outcome.FULFILLED)


def test_a_scan_of_the_order_is_only_recorded_once_support_has_the_case():
    story = given(LATE, silence(), line=unshipped_line()).when_reported(ReportOrderAccepted).then(OrderScanRecorded)
    story.stands(Status.SUPPORT_REVIEW)


MARKED_AND_MISSED = (LATE, done(MarkAsShipped(tracking=PARCEL)), silence())


def test_an_order_marked_as_shipped_whose_scan_is_told_after_the_timeout_goes_on():
    story = given(*MARKED_AND_MISSED, line=unshipped_line()).stands(Status.SUPPORT_REVIEW)
    story.when_reported(ReportOrderAccepted, dated="2026-03-09 12:00").then(OrderShippedAfterAll)
    story.stands(Status.REPLACEMENT_IN_TRANSIT, replacement=ReplacementState.SCANNED).due("2026-03-23 12:00")


def test_a_marked_order_scanned_while_support_decides_something_else_is_only_recorded():
    taken = (LATE, done(MarkAsShipped(tracking=PARCEL)), done(TakeOver(ground="Quarrel.")))
    story = given(*taken, line=unshipped_line()).when_reported(ReportOrderAccepted).then(OrderScanRecorded)
    story.stands(Status.SUPPORT_REVIEW)


def test_a_scan_of_an_order_that_was_not_late_is_no_matter_of_the_case():
    given(opened()).when_reported(ReportOrderAccepted).then(OutsideFactRecorded).stands(Status.AWAITING_SELLER)


def test_a_late_order_is_refunded_rejected_with_tracking_or_marked_as_shipped():
    story = given(LATE, line=unshipped_line()).may(
        SELLER, "approve-without-return", "reject", "mark-as-shipped", "ask-support-in", "send-message", "add-evidence"
    )
    story.when(Reject(code=RejectionCode.IN_TRANSIT, text="On its way.")).then_refused(RuleBroken, "tracking_required")
    story.when(REJECT).stands(Status.REJECTED)


def test_a_giveaway_has_no_refund():
    given(GIVEAWAY, line=giveaway_line()).may(
        SELLER, "promise-replacement", "reject", "mark-as-shipped", "propose-replacement-item",
        "ask-support-in", "send-message", "add-evidence",
    )  # fmt: skip


def test_support_may_order_a_giveaway_sent():
    story = given(GIVEAWAY, line=giveaway_line(), seller=NOT_ENROLLED).when(OrderSending()).then(SendingOrdered)
    story.stands(Status.AWAITING_REPLACEMENT, replacement=ReplacementState.PROMISED).due("2026-03-10 18:00")
    story.when(Withdraw(), by=BUYER).stands(Status.CLOSED, Outcome.WITHDRAWN)


def test_only_giveaways_are_ordered_sent():
    given(opened(), silence()).when(OrderSending()).then_refused(NotAllowedNow, "giveaway_not_received")


def test_a_giveaway_that_was_delivered_is_not_ordered_sent_again():
    arrived = (GIVEAWAY, done(MarkAsShipped(tracking=PARCEL)), reported(ReportReplacementDelivered))
    broken = done(ReportReplacementProblem(description="Cracked."))
    story = given(*arrived, broken, line=giveaway_line()).stands(Status.SUPPORT_REVIEW)
    story.when(OrderSending()).then_refused(NotAllowedNow, "can_be_sent")


@pytest.mark.parametrize("scan", [ReportReplacementAccepted, ReportReplacementDelivered])
@pytest.mark.parametrize(
    "history",
    [
        (opened(), done(ApproveWithReturn())),
        (opened(), done(ApproveWithReturn()), reported(ReportReturnAccepted)),
        (opened(), silence()),
        (opened(), done(ApproveWithoutReturn())),
        (opened(), done(Withdraw())),
    ],
    ids=["awaiting the return", "return in transit", "with support", "refund due", "closed"],
)
def test_a_scan_of_a_replacement_nobody_promised_is_recorded(history, scan):
    story = given(*history)
    status, outcome = story.case.status, story.case.outcome
    story.when_reported(scan).then(OutsideFactRecorded).stands(status, outcome, replacement=ReplacementState.NONE)


def test_a_case_with_a_promised_replacement_is_not_handed_to_the_seller_again():
    story = given(*PROMISED, done(TakeOver(ground="Let us look."))).when(HandToSeller())
    story.then_refused(NotAllowedNow, "untouched")
