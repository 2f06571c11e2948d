"""Whatever an event can hold of a person is sealed, told to nobody it is not for, and gone once he is forgotten."""

import logging

import pytest

from domain.actors import Actor, Role
from store.codec import personal_texts
from store.engine import connect
from store.log import Append, tip_of
from tests.planting import WORDS, fields_that_keep_words, histories
from tests.projections.views import Views
from tests.service import MARKETPLACE, SUPPORT
from tests.traces import in_files, in_tables, read_in
from tests.trade import AUDITOR

SAID = frozenset(WORDS.values())
FIRST = "/v1/events?limit=100"
EXPORT = "/v1/period-export?from=2020-01-01T00:00:00Z&to=2040-01-01T00:00:00Z&personal="


@pytest.fixture
def owner(database_url):
    engine = connect(database_url, role=None)
    yield engine
    engine.dispose()


@pytest.fixture
def log(api, engine, caplog):
    """A log that holds every kind of event, with words in each field that may keep some."""
    caplog.set_level(logging.DEBUG)
    log = api.service.door.log
    for stream_id, drafts in histories():
        log.append([Append(tip_of(stream_id, log.history(stream_id)), drafts)])
    Views(engine).catch_up()
    api.service.upload(content=b"\x89PNG\r\n\x1a\n Lovelace")
    api.service.door.roots.take()
    return log


def stored(log):
    return log.recorder.select_notifications(1, 10_000)


def feed(api, actor):
    """Everything that the feed tells this reader."""
    page = api(actor).get(FIRST)
    told = [page.content]
    while page.json()["more"]:
        page = api(actor).get(f"{FIRST}&after={page.json()['next']}")
        told.append(page.content)
    return b"".join(told)


def test_every_field_that_may_keep_words_is_planted_and_sealed(api, log, owner, tmp_path):
    texts = [
        (event.topic, pointer.split("/")[2], text)
        for event in stored(log)
        for pointer, text in personal_texts(event, api.service.vault)
    ]
    planted = {(topic, name) for topic, name, text in texts if read_in(text.encode(), SAID)}
    assert planted == {(topic, name) for topic, name, _ in texts} == fields_that_keep_words()
    assert (in_tables(owner, SAID), in_files(tmp_path, SAID)) == ({}, {})


def test_the_marketplaces_systems_and_sealed_exports_are_told_nobodys_words(api, log):
    assert read_in(feed(api, MARKETPLACE), SAID) == set()
    assert read_in(api(AUDITOR).get(f"{EXPORT}sealed").content, SAID) == set()
    assert read_in(api(AUDITOR).get(f"{EXPORT}opened").content, SAID) == SAID


@pytest.mark.parametrize("person", sorted(WORDS))
def test_of_one_who_is_forgotten_nothing_is_read_any_more(api, log, owner, tmp_path, caplog, person):
    role, _, its_id = person.partition(":")
    assert api.service.door.forget(Actor(role=Role(role), id=its_id))
    others = SAID - {WORDS[person]}
    for content in (feed(api, SUPPORT), feed(api, AUDITOR), api(AUDITOR).get(f"{EXPORT}opened").content):
        assert read_in(content, SAID) == others
    assert (in_tables(owner, SAID), in_files(tmp_path, SAID)) == ({}, {})
    assert read_in(caplog.text.encode(), SAID) == set()
