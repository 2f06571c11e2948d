"""Opens the one SQLAlchemy engine that serves the log, the keys and the views, with a limit on every wait."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from store.tables import APP_ROLE

CONNECTION = {
    "application_name": "directservice",
    "connect_timeout": 5,  # seconds
    "tcp_user_timeout": 5000,  # ms; without it a network partition hangs whoever sends for minutes
    "keepalives_idle": 5,  # seconds; without it whoever only waits for an answer or a notice waits for hours
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
SESSION = {
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "15s",  # a reader may have to wait for a transaction that appended
    "tcp_keepalives_idle": "30s",  # a machine that vanished leaves its locks to others
    "tcp_keepalives_interval": "10s",
    "tcp_keepalives_count": "3",
    "timezone": "UTC",
}
OUTSIDE_THE_POOL = "outside_the_pool"
"""The engine's option that opens a connection as its pool does, but in autocommit and the caller's own."""
USED = "used"
"""Marks a pooled connection that was handed out before."""


def connect(
    url: str,
    *,
    pool_size: int = 10,
    pool_timeout: float = 5.0,
    role: str | None = APP_ROLE,
    **session: str,
) -> sa.Engine:
    """An engine on ``url``, any libpq address or key-value string, several hosts included.

    What the address itself sets wins over the limits set here. Sessions work as ``role``; None keeps the
    login's own rights (migrations need them). ``session`` are settings of every session, such as
    ``statement_timeout``. No one waits longer than ``pool_timeout`` seconds for one of the ``pool_size``
    connections; ``store.session`` opens further ones, of which the pool knows nothing.
    """
    arguments = connection_arguments(url, role, session)
    engine = sa.create_engine(
        "postgresql+psycopg://",
        connect_args=arguments,
        execution_options={OUTSIDE_THE_POOL: lambda: psycopg.connect(**arguments, autocommit=True)},
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=pool_timeout,
        pool_use_lifo=True,
        use_native_hstore=False,
        hide_parameters=True,  # an error's text may be logged, what persons wrote may not
    )
    event.listen(engine, "checkout", _refuse_dead)
    return engine


def reading(engine: sa.Engine) -> sa.Connection:
    """A connection for questions, each answered as of then in one round trip; the caller closes it.

    There is no transaction to begin or to roll back, and after a rollback the driver would prepare all its
    statements anew.
    """
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def connection_arguments(
    url: str, role: str | None = APP_ROLE, session: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any]:
    """What psycopg needs to open one session as ``connect`` does; the address's own settings win."""
    try:
        given = conninfo_to_dict(url.replace("postgresql+psycopg://", "postgresql://", 1))
    except psycopg.ProgrammingError:  # whose text repeats the address, with its password
        raise psycopg.ProgrammingError("its address is no libpq address and no key-value string") from None
    settings = {**SESSION, **session, **({} if role is None else {"role": role})}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return {**CONNECTION, **given, "options": f"{options} {given.get('options', '')}".rstrip()}


def alive(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server still holds an idle connection, told without the round trip of a ping."""
    try:
        connection.pgconn.consume_input()  # reads the server's farewell, if there is one
        connection.pgconn.consume_input()  # meets the end of the stream behind it
    except psycopg.OperationalError:
        return False
    return True


def _refuse_dead(connection: psycopg.Connection[Any], record: ConnectionPoolEntry, _proxy: object) -> None:
    """The pool opens another connection instead.

    That one is taken as it is: the pool refuses a second dead one with an error that says nothing of the server.
    """
    is_new = not record.info.get(USED)
    record.info[USED] = True
    if not is_new and not alive(connection):
        raise DisconnectionError("the server has closed this connection")
