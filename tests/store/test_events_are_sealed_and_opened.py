"""What is stored reads well, keeps its exact text, hides what is personal, and opens to what was sealed."""

import json
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from eventsourcing.persistence import Notification
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from domain.actors import Actor, Role
from domain.messages import Event
from domain.order.events import OrderLineRecorded
from domain.refund.events import MessageSent
from store.codec import UnknownTopicError, UnreadableEventError, open_
from store.upcasting import UPCASTS
from tests.service import eur, order_line
from tests.store.messages import HAPPENED_AT, as_stored, message, sealed
from tests.strategies import ON_ONE_DATABASE

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1)


def test_an_event_opens_to_what_was_sealed(vault):
    envelope = sealed(vault)
    assert open_(as_stored(envelope), vault) == envelope


def test_once_stored_an_event_knows_its_position(vault):
    envelope = sealed(vault)
    stored = Notification(**vars(as_stored(envelope)), id=7)
    assert open_(stored, vault) == replace(envelope, position=7)


def test_the_stored_text_reads_well_in_psql(vault):
    state = json.loads(sealed(vault).state)
    personal = state["payload"].pop("text")
    assert state == {
        "occurred_at": "2026-03-06T17:00:00.000042Z",
        "recorded_at": "2026-03-06T17:00:01.000000Z",
        "actor": {"role": "buyer", "id": "b-1"},
        "command_id": "00000000-0000-0000-0000-000000000002",
        "correlation_id": "00000000-0000-0000-0000-000000000003",
        "policy": "standard@1",
        "previous": "0" * 64,
        "payload": {"status": "awaiting_seller", "purpose": "question", "evidence": []},
    }
    assert personal.keys() == {"person", "key", "cipher"}
    assert personal["person"] == "buyer:b-1"


@pytest.mark.parametrize("policy", ["standard@1", None])
@pytest.mark.parametrize("name", ["b-1", 'Ünal "the\n\\ buyer"', "\N{PILE OF POO}"])
def test_the_stored_text_is_spaced_alike_whoever_acted_under_whatever_policy(vault, name, policy):
    envelope = sealed(vault, actor=Actor(role=Role.BUYER, id=name), policy=policy)
    head = json.loads(envelope.state)
    del head["payload"]
    assert envelope.state.decode().startswith(json.dumps(head, ensure_ascii=False)[:-1] + ', "payload": {"')
    assert open_(as_stored(envelope), vault) == envelope


def test_instants_are_stored_in_utc_wherever_they_were_told(vault):
    in_tokyo = HAPPENED_AT.astimezone(timezone(timedelta(hours=9)))
    assert sealed(vault, occurred_at=in_tokyo).state[:46] == sealed(vault).state[:46]


def test_personal_text_is_nowhere_in_what_is_stored(vault):
    assert b"camera" not in sealed(vault).state


@given(text=TEXTS)
@settings(suppress_health_check=ON_ONE_DATABASE, max_examples=50)
def test_personal_text_comes_back_letter_by_letter(vault, text):
    envelope = sealed(vault, message(text))
    assert open_(as_stored(envelope), vault).payload.text.text == text


def test_personal_text_moved_to_another_place_in_the_log_does_not_open(vault):
    elsewhere = replace(as_stored(sealed(vault)), originator_version=2)
    with pytest.raises(UnreadableEventError, match="version 2 holds personal data sealed for another place"):
        open_(elsewhere, vault)


def test_personal_text_put_under_another_name_does_not_open(vault):
    stored = as_stored(sealed(vault))
    renamed = replace(stored, state=stored.state.replace(b"buyer:b-1", b"buyer:b-2"))
    with pytest.raises(UnreadableEventError):
        open_(renamed, vault)


def test_an_event_of_an_unknown_topic_is_named_with_its_place(vault):
    stored = Notification(**{**vars(as_stored(sealed(vault))), "topic": "refund.dreamt.v1"}, id=7)
    with pytest.raises(UnknownTopicError) as refusal:
        open_(stored, vault)
    assert str(refusal.value) == (
        "no event is known by the topic 'refund.dreamt.v1', "
        "at position 7, stream 00000000-0000-0000-0000-000000000001, version 1"
    )


def test_an_event_that_does_not_fit_its_topic_is_named_with_its_place(vault):
    stored = as_stored(sealed(vault))
    torn = replace(stored, state=stored.state.replace(b"awaiting_seller", b"awaiting_godot"))
    with pytest.raises(UnreadableEventError) as refusal:
        open_(torn, vault)
    assert str(refusal.value).startswith(
        "the event, stream 00000000-0000-0000-0000-000000000001, version 1 "
        "does not fit 'refund.message_sent.v1': payload.status: Input should be "
    )
    assert "camera" not in str(refusal.value)


def test_an_order_line_recorded_under_milder_rules_is_read_as_it_was_recorded(vault):
    line = order_line("o-1-1")
    milder = line.model_copy(update={"commission": eur("99.00"), "delivered_at": line.purchased_at - timedelta(days=1)})
    with pytest.raises(ValidationError):
        type(line).model_validate(milder.model_dump())
    envelope = sealed(vault, OrderLineRecorded.model_construct(facts=milder))
    assert open_(as_stored(envelope), vault).payload.facts == milder


@pytest.fixture
def an_older_log(vault, monkeypatch):
    """A message stored two releases ago, when its purpose had another name and the topic was the first of three."""

    def renamed(old, new):
        return lambda payload: {new if name == old else name: value for name, value in payload.items()}

    monkeypatch.setitem(UPCASTS, "refund.told.v1", ("refund.told.v2", renamed("about", "kind")))
    monkeypatch.setitem(UPCASTS, "refund.told.v2", (MessageSent.topic, renamed("kind", "purpose")))
    stored = as_stored(sealed(vault))
    return replace(stored, topic="refund.told.v1", state=stored.state.replace(b'"purpose"', b'"about"'))


def test_an_older_event_is_read_as_its_newest_version(an_older_log, vault):
    assert open_(an_older_log, vault).payload == message()


def test_upcasting_changes_neither_topic_nor_text_nor_digest_of_what_is_stored(an_older_log, vault):
    opened = open_(an_older_log, vault)
    assert (opened.topic, opened.state) == (an_older_log.topic, an_older_log.state)
    assert opened.digest != sealed(vault).digest


def test_every_upcast_leads_to_a_topic_that_is_known():
    for outdated, (newer, _) in UPCASTS.items():
        assert newer in Event.topics.keys() | UPCASTS.keys()
        assert outdated not in Event.topics


def models(kind, found):
    """A model and all models it is made of."""
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in found:
        found.add(kind)
        for field in kind.model_fields.values():
            models(field.annotation, found)
    for part in getattr(kind, "__args__", ()):
        models(part, found)
    return found


@pytest.mark.parametrize("topic", sorted(Event.topics))
def test_what_may_be_absent_is_none_when_it_is(topic):
    """None is not stored, so a field that may be None must read as None when it is missing."""
    for model in models(Event.topics[topic], set()):
        for name, field in model.model_fields.items():
            if type(None) in getattr(field.annotation, "__args__", ()):
                assert not field.is_required() or model.__name__ == "Personal", f"{model.__name__}.{name}"
                assert field.is_required() or field.default is None, f"{model.__name__}.{name}"
