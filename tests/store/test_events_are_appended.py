"""An append is all or nothing, keeps every byte, and says precisely why it did not happen."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import DataError, Notification, OperationalError
from hypothesis import given, settings
from hypothesis import strategies as st

from store.engine import connect
from store.failures import CommandInFlight, CommandRepeated, InDoubt, StreamMoved
from store.group_commit import GroupCommit
from store.idempotency import FIND, Commands
from store.recorder import LARGE, LogRecorder
from tests.store.log_entries import entries, entry, record, stored
from tests.store.sessions import cut_all_others, cut_whoever_waits_for_a_lock
from tests.strategies import ON_ONE_DATABASE

FIRST, SECOND = UUID(int=1), UUID(int=2)
ANY_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))


def test_positions_are_given_in_the_order_of_the_events(recorder):
    positions = recorder.insert_events([entry(SECOND), entry(FIRST, 2), entry(FIRST, 1)])
    assert positions == [3, 2, 1]


def test_a_stream_reads_as_it_was_written_with_its_positions(recorder):
    written = entries(FIRST, range(1, 6))
    positions = recorder.insert_events(written)
    assert recorder.select_events(FIRST) == [
        Notification(**vars(event), id=position) for event, position in zip(written, positions, strict=True)
    ]


@pytest.mark.parametrize(
    ("bounds", "versions"),
    [
        ({"gt": 2}, [3, 4, 5]),
        ({"lte": 2}, [1, 2]),
        ({"gt": 1, "lte": 4, "desc": True}, [4, 3, 2]),
        ({"desc": True, "limit": 1}, [5]),
        ({"gt": 5}, []),
    ],
)
def test_a_part_of_a_stream_can_be_read(recorder, bounds, versions):
    recorder.insert_events(entries(FIRST, range(1, 6)))
    assert [event.originator_version for event in recorder.select_events(FIRST, **bounds)] == versions


def test_several_streams_are_read_at_once_and_an_unknown_one_is_empty(recorder):
    recorder.insert_events([*entries(FIRST, [1, 2]), entry(SECOND)])
    streams = recorder.select_streams([FIRST, SECOND, UUID(int=3)])
    assert {stream: [event.originator_version for event in events] for stream, events in streams.items()} == {
        FIRST: [1, 2],
        SECOND: [1],
        UUID(int=3): [],
    }


@given(texts=st.lists(ANY_TEXT, min_size=1, max_size=20), spaces=st.sampled_from(["", " ", "\n\t "]))
@settings(suppress_health_check=ON_ONE_DATABASE, max_examples=30)
def test_every_byte_of_a_state_is_kept(recorder, texts, spaces):
    stream = uuid4()
    states = [f'{{"b":{spaces}{json.dumps(text, ensure_ascii=False)},"a":1.50,"a":2}}' for text in texts]
    recorder.insert_events([entry(stream, version, state) for version, state in enumerate(states, start=1)])
    assert [event.state.decode() for event in recorder.select_events(stream)] == states


def test_a_taken_version_is_refused_and_nothing_of_the_save_remains(recorder, engine):
    recorder.insert_events(entries(FIRST, [1, 2]))
    with pytest.raises(StreamMoved, match=r"\(00000000-0000-0000-0000-000000000001, 2\) already exists"):
        recorder.insert_events([entry(SECOND), entry(FIRST, 2)])
    assert stored(engine) == [(FIRST, 1), (FIRST, 2)]


def test_what_is_no_json_is_refused(recorder, engine):
    with pytest.raises(DataError):
        recorder.insert_events([entry(FIRST, state="{no json")])
    assert stored(engine) == []


def test_a_command_is_recorded_with_its_events(recorder, engine):
    command = record(FIRST, version=2)
    recorder.insert_events([*entries(FIRST, [1, 2]), entry(SECOND)], command=command)
    assert Commands(engine).find(command.command_id) == replace(command, position=3)
    assert Commands(engine).find(uuid4()) is None


def test_a_command_that_changed_nothing_is_recorded_too(recorder, engine):
    command = record(FIRST, version=7)
    assert recorder.insert_events([], command=command) == []
    assert Commands(engine).find(command.command_id) == replace(command, position=None)


def test_each_of_many_saves_that_are_written_at_once_records_its_command(recorder, engine):
    commands = [record(uuid4()) for _ in range(40)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda it: recorder.insert_events([entry(it.stream_id)], command=it), commands))
    for command in commands:
        (event,) = recorder.select_events(command.stream_id)
        assert Commands(engine).find(command.command_id) == replace(command, position=event.id)


def test_small_saves_share_a_write_and_a_large_one_goes_alone(recorder):
    written = []
    recorder._write_batch = lambda saves, write=recorder._write_batch: (written.append(len(saves)), write(saves))[1]
    recorder._group = GroupCommit(recorder._write_batch, recorder._write_alone)
    recorder.insert_events(entries(FIRST, range(1, LARGE + 1)))
    recorder.insert_events(entries(SECOND, range(1, LARGE + 2)))
    assert written == [1]


def test_the_log_is_read_by_position_from_a_place_on_that_is_part_of_it_or_not(recorder):
    assert recorder.max_notification_id() is None
    recorder.insert_events(entries(FIRST, range(1, 6)))
    assert recorder.max_notification_id() == 5
    assert [event.id for event in recorder.select_notifications(None, 2)] == [1, 2]
    assert [event.id for event in recorder.select_notifications(2, 10, stop=4)] == [2, 3, 4]
    assert [event.id for event in recorder.select_notifications(2, 10, inclusive_of_start=False)] == [3, 4, 5]


def test_a_repeated_command_leaves_no_second_event(recorder, engine):
    command = record(FIRST)
    recorder.insert_events([entry(FIRST)], command=command)
    with pytest.raises(CommandRepeated, match=str(command.command_id)):
        recorder.insert_events([entry(SECOND)], command=replace(command, stream_id=SECOND))
    assert stored(engine) == [(FIRST, 1)]


def test_a_command_whose_events_are_refused_is_not_recorded(recorder, engine):
    recorder.insert_events([entry(FIRST)])
    command = record(FIRST)
    with pytest.raises(StreamMoved):
        recorder.insert_events([entry(FIRST)], command=command)
    assert Commands(engine).find(command.command_id) is None


def test_a_save_can_join_a_transaction_and_vanishes_with_it(recorder, engine):
    command = record(FIRST)
    with engine.connect() as connection:
        recorder.insert_events([entry(FIRST)], command=command, conn=connection)
        assert connection.execute(FIND, {"command_id": command.command_id}).one_or_none()
        connection.rollback()
    assert Commands(engine).find(command.command_id) is None
    with engine.begin() as connection:
        recorder.insert_events([entry(FIRST)], command=command, conn=connection)
    assert stored(engine) == [(FIRST, 1)]


def test_a_command_in_flight_is_told_apart_from_one_that_took_effect(elsewhere, database_url):
    impatient = connect(database_url, lock_timeout="100ms")
    command = record(FIRST)
    with elsewhere.begin() as unfinished:
        LogRecorder(elsewhere).insert_events([entry(FIRST)], command=command, conn=unfinished)
        with pytest.raises(CommandInFlight):
            LogRecorder(impatient).insert_events([entry(SECOND)], command=replace(command, stream_id=SECOND))
        with pytest.raises(CommandInFlight):
            LogRecorder(impatient).insert_events([entry(FIRST)])
    with pytest.raises(CommandRepeated):
        LogRecorder(impatient).insert_events([entry(SECOND)], command=replace(command, stream_id=SECOND))
    impatient.dispose()


@pytest.mark.parametrize("count", [1, LARGE, LARGE + 1, 1000])
def test_a_save_of_any_size_is_one_save(recorder, engine, count):
    recorder.insert_events(entries(FIRST, range(1, count + 1)))
    with pytest.raises(StreamMoved):
        recorder.insert_events(entries(FIRST, range(count, 2 * count)))
    assert len(stored(engine)) == count


def test_an_announcement_follows_each_commit_and_no_refusal(engine):
    announced = []
    recorder = LogRecorder(engine, announce=lambda: announced.append(len(stored(engine))))
    recorder.insert_events([entry(FIRST)])
    with pytest.raises(StreamMoved):
        recorder.insert_events([entry(FIRST)])
    recorder.insert_events([entry(SECOND)])
    assert announced == [1, 2]


def test_a_connection_cut_while_idle_is_replaced_unnoticed(recorder, engine, owner):
    recorder.insert_events([entry(FIRST)])
    cut_all_others(owner)
    recorder.insert_events([entry(SECOND)])
    assert stored(engine) == [(FIRST, 1), (SECOND, 1)]


@pytest.mark.parametrize("joined", [False, True], ids=["of its own", "the caller's"])
def test_a_connection_cut_half_way_leaves_the_save_in_doubt(patient, owner, joined):
    with owner.begin() as gate, ThreadPoolExecutor() as threads, patient.connect() as connection:
        gate.exec_driver_sql("lock table store.event in share mode")
        save = threads.submit(LogRecorder(patient).insert_events, [entry(FIRST)], conn=connection if joined else None)
        cut_whoever_waits_for_a_lock(owner, save.done)
        with pytest.raises(InDoubt):
            save.result()


def test_an_exhausted_pool_is_an_operational_error_after_a_bounded_wait(database_url):
    small = connect(database_url, pool_size=1, pool_timeout=0.05)
    with small.connect(), pytest.raises(OperationalError, match="busy"):
        LogRecorder(small).select_events(FIRST)
    small.dispose()
