"""What arguments of commands are read as, each refused with what it should look like."""

from __future__ import annotations

from datetime import datetime

import typer
from pydantic import TypeAdapter, ValidationError

from domain.actors import Actor, Role
from domain.messages import Identifier, Instant

PERSONS = sorted(role for role in Role if role.is_person)


def an_instant(text: str) -> datetime:
    """Raises BadParameter for anything but an RFC 3339 time with its offset."""
    try:
        return TypeAdapter[datetime](Instant).validate_python(text)
    except ValidationError as error:
        raise typer.BadParameter(error.errors()[0]["msg"].removeprefix("Value error, ")) from None


def an_id(text: str) -> str:
    """Raises BadParameter for what the marketplace could not have given."""
    try:
        return TypeAdapter[str](Identifier).validate_python(text)
    except ValidationError:
        raise typer.BadParameter(f"{text!r} is no id: letters, digits and . _ : @ -, at most 128") from None


def a_person(text: str) -> Actor:
    """``buyer:b-1`` as one who can have personal data here. Raises BadParameter."""
    role, _, holder = text.partition(":")
    if role not in PERSONS:
        raise typer.BadParameter(f"{text!r} names none of {', '.join(PERSONS)} before its colon")
    return Actor(role=Role(role), id=an_id(holder))
