"""What would have become of a case under another policy, and at whose cost (SPEC §10)."""

import pytest

from domain.backtest import NOT_TAKEN, Difference
from domain.messages import Personal
from domain.refund import commands as c
from domain.vocabulary import DisputeReason, Party, Reason, RejectionCode
from tests.domain.backtest.recording_stage import RecordingStage, findings, found, lived
from tests.trade import (
    BUYER,
    CARRIER,
    HOME,
    HOMELESS,
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
)

SILENCE_REFUNDS = policy(answers={"on_seller_silence": "auto_refund"})
SILENCE_RETURNS = policy(answers={"on_seller_silence": "auto_approve_return"})
QUICK = policy(windows={"seller_answer": "24bh"})
PATIENT = policy(windows={"seller_answer": "96bh"})
GRANTED = c.DecideFullRefund(grounds="It was never packed.", liability=SELLER_LIABLE)
REJECTED = c.Reject(code=RejectionCode.PROOF_OF_PACKING, text="The video shows it.")


def fact(kind, at, **told):
    return kind(happened_at=berlin(at), **told)


def paid(on="2026-03-09 12:00"):
    return [
        (on, fact(c.ReportRefundSubmitted, on, reference="re-1"), PAYMENTS),
        ("2026-03-12 12:00", fact(c.ReportRefundSettled, "2026-03-12 12:00"), PAYMENTS),
    ]


def topics(finding):
    return [step.topic.removeprefix("refund.").removesuffix(".v1") for step in finding.history]


def test_silence_that_went_to_support_and_was_denied_there_is_refunded_by_a_knob():
    denied = ("2026-03-11 09:00", c.Deny(grounds="The video shows it."), SUPPORT)
    finding = found(lived(denied), SILENCE_REFUNDS)
    assert (finding.recorded.word, finding.backtested.word) == ("denied", "refunded")
    assert finding.backtested.closed_at == berlin("2026-03-10 18:00"), "who was never paid is paid at once"
    assert (finding.recorded.borne[Party.SELLER], finding.backtested.borne[Party.SELLER]) == (eur("0.00"), eur("45.90"))
    assert finding.backtested.buyer_gets == eur("45.90")
    assert finding.differences == (Difference.ENDING, Difference.COST, Difference.TIME)
    assert finding.left_over == ("deny",)


def test_an_answer_that_would_have_come_too_late_leaves_the_case_to_support():
    approved = [("2026-03-09 19:00", c.ApproveWithoutReturn(), SELLER), *paid("2026-03-09 20:00")]
    finding = found(lived(*approved), QUICK)
    assert (finding.recorded.word, finding.backtested.word) == ("refunded", "open: support_review")
    assert finding.left_over == ("approve-without-return", "report-refund-submitted", "report-refund-settled")
    assert finding.backtested.buyer_gets == eur("0.00")


def test_an_answer_in_time_under_both_changes_nothing():
    finding = found(lived(("2026-03-09 10:00", c.ApproveWithoutReturn(), SELLER), *paid()), QUICK)
    assert finding.differences == ()


def test_support_decides_as_it_did_as_soon_as_the_case_is_its_own():
    decided = [("2026-03-11 09:00", GRANTED, SUPPORT), *paid("2026-03-11 10:00")]
    finding = found(lived(*decided), PATIENT, until="2026-03-14 12:00")
    assert topics(finding) == ["requested", "seller_silent", "full_refund_decided", "submitted", "settled"]
    assert finding.backtested.closed_at == berlin("2026-03-13 21:00"), "the provider takes 27 hours, as he did"
    assert finding.differences == (Difference.TIME,)


def test_a_provider_who_failed_fails_again():
    failed = ("2026-03-09 12:00", fact(c.ReportRefundFailed, "2026-03-09 12:00"), PAYMENTS)
    stage = lived(("2026-03-09 10:00", c.ApproveWithoutReturn(), SELLER), failed)
    finding = found(stage, policy(money={"hold_exposure": False}))
    assert (finding.backtested.word, finding.differences) == ("open: support_review", ())


@pytest.mark.parametrize(
    ("filing", "rule"),
    [
        ({"photos_required_for": ["item_missing"]}, "photo_required"),
        ({"after_delivery": "1d"}, "filing_window_closed"),
    ],
)
def test_a_request_that_is_refused_at_the_door_costs_nobody_anything(filing, rule):
    finding = found(lived(("2026-03-09 10:00", c.ApproveWithoutReturn(), SELLER), *paid()), policy(filing=filing))
    assert (finding.backtested.word, finding.backtested.refused_by) == (NOT_TAKEN, rule)
    assert set(finding.backtested.borne.values()) == {eur("0.00")}
    assert finding.history == ()


@pytest.mark.parametrize("waiting", ["same", "longer"])
def test_a_parcel_follows_the_return_that_it_belongs_to(waiting):
    """Where the silence lasts longer, the buyer's parcel comes as soon as the return is open."""
    pinned = policy(answers={"on_seller_silence": "auto_approve_return"})
    scan = ("2026-03-11 12:00", fact(c.ReportReturnAccepted, "2026-03-11 12:00"), CARRIER)
    stage = lived(scan, reason=Reason.WRONG_ITEM, policy=pinned)
    window = {"same": "48bh", "longer": "96bh"}[waiting]
    other = policy(answers={"on_seller_silence": "auto_approve_return"}, windows={"seller_answer": window})
    finding = found(stage, other, until="2026-03-13 18:00")
    assert topics(finding) == ["requested", "silence_approved_return", "return_accepted"]


def test_a_parcel_that_no_return_asked_for_was_never_sent():
    pinned = policy(answers={"on_seller_silence": "auto_approve_return"})
    scan = ("2026-03-11 12:00", fact(c.ReportReturnAccepted, "2026-03-11 12:00"), CARRIER)
    finding = found(lived(scan, reason=Reason.WRONG_ITEM, policy=pinned), STANDARD)
    assert (finding.backtested.word, finding.left_over) == ("open: support_review", ("report-return-accepted",))


def test_a_return_window_that_is_shorter_makes_the_same_scan_late():
    approved = ("2026-03-09 09:00", c.ApproveWithReturn(), SELLER)
    scan = ("2026-03-13 09:00", fact(c.ReportReturnAccepted, "2026-03-13 09:00"), CARRIER)
    finding = found(lived(approved, scan, reason=Reason.WRONG_ITEM), policy(windows={"return_shipping": "3d"}))
    assert topics(finding)[-2:] == ["return_not_shipped", "late_return_to_support"]


def test_nobody_does_more_than_he_did():
    """A return that silence opens is not shipped, since the buyer never had one to ship."""
    stage = lived(("2026-03-11 09:00", GRANTED, SUPPORT), reason=Reason.WRONG_ITEM)
    finding = found(stage, SILENCE_RETURNS, until="2026-04-30 12:00")
    assert finding.backtested.word == "return_not_shipped"


def test_a_return_needs_the_address_that_stood_then():
    homeless = RecordingStage(seller=HOMELESS)
    homeless.carry_out(request(), BUYER)
    finding = found(homeless, SILENCE_RETURNS, until="2026-03-11 12:00")
    assert topics(finding) == ["requested", "seller_silent"]


def test_what_the_bank_does_comes_whatever_the_policy():
    chargeback = ("2026-03-09 09:00", fact(c.ReportChargeback, "2026-03-09 09:00", reference="cb-1"), PAYMENTS)
    finding = found(lived(chargeback), policy(windows={"seller_answer": "8bh"}))
    assert (finding.backtested.word, topics(finding)[1]) == ("superseded_by_chargeback", "seller_silent")


def test_a_second_request_is_judged_by_what_became_of_the_first():
    withdrawn = ("2026-03-09 09:00", c.Withdraw(), BUYER)
    again = ("2026-03-09 10:00", request(Reason.ITEM_MISSING), BUYER)
    first, second = findings(lived(withdrawn, again), policy(filing={"refilings": 0}))
    assert first.differences == ()
    assert (second.backtested.word, second.backtested.refused_by) == (NOT_TAKEN, "refiling_used")


def test_a_first_case_that_is_still_open_leaves_no_room_for_the_second():
    rejected = ("2026-03-09 09:00", REJECTED, SELLER)
    again = ("2026-03-17 09:00", request(Reason.OTHER), BUYER)
    first, second = findings(lived(rejected, again), policy(windows={"escalation": "14d"}))
    assert (first.recorded.word, first.backtested.word) == ("rejected", "open: rejected")
    assert second.backtested.refused_by == "active_case"


def test_less_is_charged_where_no_commission_is_credited():
    line = order_line(commission=eur("4.00"))
    stage = lived(("2026-03-09 10:00", c.ApproveWithoutReturn(), SELLER), line=line)
    finding = found(stage, policy(money={"credit_commission": False}))
    assert finding.differences == (Difference.COST,)
    assert [it.borne[Party.SELLER] for it in (finding.recorded, finding.backtested)] == [eur("41.90"), eur("45.90")]


def test_evidence_and_words_that_are_erased_decide_as_they_did():
    dispute = c.DisputeReturn(reason=DisputeReason.WRONG_ITEM, text="A brick.", evidence=(photo(2),))
    steps = [
        ("2026-03-09 09:00", c.ApproveWithReturn(), SELLER),
        (
            "2026-03-10 09:00",
            fact(c.ReportReturnLabelIssued, "2026-03-10 09:00", tracking=PARCEL, cost=eur("4.49")),
            CARRIER,
        ),
        ("2026-03-11 09:00", fact(c.ReportReturnDelivered, "2026-03-11 09:00"), CARRIER),
        ("2026-03-12 09:00", dispute, SELLER),
        ("2026-03-13 09:00", GRANTED, SUPPORT),
    ]
    stage = lived(*steps, reason=Reason.WRONG_ITEM)
    stage.told = [[erased(told) for told in case] for case in stage.told]
    finding = found(stage, STANDARD)
    assert (finding.is_comparable, finding.differences) == (True, ())
    assert finding.recorded.borne == {
        Party.SELLER: eur("50.39"),
        Party.PLATFORM: eur("0.00"),
        Party.CARRIER: eur("0.00"),
    }


def erased(told):
    """The event as it reads once the persons' keys are destroyed."""
    texts = {
        name: value.model_copy(update={"text": None})
        for name in type(told.event).model_fields
        if isinstance(value := getattr(told.event, name), Personal) and value != HOME
    }
    return type(told)(told.event.model_copy(update=texts), told.actor, told.occurred_at, told.recorded_at, told.policy)
