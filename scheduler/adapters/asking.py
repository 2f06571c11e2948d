"""How another service is asked over HTTP: within a time, up to a size, and with whatever goes wrong told apart."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from time import monotonic
from typing import Any, TypeVar

import httpx2
from pydantic import BaseModel, ValidationError, model_validator

from scheduler.ports.trouble import NoAnswer, RefusedForGood

LARGEST_ANSWER = 1 << 20
"""Bytes; no answer that is asked for here has a hundredth of it."""
LONGEST_REST = timedelta(hours=1)
"""The longest that is waited at another's word."""
PASSING = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.CONFLICT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
"""Statuses that say nothing against what was asked: the other side is busy, or busy with the same."""
OURS_TO_MEND = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
"""Nor do these: our own key is wrong."""
UNTIL_MENDED = timedelta(minutes=5)
"""How long nothing is asked with such a key."""

Shape = TypeVar("Shape", bound=BaseModel)


class Error(BaseModel):
    """Why something will not be done."""

    type: str = ""
    """Of which kind the error is; one of these three at least is told."""
    code: str = ""
    message: str = ""

    @property
    def refusal(self) -> RefusedForGood:
        """What is raised for it."""
        return RefusedForGood(self.message or self.code or self.type)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_nulls(cls, given: Any) -> Any:  # noqa: ANN401 -- whatever was answered
        return {name: value for name, value in given.items() if value is not None} if isinstance(given, dict) else given


class _Refusal(BaseModel):
    error: Error


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said: it did as asked, or it will not, however often it is asked."""

    whom: str
    status: int
    content: Any
    """The JSON of the body."""

    @property
    def error(self) -> Error | None:
        """Why it will not; None where it did as asked. Raises NoAnswer for a refusal that gives no reason."""
        if self.status < HTTPStatus.BAD_REQUEST:
            return None
        return _read(_Refusal, self).error

    def read(self, shape: type[Shape]) -> Shape:
        """What it told. Raises RefusedForGood where it will not do it, NoAnswer for what cannot be read."""
        if self.error:
            raise self.error.refusal
        return _read(shape, self)


def _read(shape: type[Shape], answer: Answer) -> Shape:
    try:
        return shape.model_validate(answer.content)
    except ValidationError as error:
        raise NoAnswer(f"{answer.whom} answered what cannot be read (status {answer.status})") from error


class Service:
    """Another service. Any number of threads may share it."""

    def __init__(self, whom: str, url: str, key: str | None, *, patience: timedelta) -> None:
        """``whom`` is how sentences call it; ``patience`` is the most that one answer may take from end to end.

        Without ``key`` it is asked for what it tells everybody.
        """
        self._whom = whom
        self._seconds = patience.total_seconds()
        signed = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx2.Client(base_url=url, headers=signed, timeout=self._seconds, follow_redirects=False)

    def close(self) -> None:
        self._client.close()

    def ask(self, method: str, path: str, **request: Any) -> Answer:  # noqa: ANN401 -- httpx2's own arguments
        """One request, answered. Raises NoAnswer while nobody knows what became of it, or it is to be asked later."""
        try:
            with self._client.stream(method, path, **request) as response:
                return self._answer(response, self._body(response))
        except httpx2.HTTPError as error:
            raise NoAnswer(f"{self._whom} did not answer: {type(error).__name__}") from error

    def _body(self, response: httpx2.Response) -> bytes:
        """All of it: a timeout of the client's own counts anew with every byte that trickles in."""
        body, until = bytearray(), monotonic() + self._seconds
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > LARGEST_ANSWER or monotonic() > until:
                raise NoAnswer(f"{self._whom} answers more than {LARGEST_ANSWER} bytes, or too slowly")
        return bytes(body)

    def _answer(self, response: httpx2.Response, body: bytes) -> Answer:
        status = response.status_code
        if status in OURS_TO_MEND:
            raise NoAnswer(f"{self._whom} does not accept our key (status {status})", retry_after=UNTIL_MENDED)
        if status in PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise NoAnswer(f"{self._whom} is busy (status {status})", retry_after=_rest(response))
        try:
            content = json.loads(body or b"null")
        except ValueError as error:
            raise NoAnswer(f"{self._whom} answered what cannot be read (status {status})") from error
        if not response.is_success and not response.is_client_error:
            raise NoAnswer(f"{self._whom} answered with status {status}")
        return Answer(self._whom, status, content)


def _rest(response: httpx2.Response) -> timedelta | None:
    """How long the other side asks to be left alone, where it says so in seconds."""
    said = response.headers.get("retry-after", "")
    return min(timedelta(seconds=int(said[:9])), LONGEST_REST) if said.isdecimal() else None
