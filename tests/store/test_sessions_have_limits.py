"""Whatever goes wrong with a connection, nobody waits for ever."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from eventsourcing.persistence import OperationalError
from sqlalchemy import event

from store.engine import SESSION, connect, connection_arguments
from store.failures import InDoubt, translated
from store.session import Session
from store.tables import APP_ROLE
from tests.store.sessions import cut_all_others, cut_whoever_waits_for_a_lock

LONG_SECONDS = 15


def setting(engine, name):
    with engine.connect() as connection:
        return connection.exec_driver_sql("select current_setting(%s)", (name,)).scalar_one()


@pytest.mark.parametrize(
    ("name", "value"),
    [("role", APP_ROLE), ("lock_timeout", "3s"), ("idle_in_transaction_session_timeout", "15s"), ("timezone", "UTC")],
)
def test_every_session_has_its_role_and_limits(database_url, monkeypatch, name, value):
    monkeypatch.setattr("store.engine.SESSION", SESSION)
    engine = connect(database_url)
    assert setting(engine, name) == value
    engine.dispose()


def test_migrations_work_with_the_rights_of_the_login(owner):
    assert setting(owner, "role") == "none"


def test_what_the_address_says_itself_wins():
    arguments = connection_arguments(
        "postgresql://h1:5432,h2:5433/shop?connect_timeout=1&options=-c%20lock_timeout%3D9s", role=None
    )
    assert (arguments["host"], arguments["port"], arguments["dbname"]) == ("h1,h2", "5432,5433", "shop")
    assert arguments["connect_timeout"] == "1"
    assert arguments["tcp_user_timeout"] == 5000
    assert arguments["options"].endswith("-c lock_timeout=9s")


def test_a_server_that_vanishes_while_it_is_waited_for_is_noticed_within_seconds():
    """As whoever listens waits, and whoever asked something of a machine that failed."""
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as network:
        answering = network.submit(any_login_is_let_in, server)
        with psycopg.connect(**connection_arguments(address_of(server))) as connection, answering.result():
            line = socket.socket(fileno=os.dup(connection.fileno()))
            with line:
                kept = line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
                idle, between, tries = (
                    line.getsockopt(socket.IPPROTO_TCP, each)
                    for each in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
                )
    assert kept
    assert idle + between * tries < LONG_SECONDS


def address_of(server):
    return f"host=127.0.0.1 port={server.getsockname()[1]} user=ada sslmode=disable gssencmode=disable"


def any_login_is_let_in(server):
    """As a PostgreSQL without passwords lets in; the connection it keeps open."""
    line, _ = server.accept()
    line.recv(10_000)
    line.sendall(b"R" + (8).to_bytes(4) + bytes(4) + b"Z" + (5).to_bytes(4) + b"I")
    return line


@pytest.mark.parametrize("form", ["postgresql+psycopg://h/shop", "postgresql://h/shop", "host=h dbname=shop"])
def test_an_address_may_have_any_form(form):
    arguments = connection_arguments(form)
    assert (arguments["host"], arguments["dbname"]) == ("h", "shop")


def test_a_pooled_connection_cut_while_idle_is_replaced_unnoticed(engine, owner):
    before = setting(engine, "role")
    cut_all_others(owner)
    assert setting(engine, "role") == before


def test_a_session_of_its_own_does_not_need_the_pool(database_url):
    engine = connect(database_url, pool_size=1, pool_timeout=0.05)
    session = Session(engine, lock_timeout="7s")
    assert session.execute("select current_setting('lock_timeout'), current_user") == [("7s", APP_ROLE)]
    with engine.connect():
        assert session.execute("select 1") == [(1,)]
    engine.dispose()


def test_a_session_that_was_lost_does_not_need_the_pool_either(database_url, owner):
    engine = connect(database_url, pool_size=1, pool_timeout=0.05)
    session = Session(engine)
    session.execute("select 1")
    cut_all_others(owner)
    with engine.connect():
        assert session.execute("select 1") == [(1,)]
    engine.dispose()


def test_a_session_cut_while_idle_is_replaced_with_its_settings(engine, owner):
    session = Session(engine, lock_timeout="7s")
    session.execute("select 1")
    cut_all_others(owner)
    assert session.execute("select current_setting('lock_timeout')") == [("7s",)]


def test_a_session_cut_half_way_says_so_and_works_again(patient, owner):
    session = Session(patient)
    with owner.begin() as gate, ThreadPoolExecutor() as threads:
        gate.exec_driver_sql("lock table keys.person_key")
        read = threads.submit(session.execute, "select from keys.person_key")
        cut_whoever_waits_for_a_lock(owner, read.done)
        with pytest.raises(InDoubt):
            read.result()
    assert session.execute("select 1") == [(1,)]


def test_a_server_that_is_not_there_is_an_operational_error(tmp_path):
    nowhere = connect(f"host={tmp_path} dbname=nothing")
    with pytest.raises(OperationalError):
        Session(nowhere).execute("select 1")
    nowhere.dispose()


def test_connections_that_are_cut_as_fast_as_they_are_opened_are_a_database_that_is_away(database_url, owner):
    engine = connect(database_url, pool_size=1)

    @event.listens_for(engine, "connect")
    def cut(*_):
        cut_all_others(owner)

    for _ in range(2):
        with pytest.raises(OperationalError), translated():
            setting(engine, "role")
    event.remove(engine, "connect", cut)
    assert setting(engine, "role") == APP_ROLE
    engine.dispose()


def test_a_session_whose_connection_ends_as_soon_as_it_is_open_says_that_the_database_is_away():
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as network:
        engine = connect(address_of(server))
        session = Session(engine, lock_timeout="7s")
        for _ in range(2):
            hanging_up = network.submit(lambda: any_login_is_let_in(server).close())
            with pytest.raises(OperationalError):
                session.execute("select 1")
            hanging_up.result()
    engine.dispose()
