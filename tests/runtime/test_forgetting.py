"""The command that forgets a person."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from domain.language import Locale
from runtime.keys import master_key
from runtime.mailing import local_post
from scheduler.ports.post import Letter
from store.vault import Vault
from tests.runtime.test_cli import run, said

pytestmark = pytest.mark.usefixtures("installation", "logging_as_before")


def test_a_person_is_forgotten_once(settings, engine):
    vault = Vault(engine, master_key(settings))
    key, cipher = vault.encrypt("buyer:b-1", b"a text", b"")
    assert run("forget", "buyer:b-1").stdout == "buyer:b-1 is forgotten\n"
    assert Vault(engine, master_key(settings)).decrypt(key, cipher, b"") is None
    nothing = "directservice: there is no key of buyer:b-1: nothing of this person is readable here"
    assert said(run("forget", "buyer:b-1"), 1) == nothing


def test_the_mails_that_a_sandbox_kept_for_him_are_gone_and_no_one_elses(settings, engine):
    Vault(engine, master_key(settings)).encrypt("buyer:b-1", b"a text", b"")
    told = {"written_at": datetime(2026, 3, 6, tzinfo=UTC), "locale": Locale.ENGLISH, "text": "", "html": ""}
    for person in ("buyer:b-1", "buyer:b-10"):
        local_post(settings).send(Letter(id=uuid4(), person=person, to="ada@example.com", subject="Refunded", **told))
    run("forget", "buyer:b-1")
    assert [path.name for path in (settings.data_folder / "mail").iterdir()] == ["buyer:b-10"]


@pytest.mark.parametrize("person", ["b-1", "buyer:", "system:start", "buyer:a b"])
def test_nobody_is_meant_by_something_else(person):
    assert run("forget", person).exit_code == 2
