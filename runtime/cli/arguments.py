"""What arguments of commands are read as, each refused with what it should look like."""

from __future__ import annotations

import errno
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import typer

if TYPE_CHECKING:
    from domain.actors import Actor

STANDARD_INPUT: Final = Path("-")


def an_instant(text: str) -> datetime:
    """Raises BadParameter for anything but an RFC 3339 time with its offset."""
    from pydantic import TypeAdapter, ValidationError

    from domain.messages import Instant

    try:
        return TypeAdapter[datetime](Instant).validate_python(text)
    except ValidationError as error:
        raise typer.BadParameter(error.errors()[0]["msg"].removeprefix("Value error, ")) from None


def an_id(text: str) -> str:
    """Raises BadParameter for what the marketplace could not have given."""
    from pydantic import TypeAdapter, ValidationError

    from domain.messages import Identifier

    try:
        return TypeAdapter[str](Identifier).validate_python(text)
    except ValidationError:
        raise typer.BadParameter(f"{text!r} is no id: letters, digits and . _ : @ -, at most 128") from None


def a_person(text: str) -> Actor:
    """``buyer:b-1`` as one who can have personal data here. Raises BadParameter."""
    from domain.actors import Actor, Role

    role, _, holder = text.partition(":")
    persons = sorted(role for role in Role if role.is_person)
    if role not in persons:
        raise typer.BadParameter(f"{text!r} names none of {', '.join(persons)} before its colon")
    return Actor(role=Role(role), id=an_id(holder))


def opened(file: Path) -> BinaryIO:
    """The bytes of a file, or those of standard input for ``-``. Raises OSError."""
    if file != STANDARD_INPUT:
        return file.open("rb")
    if sys.stdin is None:
        raise OSError(errno.EBADF, "is closed", "standard input")
    return sys.stdin.buffer
