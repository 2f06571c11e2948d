"""Who is told what by each event of a case (SPEC §7.7)."""

import pytest

from domain.actors import Role
from domain.notice import Channel, Notice
from domain.refund import events as e
from domain.refund.commands import (
    AcceptOffer,
    AddEvidence,
    AnswerReplacementItem,
    Appeal,
    ApproveWithoutReturn,
    AskSupportIn,
    ConfirmReturn,
    DismissAppeal,
    EnterReplacementTracking,
    Escalate,
    HandToSeller,
    OfferPartialRefund,
    PromiseReplacement,
    ProposeReplacementItem,
    RaiseOffer,
    ReportChargeback,
    ReportRefundFailed,
    ReportRefundSubmitted,
    ReportReplacementAccepted,
    ReportReplacementDelivered,
    ReportReturnAccepted,
    ReportReturnDelivered,
    SendMessage,
    TakeOverForFraud,
    UpholdAppeal,
    Withdraw,
)
from domain.refund.notices import INFORMED, TOLD, notices, reminder, seller_takes_part_after, templates
from domain.refund.waiting import WAITING_ON
from domain.vocabulary import Status
from tests.domain.refund_money.books import (
    DELIVERED,
    DISPUTED,
    LABEL_ISSUED,
    MONDAY,
    PAID,
    REJECTED,
    RETURN_APPROVED,
    RETURNED,
    SENT,
    TAKEN_OVER,
    granted,
)
from tests.dsl import ACTORS, done, given, opened, reported, silence
from tests.trade import BUYER, NOT_ENROLLED, PARCEL, PLATFORM_LIABLE, SELLER, SUPPORT, eur, photo

SYSTEM = ACTORS[Role.SYSTEM]
OFFERED = done(OfferPartialRefund(amount=eur("12.00")), at=MONDAY)
PROPOSED = done(ProposeReplacementItem(item="The blue one"), at=MONDAY)
PROMISED = done(PromiseReplacement(), at=MONDAY)
TRACKED = done(EnterReplacementTracking(tracking=PARCEL))
SUBMITTED = reported(ReportRefundSubmitted, reference="re-1")
APPROVED = done(ApproveWithoutReturn(), at=MONDAY)
WITHDRAWN = done(Withdraw(), at=MONDAY)
HANDED_IN = reported(ReportReturnAccepted)
APPEALED = done(Appeal(text="The video shows it.", evidence=(photo(7),)))


def told(story, by=SYSTEM):
    """What the last event of a story told whom, as ``role: template``."""
    return {f"{notice.to}: {notice.template}" for notice in all_notices(story, by)}


def all_notices(story, by=SYSTEM):
    events = [event for event, _, _ in story.stage.histories[-1]]
    takes_part = False
    for event in events[:-1]:
        takes_part = seller_takes_part_after(type(event), before=takes_part)
    before = events[-2].status if len(events) > 1 else None
    return notices(events[-1], before=before, by=by.role, seller_takes_part=takes_part)


def test_a_new_request_always_reaches_the_seller_by_mail_and_in_the_app():
    (to_seller,) = [notice for notice in all_notices(given(opened())) if notice.to is Role.SELLER]
    assert to_seller == Notice(Role.SELLER, "new_request", can_be_switched_off=False)
    assert to_seller.channels == {Channel.EMAIL, Channel.IN_APP}


def test_so_does_one_that_support_hands_to_him():
    story = given(opened(), done(HandToSeller()), seller=NOT_ENROLLED)
    assert Notice(Role.SELLER, "new_request", can_be_switched_off=False) in all_notices(story)


def test_everything_else_may_be_switched_off():
    fixed = {notice.template for notices in TOLD.values() for notice in notices if not notice.can_be_switched_off}
    assert fixed == {"new_request"}


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ((), {"seller: new_request", "buyer: news.awaiting_seller"}),
        ((silence(),), {"support: turn.support_review", "buyer: news.support_review", "seller: news.support_review"}),
        ((APPROVED,), {"buyer: news.refund_pending", "seller: charged"}),
        ((APPROVED, *PAID), {"buyer: news.closed.refunded", "seller: news.closed.refunded"}),
        ((OFFERED,), {"buyer: turn.offer_pending"}),
        ((OFFERED, done(RaiseOffer(amount=eur("13.00")))), {"buyer: offer_raised"}),
        ((OFFERED, silence()), {"buyer: turn.awaiting_return", "seller: news.awaiting_return"}),
        ((OFFERED, done(AcceptOffer(amount=eur("12.00")))), {"buyer: news.refund_pending", "seller: charged"}),
        ((RETURN_APPROVED,), {"buyer: turn.awaiting_return", "seller: news.awaiting_return"}),
        ((RETURN_APPROVED, LABEL_ISSUED), {"buyer: return_label_issued"}),
        (SENT, {"seller: news.return_in_transit"}),
        (RETURNED, {"seller: turn.return_inspection"}),
        ((*RETURNED, done(ConfirmReturn())), {"buyer: news.refund_pending", "seller: charged"}),
        (
            (*RETURNED, DISPUTED),
            {"support: turn.support_review", "buyer: news.support_review", "seller: news.support_review"},
        ),
        ((REJECTED,), {"buyer: turn.rejected"}),
        ((REJECTED, silence()), {"buyer: news.closed.rejected", "seller: news.closed.rejected"}),
        (
            (REJECTED, done(Escalate())),
            {"support: turn.support_review", "buyer: news.support_review", "seller: news.support_review"},
        ),
        ((PROPOSED,), {"buyer: replacement_item_proposed"}),
        ((PROPOSED, done(AnswerReplacementItem(accepted=True))), {"seller: replacement_item_answered"}),
        ((PROMISED,), {"seller: turn.awaiting_replacement", "buyer: news.awaiting_replacement"}),
        ((PROMISED, TRACKED), set()),
        ((PROMISED, TRACKED, reported(ReportReplacementAccepted)), {"buyer: news.replacement_in_transit"}),
        ((PROMISED, TRACKED, reported(ReportReplacementDelivered)), {"buyer: turn.replacement_inspection"}),
        ((done(AskSupportIn(), by=BUYER),), {"support: support_asked_in"}),
        ((*SENT, TAKEN_OVER, DELIVERED), {"support: return_arrived"}),
        ((RETURN_APPROVED, LABEL_ISSUED, WITHDRAWN, HANDED_IN), {"support: return_after_the_end"}),
        ((RETURN_APPROVED, LABEL_ISSUED, APPROVED, *PAID, HANDED_IN), set()),
        ((APPROVED, *PAID, reported(ReportChargeback, reference="cb-1")), {"support: chargeback_recorded"}),
        (
            (APPROVED, SUBMITTED, reported(ReportRefundFailed)),
            {"support: turn.support_review", "buyer: news.support_review", "seller: news.support_review"},
        ),
        (
            (TAKEN_OVER, granted(PLATFORM_LIABLE)),
            {"buyer: news.refund_pending"},
        ),
        ((TAKEN_OVER, granted(), *PAID, APPEALED), {"support: turn.appeal_review"}),
        (
            (TAKEN_OVER, granted(), *PAID, APPEALED, done(UpholdAppeal(grounds="So it is."))),
            {"seller: appeal_upheld", "seller: credited"},
        ),
        (
            (TAKEN_OVER, granted(), *PAID, APPEALED, done(DismissAppeal(grounds="Nothing new."))),
            {"seller: appeal_dismissed"},
        ),
        (
            (APPROVED, reported(ReportChargeback, reference="cb-1")),
            {
                "buyer: news.closed.superseded_by_chargeback",
                "seller: news.closed.superseded_by_chargeback",
                "seller: credited",
            },
        ),
    ],
)
def test_each_step_tells_whom_it_concerns(history, expected):
    assert told(given(opened(), *history)) == expected


@pytest.mark.parametrize(
    ("by", "readers"),
    [(BUYER, {"seller: message"}), (SELLER, {"buyer: message"}), (SUPPORT, {"buyer: message", "seller: message"})],
    ids=["buyer", "seller", "support"],
)
@pytest.mark.parametrize("words", [SendMessage(text="Hello?"), AddEvidence(links=("https://video.example/1",))])
def test_words_reach_the_others(words, by, readers):
    assert told(given(opened(), done(words, by=by)), by=by) == readers


FRAUD = done(TakeOverForFraud(ground="The tenth this week."))


def test_of_suspected_fraud_the_seller_hears_only_that_he_is_relieved_and_the_buyer_nothing_but_support():
    suspected, plain = given(opened(), FRAUD), given(opened(), TAKEN_OVER)
    assert told(suspected) == {"support: turn.support_review", "buyer: news.support_review", "seller: relieved"}
    to_buyer = {notice for notice in all_notices(suspected) if notice.to is Role.BUYER}
    assert to_buyer == {notice for notice in all_notices(plain) if notice.to is Role.BUYER}


def test_after_that_the_seller_hears_no_more():
    story = given(opened(), FRAUD, granted(PLATFORM_LIABLE), *PAID)
    assert told(story) == {"buyer: news.closed.refunded"}


def test_a_seller_whose_case_began_at_support_hears_of_his_balance_alone():
    story = given(opened(), seller=NOT_ENROLLED)
    assert told(story) == {"support: turn.support_review", "buyer: news.support_review"}
    granted()(story)
    assert told(story) == {"buyer: news.refund_pending", "seller: charged"}
    for chapter in PAID:
        chapter(story)
    assert told(story) == {"buyer: news.closed.refunded"}


def test_whoever_is_newly_waited_on_is_told():
    for status, role in WAITING_ON.items():
        event = e.OutsideFactRecorded(status=status, fact="x", happened_at=given(opened()).stage.now)
        heard = {notice.to for notice in notices(event, before=Status.CLOSED, by=Role.CARRIER, seller_takes_part=True)}
        assert (role in heard) is role.is_person


def test_an_event_that_moves_nothing_tells_nobody():
    story = given(opened(), *RETURNED, reported(ReportReturnDelivered)).then(e.OutsideFactRecorded)
    assert told(story) == set()


def test_people_are_reminded_of_what_waits_for_them_and_nobody_else_is():
    reminded = {status: notice.to for status in Status if (notice := reminder(status))}
    assert reminded == {status: role for status, role in WAITING_ON.items() if role in {Role.BUYER, Role.SELLER}}
    assert reminder(Status.OFFER_PENDING).template == "reminder.offer_pending"


def test_every_key_that_can_come_is_listed():
    assert {f"news.{status}" for status in INFORMED if status is not Status.CLOSED} <= templates()
    assert {"turn.awaiting_seller", "reminder.rejected", "news.closed.withdrawn", "message", "charged"} <= templates()
