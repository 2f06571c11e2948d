"""What the processes log: through structlog, whoever speaks, and never a secret or what a person wrote."""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any, Final, TextIO

import structlog
from pydantic import SecretStr, ValidationError

from domain.messages import Personal
from runtime.settings import LogFormat, LogLevel

Entry = MutableMapping[str, Any]

HIDDEN: Final = "***"
TELLING: Final = re.compile(
    r"(^|_)(secrets?|passwords?|tokens?|authorization|key|e?mail|text|description|address(es)?)$", re.IGNORECASE
)
"""Names whose values are secrets or what a person wrote."""
PASSWORD_IN_URL: Final = re.compile(r"(?<=://)([^:/@\s]*):([^@/\s]+)@")
BEARER: Final = re.compile(r"(?i)bearer\s+[\w.~+/=-]+")
BECAUSE: Final = "\n\nbecause of\n\n"
QUIET: Final = {
    "uvicorn.access": logging.CRITICAL,
    "alembic": logging.WARNING,
    "apscheduler": logging.ERROR,
    "apscheduler.executors": logging.CRITICAL,
    "httpx2": logging.WARNING,
}
"""Who talks too much: requests in and out are counted, migrations are silent, and the timer tells
by itself of tasks that fail."""
TWICE: Final = frozenset({"color_message"})
"""What uvicorn adds to its entries: the same once more, for a terminal."""
ENRICHED: Final[tuple[structlog.typing.Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)
"""What every entry gets, the correlation id of its request among it."""


def configure(log_format: LogFormat, level: LogLevel, stream: TextIO | None = None) -> None:
    """Send everything that is logged, through structlog or the standard library, to ``stream`` (stderr) alone."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *ENRICHED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    logging.basicConfig(handlers=[_handler(log_format, stream or sys.stderr)], level=level.upper(), force=True)
    logging.captureWarnings(capture=True)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)
    threading.excepthook = _thread_failed


def _handler(log_format: LogFormat, out: TextIO) -> logging.Handler:
    handler = logging.StreamHandler(out)
    processors = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, once, render_exception, hide]
    renderer = _renderer(log_format, colours=out.isatty())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=ENRICHED, processors=[*processors, renderer])
    )
    return handler


def _renderer(log_format: LogFormat, *, colours: bool) -> structlog.typing.Processor:
    if log_format is LogFormat.JSON:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=colours)


def hide(_logger: object, _method: str, entry: Entry) -> Entry:
    """Put nothing of a secret or of what a person wrote into the log, however it got into the entry."""
    return {key: HIDDEN if TELLING.search(key) else _hidden(value) for key, value in entry.items()}


def once(_logger: object, _method: str, entry: Entry) -> Entry:
    """Leave out what is said twice."""
    return {key: value for key, value in entry.items() if key not in TWICE}


def _hidden(value: Any) -> Any:  # noqa: ANN401 -- whatever was logged
    match value:
        case Personal() | SecretStr():
            return HIDDEN
        case dict():
            return hide(None, "", value)
        case list() | tuple():
            return [_hidden(each) for each in value]
        case str():
            return BEARER.sub(f"Bearer {HIDDEN}", PASSWORD_IN_URL.sub(rf"\1:{HIDDEN}@", value))
        case _:
            return value


def render_exception(_logger: object, _method: str, entry: Entry) -> Entry:
    """What was raised and what led to it, outermost first, without local variables and the values refused."""
    error = _raised(entry.pop("exc_info", None))
    if error is not None:
        entry["exception"] = BECAUSE.join(_traced(each) for each in _all_in(error))
    return entry


def _raised(given: Any) -> BaseException | None:  # noqa: ANN401 -- what logging allows: an error, a triple, a truth value
    match given:
        case True:
            return sys.exc_info()[1]
        case BaseException() as error:
            return error
        case (_, BaseException() as error, _):
            return error
        case _:
            return None


def _all_in(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for part in error.exceptions:
                yield from _all_in(part)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _traced(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"Traceback (most recent call last):\n{frames}{type(error).__qualname__}: {_told(error)}"


def _told(error: BaseException) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)


def _thread_failed(args: threading.ExceptHookArgs) -> None:
    name = args.thread.name if args.thread else "?"
    logging.getLogger("threading").error("the thread %s ended with an error", name, exc_info=args.exc_value)
