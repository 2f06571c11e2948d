"""Bodies as they come in: in pieces, too slowly, or not to their end."""

import asyncio

import pytest
from starlette.requests import Request

from api.answering.problems import Problem
from api.entrance.bodies import read_body


def reading(*messages, seconds=60.0, limit=10, stalls=False, headers=()):
    """What becomes of a body that arrives in these messages."""
    waiting = list(messages)

    async def receive():
        if waiting:
            return waiting.pop(0)
        assert stalls, "read beyond the body's end"
        return await asyncio.Event().wait()

    async def read():
        request = Request({"type": "http", "headers": headers}, receive)
        return await read_body(request, limit=limit, seconds=seconds)

    return asyncio.run(read())


def piece(content, *, more=True):
    return {"type": "http.request", "body": content, "more_body": more}


def problem_of(*messages, **options):
    with pytest.raises(Problem) as caught:
        reading(*messages, **options)
    return caught.value.kind.name


def test_a_body_is_put_together_from_its_pieces():
    assert reading(piece(b"01234"), piece(b"56789", more=False)) == b"0123456789"


def test_a_body_of_as_many_bytes_as_are_taken_may_say_so():
    assert reading(piece(b"0123456789", more=False), headers=[(b"content-length", b"10")]) == b"0123456789"


def test_a_body_that_says_that_it_is_too_large_is_not_read():
    assert problem_of(headers=[(b"content-length", b"11")]) == "too_large"


def test_a_body_is_refused_at_the_first_byte_too_many_without_waiting_for_the_rest():
    assert problem_of(piece(b"01234"), piece(b"567890")) == "too_large"


def test_a_body_that_does_not_come_is_not_waited_for_without_end():
    assert problem_of(piece(b"01234"), seconds=0.01, stalls=True) == "body_too_slow"


def test_a_body_that_breaks_off_is_malformed():
    assert problem_of(piece(b"01234"), {"type": "http.disconnect"}) == "malformed"
