"""Who pays a return label in each ending: once scanned it is always in the books, and mostly the platform's."""

from dataclasses import replace

import pytest

from domain.refund import events as e
from domain.refund.commands import (
    ApproveWithoutReturn,
    ConfirmReturn,
    Deny,
    DisputeReturn,
    ReportRefundElsewhere,
    ReportReturnAccepted,
    ReportReturnDelivered,
    ReportReturnLabelIssued,
    SettleInFull,
    Withdraw,
)
from domain.refund.decide import decide
from domain.vocabulary import DisputeReason, Outcome, Status
from tests.domain.refund_money.books import (
    DELIVERED,
    DISPUTED,
    LABEL,
    LABEL_ISSUED,
    MONDAY,
    RETURN_APPROVED,
    RETURNED,
    SATURDAY,
    SENT,
    TAKEN_OVER,
    THURSDAY,
    books,
    granted,
    granted_in_part,
    granted_on_return,
)
from tests.dsl import done, given, only_actor, opened, reported, silence
from tests.trade import PARCEL, PLATFORM_LIABLE, SHARED, eur

CARRIER_OWED = {"carrier_labels": 449}


def test_a_label_that_nobody_used_is_nobodys_cost():
    assert books(given(opened(), RETURN_APPROVED, LABEL_ISSUED)) == {}


@pytest.mark.parametrize("scan", [ReportReturnAccepted, ReportReturnDelivered])
def test_the_first_scan_of_either_kind_books_it_for_the_platform(scan):
    story = given(opened(), RETURN_APPROVED, LABEL_ISSUED, reported(scan, at=THURSDAY))
    assert books(story) == {"platform": -449, **CARRIER_OWED}


def test_of_a_parcel_for_several_cases_each_books_its_share():
    story = given(opened(), RETURN_APPROVED, LABEL_ISSUED).at(THURSDAY)
    scan = ReportReturnAccepted(happened_at=story.stage.now)
    shared = replace(story.stage.context(only_actor(scan), scan), label_share=eur("1.50"))
    (event,) = decide(story.case, scan, shared)
    assert [entry.amount for entry in event.posting.entries] == [eur("-1.50"), eur("1.50")]


def test_later_scans_add_nothing():
    story = given(opened(), *RETURNED, reported(ReportReturnDelivered), reported(ReportReturnAccepted))
    assert books(story) == {"platform": -449, **CARRIER_OWED}


def test_a_refund_while_the_return_is_on_its_way_charges_the_used_label():
    story = given(opened(), *SENT).when(ApproveWithoutReturn()).then(e.RefundApproved)
    assert books(story) == {"seller": -5039, "buyer_refunds": 4590, **CARRIER_OWED}


def test_a_refund_before_the_return_was_scanned_charges_no_label():
    story = given(opened(), RETURN_APPROVED, LABEL_ISSUED).when(ApproveWithoutReturn())
    assert books(story) == {"seller": -4590, "buyer_refunds": 4590}


def test_a_void_label_that_is_used_after_all_is_the_platforms():
    story = given(opened(), RETURN_APPROVED, LABEL_ISSUED, done(ApproveWithoutReturn()))
    story.at(THURSDAY).when_reported(ReportReturnAccepted).then(e.ReturnScanRecorded)
    assert books(story) == {"seller": -4590, "platform": -449, "buyer_refunds": 4590, **CARRIER_OWED}


def test_a_late_parcel_to_a_closed_case_is_booked_too():
    story = given(opened(), RETURN_APPROVED, LABEL_ISSUED, done(Withdraw()))
    story.at(THURSDAY).when_reported(ReportReturnAccepted).then(e.ReturnScanRecorded).stands(
        Status.CLOSED, Outcome.WITHDRAWN
    )
    assert books(story) == {"platform": -449, **CARRIER_OWED}


@pytest.mark.parametrize("scan", [ReportReturnAccepted, ReportReturnDelivered])
def test_a_reinstated_return_books_its_label(scan):
    story = given(opened(), RETURN_APPROVED, LABEL_ISSUED, silence())
    story.when_reported(scan, dated=THURSDAY)
    assert books(story) == {"platform": -449, **CARRIER_OWED}


def test_a_return_after_its_window_books_its_label_and_support_says_who_bears_it():
    story = given(opened(), RETURN_APPROVED, LABEL_ISSUED, silence(), reported(ReportReturnAccepted))
    story.stands(Status.SUPPORT_REVIEW)
    assert books(story) == {"platform": -449, **CARRIER_OWED}
    granted()(story)
    assert books(story) == {"seller": -5039, "buyer_refunds": 4590, **CARRIER_OWED}


def test_the_label_of_a_parcel_that_was_lost_is_never_the_sellers():
    story = given(opened(), *SENT, silence()).stands(Status.SUPPORT_REVIEW)
    granted()(story)
    assert books(story) == {"seller": -4590, "platform": -449, "buyer_refunds": 4590, **CARRIER_OWED}


def test_nor_when_he_settles_while_support_looks_for_it():
    story = given(opened(), *SENT, silence()).when(SettleInFull())
    assert books(story) == {"seller": -4590, "platform": -449, "buyer_refunds": 4590, **CARRIER_OWED}


def test_one_that_support_sends_on_its_way_again_is_lost_no_longer():
    story = given(opened(), *SENT, silence(), granted_on_return()).stands(Status.RETURN_IN_TRANSIT)
    story.when(ApproveWithoutReturn())
    assert books(story) == {"seller": -5039, "buyer_refunds": 4590, **CARRIER_OWED}


def test_but_one_that_turned_up_counts_as_returned():
    story = given(opened(), *SENT, silence(), reported(ReportReturnDelivered), done(ConfirmReturn()))
    assert books(story) == {"seller": -5039, "buyer_refunds": 4590, **CARRIER_OWED}


def test_a_denial_after_the_return_leaves_label_and_way_back_to_the_platform():
    story = given(opened(), *RETURNED, DISPUTED).when(Deny(grounds="Another item came back."))
    story.then(e.RequestDeniedItemSentBack).stands(Status.CLOSED, Outcome.DENIED)
    assert books(story) == {"platform": -449, **CARRIER_OWED}


def test_a_disputed_return_holds_everything_until_support_decides():
    assert books(given(opened(), *RETURNED, DISPUTED)) == {"platform": -449, **CARRIER_OWED}


@pytest.mark.parametrize(
    ("liability", "borne"),
    [
        (PLATFORM_LIABLE, {"platform": -5039}),
        (SHARED, {"seller": -2295 - 224, "platform": -2295 - 225}),
    ],
)
def test_after_a_dispute_the_label_is_borne_like_the_rest(liability, borne):
    story = given(opened(), *RETURNED, DISPUTED, granted(liability))
    assert books(story) == {**borne, "buyer_refunds": 4590, **CARRIER_OWED}


def test_a_partial_refund_never_comes_with_a_label():
    story = given(opened(), *RETURNED, DISPUTED, granted_in_part("12.00"))
    assert books(story) == {"seller": -1200, "platform": -449, "buyer_refunds": 1200, **CARRIER_OWED}


def test_on_a_return_that_support_granted_the_party_it_named_pays_also_by_silence():
    for_platform = given(opened(), TAKEN_OVER, granted_on_return(PLATFORM_LIABLE), LABEL_ISSUED, DELIVERED, silence())
    assert books(for_platform) == {"platform": -5039, "buyer_refunds": 4590, **CARRIER_OWED}
    for_seller = given(opened(), TAKEN_OVER, granted_on_return(), LABEL_ISSUED, DELIVERED, silence())
    assert books(for_seller) == {"seller": -5039, "buyer_refunds": 4590, **CARRIER_OWED}


def test_a_refund_paid_elsewhere_leaves_a_used_label_to_the_platform():
    story = given(opened(), *RETURNED)
    story.when_reported(ReportRefundElsewhere, amount=eur("45.90"), reference="hub-1").then(e.RefundedElsewhere)
    assert books(story) == {"platform": -449, **CARRIER_OWED}


def test_a_return_without_a_known_label_charges_none():
    story = given(opened(), RETURN_APPROVED, DELIVERED, done(ConfirmReturn()))
    assert books(story) == {"seller": -4590, "buyer_refunds": 4590}
    assert story.events[-1].posting.rule == "full_refund_after_return"


def test_nothing_received_disputes_without_moving_money():
    story = given(opened(), *RETURNED).at(SATURDAY)
    story.when(DisputeReturn(reason=DisputeReason.NOT_RECEIVED, text="No parcel here.")).then(e.ReturnDisputed)
    assert books(story) == {"platform": -449, **CARRIER_OWED}


def test_a_second_label_is_booked_when_it_is_used_and_the_first_stays_unused():
    story = given(opened(), RETURN_APPROVED, LABEL_ISSUED, TAKEN_OVER, granted_on_return())
    story.at(MONDAY)
    LABEL_ISSUED(story)
    reported(ReportReturnAccepted, at=THURSDAY)(story)
    assert books(story) == {"platform": -449, **CARRIER_OWED}


# A label that is learned of late


LATE_LABEL = reported(ReportReturnLabelIssued, tracking=PARCEL, cost=LABEL)


def test_a_label_told_only_once_support_has_the_case_is_booked_at_its_scan():
    story = given(opened(), RETURN_APPROVED, TAKEN_OVER)
    story.when_reported(ReportReturnLabelIssued, tracking=PARCEL, cost=LABEL).then(e.ReturnLabelRecorded)
    assert books(story) == {}
    story.stands(Status.SUPPORT_REVIEW).when_reported(ReportReturnAccepted)
    assert books(story) == {"platform": -449, **CARRIER_OWED}


def test_a_label_told_only_after_its_scan_is_booked_at_once_and_passed_on_like_any_other():
    story = given(opened(), RETURN_APPROVED, reported(ReportReturnAccepted, at=THURSDAY), LATE_LABEL)
    assert books(story) == {"platform": -449, **CARRIER_OWED}
    story.when_reported(ReportReturnDelivered).when(ConfirmReturn())
    assert books(story) == {"seller": -5039, "buyer_refunds": 4590, **CARRIER_OWED}


def test_a_label_told_only_after_the_refund_stays_the_platforms():
    story = given(opened(), RETURN_APPROVED, reported(ReportReturnDelivered, at=THURSDAY), done(ConfirmReturn()))
    LATE_LABEL(story)
    assert books(story) == {"seller": -4590, "platform": -449, "buyer_refunds": 4590, **CARRIER_OWED}


def test_a_label_told_of_a_return_that_lapsed_costs_nothing_unless_the_parcel_comes():
    story = given(opened(), RETURN_APPROVED, silence(), LATE_LABEL).stands(Status.CLOSED, Outcome.RETURN_NOT_SHIPPED)
    assert books(story) == {}
    story.when_reported(ReportReturnAccepted).then(e.LateReturnToSupport)
    assert books(story) == {"platform": -449, **CARRIER_OWED}


def test_another_label_told_after_the_scan_changes_nothing():
    story = given(opened(), *SENT).when_reported(ReportReturnLabelIssued, tracking=PARCEL, cost=eur("9.99"))
    story.then(e.ReturnLabelRecorded).when_reported(ReportReturnDelivered).when(ConfirmReturn())
    assert books(story) == {"seller": -5039, "buyer_refunds": 4590, **CARRIER_OWED}


def test_a_label_of_a_case_without_a_return_is_an_outside_fact():
    given(opened(), TAKEN_OVER, LATE_LABEL).then(e.OutsideFactRecorded)
