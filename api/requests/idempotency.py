"""Idempotency keys: the id of the command that a POST carries, so that sending it twice has one effect (DESIGN §6)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID, uuid5

from fastapi import Header

from domain.actors import Actor

KEYS = UUID("2f3c7c62-0f4f-5b0b-9a6e-6d1f7c1a4f55")
"""The namespace of command ids made of keys; changing it would carry repeated requests out again."""

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        description="The same key twice has one effect and one answer. A UUID, or any other visible ASCII.",
        pattern=r"^[\x21-\x7e]{1,255}$",
        examples=["0b8f3f1e-7d0a-4a57-a3c5-0c8b3b2f9d11"],
    ),
]


def command_id(actor: Actor, key: str) -> UUID:
    """The command that this actor means by the key.

    Also a key that is a UUID is bound to its sender, so that nobody can take the id of another's command first.
    """
    return uuid5(KEYS, f"{actor}/{key}")
