"""Several programs on one embedded PostgreSQL, and what remains when they or the server are killed."""

import os
import signal
import subprocess
import sys
from contextlib import closing, contextmanager, suppress

import psycopg
import pytest

from runtime.embedded import EmbeddedPostgres, watch, watched
from runtime.embedded.cluster import locate
from runtime.embedded.postmaster import living, pid_file
from runtime.embedded.waiting import wait_for
from tests.runtime.waiting import wait_until

PROGRAM = """
import sys
from pathlib import Path
from runtime.embedded import EmbeddedPostgres, watch, watched
with EmbeddedPostgres(Path(sys.argv[1]), fsync=False) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


BUSY_FOR_TWO_SECONDS = b"""
do $$ declare over timestamptz := clock_timestamp() + interval '2 s';
begin while clock_timestamp() < over loop end loop; end $$
"""


class Program:
    """A program of its own that uses the server in ``folder`` until it is told to end, or killed."""

    def __init__(self, folder):
        command = [sys.executable, "-c", PROGRAM, folder]
        self.process = subprocess.Popen(  # noqa: S603 -- the script above
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    def url(self):
        return self.process.stdout.readline().strip()

    def end(self):
        self.process.communicate()
        return self.process.returncode

    def kill(self):
        self.process.kill()
        self.process.communicate()


@contextmanager
def running(folder, count=1):
    programs = [Program(folder) for _ in range(count)]
    try:
        yield programs
    finally:
        for program in programs:
            program.kill()


def ask(url, question):
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(question)
        return cursor.fetchone() if cursor.description else None


def await_end(folder):
    wait_for(lambda: living(locate(folder)) is None, "the server to end", 100)


def answer_after_restart(folder):
    with EmbeddedPostgres(folder, fsync=False) as server:
        return ask(server.url, "select answer from kept")


def recovered(folder):
    """Whether a start found that the server before had not stopped in good order."""
    return "was not properly shut down" in (folder / "postgres.log").read_text()


def test_a_killed_program_takes_its_server_along_and_nothing_is_lost(folder):
    with running(folder) as [program]:
        ask(program.url(), "create table kept as select 42 as answer")
        program.kill()
        await_end(folder)
    assert answer_after_restart(folder) == (42,)
    assert not recovered(folder)


def test_a_start_right_after_the_kill_waits_for_the_old_server_to_stop(folder):
    with running(folder) as [program]:
        ask(program.url(), "create table kept as select 42 as answer")
        program.kill()
        assert answer_after_restart(folder) == (42,)


def test_after_program_and_server_were_killed_the_next_start_recovers(folder):
    with running(folder) as [program]:
        ask(program.url(), "create table kept as select 42 as answer")
        os.kill(living(locate(folder)).pid, signal.SIGKILL)
        program.kill()
        await_end(folder)
        assert pid_file(locate(folder)).exists()
    assert answer_after_restart(folder) == (42,)
    assert recovered(folder)


@pytest.mark.parametrize("pid", [os.getpid, os.getppid], ids=["of this program", "of its parent"])
def test_a_pid_file_whose_number_another_living_program_has_by_now_is_recognised(folder, pid):
    with EmbeddedPostgres(folder, fsync=False) as server:
        ask(server.url, "create table kept as select 42 as answer")
        left_behind = pid_file(locate(folder)).read_text()
    reused = left_behind.replace(left_behind.splitlines()[0], str(pid()), 1)
    pid_file(locate(folder)).write_text(reused)
    assert answer_after_restart(folder) == (42,)


def test_a_pid_file_that_was_never_filled_is_recognised(folder):
    with EmbeddedPostgres(folder, fsync=False) as server:
        ask(server.url, "create table kept as select 42 as answer")
    pid_file(locate(folder)).touch()
    assert answer_after_restart(folder) == (42,)


def test_a_server_that_was_killed_is_followed_once_its_last_process_has_gone(place):
    with EmbeddedPostgres(place, fsync=False) as server:
        ask(server.url, "create table kept (answer int)")
        ask(server.url, "insert into kept values (42)")
        with closing(psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True)) as busy:
            busy.pgconn.send_query(BUSY_FOR_TWO_SECONDS)
            os.kill(living(locate(place)).pid, signal.SIGKILL)
            await_end(place)
            assert answer_after_restart(place) == (42,)


@pytest.mark.parametrize("name", ["short", "l" * 200])
def test_a_server_that_was_killed_is_started_again_while_a_program_runs_on_it(place, name):
    with EmbeddedPostgres(place / name, fsync=False) as server, watched(server):
        url = server.url
        ask(url, "create table kept as select 42 as answer")
        os.kill(living(locate(place / name)).pid, signal.SIGKILL)
        assert wait_until(lambda: answers(url)), "nobody started it again, or elsewhere"
        assert ask(url, "select answer from kept") == (42,)
    assert living(locate(place / name)) is None


def test_a_server_that_cannot_be_started_again_is_tried_until_it_can(folder, monkeypatch, caplog):
    monkeypatch.setattr(watch, "AGAIN_SECONDS", 0.1)
    tried = count_calls(monkeypatch, EmbeddedPostgres, "revive")
    with EmbeddedPostgres(folder, fsync=False) as server, watched(server):
        needed = locate(folder) / "global"
        needed.rename(aside := folder / "global")
        os.kill(living(locate(folder)).pid, signal.SIGKILL)
        assert wait_until(lambda: len(tried) > 2)
        aside.rename(needed)
        assert wait_until(lambda: answers(server.url))
    told = [record.levelname for record in caplog.records if record.name == watch.__name__]
    assert told == ["ERROR", "WARNING"], "one line when that begins, one when it is over"


def test_data_that_were_moved_away_are_never_begun_anew(folder, monkeypatch):
    tried = count_calls(monkeypatch, EmbeddedPostgres, "revive")
    with EmbeddedPostgres(folder, fsync=False) as server, watched(server):
        postmaster = living(locate(folder)).pid
        locate(folder).rename(moved := folder / "moved")
        os.kill(postmaster, signal.SIGKILL)
        assert wait_until(lambda: tried)
    assert [it.name for it in folder.iterdir() if it.is_dir()] == [moved.name]


def count_calls(monkeypatch, cls, name):
    """Notes every call of the method, which is made as ever."""
    calls, real = [], getattr(cls, name)
    monkeypatch.setattr(cls, name, lambda *given: (calls.append(given), real(*given)))
    return calls


def answers(url):
    with suppress(psycopg.OperationalError):
        return ask(url, "select 1")


def test_programs_that_start_at_once_share_one_server(place):
    with running(place, count=3) as programs:
        urls = [program.url() for program in programs]
        ask(urls[0], "create table kept as select 42 as answer")
        assert {ask(url, "select answer from kept") for url in urls} == {(42,)}
        assert [program.end() for program in programs] == [0, 0, 0]
        assert living(locate(place)) is None


@pytest.mark.parametrize("part", [Program.end, Program.kill], ids=["ends", "is killed"])
def test_the_server_outlives_the_program_that_started_it_while_another_uses_it(folder, part):
    with running(folder) as [first]:
        first.url()
        server = living(locate(folder))
        with EmbeddedPostgres(folder) as second:
            part(first)
            assert ask(second.url, "select 1") == (1,)
            assert living(locate(folder)).pid == server.pid
    assert living(locate(folder)) is None


def test_a_terminal_interrupt_ends_the_program_first(folder):
    with running(folder) as [program]:
        ask(program.url(), "create table kept as select 42 as answer")
        os.killpg(program.process.pid, signal.SIGINT)
        assert program.process.wait() != 0
        await_end(folder)
    assert answer_after_restart(folder) == (42,)
    assert not recovered(folder)


def test_programs_that_are_killed_at_any_moment_of_their_start_never_spoil_the_folder(place):
    for number in range(8):
        with running(place) as [program], pytest.raises(subprocess.TimeoutExpired):
            program.process.wait(timeout=0.2 * number)
    with EmbeddedPostgres(place, fsync=False) as server:
        assert ask(server.url, "select current_database()") == ("directservice",)
