"""A read model is built again beside the running one and swapped in without a read failing (DESIGN §4)."""

from contextlib import ExitStack, contextmanager
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from domain.policy import standard_policies
from projections.catalogue import projections
from projections.engine import Engine
from projections.progress import Progress
from projections.rebuild import RebuildUnderWayError, rebuild
from projections.seller_orders import Quick, page
from projections.seller_orders.tables import seller_order
from store.failures import Unavailable
from tests.service import SELLER, order_line

PATIENCE = 60
SCHEMAS = sa.text("select nspname from pg_namespace where nspname like 'views%'")


def fresh(name="seller_orders"):
    (found,) = [it for it in projections(standard_policies()) if it.name == name]
    return found


@contextmanager
def in_background(*tasks):
    """Each task is given an Event that tells it to end; what goes wrong in one is raised here."""
    stop, failures = Event(), []

    def run(task):
        try:
            task(stop)
        except Exception as failure:  # noqa: BLE001 -- told below
            failures.append(failure)

    threads = [Thread(target=run, args=[task], daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert failures == []


def test_while_it_is_rebuilt_again_and_again_every_read_succeeds_and_nothing_is_missing(service, views, owner):
    service.sold(*(order_line(f"o-1-{number}") for number in range(1, 41)))
    views.catch_up()
    counts = []

    def read(stop):
        while not (stop.is_set() and counts):
            with views.engine.connect() as conn:
                first = page(conn, SELLER.id, quick=Quick.ALL, limit=30)
                rest = page(conn, SELLER.id, quick=Quick.ALL, limit=500, after=first.next)
            counts.append(len(first.items) + len(rest.items))

    def write(stop):
        number = 41
        while not stop.is_set():
            service.sold(order_line(f"o-1-{number}"))
            number += 1

    runner = Engine(views.engine, views.reader, projections(standard_policies()))

    def keep_in_step(stop):
        while not stop.is_set():
            runner.turn()

    with in_background(read, read, write, keep_in_step):
        for _ in range(5):
            rebuild(owner, views.reader, fresh())
    views.catch_up()
    assert min(counts) >= 40
    progress = Progress(views.engine, views.reader, [it.name for it in projections(standard_policies())])
    assert {(lag.behind, lag.failure) for lag in progress.lag()} == {(0, None)}
    with views.engine.connect() as conn:
        stored = conn.execute(sa.text("select count(*) from store.event where topic = 'order_line.recorded.v1'"))
        assert len(views.rows(seller_order)) == stored.scalar_one()


def test_a_row_that_went_wrong_is_right_again(service, views, owner):
    service.sold(order_line())
    before = views.catch_up().rows(seller_order)
    with owner.begin() as conn:
        conn.execute(sa.update(seller_order).values(title="Wrong"))
    rebuild(owner, views.reader, fresh())
    assert views.rows(seller_order) == before


def test_it_tells_how_far_it_is_and_leaves_nothing_behind(service, views, owner):
    service.sold(*(order_line(f"o-1-{number}") for number in range(1, 6)))
    views.catch_up()
    told = []
    rebuild(owner, views.reader, fresh(), told.append)
    assert (told[-1].name, told[-1].position, told[-1].head) == ("seller_orders", views.reader.head(), told[-1].head)
    with owner.connect() as conn:
        assert conn.execute(SCHEMAS).scalars().all() == ["views"]


def test_two_at_once_are_refused_and_the_next_one_is_not(service, views, owner):
    service.sold()
    refused = []

    def again(_):
        with pytest.raises(RebuildUnderWayError):
            rebuild(owner, views.reader, fresh())
        refused.append(True)

    rebuild(owner, views.reader, fresh(), again)
    assert refused
    rebuild(owner, views.reader, fresh())


def test_one_whose_guard_is_lost_gives_way_to_the_next(service, views, owner):
    """Else it could put the tables in use that the next one has only begun to build."""
    service.sold(order_line("o-1-1"))
    views.catch_up()
    before, filling, given_up = indexes(owner), Event(), Event()

    def next_one(_):
        def wait(_):
            filling.set()
            assert given_up.wait(PATIENCE)

        rebuild(owner, views.reader, fresh(), wait)

    with ExitStack() as background:

        def lose_the_guard_at_the_last_event(progress):
            if progress.position == first_head:
                service.sold(order_line("o-1-2"))
            else:
                cut_whoever_guards(owner)
                background.enter_context(in_background(next_one))
                assert filling.wait(PATIENCE)

        first_head = views.reader.head()
        with pytest.raises(Unavailable):
            rebuild(owner, views.reader, fresh(), lose_the_guard_at_the_last_event)
        assert indexes(owner) == before
        given_up.set()
    assert indexes(owner) == before
    assert len(views.rows(seller_order)) == 2


def cut_whoever_guards(owner):
    with owner.connect() as conn:
        conn.exec_driver_sql("""
            select pg_terminate_backend(pid, 60000) from pg_locks join pg_database on pg_database.oid = database
            where datname = current_database() and locktype = 'advisory'
        """)


def indexes(owner):
    with owner.connect() as conn:
        return set(conn.exec_driver_sql("select indexname from pg_indexes where schemaname = 'views'").scalars())


def test_one_that_fails_leaves_everything_as_it_was(service, views, owner):
    service.sold()
    before = views.catch_up().rows(seller_order)

    class Failing(type(fresh())):
        def changes(self, conn, events):
            raise RuntimeError("out of luck")

    failing = fresh()
    failing.__class__ = Failing
    with pytest.raises(Exception, match="failed: seller_orders"):
        rebuild(owner, views.reader, failing)
    assert views.rows(seller_order) == before
    with owner.connect() as conn:
        assert conn.execute(SCHEMAS).scalars().all() == ["views"]


def test_it_waits_for_a_reader_that_holds_the_tables(service, views, owner):
    service.sold()
    views.catch_up()
    reading, done = Event(), Event()

    def hold(_):
        with views.engine.begin() as conn:
            conn.execute(sa.select(seller_order)).all()
            reading.set()
            done.wait(0.5)

    with in_background(hold):
        assert reading.wait(PATIENCE)
        rebuild(owner, views.reader, fresh())
    assert len(views.rows(seller_order)) == 1
