"""Bodies: read up to a limit and within a time, and taken for JSON only where they are nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

import anyio
from starlette.requests import ClientDisconnect, Request

from api.answering.error_answers import json_pointer
from api.answering.problems import Problem, invalid_field

DEEPEST = 20
"""How far objects and arrays may nest; no message of the trade goes below five."""


async def read_body(request: Request, *, limit: int, seconds: float) -> bytes:
    """The whole body, counted as it comes in. Raises Problem: 413 above ``limit`` bytes, 408 after ``seconds``."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > limit:
        raise _too_large(limit)
    body = bytearray()
    try:
        with anyio.fail_after(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise _too_large(limit)
    except TimeoutError:
        raise Problem("body_too_slow", f"the body was not here after {seconds:g} seconds") from None
    except ClientDisconnect:
        raise Problem("malformed", "the body broke off") from None
    return bytes(body)


def _too_large(limit: int) -> Problem:
    return Problem("too_large", f"a body of at most {limit} bytes is taken here", facts={"limit": limit})


def read_json(body: bytes) -> dict[str, Any]:
    """The object that the body holds.

    Raises Problem: 400 for anything but one JSON object in UTF-8, in which no name comes twice, 422 for text
    that cannot be kept (NUL, half a surrogate pair).
    """
    try:
        content = json.loads(body.decode(), parse_constant=_no_number, object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise Problem("malformed", f"the body is not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise Problem("malformed", f"the body is no JSON at character {error.pos}: {error.msg}") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise Problem("malformed", "the body holds a number that is too long") from None
    if not isinstance(content, dict):
        raise Problem("malformed", "the body is no JSON object")
    _look_through(content)
    return content


def _no_number(name: str) -> NoReturn:
    raise Problem("malformed", f"the body holds {name}, which is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Problem("malformed", f"the name {twice!r} comes twice in one object")
    return found


def _look_through(content: dict[str, Any]) -> None:
    for steps, value in _values(content):
        if len(steps) > DEEPEST:
            raise _too_deep()
        if isinstance(value, str):
            check_text(value, "body", json_pointer(steps))


def _values(content: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value, every name included, with the way to it."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), content)]
    while waiting:
        steps, value = waiting.pop()
        yield steps, value
        if isinstance(value, dict):
            yield from (((*steps, name), name) for name in value)
            waiting += [((*steps, name), inner) for name, inner in value.items()]
        elif isinstance(value, list):
            waiting += [((*steps, place), inner) for place, inner in enumerate(value)]


def check_text(text: str, where: str, pointer: str) -> None:
    """Raises Problem (422) for text that PostgreSQL cannot keep."""
    writable = pointer.encode(errors="backslashreplace").decode()
    if "\0" in text:
        raise invalid_field(where, writable, "text holds no NUL character")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise invalid_field(where, writable, "text holds no half of a surrogate pair")


def _too_deep() -> Problem:
    return Problem("malformed", f"the body nests deeper than {DEEPEST}")
