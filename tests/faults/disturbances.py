"""What is done to a town while it trades, again and again until the context ends."""

import os
import signal
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread

import psycopg
from sqlalchemy.exc import TimeoutError  # noqa: A004 -- the pool's own

from runtime.embedded.cluster import locate
from runtime.embedded.postmaster import living
from runtime.embedded.waiting import wait_for

BACKENDS = "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
CUT = f"select pg_terminate_backend(pid) from ({BACKENDS}) it where random() < 0.5"  # noqa: S608 -- made of constants


@contextmanager
def again_and_again(disturb, every_seconds):
    """Do it now and at this pace until the end; what it raises is raised here."""
    over, failures = Event(), []

    def run():
        while not over.is_set():
            try:
                disturb()
            except BaseException as failure:  # noqa: BLE001 -- told below
                failures.append(failure)
                return
            over.wait(every_seconds)

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    assert failures == []


def connections_are_cut(server):
    """Half of all connections, whatever they are doing."""
    with _administration(server) as conn:
        conn.execute(CUT)


def all_connections_are_taken(engine, count):
    """Those of the pool, for longer than anybody waits for one."""
    with ExitStack() as taken:
        for _ in range(count):
            with suppress(TimeoutError):  # someone else has it
                taken.enter_context(engine.connect())
        Event().wait(0.5)


def the_server_is_killed_and_started_again(server):
    """With everything it has under way."""
    data = locate(server.folder)
    os.kill(living(data).pid, signal.SIGKILL)
    wait_for(lambda: living(data) is None, "the server to end", 100)
    assert server.start() == server.url


def every_statement_waits(server):
    """All server processes stand still for a while, so that whatever was asked takes so long."""
    with _administration(server) as conn:
        pids = [pid for (pid,) in conn.execute(BACKENDS)]
    for number in (signal.SIGSTOP, signal.SIGCONT):
        for pid in pids:
            _send(pid, number)
        Event().wait(0.2)


def _administration(server):
    return psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True)


def _send(pid, number):
    with suppress(ProcessLookupError):  # it has ended by itself
        os.kill(pid, number)
