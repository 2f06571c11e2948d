"""Many threads save at once for the price of few commits, and each save stands or falls on its own."""

import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from threading import Event, Thread, main_thread
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError

from store import group_commit
from store.append import Save
from store.failures import CommandInFlight, InDoubt, StreamMoved
from store.group_commit import GroupCommit
from store.recorder import LogRecorder
from tests.store.log_entries import entry, stored
from tests.store.sessions import pids_waiting_for_a_lock

SLOW, BAD = UUID(int=1), UUID(int=666)


class Disk:
    """Writes saves like the log does; the first batch takes until it is let go."""

    def __init__(self, failure=None):
        self.batches = []
        self.alone = []
        self.started, self.let_go = Event(), Event()
        self.failure = failure

    def write(self, saves):
        self.batches.append(len(saves))
        if len(self.batches) == 1:
            self.started.set()
            self.let_go.wait()
        elif self.failure and any(str(BAD) in row for save in saves for row in save.rows):
            raise self.failure
        return [[number] for number, _ in enumerate(saves)]

    def write_alone(self, saves):
        self.alone.append(len(saves))
        if str(BAD) in saves[0].rows[0]:
            raise StreamMoved("taken")
        return [[99]]


def save_behind_a_slow_one(disk, group, streams):
    """The saves of ``streams`` queue up while an earlier one is being written; their futures, all done."""
    with ThreadPoolExecutor(len(streams) + 1) as threads:
        threads.submit(group.append, Save.of([entry(SLOW)]))
        disk.started.wait()
        saves = [threads.submit(group.append, Save.of([entry(stream)])) for stream in streams]
        while len(group._queue) < len(streams):
            pass
        disk.let_go.set()
    return saves


def test_what_queued_up_meanwhile_is_written_in_one_batch():
    disk = Disk()
    group = GroupCommit(disk.write, disk.write_alone)
    saves = save_behind_a_slow_one(disk, group, [uuid4() for _ in range(5)])
    assert disk.batches == [1, 5]
    assert sorted(save.result()[0] for save in saves) == [0, 1, 2, 3, 4]


def test_after_a_stall_nobody_waits_for_the_crowd_that_it_made(monkeypatch):
    hours = count(step=3600)
    monkeypatch.setattr(group_commit, "perf_counter", lambda: next(hours))
    disk = Disk()
    group = GroupCommit(disk.write, disk.write_alone)
    save_behind_a_slow_one(disk, group, [uuid4() for _ in range(5)])
    group.append(Save.of([entry(uuid4())]))
    assert disk.batches == [1, 5, 1]


def test_a_batch_has_a_limit():
    disk = Disk()
    group = GroupCommit(disk.write, disk.write_alone, limit=2)
    save_behind_a_slow_one(disk, group, [uuid4() for _ in range(5)])
    assert disk.batches == [1, 2, 2, 1]


@pytest.mark.parametrize("failure", [IntegrityError("some version is taken"), CommandInFlight("some row is locked")])
def test_a_batch_that_failed_is_written_again_one_by_one_so_that_the_bad_save_fails_alone(failure):
    disk = Disk(failure)
    group = GroupCommit(disk.write, disk.write_alone)
    bad, *good = save_behind_a_slow_one(disk, group, [BAD, uuid4(), uuid4()])
    assert disk.alone == [1, 1, 1]
    assert isinstance(bad.exception(), StreamMoved)
    assert [save.result() for save in good] == [[99], [99]]


def test_a_save_that_failed_by_itself_is_not_written_again():
    disk = Disk(IntegrityError("its version is taken"))
    disk.let_go.set()
    group = GroupCommit(disk.write, disk.write_alone)
    group.append(Save.of([entry(uuid4())]))
    with pytest.raises(IntegrityError, match="its version is taken"):
        group.append(Save.of([entry(BAD)]))
    assert disk.alone == []


def test_a_save_that_met_a_lock_by_itself_is_written_again_and_waits_for_it():
    disk = Disk(CommandInFlight("some row is locked"))
    disk.let_go.set()
    group = GroupCommit(disk.write, disk.write_alone)
    group.append(Save.of([entry(uuid4())]))
    with pytest.raises(StreamMoved):
        group.append(Save.of([entry(BAD)]))
    assert disk.alone == [1]


def test_a_batch_in_doubt_is_never_written_again():
    disk = Disk(InDoubt("the connection broke"))
    group = GroupCommit(disk.write, disk.write_alone)
    saves = save_behind_a_slow_one(disk, group, [BAD, uuid4(), uuid4()])
    assert [type(save.exception()) for save in saves] == [InDoubt] * 3
    assert disk.alone == []


def test_an_interrupted_thread_leaves_its_place_to_the_others():
    disk = Disk()
    group = GroupCommit(disk.write, disk.write_alone)
    with ThreadPoolExecutor() as threads:
        threads.submit(group.append, Save.of([entry(SLOW)]))
        disk.started.wait()
        with interrupted_once(lambda: group._queue), pytest.raises(KeyboardInterrupt):
            group.append(Save.of([entry(BAD)]))
        disk.let_go.set()
    assert group.append(Save.of([entry(uuid4())])) == [0]
    assert disk.batches == [1, 1]


@contextmanager
def interrupted_once(is_so):
    """The main thread is interrupted once this is so.

    A signal that comes just before the thread begins to wait is not noticed while it waits, hence the repetition.
    """
    noticed = Event()

    def interrupt(*_):
        if not noticed.is_set():
            noticed.set()
            raise KeyboardInterrupt

    def insist():
        while not is_so():
            pass
        while not noticed.wait(0.02):
            signal.pthread_kill(main_thread().ident, signal.SIGINT)

    before = signal.signal(signal.SIGINT, interrupt)
    insistent = Thread(target=insist)
    insistent.start()
    try:
        yield
    finally:
        insistent.join()
        signal.signal(signal.SIGINT, before)


def test_a_batch_waits_for_as_many_as_came_last_time(monkeypatch):
    monkeypatch.setattr(group_commit, "LONGEST", 1000)
    disk = Disk()
    group = GroupCommit(disk.write, disk.write_alone)
    save_behind_a_slow_one(disk, group, [uuid4(), uuid4()])
    group._took = 1000
    with ThreadPoolExecutor() as threads:
        saves = [threads.submit(group.append, Save.of([entry(uuid4())])) for _ in range(2)]
    assert disk.batches == [1, 2, 2]
    assert sorted(save.result()[0] for save in saves) == [0, 1]


def test_an_interrupted_leader_leaves_the_lead_to_the_others(monkeypatch):
    monkeypatch.setattr(group_commit, "LONGEST", 1000)
    disk = Disk()
    disk.let_go.set()
    group = GroupCommit(disk.write, disk.write_alone)
    group._crowd, group._took = 2, 1000
    with interrupted_once(lambda: not group._free), pytest.raises(KeyboardInterrupt):
        group.append(Save.of([entry(BAD)]))
    assert group.append(Save.of([entry(uuid4())])) == [0]
    assert disk.batches == [1]


def test_a_leader_interrupted_before_it_leads_leaves_the_lead_too(monkeypatch):
    disk = Disk()
    disk.let_go.set()
    group = GroupCommit(disk.write, disk.write_alone)

    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(group, "_lead", interrupted)
    with pytest.raises(KeyboardInterrupt):
        group.append(Save.of([entry(BAD)]))
    assert group._free


def test_of_two_threads_that_want_one_version_one_gets_it_and_no_other_save_suffers(engine):
    recorder = LogRecorder(engine)
    streams = [uuid4() for _ in range(100)]
    with ThreadPoolExecutor(16) as threads:
        saves = [threads.submit(recorder.insert_events, [entry(stream)]) for stream in streams for _ in range(2)]
    lost = [save.exception() for save in saves if save.exception()]
    assert [type(failure) for failure in lost] == [StreamMoved] * len(streams)
    assert sorted(stored(engine)) == sorted((stream, 1) for stream in streams)


def test_a_save_that_waits_for_a_lock_holds_up_no_other(patient, elsewhere, owner):
    recorder = LogRecorder(patient)
    with ThreadPoolExecutor() as threads:
        with elsewhere.connect() as unfinished:
            LogRecorder(elsewhere).insert_events([entry(SLOW)], conn=unfinished)
            stuck = threads.submit(recorder.insert_events, [entry(SLOW)])
            pids_waiting_for_a_lock(owner, 1)
            others = [threads.submit(recorder.insert_events, [entry(uuid4())]) for _ in range(3)]
            assert [len(other.result(timeout=60)) for other in others] == [1, 1, 1]
            assert not stuck.done()
            unfinished.rollback()
        assert len(stuck.result()) == 1
