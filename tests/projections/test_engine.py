"""The engine: one works however many run, each projection fails alone, loudly, and goes on where it was (DESIGN §4)."""

from contextlib import contextmanager
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from domain.policy import standard_policies
from projections import positions
from projections.catalogue import projections
from projections.changes import Change
from projections.deadlines import deadline
from projections.engine import Engine
from projections.progress import Progress, StillBehindError
from projections.round_trips import ask, driver_of, load
from projections.seller_orders.tables import seller_order
from store.engine import connect
from store.failures import Unavailable
from store.reader import LogReader
from tests.service import order_line

UNKNOWN = sa.text(
    "insert into store.event (stream_id, version, topic, state) "
    "values (gen_random_uuid(), 1, 'order_line.none.v1', '{}')"
)
TORN = sa.text(
    "insert into store.event (stream_id, version, topic, state) "
    "values (gen_random_uuid(), 1, 'order_line.recorded.v1', '{}')"
)
DISK_FULL = sa.text("do $$ begin raise exception 'no room' using errcode = 'disk_full'; end $$")
PATIENCE = 60
"""Seconds after which a test gives up waiting."""


class Broken:
    """A projection that fails as long as it is told to."""

    name = "broken"
    tables = ()

    def __init__(self, topics):
        self.topics = topics
        self.fails = True
        self.seen = []

    def changes(self, conn, events):
        if self.fails:
            raise KeyError("what it needs")
        self.seen += [event.position for event in events]
        return ()


class Watched:
    """Notes each event it is given, in the log's order."""

    tables = ()

    def __init__(self, name, topics, meanwhile=lambda: None):
        self.name = name
        self.topics = topics
        self.seen = []
        self.decoded = []
        self.meanwhile = meanwhile

    def changes(self, conn, events):
        self.seen += [event.position for event in events]
        self.decoded += [id(event) for event in events]
        self.meanwhile()
        return ()


@pytest.fixture
def reader(engine):
    return LogReader(engine)


@pytest.fixture
def topics():
    return frozenset({"order_line.recorded.v1"})


def at(engine, name):
    with engine.connect() as conn:
        return positions.look(conn, [name])[name]


def sell(service, count, start=1):
    service.sold(*(order_line(f"o-1-{number}") for number in range(start, start + count)))


def cut(owner, conn):
    """End the session behind this connection, as a restart of the server would."""
    pid = driver_of(conn).info.backend_pid
    with owner.connect() as other:
        other.exec_driver_sql("select pg_terminate_backend(%s, 60000)", (pid,))


def execute_by_sqlalchemy(conn):
    conn.exec_driver_sql("select 1")


def load_by_the_driver(conn):
    load(conn, sa.text("select 1"), {})


def ask_in_a_pipeline(conn):
    ask(conn, ("select 1", ()), ("select 2", ()))


def only_commit(conn):
    """Nothing else is asked."""


@contextmanager
def running(*engines):
    threads = [Thread(target=it.run, daemon=True) for it in engines]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for it in engines:
            it.stop()
        for thread in threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in threads)


def test_a_projection_is_moved_past_events_it_does_not_want(service, engine, reader, topics):
    sell(service, 2)
    service.submit("o-1-1")
    watched = Watched("watched", topics)
    Engine(engine, reader, [watched]).catch_up()
    assert len(watched.seen) == 2
    assert at(engine, "watched").position == reader.head()


def test_projections_at_the_same_place_share_what_is_decoded(service, engine, reader, topics):
    sell(service, 3)
    one, other = Watched("one", topics), Watched("other", topics)
    Engine(engine, reader, [one, other]).catch_up()
    assert one.decoded == other.decoded


def test_rows_and_position_are_written_together_or_not_at_all(service, engine, reader, topics):
    sell(service, 2)

    class HalfWay(Broken):
        def changes(self, conn, events):
            conn.execute(sa.insert(positions.projection).values(name="a row of its own"))
            return super().changes(conn, events)

    Engine(engine, reader, [HalfWay(topics)]).turn()
    assert at(engine, "broken").position == 0
    with engine.connect() as conn:
        assert positions.look(conn, ["a row of its own"]) == {}


def test_one_that_fails_stands_still_and_says_why_while_the_others_go_on(
    service, engine, reader, topics, caplog, monkeypatch
):
    monkeypatch.setattr("projections.engine.FIRST_REST", 3600)
    monkeypatch.setattr("projections.engine.LONGEST_REST", 3600)
    sell(service, 2)
    broken, watched = Broken(topics), Watched("watched", topics)
    runner = Engine(engine, reader, [broken, watched])
    runner.turn()
    runner.turn()
    assert len(set(watched.seen)) == 2
    standing = at(engine, "broken")
    assert (standing.position, standing.failures, standing.failure) == (0, 1, "KeyError: 'what it needs'")
    assert standing.failed_at is not None
    assert at(engine, "watched").position == reader.head()
    assert "the projection broken stands still" in caplog.text


def test_one_whose_rows_the_database_refuses_is_found_among_the_others(service, engine, reader, topics):
    sell(service, 2)

    class Refused(Watched):
        def changes(self, conn, events):
            return [Change(sa.text("insert into views.deadline (stream_id) values (gen_random_uuid())"), {})]

    watched = Watched("watched", topics)
    Engine(engine, reader, [Refused("refused", topics), watched]).catch_up()
    assert at(engine, "refused").position == 0
    assert at(engine, "refused").failure.startswith("NotNullViolation")
    assert at(engine, "watched").position == reader.head()


@pytest.mark.parametrize("asks", [execute_by_sqlalchemy, load_by_the_driver, ask_in_a_pipeline, only_commit])
def test_a_connection_that_breaks_in_a_batch_is_a_database_that_is_away_and_no_failure_of_a_projection(
    service, engine, reader, topics, caplog, owner, asks
):
    sell(service, 2)

    class CutOnce(Watched):
        def changes(self, conn, events):
            if not self.seen:
                cut(owner, conn)
            super().changes(conn, events)
            asks(conn)
            return ()

    names = ["cut", "other"]
    runner = Engine(engine, reader, [CutOnce("cut", topics), Watched("other", topics)])
    with pytest.raises(Unavailable):
        runner.turn()
    assert [(at(engine, name).position, at(engine, name).failures) for name in names] == [(0, 0), (0, 0)]
    runner.turn()
    assert [at(engine, name).position for name in names] == [reader.head()] * 2
    assert not [record for record in caplog.records if record.exc_info or record.name == "projections.engine"]


def test_a_disk_that_is_full_is_no_failure_of_a_projection(service, engine, reader, topics):
    sell(service, 2)

    class FullOnce(Watched):
        def changes(self, conn, events):
            changes = [] if self.seen else [Change(DISK_FULL, {})]
            super().changes(conn, events)
            return changes

    runner = Engine(engine, reader, [FullOnce("full", topics)])
    with pytest.raises(Unavailable, match="no room"):
        runner.turn()
    assert (at(engine, "full").position, at(engine, "full").failures) == (0, 0)
    runner.turn()
    assert at(engine, "full").position == reader.head()


def test_an_event_that_cannot_be_read_stops_only_those_who_want_it(service, engine, reader, topics):
    sell(service, 2)
    with engine.begin() as conn:
        conn.execute(TORN)
    stopped, other = Watched("stopped", topics), Watched("other", frozenset({"refund.requested.v1"}))
    Engine(engine, reader, [stopped, other]).catch_up()
    assert at(engine, "stopped").position == 0
    assert at(engine, "stopped").failure.startswith("UnreadableEventError")
    assert at(engine, "other").position == reader.head()


def test_those_ahead_are_committed_before_the_others_look(service, engine, reader, topics):
    sell(service, 2)
    seen = []
    other = Watched("other", topics, meanwhile=lambda: seen.append(at(engine, "one").position))
    Engine(engine, reader, [other, Watched("one", topics)], ahead=["one"]).turn()
    assert seen == [reader.head()]


def test_who_waits_in_the_same_process_is_woken_when_a_projection_moved(service, engine, reader, topics, monkeypatch):
    monkeypatch.setattr("projections.progress.SHORTEST_PAUSE", PATIENCE)
    monkeypatch.setattr("projections.progress.LONGEST_PAUSE", PATIENCE)
    sell(service, 2)
    progress = Progress(engine, reader, ["watched"])
    runner = Engine(engine, reader, [Watched("watched", topics)], moved=progress.tell)
    waiting = Thread(target=progress.wait_for, args=(reader.head(), 2 * PATIENCE))
    waiting.start()
    runner.turn()
    waiting.join(PATIENCE / 2)
    assert not waiting.is_alive()


def test_who_waits_for_what_is_moved_here_needs_no_look_at_the_database(engine, reader, monkeypatch):
    monkeypatch.setattr("projections.progress.LONGEST_PAUSE", PATIENCE)
    progress = Progress(engine, reader, ["watched"])
    progress.tell({"watched": 1})
    waiting = Thread(target=progress.wait_for, args=(2, 2 * PATIENCE))
    waiting.start()
    while waiting.is_alive():
        progress.tell({"watched": 2})
    waiting.join()


def test_what_was_told_before_is_not_taken_for_what_the_database_holds(engine, reader):
    progress = Progress(engine, reader, ["watched"])
    progress.tell({"watched": 2})
    with pytest.raises(StillBehindError):
        progress.wait_for(2, 0)


def test_what_the_driver_has_prepared_outlives_turns_that_find_nothing(service, database_url, topics):
    own = connect(database_url, pool_size=1)
    runner = Engine(own, LogReader(own), [Watched("watched", topics)])
    sell(service, 2)
    for _ in range(10):
        runner.turn()
    with own.connect() as conn:
        prepared = conn.exec_driver_sql("select statement from pg_prepared_statements").scalars().all()
    own.dispose()
    assert any("projection" in statement for statement in prepared)


def test_one_that_is_mended_goes_on_where_it_was(service, engine, reader, topics):
    sell(service, 2)
    broken = Broken(topics)
    Engine(engine, reader, [broken]).turn()
    broken.fails = False
    Engine(engine, reader, [broken]).catch_up()
    assert len(broken.seen) == 2
    standing = at(engine, "broken")
    assert (standing.position, standing.failures, standing.failure) == (reader.head(), 0, None)


def test_one_that_is_behind_catches_up_with_the_others(service, engine, reader, topics):
    sell(service, 3)
    old, new = Watched("old", topics), Watched("new", topics)
    Engine(engine, reader, [old]).catch_up()
    sell(service, 2, start=4)
    Engine(engine, reader, [old, new]).catch_up()
    assert (len(old.seen), len(new.seen)) == (5, 5)
    assert at(engine, "old").position == at(engine, "new").position == reader.head()


def test_while_one_engine_moves_a_projection_another_leaves_it_alone(service, engine, reader, topics):
    sell(service, 2)
    second = Watched("shared", topics)
    turns = []
    first = Watched("shared", topics, meanwhile=lambda: turns.append(Engine(engine, reader, [second]).turn()))
    with engine.begin() as conn:
        positions.enter(conn, ["shared"])
    Engine(engine, reader, [first]).turn()
    assert (turns, second.seen, len(first.seen)) == ([False], [], 2)


def test_many_engines_give_each_event_once_and_in_order(service, engine, reader, topics):
    each = [Watched("shared", topics) for _ in range(4)]
    progress = Progress(engine, reader, ["shared"])
    with running(*(Engine(engine, reader, [it]) for it in each)):
        for batch in range(8):
            sell(service, 5, start=1 + batch * 5)
        progress.wait_for(reader.head(), PATIENCE)
    seen = [position for it in each for position in it.seen]
    assert len(seen) == len(set(seen)) == 40
    assert all(it.seen == sorted(it.seen) for it in each)


def test_a_ring_of_the_bell_is_enough_to_see_a_write(service, engine, reader):
    bell = Event()
    progress = Progress(engine, reader, [it.name for it in projections(standard_policies())])
    with running(Engine(engine, reader, projections(standard_policies()), bell)):
        imported = service.sold(order_line("o-1-1"))
        bell.set()
        progress.wait_for(imported.position, PATIENCE)
        with engine.connect() as conn:
            assert conn.execute(sa.select(seller_order.c.line_id)).scalars().all() == ["o-1-1"]


def test_an_engine_without_a_bell_looks_by_itself(service, engine, reader):
    progress = Progress(engine, reader, ["deadlines"])
    with running(Engine(engine, reader, [it for it in projections(standard_policies()) if it.name == "deadlines"])):
        service.sold()
        service.submit()
        progress.wait_for(reader.head(), PATIENCE)
        with engine.connect() as conn:
            assert len(conn.execute(sa.select(deadline)).all()) == 1


def test_an_event_still_under_way_is_waited_for_and_not_skipped(service, engine, reader, topics):
    sell(service, 1)
    watched = Watched("watched", topics)
    runner = Engine(engine, reader, [watched])
    with engine.connect() as late:
        conn = late.begin()
        late.execute(UNKNOWN)
        sell(service, 1, start=2)
        runner.catch_up()
        before = len(watched.seen)
        conn.commit()
    runner.catch_up()
    assert (before, len(watched.seen)) == (1, 2)


def test_waiting_for_ones_own_write_ends_when_it_is_there_and_gives_up_in_time(service, engine, reader):
    position = service.sold().position
    progress = Progress(engine, reader, [it.name for it in projections(standard_policies())])
    with pytest.raises(StillBehindError) as behind:
        progress.wait_for(position, 0.01)
    assert (behind.value.wanted, behind.value.reached) == (position, 0)
    Engine(engine, reader, projections(standard_policies())).catch_up()
    progress.wait_for(position, 0)
    progress.wait_for(position, 0, "ledger", "deadlines")
    with pytest.raises(LookupError, match="no projection is called nonsense"):
        progress.wait_for(position, 0, "nonsense")


def test_lag_tells_how_far_each_is_behind_and_which_stands_still(service, engine, reader, topics):
    sell(service, 2)
    broken, watched = Broken(topics), Watched("watched", topics)
    Engine(engine, reader, [watched]).catch_up()
    Engine(engine, reader, [broken]).turn()
    head = reader.head()
    lags = {lag.name: lag for lag in Progress(engine, reader, ["watched", "broken", "new"]).lag()}
    assert {name: lag.behind for name, lag in lags.items()} == {"watched": 0, "broken": head, "new": head}
    assert lags["broken"].failure == "KeyError: 'what it needs'"
    assert (lags["watched"].failures, lags["new"].failures) == (0, 0)
