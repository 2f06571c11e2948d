"""The two kinds of message of the trade: commands ask for something, events state what happened."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Protocol, Self, get_args

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    StringConstraints,
    ValidationInfo,
    WrapSerializer,
    model_serializer,
    model_validator,
)

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
"""A short text on one line, without control characters: a title, a name, a reference."""
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000, pattern=r"^[^\x00]*$")]
"""A text that a person wrote; anything but NUL, which PostgreSQL cannot keep."""
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$")]
"""An id given by the marketplace: letters, digits and ``. _ : @ -``, at most 128 characters."""

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII)
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Between these lie all moments of the trade; arithmetic far outside them fails."""


def _read_instant(value: Any) -> Any:  # noqa: ANN401 -- whatever was sent
    """A number is no instant, though pydantic would take it for seconds since 1970."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and RFC_3339.fullmatch(value):
        return datetime.fromisoformat(value.upper())
    raise ValueError("an instant is written like 2026-03-06T18:00:00+01:00")


def _told_in_utc(at: datetime) -> datetime:
    if not EARLIEST <= at < LATEST:
        raise ValueError(f"an instant lies from {EARLIEST:%Y} to before {LATEST:%Y}")
    return at.astimezone(UTC)


Instant = Annotated[AwareDatetime, BeforeValidator(_read_instant), AfterValidator(_told_in_utc)]
"""A moment with its zone, as RFC 3339 writes it; kept in UTC."""
IN_ORDER = WrapSerializer(lambda values, write: sorted(write(values)), when_used="json")
"""Marks a set that every process writes in the same order."""


class Value(BaseModel):
    """A part of a message: immutable, compared by content, closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Personal(Value):
    """Personal data of one person inside an immutable log (SPEC §9).

    Stored encrypted with the person's own key. Once that key is destroyed ``text`` reads as None;
    everything else of the message stays as it was. Whoever stores messages passes a ``Sealing`` as the
    ``sealing`` of pydantic's context; without one the text is written and read as it is.
    """

    person: str
    """Whose data this is, as ``role:id``."""
    text: str | None
    _key: str | None = PrivateAttr(default=None)
    """What had sealed the text that was read here: carried on into another message, it is sealed with nothing else,
    so that a command under way when its person is forgotten cannot save what it had read."""

    @classmethod
    def of(cls, person: str, text: str) -> Self:
        return cls(person=person, text=text)

    def __eq__(self, other: object) -> bool:
        """The same text of the same person, whatever sealed it."""
        return isinstance(other, Personal) and (self.person, self.text) == (other.person, other.text)

    def __hash__(self) -> int:
        return hash((self.person, self.text))

    @model_serializer(mode="wrap")
    def _seal(self, write: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        sealing = sealing_in(info.context)
        return sealing.seal(self.person, self.text, self._key) if sealing else write(self)

    @model_validator(mode="wrap")
    @classmethod
    def _open(cls, stored: Any, read: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:  # noqa: ANN401 -- pydantic hands over whatever is there
        sealing = sealing_in(info.context)
        if sealing is None or not isinstance(stored, dict):
            return read(stored)
        opened = read({"person": stored["person"], "text": sealing.open(stored)})
        opened._key = stored.get("key")  # noqa: SLF001 -- its own
        return opened


class Sealing(Protocol):
    """How personal text is kept from those who have no key."""

    def seal(self, person: str, text: str | None, key: str | None) -> dict[str, Any]:
        """What is stored instead of the text: ``person`` and whatever opens it again.

        A text that was read under ``key`` is sealed with that one, and is gone where it was destroyed meanwhile.
        """

    def open(self, stored: dict[str, Any]) -> str | None:
        """The text, or None once its key is destroyed."""


def sealing_in(context: Any) -> Sealing | None:  # noqa: ANN401 -- pydantic's context is anything
    """The sealing under which a message is written or read; None where its texts stay as they are."""
    return context.get("sealing") if isinstance(context, dict) else None


def as_kept(value: Any, annotation: Any, person: str) -> Any:  # noqa: ANN401 -- any field's value and annotation
    """The value as a field of this annotation keeps it: texts are the person's own where they may be ``Personal``."""
    if not _keeps_personal(annotation):
        return value
    if isinstance(value, tuple):
        return tuple(as_kept(part, annotation, person) for part in value)
    return Personal.of(person, value) if isinstance(value, str) else value


def _keeps_personal(annotation: Any) -> bool:  # noqa: ANN401 -- as above
    return annotation is Personal or any(map(_keeps_personal, get_args(annotation)))


def words_of(text: Personal | str | None) -> str | None:
    """What a text says, sealed or recorded plainly before it was; None where there is none, or it is erased."""
    return text.text if isinstance(text, Personal) else text


class Command(Value):
    """Something an actor asks for. Refused or turned into events by ``decide``."""


class FactCommand(Command):
    """A fact from outside: never refused, counted from ``happened_at`` (SPEC §4)."""

    happened_at: Instant
    """When it happened in the world, as the reporter says."""


class Event(Value):
    """Something that happened and can never be refused or changed.

    ``topic`` is its stable stored name, also the webhook type and metric label: code may move and be renamed,
    the topic stays. A changed meaning or shape gets a new topic with the next version number.
    """

    topic: ClassVar[str] = ""
    topics: ClassVar[dict[str, type[Event]]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 -- pydantic's own signature
        super().__pydantic_init_subclass__(**kwargs)
        topic = cls.__dict__.get("topic")
        if topic is None:
            return
        taken = Event.topics.setdefault(topic, cls)
        if taken is not cls:
            message = f"topic {topic!r} names both {taken.__qualname__} and {cls.__qualname__}"
            raise TypeError(message)
