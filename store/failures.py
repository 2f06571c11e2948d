"""What can go wrong between the log and its database, in the library's error classes and in ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy.exc
from eventsourcing import persistence
from psycopg.errors import DeadlockDetected, InsufficientPrivilege, LockNotAvailable, UniqueViolation

Unavailable = persistence.OperationalError
"""The database is away or too busy; what is more precisely so are CommandInFlight and InDoubt."""

DatabaseFailed = persistence.PersistenceError
"""Whatever it was that the database did instead of answering, Unavailable among it."""


class StreamMoved(persistence.IntegrityError):
    """Another save took one of these versions of the stream first: load again, decide again.

    The winner may be the same command sent twice; the idempotency record tells.
    """


class CommandRepeated(persistence.IntegrityError):
    """This command id has taken effect already; its record holds the answer."""


class CommandInFlight(persistence.OperationalError):
    """An unfinished transaction holds the same command or the stream's next version; nothing was written."""


class EvidenceOutOfReach(persistence.OperationalError):
    """Where photos are kept cannot be reached or used."""


class ClockFast(persistence.OperationalError):
    """This machine's clock is ahead of the database's, so nothing may be decided by it; the sentence says how far."""


class RightMissing(persistence.ProgrammingError):
    """The login lacks a right that this needs; nothing was done."""


class InDoubt(persistence.OperationalError):
    """The connection broke before the answer came; repeating with the same command id is safe."""


NAMED = {"uq_event_stream_id_version": StreamMoved, "pk_command": CommandRepeated}
"""What a violated constraint means."""
OF_THE_LIBRARY = (
    (psycopg.DataError, persistence.DataError),
    (psycopg.OperationalError, persistence.OperationalError),
    (psycopg.IntegrityError, persistence.IntegrityError),
    (psycopg.InternalError, persistence.InternalError),
    (psycopg.ProgrammingError, persistence.ProgrammingError),
    (psycopg.NotSupportedError, persistence.NotSupportedError),
    (psycopg.DatabaseError, persistence.DatabaseError),
    (psycopg.InterfaceError, persistence.InterfaceError),
    (psycopg.Error, persistence.PersistenceError),
)
"""The first that fits names the driver's error in the library's words."""


def in_one_line(error: BaseException) -> str:
    """What it says, without what the driver adds at length."""
    return str(error).partition("\n")[0]


@contextmanager
def translated(lost: type[persistence.OperationalError] = persistence.OperationalError) -> Iterator[None]:
    """Raise what SQLAlchemy and the driver raise within as the library's errors and ours above.

    ``lost`` is what a connection breaking half-way means: InDoubt for writes.
    """
    try:
        yield
    except sqlalchemy.exc.TimeoutError as error:
        raise persistence.OperationalError("all connections stayed busy for the pool's timeout") from error
    except psycopg.Error as error:
        raise meaning(error) from error
    except sqlalchemy.exc.DBAPIError as error:
        if not isinstance(error.orig, psycopg.Error):
            raise
        raise (lost(str(error.orig)) if error.connection_invalidated else meaning(error.orig)) from error


def meaning(error: psycopg.Error) -> persistence.PersistenceError:
    """What an error that the database answered with means here; nothing was written."""
    said = error.diag.message_detail or str(error)
    if isinstance(error, UniqueViolation):
        return NAMED.get(error.diag.constraint_name or "", persistence.IntegrityError)(said)
    if isinstance(error, LockNotAvailable | DeadlockDetected):
        return CommandInFlight(said)
    if isinstance(error, InsufficientPrivilege):
        return RightMissing(f"the database's login has not the right to this: {said}")
    return next(ours(said) for theirs, ours in OF_THE_LIBRARY if isinstance(error, theirs))
