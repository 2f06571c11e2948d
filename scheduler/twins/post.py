"""A local post: a folder for each person, every mail a file in it, to be opened with any mail program."""

from __future__ import annotations

import shutil
from email.headerregistry import Address
from pathlib import Path
from uuid import uuid4

from scheduler.letters.message import message_of
from scheduler.ports.post import Letter
from scheduler.ports.trouble import NoAnswer, RefusedForGood

NOWHERE = "nobody."
"""Addresses beginning so are refused for good, as a mailbox that does not exist is."""


class LocalPost:
    """Keeps the promises of ``Post``; several processes may share its folder."""

    def __init__(self, folder: Path, sender: Address) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, letter: Letter) -> None:
        """As ``Post`` promises; the same letter again takes the place of the first."""
        message = message_of(letter, self._sender)
        if letter.to.startswith(NOWHERE):
            raise RefusedForGood("550 there is no such mailbox")
        try:
            _keep(bytes(message), self._folder / letter.person, f"{letter.id}.eml")
        except OSError as error:
            raise NoAnswer(f"the folder of the mails cannot be used: {error.strerror}") from error

    def forget(self, person: str) -> None:
        """Remove what was sent to this person: it bears his address (SPEC §9)."""
        shutil.rmtree(self._folder / person, ignore_errors=True)


def _keep(content: bytes, folder: Path, name: str) -> None:
    """Whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{uuid4()}"
    try:
        unfinished.write_bytes(content)
        unfinished.replace(folder / name)
    finally:
        unfinished.unlink(missing_ok=True)
