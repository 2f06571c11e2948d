"""When people, machines and the world outside act in a backtest, where the case goes another way (SPEC §10)."""

from domain.refund import commands as c
from domain.vocabulary import Party, Reason
from tests.domain.backtest.recording_stage import findings, found, lived
from tests.domain.backtest.test_other_policies import (
    GRANTED,
    PATIENT,
    QUICK,
    REJECTED,
    SILENCE_REFUNDS,
    SILENCE_RETURNS,
    fact,
    paid,
    topics,
)
from tests.trade import BUYER, CARRIER, PARCEL, PAYMENTS, SELLER, SELLER_LIABLE, SUPPORT, berlin, eur, policy, request

ON_RETURN = c.DecideRefundOnReturn(grounds="Send it back.", liability=SELLER_LIABLE)


def issued(at):
    return (at, fact(c.ReportReturnLabelIssued, at, tracking=PARCEL, cost=eur("4.49")), CARRIER)


def returned(accepted, delivered):
    return [
        (accepted, fact(c.ReportReturnAccepted, accepted), CARRIER),
        (delivered, fact(c.ReportReturnDelivered, delivered), CARRIER),
    ]


def test_support_does_not_take_a_case_over_again_that_it_has_decided_meanwhile():
    """The silence had brought it to support before it was taken over."""
    taken_over = ("2026-03-09 20:00", c.TakeOver(ground="He asks for it."), SUPPORT)
    decided = ("2026-03-09 21:00", ON_RETURN, SUPPORT)
    steps = [taken_over, decided, *returned("2026-03-10 12:00", "2026-03-11 12:00")]
    finding = found(lived(*steps, reason=Reason.WRONG_ITEM, until="2026-03-20 12:00"), QUICK)
    assert finding.differences == ()
    assert finding.left_over == ("take-over",)


def test_words_to_the_parties_leave_no_decision_behind():
    said = ("2026-03-11 10:00", c.SendMessage(text="Support will refund you."), SUPPORT)
    finding = found(lived(("2026-03-11 09:00", GRANTED, SUPPORT), said), PATIENT, until="2026-03-13 12:00")
    assert (finding.backtested.word, finding.left_over) == ("open: refund_pending", ())


def test_a_provider_who_is_asked_sooner_pays_sooner():
    stage = lived(("2026-03-12 09:00", GRANTED, SUPPORT), *paid("2026-03-12 10:00"), until="2026-03-30 12:00")
    finding = found(stage, SILENCE_REFUNDS)
    assert finding.recorded.closed_at == berlin("2026-03-12 12:00")
    assert finding.backtested.closed_at == berlin("2026-03-10 21:00"), "three hours after he was asked"


def test_a_label_that_was_issued_at_once_is_issued_at_once():
    """Else it would come days after the return was opened, and the buyer's time would begin anew."""
    approved = ("2026-03-10 09:00", c.ApproveWithReturn(), SELLER)
    stage = lived(approved, issued("2026-03-10 09:01"), reason=Reason.WRONG_ITEM, until="2026-03-30 12:00")
    sooner = policy(windows={"seller_answer": "8bh"}, answers={"on_seller_silence": "auto_approve_return"})
    finding = found(stage, sooner)
    assert topics(finding) == ["requested", "silence_approved_return", "return_label_issued", "return_not_shipped"]
    assert finding.history[2].occurred_at == berlin("2026-03-09 02:01")
    assert finding.backtested.closed_at == berlin("2026-03-16 02:00")


def test_a_parcel_does_not_travel_before_its_label():
    """The return opens after the parcel had travelled: all that followed comes then, and the seller bears the label."""
    pinned = policy(answers={"on_seller_silence": "auto_approve_return"})
    travelled = returned("2026-03-10 19:00", "2026-03-11 09:00")
    confirmed = ("2026-03-11 10:00", c.ConfirmReturn(), SELLER)
    stage = lived(issued("2026-03-10 18:01"), *travelled, confirmed, reason=Reason.WRONG_ITEM, policy=pinned)
    later = policy(answers={"on_seller_silence": "auto_approve_return"}, windows={"seller_answer": "96bh"})
    finding = found(stage, later, until="2026-03-13 12:00")
    assert topics(finding)[1:] == [
        "silence_approved_return",
        "return_label_issued",
        "return_accepted",
        "return_delivered",
        "return_confirmed",
    ]
    assert finding.backtested.borne[Party.SELLER] == eur("50.39")


def test_a_return_that_is_opened_a_second_time_gets_its_label_the_second_time():
    failed = ("2026-03-09 09:01", fact(c.ReportReturnLabelFailed, "2026-03-09 09:01"), CARRIER)
    again = ("2026-03-10 09:00", ON_RETURN, SUPPORT)
    approved = ("2026-03-09 09:00", c.ApproveWithReturn(), SELLER)
    stage = lived(approved, failed, again, issued("2026-03-10 09:01"), reason=Reason.WRONG_ITEM)
    finding = found(stage, SILENCE_RETURNS, until="2026-03-10 12:00")
    assert (finding.differences, finding.left_over) == ((), ())


def test_a_bank_s_word_on_a_request_that_is_not_taken_reaches_the_case_that_is_open_instead():
    rejected = ("2026-03-09 09:00", REJECTED, SELLER)
    again = ("2026-03-17 09:00", request(Reason.OTHER), BUYER)
    chargeback = ("2026-03-18 09:00", fact(c.ReportChargeback, "2026-03-18 09:00", reference="cb-1"), PAYMENTS)
    first, second = findings(lived(rejected, again, chargeback), policy(windows={"escalation": "14d"}))
    assert (first.backtested.word, second.backtested.word) == ("superseded_by_chargeback", "not_taken")
