"""What a buyer or seller wants no mail of (SPEC §7.7)."""

import pytest

from domain.actors import Role
from domain.mail_preferences import EVERY_MAIL, MailPreferences, MailPreferencesChosen, choose
from domain.notice import Notice, NoticeKind, kind_of
from domain.refusals import RuleBroken

QUIET = MailPreferences(muted=frozenset(NoticeKind) - {NoticeKind.NEW_REQUEST})


def notice(template, **options):
    return Notice(Role.SELLER, template, **options)


def test_everything_is_mailed_until_something_is_muted():
    assert EVERY_MAIL.wants(notice("reminder.awaiting_seller"))
    only_reminders = MailPreferences(muted=frozenset({NoticeKind.REMINDER}))
    assert not only_reminders.wants(notice("reminder.awaiting_seller"))
    assert only_reminders.wants(notice("turn.return_inspection"))


def test_a_new_request_is_mailed_whatever_is_muted():
    assert QUIET.wants(notice("new_request", can_be_switched_off=False))
    with pytest.raises(RuleBroken, match="mails of new requests cannot be switched off"):
        choose(EVERY_MAIL, MailPreferences(muted=frozenset({NoticeKind.NEW_REQUEST})))


def test_a_choice_is_recorded_in_order_and_only_if_it_changes_something():
    chosen = MailPreferences(muted=frozenset({NoticeKind.TURN, NoticeKind.NEWS}))
    assert choose(EVERY_MAIL, chosen) == [MailPreferencesChosen(muted=(NoticeKind.NEWS, NoticeKind.TURN))]
    assert choose(chosen, chosen) == []


@pytest.mark.parametrize(
    ("template", "kind"),
    [
        ("new_request", NoticeKind.NEW_REQUEST),
        ("cancellation.new_request", NoticeKind.NEW_REQUEST),
        ("turn.offer_pending", NoticeKind.TURN),
        ("cancellation.turn.support_review", NoticeKind.TURN),
        ("cancellation.reminder.awaiting_seller", NoticeKind.REMINDER),
        ("message", NoticeKind.MESSAGE),
        ("charged", NoticeKind.BALANCE),
        ("news.closed.refunded", NoticeKind.NEWS),
        ("return_label_issued", NoticeKind.NEWS),
    ],
)
def test_each_notice_is_of_a_kind_that_can_be_chosen(template, kind):
    assert kind_of(template) is kind
