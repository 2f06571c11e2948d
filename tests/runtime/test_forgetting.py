"""The command that forgets a person."""

import pytest

from runtime.keys import master_key
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


@pytest.mark.parametrize("person", ["b-1", "buyer:", "system:start", "buyer:a b"])
def test_nobody_is_meant_by_something_else(person):
    assert run("forget", person).exit_code == 2
