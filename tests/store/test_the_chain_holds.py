"""Each event names the digest of the one before it, so that no change of the past stays unseen (SPEC §7.10)."""

from dataclasses import astuple, replace
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from eventsourcing.persistence import Notification

from store.audit.chains import Chains
from store.audit.unfit import Unfit
from store.chain import GENESIS, digest_of
from store.codec import open_
from tests.store.messages import STREAM, conversation, sealed

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "audit-chain.md"


@pytest.fixture
def stream(vault):
    return conversation(vault, "Where is it?", "On its way.", "Thank you.")


def test_the_digest_is_what_the_documentation_says():
    by_hand = sha256(b'00000000-0000-0000-0000-000000000001\n7\nrefund.told.v1\n{"a": "\xc3\xbc"}').hexdigest()
    assert digest_of(STREAM, 7, "refund.told.v1", '{"a": "ü"}'.encode()) == by_hand


def test_an_envelope_carries_its_own_digest_and_that_of_the_one_before(vault):
    first = sealed(vault)
    second = sealed(vault, version=2, previous=first.digest)
    assert first.previous == GENESIS
    assert first.digest == digest_of(first.originator_id, 1, first.topic, first.state)
    assert second.previous == first.digest != second.digest


def first_misfit(stream):
    """What the verifier says of these events, None where all of them fit."""
    with Chains() as chains:
        try:
            for place, event in enumerate(stream, start=1):
                chains.follow(Notification(*astuple(event)[:4], place))
        except Unfit as unfit:
            return unfit
    return None


def test_an_untouched_stream_is_unbroken(stream):
    assert first_misfit(stream) is None
    assert first_misfit([]) is None


def test_a_stored_stream_is_unbroken(stream, recorder):
    recorder.insert_events(stream)
    assert first_misfit(recorder.select_events(STREAM)) is None


@pytest.mark.parametrize(
    ("change", "shows_at", "why"),
    [
        (lambda first, second, third: [replace(first, state=first.state + b" "), second, third], 2, "it names "),
        (lambda first, second, third: [first, replace(second, topic="refund.told.v1"), third], 3, "it names "),
        (lambda first, _, third: [first, third], 3, "version 2 should"),
        (lambda first, second, third: [second, first, third], 2, "version 1 should"),
        (lambda first, _, third: [first, replace(third, originator_version=2)], 2, "it names "),
        (lambda _, second, third: [second, third], 2, "version 1 should"),
        (lambda first, second, third: [first, second, replace(third, originator_version=4)], 4, "version 3 should"),
        (lambda first, second, third: [first, second, third, third], 3, "version 4 should"),
        (lambda first, second, _: [first, replace(second, state=b"[]")], 2, "names no event"),
        (lambda first, second, _: [first, replace(second, state=b"{")], 2, "names no event"),
    ],
    ids=[
        "text changed", "topic changed", "one left out", "two exchanged", "one renumbered", "start cut off", "hole",
        "one twice", "another text", "no JSON",
    ],
)  # fmt: skip
def test_a_break_shows_where_the_past_was_changed(stream, change, shows_at, why):
    unfit = first_misfit(change(*stream))
    assert unfit.version == shows_at
    assert unfit.why.startswith(why) or why in unfit.why


def test_a_part_of_the_log_may_begin_anywhere_and_goes_on_from_there(stream):
    _, second, third = (Notification(*astuple(event)[:4], 0) for event in stream)
    with Chains(from_the_start=False) as chains:
        chains.follow(second)
        chains.follow(third)
        with pytest.raises(Unfit, match="version 4 should stand here"):
            chains.follow(second)


@pytest.fixture
def tampered(stream, recorder, owner):
    """A log in which an intruder with the owner's rights changed the second of three events."""
    recorder.insert_events(stream)
    with owner.begin() as intruder:
        intruder.exec_driver_sql("alter table store.event disable trigger append_only")
        intruder.exec_driver_sql(
            "update store.event set state = replace(state::text, 'buyer', 'seller')::json where version = 2"
        )


@pytest.mark.usefixtures("tampered")
def test_a_tampered_row_is_found_in_the_database(recorder):
    assert first_misfit(recorder.select_events(STREAM)).version == 3


def documented_check(engine):
    """What the SQL statement in docs/audit-chain.md finds."""
    statement = DOCUMENTATION.read_text(encoding="utf-8").split("```sql\n")[1].split("```")[0]
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(statement)]


def test_the_documented_statement_finds_nothing_in_an_untouched_log(stream, recorder, engine):
    recorder.insert_events([*stream, replace(stream[0], originator_id=UUID(int=9))])
    assert documented_check(engine) == []


@pytest.mark.usefixtures("tampered")
def test_the_documented_statement_finds_the_tampered_row(engine):
    assert documented_check(engine) == [(STREAM, 3)]


def test_after_an_erasure_the_chain_still_holds_and_only_the_text_is_gone(stream, recorder, vault):
    recorder.insert_events(stream)
    before = [open_(event, vault) for event in recorder.select_events(STREAM)]
    assert vault.forget("buyer:b-1")
    after = [open_(event, vault) for event in recorder.select_events(STREAM)]
    assert [event.payload.text.text for event in before] == ["Where is it?", "On its way.", "Thank you."]
    assert [(event.payload.text.person, event.payload.text.text) for event in after] == [("buyer:b-1", None)] * 3
    assert [event.digest for event in after] == [event.digest for event in before]
    assert first_misfit(recorder.select_events(STREAM)) is None
