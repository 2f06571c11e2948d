"""Commands answer plainly: what went wrong is one sentence on stderr and an exit code, never a trace."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NoReturn

import typer

from runtime.cli import ending
from runtime.interpreter import suit_a_service

if TYPE_CHECKING:
    from runtime.settings import Settings

FAILED: Final = 1
"""Something could not be done, or only in part."""
CANNOT: Final = 2
"""The command as it was given cannot be carried out: a setting, a file, an argument."""

LOG = logging.getLogger(__name__)


def _said() -> dict[type[Exception], int]:
    """What may go wrong without being a fault of the program, and the exit code that tells it."""
    from domain.policy import PolicyError, UnknownPolicyError
    from domain.refusals import Refused
    from projections.rebuild import RebuildUnderWayError
    from runtime.database import StartError
    from runtime.demo.plan import NoStoryError
    from runtime.demo.stage import StuckError
    from runtime.embedded import EmbeddedPostgresError
    from runtime.order_import import FileRefusedError
    from runtime.settings import SettingsError
    from store.audit.exported import NoExportError
    from store.audit.held import NoRootError
    from store.audit.unfit import Unfit
    from store.failures import RightMissing, Unavailable
    from store.master_keys import WrongMasterKeyError

    return {
        SettingsError: CANNOT,
        FileRefusedError: CANNOT,
        NoStoryError: CANNOT,
        StuckError: FAILED,
        StartError: CANNOT,
        EmbeddedPostgresError: CANNOT,
        WrongMasterKeyError: CANNOT,
        PolicyError: CANNOT,
        UnknownPolicyError: CANNOT,
        Refused: FAILED,
        RebuildUnderWayError: FAILED,
        Unavailable: FAILED,
        RightMissing: CANNOT,
        Unfit: FAILED,
        NoExportError: CANNOT,
        NoRootError: CANNOT,
        OSError: CANNOT,
    }


@contextmanager
def plainly() -> Iterator[None]:
    """Turn what is raised inside into a sentence and the end of the program."""
    try:
        with ending.in_order():
            yield
    except BrokenPipeError:  # whoever read our output has seen enough
        _give_up_what_is_unwritten()
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt:
        end("interrupted", ending.INTERRUPTED)
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except Exception as error:
        _give_up_what_is_unwritten()
        code = next((code for kind, code in _said().items() if isinstance(error, kind)), None)
        if code is not None:
            end(_sentence(error), code)
        LOG.debug("the command failed", exc_info=error)
        end(f"this should not have happened ({type(error).__name__}: {error}); DIRECTSERVICE_LOG_LEVEL=debug says more")


def _give_up_what_is_unwritten() -> None:
    """Python tries once more when the program ends, and that failure would take the place of the exit code."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _sentence(error: Exception) -> str:
    from store.failures import DatabaseFailed, in_one_line

    if isinstance(error, DatabaseFailed):
        return in_one_line(error)
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    return f"{error.filename}: {error.strerror}" if error.filename is not None else error.strerror


def end(sentence: str, code: int = FAILED) -> NoReturn:
    """Say why and end the program."""
    typer.echo(f"directservice: {sentence}", err=True)
    raise typer.Exit(code)


def settings_for_command(**given: Any) -> Settings:  # noqa: ANN401 -- any field of Settings
    """The settings of a command that does one thing: its log is kept out of what it prints."""
    from runtime import observe
    from runtime.settings import LogLevel

    settings = _read(given)
    quiet = LogLevel.WARNING if settings.log_level is LogLevel.INFO else settings.log_level
    observe.configure(settings.log_format, quiet)
    return settings


def settings_for_process(**given: Any) -> Settings:  # noqa: ANN401 -- as above
    """The settings of a process that runs on, and logs what it does."""
    from runtime import observe

    settings = _read(given)
    observe.configure(settings.log_format, settings.log_level)
    return settings


def _read(given: dict[str, Any]) -> Settings:
    from runtime.settings import read_settings

    suit_a_service()  # by now the command has imported what it works with
    return read_settings(**{name: value for name, value in given.items() if value is not None})
