"""The log: one form for everyone who speaks, correlated, and without what nobody may read there."""

import asyncio
import io
import json
import logging
import threading

import pytest
import structlog
from pydantic import SecretStr, ValidationError

from domain.messages import Personal
from domain.order.facts import Tracking
from runtime import observe
from runtime.settings import LogFormat, LogLevel

WORDS = "my own words"


@pytest.fixture
def log(logging_as_before):
    """What was logged, as JSON entries."""
    out = io.StringIO()
    observe.configure(LogFormat.JSON, LogLevel.INFO, out)
    return lambda: [json.loads(line) for line in out.getvalue().splitlines()]


def test_the_standard_library_and_structlog_write_alike(log):
    logging.getLogger("uvicorn.error").info("started on %s", "127.0.0.1")
    structlog.get_logger("api").info("started", port=8000)
    first, second = log()
    assert (first["event"], first["logger"], first["level"]) == ("started on 127.0.0.1", "uvicorn.error", "info")
    assert (second["event"], second["logger"], second["port"]) == ("started", "api", 8000)
    assert first.keys() | {"port"} == second.keys()


def test_what_uvicorn_says_once_more_for_a_terminal_is_left_out(log):
    coloured = {"color_message": "Started server process [\x1b[36m%d\x1b[0m]"}
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7, extra=coloured)
    [entry] = log()
    assert entry["event"] == "Started server process [7]"
    assert "color_message" not in entry


def test_less_than_the_level_is_not_written(log):
    logging.getLogger("anyone").debug("much")
    structlog.get_logger("anyone").debug("much")
    logging.getLogger("uvicorn.access").info("GET /v1/orders?q=what-a-person-looks-for")
    assert log() == []


def test_what_is_bound_in_the_context_is_in_every_entry(log):
    async def request():
        structlog.contextvars.bind_contextvars(correlation_id="c-1")
        await asyncio.to_thread(logging.getLogger("store").info, "appended")

    asyncio.run(request())
    logging.getLogger("store").info("appended")
    assert [entry.get("correlation_id") for entry in log()] == ["c-1", None]


@pytest.mark.parametrize(
    "entry",
    [
        {"text": "my own words"},
        {"token_secret": "my own words"},
        {"Authorization": "my own words"},
        {"return_address": "my own words"},
        {"message": Personal.of("buyer:b-1", "my own words")},
        {"key": SecretStr("my own words")},
        {"request": {"headers": [{"authorization": "my own words"}]}},
        {"url": "postgresql://directservice:my own words@db/".replace(" ", "-")},
        {"detail": "the header was: Bearer my-own-words"},
    ],
)
def test_neither_secrets_nor_a_persons_words_are_written(log, entry):
    structlog.get_logger("api").info("noted", **entry)
    [written] = log()
    assert "own" not in json.dumps(written)
    assert observe.HIDDEN in json.dumps(written)


def test_an_error_is_written_with_its_traceback_but_not_with_what_a_person_sent(log):
    try:
        Tracking.model_validate({"carrier": "DHL", "number": [WORDS]})
    except ValidationError:
        structlog.get_logger("api").exception("request_failed")
        logging.getLogger("api").exception("request failed")
    for entry in log():
        assert "Traceback" in entry["exception"]
        assert "number: Input should be a valid string" in entry["exception"]
        assert WORDS not in json.dumps(entry)


def test_the_causes_of_an_error_are_as_silent(log):
    try:
        try:
            Tracking.model_validate({"number": [WORDS]})
        except ValidationError as error:
            raise ExceptionGroup("several", [error]) from error
    except ExceptionGroup:
        logging.getLogger("api").exception("failed")
    assert WORDS not in json.dumps(log())


def test_a_thread_that_dies_is_heard(log):
    thread = threading.Thread(target=lambda: 1 / 0, name="projections")
    thread.start()
    thread.join()
    [entry] = log()
    assert entry["event"] == "the thread projections ended with an error"
    assert "ZeroDivisionError" in entry["exception"]


def test_people_get_lines_that_they_can_read(log):
    out = io.StringIO()
    observe.configure(LogFormat.CONSOLE, LogLevel.INFO, out)
    structlog.get_logger("api").info("started", port=8000)
    assert "started" in out.getvalue()
    assert "port=8000" in out.getvalue()
    assert "\x1b" not in out.getvalue()
