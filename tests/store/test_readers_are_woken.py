"""Whoever tails the log hears of an append at once, in the same process and in others."""

from contextlib import closing
from threading import Event

import pytest

from store.session import open_session
from store.vault import FORGOTTEN, Vault
from store.wakeup import APPENDED, Wakeup
from tests.store.log_entries import MASTER_KEY
from tests.store.sessions import cut_all_others

SOON = 60
"""Seconds after which a bell that has not rung never will."""


@pytest.fixture
def here(engine):
    with closing(Wakeup(engine)) as wakeup:
        yield wakeup


@pytest.fixture
def there(elsewhere):
    """The wake-ups of another process, already listening."""
    with closing(Wakeup(elsewhere)) as wakeup, wakeup.bell() as bell:
        wakeup.start()
        assert bell.wait(SOON), "the bell rings when listening begins: something may have been missed"
        yield wakeup


def test_a_bell_in_the_same_process_rings_at_once(here):
    with here.bell() as bell:
        here.announce()
        assert bell.is_set()


def test_a_bell_in_another_process_rings_too(here, there):
    with there.bell() as bell:
        here.announce()
        assert bell.wait(SOON)


def test_every_bell_rings_and_a_bell_given_back_does_not(here):
    with here.bell() as kept:
        with here.bell() as given_back:
            pass
        here.announce()
        assert (kept.is_set(), given_back.is_set()) == (True, False)


@pytest.fixture
def words(engine):
    """What a listener hears, and how to hear more of it."""
    heard = []
    with closing(open_session(engine)) as listener:
        listener.add_notify_handler(heard.append)
        listener.execute(f"listen {APPENDED}")
        yield heard, lambda: listener.execute("select 1")


def test_a_thousand_appends_are_told_in_few_words(here, words, monkeypatch):
    monkeypatch.setattr("store.wakeup.PAUSE", 3600)
    heard, listen = words
    for _ in range(1000):
        here.announce()
    here.close()
    while not heard:
        listen()
    assert len(heard) <= 2


def test_between_two_words_there_is_a_pause_and_what_fell_into_it_is_told_at_the_end(here, words, monkeypatch):
    monkeypatch.setattr("store.wakeup.PAUSE", 3600)
    heard, listen = words
    here.announce()
    while not heard:
        listen()
    here.announce()
    for _ in range(200):
        listen()
    assert len(heard) == 1
    here.close()
    while len(heard) < 2:
        listen()


def test_what_was_announced_last_is_still_told_when_the_process_ends(engine, there):
    with there.bell() as bell:
        with closing(Wakeup(engine)) as ending:
            ending.announce()
        assert bell.wait(SOON)


def test_a_listener_whose_connection_was_cut_listens_again_and_rings_for_what_it_missed(here, there, owner):
    with there.bell() as bell:
        cut_all_others(owner)
        assert bell.wait(SOON)
        bell.clear()
        here.announce()
        assert bell.wait(SOON)


def test_an_erasure_is_heard_by_the_vaults_of_other_processes(engine, elsewhere):
    here, there = Vault(engine, MASTER_KEY), Vault(elsewhere, MASTER_KEY)
    key, cipher = there.encrypt("buyer:b-1", b"my text", b"")
    heard = Event()

    def hear(key_id):
        there.drop(key_id)
        heard.set()

    with closing(Wakeup(elsewhere, {FORGOTTEN: hear})) as wakeup, wakeup.bell() as bell:
        wakeup.start()
        assert bell.wait(SOON)
        here.forget("buyer:b-1")
        assert heard.wait(SOON)
    assert there.decrypt(key, cipher, b"") is None
