"""Every code a reader may meet has words in German and English, and no words are left without a code."""

import tomllib
from enum import StrEnum
from importlib.resources import files

import pytest

from domain import vocabulary
from domain.action import CostNote, Need, action_name
from domain.actors import Role
from domain.cancellation import notices as cancellation_notices
from domain.cancellation.commands import RequestCancellation, WithdrawCancellation
from domain.cancellation.transitions import TABLE as CANCELLATIONS
from domain.deadline import DeadlineKind
from domain.facet import Facet
from domain.history import event_of
from domain.labels import NoLabelError, action_words, event_words, label, notice_words, section_of, words_for
from domain.language import Locale, Words
from domain.messages import Event
from domain.notice import Channel, NoticeKind
from domain.policy import OnSilence
from domain.posting import Account, ChargeRule, HoldReason, Item
from domain.refund import notices as case_notices
from domain.refund.commands import ApproveWithReturn, Purpose, SubmitRequest
from domain.refund.events import RefundApproved
from domain.refund.guidance import Look, Step
from domain.refund.transitions import TABLE as CASES
from domain.why_charged import WhyStep

OTHER_WORDS = {
    Role,
    DeadlineKind,
    Purpose,
    OnSilence,
    Channel,
    NoticeKind,
    Look,
    Step,
    ChargeRule,
    Item,
    Account,
    HoldReason,
    CostNote,
    Facet,
    WhyStep,
    Need,
}


def enums():
    of_vocabulary = {
        kind for kind in vars(vocabulary).values() if isinstance(kind, type) and issubclass(kind, StrEnum)
    } - {StrEnum}
    return sorted(of_vocabulary | OTHER_WORDS, key=lambda kind: kind.__name__)


def sections():
    found = {}
    for file in (files("domain") / "labels").iterdir():
        if file.name.endswith(".toml"):
            for name, entries in tomllib.loads(file.read_text(encoding="utf-8")).items():
                assert name not in found, f"{name} stands in two files"
                found[name] = entries
    return found


SECTIONS = sections()
BUTTONS = {
    command
    for table in (CASES, CANCELLATIONS)
    for command, roles in table.roles.items()
    if any(r.is_person for r in roles)
} | {SubmitRequest, RequestCancellation}
TOPICS = {
    topic.rpartition(".")[0]: event_of(topic)
    for topic, kind in Event.topics.items()
    if kind.__module__.startswith("domain.")
}
TEMPLATES = case_notices.templates() | cancellation_notices.templates()


@pytest.mark.parametrize("kind", enums(), ids=lambda kind: kind.__name__)
def test_each_word_of_the_trade_has_its_label_and_no_label_is_left_over(kind):
    assert set(SECTIONS[section_of(kind)]) == {word.value for word in kind}
    for word in kind:
        assert isinstance(words_for(word), Words)


def test_each_button_each_event_and_each_notice_has_its_words_and_none_is_left_over():
    assert set(SECTIONS["action"]) == {action_name(command) for command in BUTTONS}
    assert set(SECTIONS["event"]) == set(TOPICS)
    assert set(SECTIONS["notice"]) == set(TEMPLATES)
    for words in (*map(action_words, BUTTONS), *map(event_words, TOPICS.values()), *map(notice_words, TEMPLATES)):
        assert isinstance(words, Words)


def test_no_section_is_left_over():
    assert set(SECTIONS) == {section_of(kind) for kind in enums()} | {"action", "event", "notice"}


def test_german_and_english_are_two_languages():
    alike = {
        f"{name}.{key}"
        for name, entries in SECTIONS.items()
        for key, words in entries.items()
        if words["de"] == words["en"]
    }
    assert alike == {
        "listing_kind.giveaway",
        "listing_kind.break",
        "role.support",
        "role.system",
    }


def test_words_are_asked_for_by_code_and_language():
    assert label(vocabulary.Status.SUPPORT_REVIEW, Locale.GERMAN) == "Beim Support"
    assert label(vocabulary.Status.SUPPORT_REVIEW, Locale.ENGLISH) == "With support"
    assert action_words(ApproveWithReturn).de == "Voll erstatten, nach Rücksendung"
    assert action_words(WithdrawCancellation).en == "Withdraw the cancellation request"
    assert event_words(RefundApproved).en == "The seller refunds in full, without return."
    assert notice_words("new_request").de == "Du hast eine neue Rückerstattungsanfrage"


def test_what_has_no_words_is_named():
    class Weather(StrEnum):
        RAIN = "rain"

    with pytest.raises(NoLabelError, match=r"no label for weather\.rain"):
        words_for(Weather.RAIN)
    with pytest.raises(NoLabelError, match=r"no label for notice\.nothing"):
        notice_words("nothing")
