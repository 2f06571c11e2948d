"""However the log is cut into batches, read twice or read anew, the read models say the same (DESIGN §4)."""

import pytest
import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.messages import Event
from domain.policy import standard_policies
from projections.catalogue import projections
from projections.decoding import opened
from projections.ledger import INVARIANTS, ledger_says_what_the_log_says
from projections.rebuild import rebuild
from projections.round_trips import tell
from projections.schema import VIEWS, metadata
from store.engine import connect
from tests.projections.stories import RandomStory

STEPS = 250


@pytest.fixture
def story(service):
    return RandomStory(service, seed=7).go_on(STEPS).settle_accounts()


def snapshot(conn, tables):
    return {
        table.name: [tuple(row) for row in conn.execute(sa.select(table).order_by(*table.primary_key))]
        for table in tables
    }


def tables_of(projection):
    return list(projection.tables)


@pytest.fixture
def beside(database_url):
    """The same tables, empty, under another schema."""
    owner = connect(database_url, role=None)
    with owner.begin() as conn:
        conn.exec_driver_sql("create schema beside")
        metadata.create_all(conn.execution_options(schema_translate_map={VIEWS: "beside"}))
    yield owner.execution_options(schema_translate_map={VIEWS: "beside"})
    owner.dispose()


def replayed(conn, events, cuts):
    """Every projection anew over the events, batch by batch; a batch of a negative size is given twice."""
    place = 0
    anew = projections(standard_policies())
    while place < len(events):
        size, times = abs(cuts[place % len(cuts)]), 2 if cuts[place % len(cuts)] < 0 else 1
        for projection in anew:
            wanted = [event for event in events[place : place + size] if event.topic in projection.topics]
            for _ in range(times):
                if wanted:
                    tell(conn, *projection.changes(conn, wanted))
        place += size


def test_any_split_into_batches_and_any_repetition_gives_the_same_rows(story, views, beside):
    views.catch_up()
    events = [opened(event) for event in views.reader.read(0, 10_000) if event.topic in Event.topics]
    assert len(events) > 200
    with views.engine.connect() as conn:
        expected = {it.name: snapshot(conn, tables_of(it)) for it in views.projections}
    assert all(rows for said in expected.values() for rows in said.values())

    @given(cuts=st.lists(st.integers(-60, 60).filter(bool), min_size=1, max_size=5))
    @settings(max_examples=12, phases=[Phase.generate])
    def check(cuts):
        with beside.connect() as conn, conn.begin() as transaction:
            replayed(conn, events, cuts)
            for projection in views.projections:
                assert snapshot(conn, tables_of(projection)) == expected[projection.name]
            transaction.rollback()

    check()


@pytest.mark.parametrize("name", [projection.name for projection in projections(standard_policies())])
def test_a_rebuild_gives_the_rows_of_the_running_one(story, views, database_url, name):
    views.catch_up()
    (projection,) = [it for it in projections(standard_policies()) if it.name == name]
    with views.engine.connect() as conn:
        expected = snapshot(conn, projection.tables)
    owner = connect(database_url, role=None)
    rebuild(owner, views.reader, projection)
    owner.dispose()
    with views.engine.connect() as conn:
        assert snapshot(conn, projection.tables) == expected
    story.go_on(20)
    views.catch_up()
    assert {lag.failure for lag in views.progress.lag()} == {None}
    assert {lag.behind for lag in views.progress.lag()} == {0}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_books_balance_after_any_story(service, views, seed):
    RandomStory(service, seed).go_on(120).settle_accounts()
    views.catch_up()
    with views.engine.connect() as conn:
        assert [fault for invariant in INVARIANTS for fault in invariant(conn)] == []
        assert ledger_says_what_the_log_says(conn, views.reader, 0, 10**9)[1] == []
