"""The embedded PostgreSQL from its first start to its last stop, on every kind of path and under two accounts."""

import os
import pwd
import shutil
import subprocess
import sys

import psycopg
import pytest

from runtime.embedded import EmbeddedPostgres, EmbeddedPostgresError
from runtime.embedded.account import Account
from runtime.embedded.binaries import choose
from runtime.embedded.cluster import locate
from runtime.embedded.postmaster import living, pid_file
from runtime.embedded.waiting import wait_for

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="whoever is not root cannot change accounts")


def embedded(folder, **options):
    return EmbeddedPostgres(folder, fsync=False, **options)


def ask(server, question):
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(question)
        return cursor.fetchone() if cursor.description else None


def test_a_first_start_makes_a_database_that_reads_and_writes(place):
    with embedded(place) as server:
        assert ask(server, "select current_database(), current_setting('server_encoding')") == ("directservice", "UTF8")


def test_it_keeps_utc_checks_its_pages_and_ends_idle_transactions(folder):
    with embedded(folder) as server:
        settings = "timezone", "data_checksums", "idle_in_transaction_session_timeout", "lc_collate"
        asked = ", ".join(f"current_setting('{name}', true)" for name in settings[:3])
        assert ask(server, f"select {asked}") == ("UTC", "on", "1min")


def test_nothing_listens_on_the_network(folder):
    with embedded(folder) as server:
        assert ask(server, "select current_setting('listen_addresses')") == ("",)


def test_by_default_every_commit_is_flushed_to_disk(folder):
    with EmbeddedPostgres(folder) as server:
        asked = "select current_setting('fsync'), current_setting('full_page_writes')"
        assert ask(server, asked) == ("on", "on")


def test_what_was_written_is_there_after_a_restart(folder):
    with embedded(folder) as server:
        ask(server, "create table kept as select 42 as answer")
    with embedded(folder) as server:
        assert ask(server, "select answer from kept") == (42,)


def test_one_object_starts_again_after_it_stopped(folder):
    server = embedded(folder)
    for _ in range(2):
        server.start()
        assert ask(server, "select 1") == (1,)
        server.stop()


def test_after_the_stop_no_server_and_no_pid_file_is_left(folder):
    with embedded(folder):
        assert living(locate(folder)) is not None
    assert living(locate(folder)) is None
    assert not pid_file(locate(folder)).exists()


def test_it_serves_in_its_own_session_so_that_a_terminal_interrupt_spares_it(folder):
    with embedded(folder):
        assert os.getsid(living(locate(folder)).pid) != os.getsid(0)


@pytest.mark.parametrize("name", ["a path with spaces", "comma, and 'apostrophe'", "ümläut:%41+1", "l" * 200])
def test_any_path_will_do(place, name):
    with embedded(place / name) as server:
        assert ask(server, "select 1") == (1,)


def test_a_long_path_leaves_no_socket_folder_behind(place):
    with embedded(place / ("l" * 200)) as server:
        folder = living(locate(place / ("l" * 200))).socket_folder
        assert folder.exists()
        assert ask(server, "select 1") == (1,)
    assert wait_for(lambda: not folder.exists(), "the keeper to remove the socket folder", 60)


def test_the_address_needs_a_start(folder):
    with pytest.raises(EmbeddedPostgresError, match="not started"):
        _ = embedded(folder).url


def test_a_server_that_cannot_start_says_why_and_lets_go_of_the_folder(folder):
    with pytest.raises(EmbeddedPostgresError, match=r"did not start on .*\n.*max_connections"):
        embedded(folder, max_connections=0).start()
    with embedded(folder) as server:
        assert ask(server, "select 1") == (1,)


def test_what_an_interrupted_first_start_left_is_cleared_away(place):
    left = place / "data.new-killed"
    left.mkdir()
    (left / "PG_VERSION").write_text("15")
    with embedded(place) as server:
        assert ask(server, "select 1") == (1,)
    assert not left.exists()


def test_a_database_that_an_interrupted_first_start_did_not_reach_is_made_up_for(place):
    with embedded(place) as server, psycopg.connect(maintenance(server), autocommit=True) as connection:
        connection.execute("drop database directservice")
    with embedded(place) as server:
        assert ask(server, "select 1") == (1,)


def test_data_of_a_version_that_is_not_installed_is_refused_with_what_to_do(folder):
    with embedded(folder):
        pass
    (locate(folder) / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedPostgresError, match=r"PostgreSQL 9, which wrote the data here.*DATABASE_URL"):
        embedded(folder).start()


@ROOT_ONLY
def test_root_hands_the_server_to_another_account(place):
    with embedded(place):
        assert locate(place).stat().st_uid != 0
        assert pwd.getpwuid(locate(place).stat().st_uid).pw_name in {"postgres", "nobody"}


@ROOT_ONLY
def test_data_that_root_copied_is_given_back_to_the_account(place):
    with embedded(place / "one") as server:
        ask(server, "create table kept as select 42 as answer")
    shutil.copytree(place / "one" / "data", place / "two" / "data")
    with embedded(place / "two") as server:
        assert ask(server, "select answer from kept") == (42,)


@ROOT_ONLY
def test_under_a_folder_closed_to_that_account_the_data_lie_elsewhere_behind_a_link(place):
    place.chmod(0o700)
    try:
        with embedded(place) as server:
            ask(server, "create table kept as select 42 as answer")
        with embedded(place) as server:
            assert ask(server, "select answer from kept") == (42,)
    finally:
        shutil.rmtree((place / "elsewhere").resolve())


@ROOT_ONLY
def test_data_in_a_folder_that_was_closed_later_are_not_forgotten_for_an_empty_database(place):
    with embedded(place / "folder"):
        pass
    place.chmod(0o700)
    with pytest.raises(EmbeddedPostgresError, match="chmod a\\+x"):
        embedded(place / "folder").start()


AS_NOBODY = """
import os, pwd, sys
from pathlib import Path
import psycopg
from runtime.embedded import EmbeddedPostgres, EmbeddedPostgresError
nobody = pwd.getpwnam("nobody")
os.setgroups([])
os.setgid(nobody.pw_gid)
os.setuid(nobody.pw_uid)
try:
    with EmbeddedPostgres(Path(sys.argv[1]), fsync=False, binaries=Path(sys.argv[2])) as server:
        with psycopg.connect(server.url.replace("+psycopg", "")) as connection:
            print(connection.execute("select 'served'").fetchone()[0])
except EmbeddedPostgresError as error:
    print(error)
"""


@ROOT_ONLY
def test_an_ordinary_user_has_a_server_of_his_own(place):
    place.chmod(0o777)
    assert as_nobody(place / "his") == "served\n"
    assert locate(place / "his").stat().st_uid == pwd.getpwnam("nobody").pw_uid


@ROOT_ONLY
def test_a_folder_of_another_account_is_refused_with_what_to_do(folder):
    with embedded(folder):
        pass
    assert "Start as the account that owns" in as_nobody(folder)


def as_nobody(folder):
    nobody = pwd.getpwnam("nobody")
    programs = choose(Account(nobody.pw_uid, nobody.pw_gid), major=None, given=None, copies=folder.parent)
    command = [sys.executable, "-c", AS_NOBODY, folder, programs.folder]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 -- the script above


def maintenance(server):
    return server.url.replace("+psycopg", "").replace("@/directservice", "@/postgres")
