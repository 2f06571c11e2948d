"""A tailing reader delivers every committed event once, in the order of positions, however late it commits."""

import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest

from store.engine import connect
from store.failures import Unavailable
from store.reader import LogReader
from store.recorder import LogRecorder
from tests.store.log_entries import entry
from tests.store.racing_writers import ROUNDS

ROOT = Path(__file__).parents[2]
PROCESSES = 3
LATE, EARLY = UUID(int=1), UUID(int=2)
TAIL = "select id, stream_id from store.event where id > %s order by id"


def streams(events):
    return [event.originator_id for event in events]


@pytest.fixture
def unfinished(engine):
    """A transaction that has drawn a position and not yet committed."""
    with engine.connect() as transaction:
        LogRecorder(engine).insert_events([entry(LATE)], conn=transaction)
        yield transaction


def test_a_naive_reader_skips_what_commits_late(unfinished, recorder, engine):
    recorder.insert_events([entry(EARLY)])
    with engine.connect() as tail:
        first_look = tail.exec_driver_sql(TAIL, (0,)).all()
        unfinished.commit()
        second_look = tail.exec_driver_sql(TAIL, (first_look[-1].id,)).all()
    assert [row.stream_id for row in first_look + second_look] == [EARLY], "the late event is lost for ever"


@pytest.mark.parametrize("topics", [(), ("test.happened.v1",)])
def test_the_reader_waits_for_what_commits_late(unfinished, recorder, reader, topics):
    recorder.insert_events([entry(EARLY)])
    held_back = reader.read(0, 10, topics=topics)
    assert (held_back, held_back.seen) == ([], 2)
    unfinished.commit()
    delivered = reader.read(0, 10, topics=topics)
    assert (streams(delivered), delivered.seen) == ([LATE, EARLY], 0)


def test_the_log_ends_nowhere_before_what_commits_late_is_decided(unfinished, recorder, reader, monkeypatch):
    recorder.insert_events([entry(EARLY)])
    monkeypatch.setattr("store.reader.PATIENCE", 0.0)
    with pytest.raises(Unavailable, match="before position 2 is still being written"):
        reader.end()
    unfinished.commit()
    assert reader.end() == 2


def test_the_end_of_the_log_is_waited_for(unfinished, recorder, reader):
    recorder.insert_events([entry(EARLY)])
    with ThreadPoolExecutor() as pool:
        end = pool.submit(reader.end)
        unfinished.commit()
        assert end.result() == 2


@pytest.mark.parametrize("topics", [(), ("test.happened.v1",)])
def test_what_was_rolled_back_is_not_waited_for(unfinished, recorder, reader, topics):
    recorder.insert_events([entry(EARLY)])
    assert reader.read(0, 10, topics=topics) == []
    unfinished.rollback()
    assert streams(reader.read(0, 10, topics=topics)) == [EARLY]


@pytest.fixture
def another_database(database_url, administration, template):
    """One of another installation on the same server."""
    name = f"{template}-another"
    administration.execute(f'create database "{name}" template "{template}" strategy file_copy')
    yield urlsplit(database_url)._replace(path=f"/{name}").geturl()
    administration.execute(f'drop database "{name}" with (force)')


def test_nothing_is_skipped_on_a_server_that_took_over_without_the_last_events(standby, recorder, reader, engine):
    """It draws their positions again, which were decided where they were lost."""
    recorder.insert_events([entry(uuid4())])
    standby.copies()
    recorder.insert_events([entry(uuid4()), entry(uuid4())])
    with engine.connect() as rolled_back:
        recorder.insert_events([entry(uuid4())], conn=rolled_back)
    recorder.insert_events([entry(uuid4())])
    assert [event.id for event in reader.read(0, 10)] == [1, 2, 3, 5]
    standby.takes_over()
    with engine.connect() as late:
        recorder.insert_events([entry(LATE)], conn=late)
        recorder.insert_events([entry(EARLY)])
        assert reader.read(1, 10) == []
        late.commit()
    assert streams(reader.read(1, 10)) == [LATE, EARLY]


def test_nor_where_another_thread_meets_the_new_server_while_this_one_reads_there(
    standby, recorder, reader, engine, monkeypatch
):
    standby.copies()
    recorder.insert_events([entry(uuid4()), entry(uuid4())])
    assert reader.end() == 2
    standby.takes_over()
    monkeypatch.setattr("store.reader.SERVER", "select timestamptz '2026-03-06 18:00'")  # the same for both
    with engine.connect() as late, engine.connect() as conn:
        recorder.insert_events([entry(LATE)], conn=late)
        recorder.insert_events([entry(EARLY)])
        look = reader.look(0, 10)
        rows = conn.exec_driver_sql(*look.asked).all()
        assert reader.read(0, 10) == []
        assert reader.seen(look, rows, conn) == []


def test_what_stands_before_the_gap_is_delivered_at_once(recorder, reader, engine):
    before = uuid4()
    recorder.insert_events([entry(before)])
    with engine.connect() as transaction:
        recorder.insert_events([entry(LATE)], conn=transaction)
        recorder.insert_events([entry(EARLY)])
        assert streams(reader.read(0, 10)) == [before]


def test_a_reader_with_patience_delivers_as_soon_as_the_gap_is_decided(unfinished, recorder, reader):
    recorder.insert_events([entry(EARLY)])
    with ThreadPoolExecutor() as threads:
        read = threads.submit(reader.read, 0, 10, patience=60)
        while not reader._barrier:
            pass
        unfinished.commit()
        assert streams(read.result()) == [LATE, EARLY]


def test_a_gap_that_another_thread_settles_after_this_one_has_read_is_read_again(unfinished, recorder, reader, engine):
    recorder.insert_events([entry(EARLY)])
    look = reader.look(0, 10)
    with engine.connect() as conn:
        rows = conn.exec_driver_sql(*look.asked).all()
        unfinished.commit()
        reader._settle(conn, 2)
        assert streams(reader.seen(look, rows, conn)) == [LATE, EARLY]


def test_a_transaction_that_appended_nothing_holds_nobody_up(recorder, reader, engine, elsewhere):
    with elsewhere.connect() as idle:
        idle.exec_driver_sql("select * from store.event").all()
        idle.exec_driver_sql("select pg_current_xact_id()")
        with engine.connect() as aborted:
            recorder.insert_events([entry(LATE)], conn=aborted)
            aborted.rollback()
        recorder.insert_events([entry(EARLY)])
        assert streams(reader.read(0, 10)) == [EARLY]


def test_a_transaction_in_another_database_of_the_server_holds_nobody_up(recorder, reader, engine, another_database):
    """Copied from one template, both know the table by the same number."""
    elsewhere = connect(another_database)
    with elsewhere.connect() as idle, engine.connect() as aborted:
        LogRecorder(elsewhere).insert_events([entry(LATE)], conn=idle)
        recorder.insert_events([entry(LATE)], conn=aborted)
        aborted.rollback()
        recorder.insert_events([entry(EARLY)])
        assert streams(reader.read(0, 10)) == [EARLY]
    elsewhere.dispose()


def test_what_lies_behind_the_end_of_what_is_asked_for_is_not_waited_for(recorder, reader, engine):
    recorder.insert_events([entry(EARLY)])
    assert len(reader.read(0, 10, topics=["test.happened.v1"])) == 1
    with engine.connect() as unfinished:
        recorder.insert_events([entry(LATE)], conn=unfinished)
        recorder.insert_events([entry(uuid4())])
        told = reader.read(0, 10, until=1, topics=["test.happened.v1"])
    assert (streams(told), told.seen) == ([EARLY], 0)


def test_a_transaction_that_began_to_append_after_the_gap_was_seen_is_not_waited_for(
    unfinished, recorder, reader, elsewhere
):
    recorder.insert_events([entry(EARLY)])
    assert reader.read(0, 10) == []
    with elsewhere.connect() as later:
        LogRecorder(elsewhere).insert_events([entry(uuid4())], conn=later)
        unfinished.commit()
        assert streams(reader.read(0, 10)) == [LATE, EARLY]


def test_gaps_of_the_past_are_settled_once_for_all(recorder, reader, engine):
    for _ in range(20):
        with engine.connect() as aborted:
            recorder.insert_events([entry(LATE)], conn=aborted)
            aborted.rollback()
        recorder.insert_events([entry(uuid4())])
    assert len(reader.read(0, 1)) == 1
    with engine.connect() as holder:
        recorder.insert_events([entry(LATE)], conn=holder)
        assert len(reader.read(0, 100)) == 20, "no later holder can block a gap that was settled before"


@pytest.mark.parametrize(
    ("bounds", "positions"),
    [
        ({"after": 0, "limit": 2}, [1, 2]),
        ({"after": 2, "limit": 10}, [3, 4]),
        ({"after": 1, "limit": 10, "until": 3}, [2, 3]),
        ({"after": 0, "limit": 10, "topics": ["odd"]}, [1, 3]),
        ({"after": 1, "limit": 10, "topics": ["odd", "even"], "until": 2}, [2]),
        ({"after": 9, "limit": 10}, []),
    ],
)
def test_a_reader_can_be_asked_for_a_part(recorder, reader, bounds, positions):
    for version in range(1, 5):
        recorder.insert_events([entry(EARLY, version, topic="odd" if version % 2 else "even")])
    assert [event.id for event in reader.read(**bounds)] == positions


def test_the_library_reads_the_same_safe_order(unfinished, recorder):
    recorder.insert_events([entry(EARLY)])
    assert recorder.select_notifications(None, 10) == []
    unfinished.commit()
    assert streams(recorder.select_notifications(1, 10)) == [LATE, EARLY]
    assert streams(recorder.select_notifications(1, 10, inclusive_of_start=False)) == [EARLY]
    assert streams(recorder.select_notifications(1, 10, stop=1)) == [LATE]
    assert recorder.max_notification_id() == 2


def tail(reader, over, **how):
    """Everything one reader delivers until the writers are done and it has reached the end."""
    seen, last_look = [], False
    while True:
        events = reader.read(seen[-1].id if seen else 0, 50, patience=0.05, **how)
        seen += events
        if not events and last_look and not events.seen:
            return seen
        last_look = over.is_set()


def tail_within_transactions(engine, over):
    """As a projection reads: on its own transaction's connection, committed batch by batch."""
    reader, seen, last_look = LogReader(engine), [], False
    while True:
        with engine.begin() as transaction:
            events = reader.read(seen[-1].id if seen else 0, 50, conn=transaction)
        seen += events
        if not events and last_look and not events.seen:
            return seen
        last_look = over.is_set()


@pytest.fixture
def idle_transactions(server_url, administration, database_url):
    """Open transactions with an id of their own, in this database and in another one."""
    engines = [connect(database_url), connect(server_url, role=None)]
    transactions = [engine.connect() for engine in engines]
    for transaction in transactions:
        transaction.exec_driver_sql("set local idle_in_transaction_session_timeout = 0")
        transaction.exec_driver_sql("select pg_current_xact_id()")
    yield
    for transaction, engine in zip(transactions, engines, strict=True):
        transaction.close()
        engine.dispose()


@pytest.mark.usefixtures("idle_transactions")
def test_racing_writers_in_several_processes_and_every_reader_sees_every_event_once(engine, elsewhere, database_url):
    over, shared = Event(), LogReader(engine)
    with ThreadPoolExecutor() as threads:
        tails = [
            threads.submit(tail, LogReader(elsewhere), over),
            threads.submit(tail, LogReader(elsewhere), over, topics=["test.happened.v1"]),
            threads.submit(tail, shared, over),
            threads.submit(tail, shared, over),
            threads.submit(tail_within_transactions, elsewhere, over),
        ]
        race(database_url)
        over.set()
    with engine.connect() as connection:
        committed = connection.exec_driver_sql("select id, stream_id, version from store.event order by id").all()
    assert len(committed) > PROCESSES * ROUNDS
    for seen in tails:
        assert [(event.id, event.originator_id, event.originator_version) for event in seen.result()] == committed
    assert_each_stream_is_in_order(committed)


def race(url):
    writers = [
        subprocess.Popen([sys.executable, "-m", "tests.store.racing_writers", url, str(seed)], cwd=ROOT)  # noqa: S603
        for seed in range(PROCESSES)
    ]
    assert [writer.wait() for writer in writers] == [0] * PROCESSES


def assert_each_stream_is_in_order(committed):
    versions = defaultdict(list)
    for _, stream, version in committed:
        versions[stream].append(version)
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values())
