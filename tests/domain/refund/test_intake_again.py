"""What may be asked again after a case has ended, by its outcome (SPEC §§3 and 13)."""

import pytest

from domain.refund.commands import (
    ApproveWithoutReturn,
    ApproveWithReturn,
    DecideRefundOnReturn,
    Deny,
    MarkAsShipped,
    PromiseReplacement,
    Reject,
    ReportChargeback,
    ReportOrderAccepted,
    ReportRefundElsewhere,
    ReportRefundSettled,
    ReportRefundSubmitted,
    ReportReplacementAccepted,
    ReportReplacementDelivered,
    Withdraw,
)
from domain.refund.events import RefundRequested, RequestRoutedToSupport
from domain.refusals import NotAllowedNow, RuleBroken
from domain.vocabulary import Outcome, Reason, RejectionCode, Status, SupportRouting
from tests.dsl import done, given, opened, reported, silence
from tests.trade import (
    BUYER,
    PARCEL,
    PLATFORM_LIABLE,
    SUPPORT,
    eur,
    giveaway_line,
    policy,
    request,
    unshipped_line,
)

REJECT = Reject(code=RejectionCode.NOT_COVERED, text="It is as shown.", tracking=PARCEL)
DENY = Deny(grounds="It is as shown.")
ON_RETURN = DecideRefundOnReturn(grounds="Send it back first.", liability=PLATFORM_LIABLE)
WITHDRAWN = (opened(), done(Withdraw()))
NOT_SHIPPED = (opened(), done(ApproveWithReturn()), silence())
REJECTED = (opened(), done(REJECT), silence())
DENIED = (opened(), silence(), done(DENY))
PAID = (
    opened(),
    done(ApproveWithoutReturn()),
    reported(ReportRefundSubmitted, reference="re-1"),
    reported(ReportRefundSettled),
)
REPLACED = (
    opened(),
    done(PromiseReplacement()),
    reported(ReportReplacementAccepted),
    reported(ReportReplacementDelivered),
    silence(),
)
FULFILLED = (
    reported(ReportOrderAccepted),
    reported(ReportReplacementDelivered),
    silence(),
)
LATE = opened(Reason.LATE_NOT_SHIPPED)
GIVEAWAY = opened(Reason.GIVEAWAY_NOT_RECEIVED)


def again(story, reason=Reason.WRONG_ITEM):
    """Support files once more for the buyer; whatever the time, the window is not the question here."""
    return story.when(request(reason, window_overridden=True), by=SUPPORT)


@pytest.mark.parametrize("history", [WITHDRAWN, NOT_SHIPPED], ids=["withdrawn", "return not shipped"])
@pytest.mark.parametrize("reason", [Reason.WRONG_ITEM, Reason.DEFECTIVE])
def test_a_request_taken_back_or_not_followed_may_be_filed_once_more(history, reason):
    story = again(given(*history), reason).then(RefundRequested, attempt=2)
    story.stands(Status.AWAITING_SELLER)
    assert story.stage.case_at(0).successor == story.case.id


def test_a_second_time_is_once_too_often():
    story = given(*WITHDRAWN, *WITHDRAWN)
    again(story).then_refused(RuleBroken, "refiling_used", allowed=1, filed=2)


@pytest.mark.parametrize(("refilings", "times"), [(0, 1), (2, 3)])
def test_how_often_is_the_policys(refilings, times):
    story = given(*WITHDRAWN * times, policy=policy(filing={"refilings": refilings}))
    again(story).then_refused(RuleBroken, "refiling_used", allowed=refilings)


def test_filing_again_happens_inside_the_window():
    story = given(*WITHDRAWN).at("2026-03-19 09:59").when(request(), by=BUYER).then(RefundRequested)
    story = given(*WITHDRAWN).at("2026-03-19 10:00").when(request(), by=BUYER)
    story.then_refused(RuleBroken, "filing_window_closed")


def test_a_return_that_support_granted_and_nobody_shipped_is_not_asked_for_again():
    story = given(opened(), silence(), done(ON_RETURN), silence())
    story.stands(Status.CLOSED, Outcome.RETURN_NOT_SHIPPED)
    again(story).then_refused(RuleBroken, "return_was_granted")


def test_a_request_withdrawn_after_support_granted_the_return_may_be_filed_again():
    again(given(opened(), silence(), done(ON_RETURN), done(Withdraw()))).then(RefundRequested)


@pytest.mark.parametrize("history", [REJECTED, DENIED, REPLACED], ids=["rejected", "denied", "replaced"])
def test_after_an_answer_the_same_reason_is_never_taken_again_and_another_goes_to_support(history):
    again(given(*history)).then_refused(RuleBroken, "same_reason_again")
    story = again(given(*history), Reason.ITEM_MISSING)
    story.then(RequestRoutedToSupport, routing=(SupportRouting.SECOND_REQUEST,))


def test_an_answer_counts_however_long_ago():
    story = given(*REJECTED)
    again(story, Reason.ITEM_MISSING).then(RequestRoutedToSupport)
    story.when(Withdraw()).stands(Status.CLOSED, Outcome.WITHDRAWN)
    again(story).then_refused(RuleBroken, "same_reason_again")
    again(story, Reason.DEFECTIVE).then(RequestRoutedToSupport, attempt=3)


@pytest.mark.parametrize("reason", [Reason.WRONG_ITEM, Reason.ITEM_MISSING])
def test_after_a_refund_nothing_more_is_taken(reason):
    again(given(*PAID), reason).then_refused(RuleBroken, "already_refunded")


def test_after_a_refund_elsewhere_nothing_more_is_taken():
    story = given(opened(), reported(ReportRefundElsewhere, amount=eur("45.90"), reference="hub-1"))
    again(story).then_refused(RuleBroken, "already_refunded")


def test_a_refund_made_elsewhere_after_the_case_had_ended_counts_too():
    story = given(*NOT_SHIPPED, reported(ReportRefundElsewhere, amount=eur("45.90"), reference="hub-1"))
    again(story).then_refused(RuleBroken, "already_refunded")


@pytest.mark.parametrize("history", [(opened(),), WITHDRAWN], ids=["while open", "after the end"])
def test_after_a_chargeback_the_bank_has_the_case(history):
    story = given(*history, reported(ReportChargeback, reference="cb-1"))
    again(story).then_refused(RuleBroken, "chargeback_open")


def test_an_order_that_was_shipped_after_all_is_no_longer_late_but_may_be_faulty():
    story = given(LATE, *FULFILLED, line=unshipped_line()).stands(Status.CLOSED, Outcome.FULFILLED)
    again(story, Reason.LATE_NOT_SHIPPED).then_refused(RuleBroken, "already_fulfilled")
    again(story, Reason.DEFECTIVE).then(RefundRequested)


def test_a_giveaway_that_was_sent_after_all_has_been_received():
    story = given(GIVEAWAY, *FULFILLED, line=giveaway_line()).stands(Status.CLOSED, Outcome.FULFILLED)
    again(story, Reason.GIVEAWAY_NOT_RECEIVED).then_refused(RuleBroken, "already_fulfilled")


def test_a_marked_shipment_that_arrives_fulfils_the_order_too():
    story = given(
        LATE,
        done(MarkAsShipped(tracking=PARCEL)),
        reported(ReportReplacementDelivered),
        silence(),
        line=unshipped_line(),
    )
    story.stands(Status.CLOSED, Outcome.FULFILLED)


def test_an_earlier_case_that_lives_again_is_the_active_one():
    story = given(*DENIED)
    story.when(request(Reason.ITEM_MISSING), by=BUYER).then(RequestRoutedToSupport)
    story.when(Withdraw()).stands(Status.CLOSED, Outcome.WITHDRAWN)
    story.when(request(Reason.ITEM_MISSING), by=BUYER).then(RequestRoutedToSupport)
    again(story).then_refused(NotAllowedNow, "active_case")
