"""What is at hand of the log for the streams of a process reaches back without a gap."""

from threading import Event

from projections import log_tail
from projections.log_tail import LogTail
from projections.whose import Owners
from store.engine import connect
from store.reader import LogReader
from tests.service import order_line


def sell(service, *numbers):
    for number in numbers:
        service.sold(order_line(f"o-1-{number}"))


def test_what_was_read_while_the_last_listener_left_is_not_at_hand_for_the_next(service, engine, monkeypatch):
    class Leaving(Owners):
        """The last listener leaves between the reading of the log and what comes of it."""

        def of(self, conn, events):
            if leaves.is_set():
                tail.rest()
            return super().of(conn, events)

    leaves = Event()
    tail = LogTail(engine, LogReader(engine), Leaving(), bell=Event(), view="seller_orders")
    tail._follow()
    sell(service, 1, 2)
    leaves.set()
    tail._follow()
    read = tail.decided
    leaves.clear()
    sell(service, 3)
    tail._follow()
    monkeypatch.setattr(log_tail, "KEPT", 2)
    sell(service, 4, 5)
    tail._follow()
    assert tail.since(read) is None, "the third line stands behind it and was never read"


def test_on_a_server_that_took_over_without_the_last_events_nothing_lost_is_at_hand_and_nothing_new_missing(
    service, engine, standby
):
    tail = LogTail(engine, LogReader(engine), Owners(), bell=Event(), view="seller_orders")
    sell(service, 1)
    standby.copies()
    tail._follow()
    begun = tail.decided
    sell(service, 2, 3)
    tail._follow()
    standby.takes_over()
    sell(service, 4)
    tail._follow()
    assert tail.since(begun) is None, "what stands there is read from the log, which draws lost positions again"
    sell(service, 5)
    before = tail.decided
    tail._follow()
    assert [it.event.topic for it in tail.since(before)] == ["order_line.recorded.v1"]


def test_a_database_that_is_away_is_told_of_once(tmp_path, caplog):
    nowhere = connect(f"host={tmp_path} dbname=nothing")
    tail = LogTail(nowhere, LogReader(nowhere), Owners(), bell=Event(), view="seller_orders")
    for _ in range(3):
        tail._look()
    nowhere.dispose()
    (told,) = caplog.records
    assert (told.levelname, told.exc_info) == ("WARNING", None)
