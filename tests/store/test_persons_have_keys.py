"""What belongs to a person opens with that person's key alone, and with its destruction it is gone (SPEC §9)."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag

from domain.messages import Personal
from store.codec import open_
from store.engine import connect
from store.failures import CommandInFlight
from store.master_keys import MasterKeys, WrongMasterKeyError
from store.rewrapping import kept_keys, rewrap
from store.session import Session
from store.vault import UnknownKeyError, Vault
from tests.store.log_entries import MASTER_KEY
from tests.store.messages import as_stored, message, sealed

ADA = "buyer:ada"


@pytest.fixture
def other_process(elsewhere):
    return Vault(elsewhere, MASTER_KEY)


def keys(engine):
    return Session(engine).execute("select person, wrapped_key is null from keys.person_key order by created_at")


def test_what_was_encrypted_opens_in_every_process(vault, other_process):
    key, cipher = vault.encrypt(ADA, "für Ada".encode(), b"here")
    assert vault.decrypt(key, cipher, b"here") == other_process.decrypt(key, cipher, b"here") == "für Ada".encode()


def test_the_same_text_never_looks_the_same_twice(vault):
    assert vault.encrypt(ADA, b"text", b"") != vault.encrypt(ADA, b"text", b"")


@pytest.mark.parametrize("place", [b"", b"there"])
def test_a_cipher_text_opens_only_in_its_place(vault, place):
    key, cipher = vault.encrypt(ADA, b"text", b"here")
    with pytest.raises(InvalidTag):
        vault.decrypt(key, cipher, place)


def test_a_person_has_one_key_whoever_writes_first(engine, elsewhere):
    vaults = [Vault(each, MASTER_KEY) for each in (engine, elsewhere) * 4]
    with ThreadPoolExecutor(8) as threads:
        used = {key for key, _ in threads.map(lambda vault: vault.encrypt(ADA, b"text", b""), vaults)}
    assert len(used) == 1
    assert keys(engine) == [(ADA, False)]


def test_files_are_encrypted_whole(vault, other_process):
    content = bytes(range(256)) * 5000
    sealed_content = vault.encrypt_bytes(ADA, content, b"photo")
    assert content[:64] not in sealed_content
    assert other_process.decrypt_bytes(sealed_content, b"photo") == content


def test_forgetting_destroys_the_key_and_keeps_its_row(vault, engine):
    key, cipher = vault.encrypt(ADA, b"text", b"")
    file = vault.encrypt_bytes(ADA, b"photo", b"")
    assert vault.forget(ADA)
    assert vault.decrypt(key, cipher, b"") is None
    assert vault.decrypt_bytes(file, b"") is None
    assert keys(engine) == [(ADA, True)]


def test_forgetting_whom_nobody_knows_changes_nothing(vault, engine):
    assert not vault.forget(ADA)
    assert keys(engine) == []


def test_who_acts_again_gets_a_fresh_key_and_what_was_erased_stays_erased(vault, engine):
    old, cipher = vault.encrypt(ADA, b"text", b"")
    vault.forget(ADA)
    fresh, again = vault.encrypt(ADA, b"text", b"")
    assert fresh != old
    assert vault.decrypt(fresh, again, b"") == b"text"
    assert vault.decrypt(old, cipher, b"") is None
    assert keys(engine) == [(ADA, True), (ADA, False)]


def test_what_was_read_before_an_erasure_is_not_saved_by_being_written_again(vault):
    """A command under way copies an address into its event while the address's owner is forgotten."""
    read = open_(as_stored(sealed(vault, message(person=ADA))), vault)
    vault.forget(ADA)
    vault.encrypt(ADA, b"he acts again", b"")
    written = sealed(vault, read.payload, version=2)
    assert read.payload.text.text == "Where is my camera?"
    assert open_(as_stored(written), vault).payload.text == Personal(person=ADA, text=None)


def test_what_was_read_and_is_written_again_stays_readable(vault):
    read = open_(as_stored(sealed(vault, message(person=ADA))), vault)
    assert open_(as_stored(sealed(vault, read.payload, version=2)), vault).payload == read.payload


def test_a_process_that_starts_after_an_erasure_reads_nothing(vault, other_process):
    key, cipher = vault.encrypt(ADA, b"text", b"")
    vault.forget(ADA)
    assert other_process.decrypt(key, cipher, b"") is None


def test_a_key_dropped_while_it_was_being_loaded_stays_dropped(vault, other_process, monkeypatch):
    key, cipher = vault.encrypt(ADA, b"text", b"")
    load = other_process._session.execute

    def load_and_be_overtaken(*query):
        rows = load(*query)
        vault.forget(ADA)
        other_process.drop(key)
        return rows

    monkeypatch.setattr(other_process._session, "execute", load_and_be_overtaken)
    other_process.decrypt(key, cipher, b"")
    assert other_process.decrypt(key, cipher, b"") is None


def test_reading_many_events_asks_for_keys_once(vault, other_process, monkeypatch):
    persons = [f"buyer:{number}" for number in range(50)]
    events = [sealed(vault, message(person=person)) for person in persons]
    queries = []
    load = other_process._session.execute
    monkeypatch.setattr(other_process._session, "execute", lambda *query: queries.append(query) or load(*query))
    keys = other_process.keyring(event.state for event in events)
    texts = [open_(as_stored(event), keys).payload.text.text for event in events]
    assert (texts, len(queries)) == (["Where is my camera?"] * 50, 1)


def test_a_key_outlives_the_transaction_in_which_it_was_first_needed(vault, other_process, engine):
    with engine.connect() as caller:
        caller.exec_driver_sql("select pg_current_xact_id()")
        key, cipher = vault.encrypt(ADA, b"text", b"")
        caller.rollback()
    assert other_process.decrypt(key, cipher, b"") == b"text"


def test_keys_are_found_while_every_pooled_connection_is_taken(database_url):
    engine = connect(database_url, pool_size=1, pool_timeout=0.05)
    vault = Vault(engine, MASTER_KEY)
    vault.encrypt("buyer:first", b"text", b"")
    with engine.connect():
        key, cipher = vault.encrypt(ADA, b"text", b"")
        assert vault.decrypt(key, cipher, b"") == b"text"
    engine.dispose()


def test_a_key_that_was_never_kept_here_is_an_error_and_no_erasure(vault):
    _, cipher = vault.encrypt(ADA, b"text", b"")
    with pytest.raises(UnknownKeyError, match="00000000-0000-0000-0000-000000000009"):
        vault.decrypt(str(UUID(int=9)), cipher, b"")


def test_another_master_key_opens_nothing_and_says_so(vault, elsewhere):
    key, cipher = vault.encrypt(ADA, b"text", b"")
    with pytest.raises(WrongMasterKeyError, match=ADA):
        Vault(elsewhere, bytes(32)).decrypt(key, cipher, b"")


def test_a_master_key_of_another_length_is_refused(engine):
    with pytest.raises(ValueError, match="32 bytes, not 16"):
        Vault(engine, bytes(16))


# One master key follows another


NEXT_KEY = bytes(reversed(MASTER_KEY))


@pytest.fixture
def next_vault(elsewhere):
    """A process that wraps with the next master key and still accepts the present one."""
    return Vault(elsewhere, NEXT_KEY, MASTER_KEY)


def test_while_one_master_key_follows_another_both_are_accepted(vault, engine, next_vault):
    key, cipher = vault.encrypt(ADA, b"by the old", b"")
    bens_key, bens_cipher = next_vault.encrypt("buyer:ben", b"by the new", b"")
    accepting = Vault(engine, MASTER_KEY, NEXT_KEY)
    for process in (next_vault, accepting):
        assert process.decrypt(key, cipher, b"") == b"by the old"
        assert process.decrypt(bens_key, bens_cipher, b"") == b"by the new"


def test_once_all_keys_are_wrapped_anew_the_old_master_key_opens_none_and_is_not_needed(vault, engine, elsewhere):
    sealed_for = {f"buyer:{number}": vault.encrypt(f"buyer:{number}", b"text", b"") for number in range(7)}
    masters = MasterKeys(NEXT_KEY, MASTER_KEY)
    assert (rewrap(engine, masters), rewrap(engine, masters), kept_keys(engine)) == (7, 0, 7)
    for key, cipher in sealed_for.values():
        assert Vault(elsewhere, NEXT_KEY).decrypt(key, cipher, b"") == b"text"
    with pytest.raises(WrongMasterKeyError):
        Vault(elsewhere, MASTER_KEY).decrypt(*sealed_for["buyer:0"], b"")


def test_more_keys_than_one_batch_are_all_wrapped_anew(vault, engine, monkeypatch):
    monkeypatch.setattr("store.rewrapping.BATCH", 2)
    for number in range(5):
        vault.encrypt(f"buyer:{number}", b"", b"")
    told = []
    assert rewrap(engine, MasterKeys(NEXT_KEY, MASTER_KEY), told.append) == 5
    assert told == [2, 4, 5]


def test_a_key_that_is_destroyed_while_keys_are_wrapped_anew_stays_destroyed(vault, engine):
    key, cipher = vault.encrypt(ADA, b"text", b"")

    class Slow(MasterKeys):
        def wrapped_anew(self, person, key_id, wrapped):
            vault.forget(ADA)
            return super().wrapped_anew(person, key_id, wrapped)

    assert rewrap(engine, Slow(NEXT_KEY, MASTER_KEY)) == 0
    assert Vault(engine, NEXT_KEY).decrypt(key, cipher, b"") is None


def test_a_key_that_no_master_key_opens_stops_the_wrapping(vault, engine):
    vault.encrypt(ADA, b"text", b"")
    with pytest.raises(WrongMasterKeyError, match=ADA):
        rewrap(engine, MasterKeys(NEXT_KEY))


def test_a_text_that_cannot_be_sealed_fails_as_the_keys_did(database_url, owner):
    impatient = connect(database_url, pool_size=1, lock_timeout="10ms")
    with owner.begin() as conn:
        conn.exec_driver_sql("lock table keys.person_key")
        with pytest.raises(CommandInFlight):
            sealed(Vault(impatient, MASTER_KEY))
    impatient.dispose()
