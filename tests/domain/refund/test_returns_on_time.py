"""The item on its way back against the clock: grace, late labels, scans late and in any order (SPEC §§4 and 13)."""

from datetime import timedelta

import pytest

from domain.refund.commands import (
    ApproveWithoutReturn,
    ApproveWithReturn,
    DecideFullRefund,
    DecideRefundOnReturn,
    Deny,
    DisputeReturn,
    OfferPartialRefund,
    PromiseReplacement,
    Reopen,
    ReportChargeback,
    ReportRefundElsewhere,
    ReportReplacementAccepted,
    ReportReturnAccepted,
    ReportReturnDelivered,
    ReportReturnLabelFailed,
    ReportReturnLabelIssued,
    ReportReturnShipped,
    TakeOver,
    Withdraw,
)
from domain.refund.events import (
    LateReturnToSupport,
    OutsideFactRecorded,
    RefundOnReturnDecidedArrived,
    RefundOnReturnDecidedInTransit,
    RequestDenied,
    RequestDeniedItemSentBack,
    ReturnAccepted,
    ReturnArrivedDuringReview,
    ReturnDelivered,
    ReturnLost,
    ReturnNotShipped,
    ReturnReinstated,
    ReturnReinstatedDelivered,
    ReturnScanRecorded,
)
from domain.refusals import RuleBroken
from domain.vocabulary import DisputeReason, Outcome, Reason, ReturnState, ReviewCause, Status
from tests.dsl import done, given, opened, reported, silence
from tests.trade import (
    ENROLLED,
    HOMELESS,
    PARCEL,
    PLATFORM_LIABLE,
    SELLER_LIABLE,
    SUPPORT,
    berlin,
    eur,
    request,
)

INSTANT = timedelta(microseconds=1)
APPROVED, DUE = "2026-03-09 09:00", "2026-03-16 09:00"
RETURNING = (opened(), done(ApproveWithReturn(), at=APPROVED))
LAPSED = (*RETURNING, silence())
LABEL = {"tracking": PARCEL, "cost": eur("4.49")}
DISPUTE = DisputeReturn(reason=DisputeReason.NOT_RECEIVED, text="Nothing came.")
ON_RETURN = DecideRefundOnReturn(grounds="Send it back first.", liability=PLATFORM_LIABLE)


# The buyer's own word


@pytest.mark.parametrize(
    ("said", "end"),
    [("2026-03-10 12:00", DUE), ("2026-03-16 08:00", "2026-03-17 08:00"), ("2026-03-13 10:00", "2026-03-16 10:00")],
)
def test_saying_it_is_shipped_leaves_the_carrier_a_business_day_for_the_scan(said, end):
    given(*RETURNING, done(ReportReturnShipped(), at=said)).stands(Status.AWAITING_RETURN).due(end)


def test_a_grace_that_ends_with_the_window_leaves_the_deadline_as_it_was():
    story = given(*RETURNING)
    before = story.case.deadline
    assert story.at("2026-03-13 09:00").when(ReportReturnShipped()).due(DUE).case.deadline == before


def test_the_grace_is_given_once():
    story = given(*RETURNING, done(ReportReturnShipped(), at="2026-03-16 08:00"))
    story.at("2026-03-17 07:00").when(ReportReturnShipped()).due("2026-03-17 08:00")


def test_a_return_opened_anew_has_a_grace_of_its_own():
    story = given(*RETURNING, done(ReportReturnShipped(), at="2026-03-16 08:00"), done(TakeOver(ground="Quarrel.")))
    story.at("2026-03-16 09:00").when(ON_RETURN).due("2026-03-23 09:00")
    story.at("2026-03-23 08:00").when(ReportReturnShipped()).due("2026-03-24 08:00")


# The label


@pytest.mark.parametrize("issued", ["2026-03-09 09:59", "2026-03-09 10:00"])
def test_a_label_issued_within_the_hour_changes_nothing(issued):
    given(*RETURNING).at(issued).when_reported(ReportReturnLabelIssued, **LABEL).due(DUE)


def test_a_label_issued_late_gives_the_whole_window_from_its_issue():
    story = given(*RETURNING).at("2026-03-10 15:00").when_reported(ReportReturnLabelIssued, **LABEL)
    story.due("2026-03-17 15:00")


def test_a_label_issued_in_time_and_learned_late_changes_nothing():
    story = given(*RETURNING).at("2026-03-12 15:00")
    story.when_reported(ReportReturnLabelIssued, dated="2026-03-09 09:30", **LABEL).due(DUE)


def test_a_late_label_never_shortens_the_buyers_time():
    story = given(*RETURNING, done(ReportReturnShipped(), at="2026-03-16 08:00")).due("2026-03-17 08:00")
    story.when_reported(ReportReturnLabelIssued, dated="2026-03-09 12:00", **LABEL).due("2026-03-17 08:00")


def test_a_label_that_cannot_be_issued_brings_the_case_to_support():
    story = given(*RETURNING).when_reported(ReportReturnLabelFailed, detail="address not served")
    story.stands(Status.SUPPORT_REVIEW, review_cause=ReviewCause.LABEL_FAILED).due(None)


# Handed in, or not


def test_an_unshipped_return_ends_the_case_without_refund_or_charge_and_voids_the_label():
    story = given(*LAPSED).then(ReturnNotShipped, refund=None, posting=None).due(None)
    story.stands(Status.CLOSED, Outcome.RETURN_NOT_SHIPPED, return_state=ReturnState.VOID)


@pytest.mark.parametrize("dated", [APPROVED, "2026-03-14 23:00"])
def test_a_scan_dated_inside_the_window_and_learned_after_it_brings_the_case_back_to_life(dated):
    story = given(*LAPSED).at("2026-03-18 12:00").when_reported(ReportReturnAccepted, dated=dated)
    story.then(ReturnReinstated).stands(Status.RETURN_IN_TRANSIT)


def test_the_window_is_judged_to_the_instant():
    due = berlin(DUE)
    given(*LAPSED).when_reported(ReportReturnAccepted, dated=due - INSTANT).then(ReturnReinstated)
    story = given(*LAPSED).when_reported(ReportReturnAccepted, dated=due).then(LateReturnToSupport)
    story.stands(Status.SUPPORT_REVIEW, review_cause=ReviewCause.LATE_RETURN, return_state=ReturnState.SCANNED)


def test_a_reinstated_return_may_travel_14_days_from_its_scan():
    given(*LAPSED).when_reported(ReportReturnAccepted, dated="2026-03-14 23:00").due("2026-03-28 23:00")


def test_a_delivery_without_an_acceptance_scan_counts_as_both():
    story = given(*RETURNING).at("2026-03-12 14:00").when_reported(ReportReturnDelivered).then(ReturnDelivered)
    story.stands(Status.RETURN_INSPECTION)
    story = given(*LAPSED).when_reported(ReportReturnDelivered, dated="2026-03-15 14:00")
    story.then(ReturnReinstatedDelivered).stands(Status.RETURN_INSPECTION)


def test_a_scan_dated_before_the_deadline_precedes_a_timeout_that_did_not_ring_yet():
    story = given(*RETURNING).at("2026-03-16 12:00").when_reported(ReportReturnAccepted, dated="2026-03-16 08:59")
    story.then(ReturnAccepted).stands(Status.RETURN_IN_TRANSIT)


def test_a_scan_dated_at_the_deadline_comes_after_a_timeout_that_did_not_ring_yet():
    story = given(*RETURNING).at("2026-03-16 12:00").when_reported(ReportReturnAccepted, dated=DUE)
    story.then(ReturnNotShipped, LateReturnToSupport)


def test_no_scan_comes_from_the_future():
    story = given(*RETURNING).when_reported(ReportReturnAccepted, dated="2026-05-01 09:00")
    story.due("2026-03-23 09:00")  # fourteen days from now


# In any order, and twice


def test_a_scan_told_twice_moves_the_case_once():
    story = given(*RETURNING, reported(ReportReturnAccepted, at="2026-03-10 12:00"))
    story.at("2026-03-11 12:00").when_reported(ReportReturnAccepted, dated="2026-03-10 12:00")
    story.then(OutsideFactRecorded, fact="ReportReturnAccepted").due("2026-03-24 12:00")


def test_an_acceptance_told_after_the_delivery_changes_nothing():
    story = given(*RETURNING, reported(ReportReturnDelivered, at="2026-03-12 14:00"))
    story.when_reported(ReportReturnAccepted, dated="2026-03-10 12:00").then(OutsideFactRecorded)
    story.stands(Status.RETURN_INSPECTION).due("2026-03-16 14:00")


def test_a_disputed_item_does_not_arrive_again():
    story = given(*RETURNING, reported(ReportReturnDelivered, at="2026-03-12 14:00"))
    story.when(DISPUTE).when_reported(ReportReturnDelivered).then(OutsideFactRecorded)
    assert story.case.return_state is ReturnState.DISPUTED


def test_a_scan_of_a_return_nobody_opened_is_recorded():
    story = given(opened()).when_reported(ReportReturnDelivered).then(OutsideFactRecorded)
    story.stands(Status.AWAITING_SELLER, return_state=ReturnState.NONE).due("2026-03-10 18:00")


@pytest.mark.parametrize("scan", [ReportReturnAccepted, ReportReturnDelivered])
@pytest.mark.parametrize(
    "history",
    [
        (opened(), silence()),
        (opened(), done(PromiseReplacement()), reported(ReportReplacementAccepted)),
        (opened(), done(ApproveWithoutReturn())),
        (opened(), done(Withdraw())),
    ],
    ids=["with support", "replacement in transit", "refund due", "closed"],
)
def test_no_scan_makes_a_return_that_was_never_opened(history, scan):
    story = given(*history)
    status, outcome = story.case.status, story.case.outcome
    story.when_reported(scan).then(OutsideFactRecorded).stands(status, outcome, return_state=ReturnState.NONE)


def test_an_acceptance_told_twice_while_support_looks_is_recorded_once():
    handed_in = (*RETURNING, reported(ReportReturnAccepted, at="2026-03-10 12:00"), done(TakeOver(ground="Quarrel.")))
    given(*handed_in).when_reported(ReportReturnAccepted).then(OutsideFactRecorded)


# With support


def test_a_lost_parcel_that_turns_up_is_inspected_by_the_seller():
    lost = (*RETURNING, reported(ReportReturnAccepted, at="2026-03-10 12:00"), silence())
    story = given(*lost).then(ReturnLost).at("2026-03-30 10:00").when_reported(ReportReturnDelivered)
    story.then(ReturnDelivered).stands(Status.RETURN_INSPECTION).due("2026-04-01 10:00")


def test_a_parcel_that_arrives_while_support_looks_at_something_else_is_recorded_and_shown():
    taken_over = (*RETURNING, reported(ReportReturnAccepted, at="2026-03-10 12:00"), done(TakeOver(ground="Quarrel.")))
    story = given(*taken_over).when_reported(ReportReturnDelivered).then(ReturnArrivedDuringReview)
    story.stands(Status.SUPPORT_REVIEW, return_state=ReturnState.DELIVERED)


def test_a_refund_on_return_joins_the_parcel_where_it_is():
    handed_in = (*RETURNING, reported(ReportReturnAccepted, at="2026-03-10 12:00"), done(TakeOver(ground="Quarrel.")))
    given(*handed_in).when(ON_RETURN).then(RefundOnReturnDecidedInTransit).due("2026-03-24 12:00")
    story = given(*handed_in, reported(ReportReturnDelivered)).when(ON_RETURN).then(RefundOnReturnDecidedArrived)
    story.stands(Status.RETURN_INSPECTION).due("2026-03-12 12:00")


def test_a_denial_after_the_item_went_back_sends_it_to_the_buyer_again():
    handed_in = (*RETURNING, reported(ReportReturnAccepted, at="2026-03-10 12:00"), done(TakeOver(ground="Quarrel.")))
    story = given(*handed_in).when(Deny(grounds="As shown.")).then(RequestDeniedItemSentBack)
    story.stands(Status.CLOSED, Outcome.DENIED, return_state=ReturnState.SENT_BACK)


def test_a_reopened_case_whose_item_was_sent_back_can_be_denied_again():
    handed_in = (*RETURNING, reported(ReportReturnAccepted, at="2026-03-10 12:00"), done(TakeOver(ground="Quarrel.")))
    story = given(*handed_in, done(Deny(grounds="As shown.")), done(Reopen(ground="A new witness.")))
    story.when(Deny(grounds="He saw nothing.")).then(RequestDenied).stands(Status.CLOSED, Outcome.DENIED)


def test_a_return_that_support_granted_and_nobody_shipped_ends_without_charge():
    story = given(opened(), silence(), done(ON_RETURN)).stands(Status.AWAITING_RETURN)
    story.when_nobody_acts().then(ReturnNotShipped).stands(Status.CLOSED, Outcome.RETURN_NOT_SHIPPED)
    assert not story.case.seller_charged


@pytest.mark.parametrize(("liable", "charged"), [(PLATFORM_LIABLE, "0.00"), (SELLER_LIABLE, "45.90")])
def test_on_a_return_that_support_granted_the_party_it_named_pays_also_by_silence(liable, charged):
    granted = DecideRefundOnReturn(grounds="Send it back first.", liability=liable)
    story = given(opened(), silence(), done(granted), reported(ReportReturnDelivered), silence())
    story.stands(Status.REFUND_PENDING)
    assert story.case.seller_charged == eur(charged)


# After the end


@pytest.mark.parametrize(
    "instead",
    [
        lambda story: story.when(request(), by=SUPPORT),
        lambda story: story.when_reported(ReportChargeback, case=0, reference="cb-1"),
        lambda story: story.when_reported(ReportRefundElsewhere, case=0, amount=eur("45.90"), reference="hub-1"),
    ],
    ids=["filed again", "chargeback", "refunded elsewhere"],
)
def test_a_reinstating_scan_after_something_took_the_cases_place_is_recorded(instead):
    story = given(*LAPSED)
    instead(story)
    story.when_reported(ReportReturnAccepted, dated="2026-03-14 23:00", case=0).then(ReturnScanRecorded)
    earlier = story.stage.case_at(0)
    assert (earlier.status, earlier.return_state) == (Status.CLOSED, ReturnState.SENT_BACK)


def test_a_refund_while_the_return_is_under_way_is_paid_at_once():
    in_transit = (*RETURNING, reported(ReportReturnLabelIssued, **LABEL), reported(ReportReturnAccepted))
    story = given(*in_transit).when(ApproveWithoutReturn()).stands(Status.REFUND_PENDING)
    assert story.case.seller_charged == eur("50.39")  # the label was used


def test_a_refund_before_the_item_is_handed_in_voids_the_label():
    story = given(*RETURNING, reported(ReportReturnLabelIssued, **LABEL)).when(ApproveWithoutReturn())
    story.stands(Status.REFUND_PENDING, return_state=ReturnState.VOID)
    assert story.case.seller_charged == eur("45.90")


def test_support_refunding_before_the_item_is_handed_in_voids_the_label_too():
    decided = DecideFullRefund(grounds="No need.", liability=SELLER_LIABLE)
    story = given(*RETURNING, done(TakeOver(ground="Quarrel."))).when(decided)
    story.stands(Status.REFUND_PENDING, return_state=ReturnState.VOID)


# The address


def test_a_return_goes_to_the_address_that_stood_when_it_was_approved():
    story = given(*RETURNING)
    frozen = story.case.return_address
    story.stage.seller = HOMELESS
    story.at("2026-03-10 12:00").when_reported(ReportReturnAccepted)
    assert story.case.return_address == frozen == ENROLLED.return_address


def test_support_too_needs_an_address_to_open_a_return():
    story = given(opened(), silence(), seller=HOMELESS).when(ON_RETURN)
    story.then_refused(RuleBroken, "return_address_required")


def test_nothing_to_return_needs_no_address():
    story = given(opened(Reason.ITEM_MISSING), seller=HOMELESS)
    story.when(OfferPartialRefund(amount=eur("12.00"))).stands(Status.OFFER_PENDING)
