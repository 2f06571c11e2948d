"""What every code of the trade is called in German and English: words for readers, beside the code, never in it."""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

from domain.action import action_name
from domain.language import Locale, Words
from domain.messages import Command, Event


class NoLabelError(LookupError):
    """Something is to be shown for which no words are written."""


@cache
def _sections() -> dict[str, dict[str, Words]]:
    found: dict[str, dict[str, Words]] = {}
    for file in sorted((files("domain") / "labels").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            for name, entries in tomllib.loads(file.read_text(encoding="utf-8")).items():
                found[name] = {key: Words.model_validate(words) for key, words in entries.items()}
    return found


def _words(section: str, key: str) -> Words:
    words = _sections().get(section, {}).get(key)
    if words is None:
        raise NoLabelError(f"no label for {section}.{key}")
    return words


def section_of(kind: type[StrEnum]) -> str:
    """Where the labels of an enum stand: ``CancellationStatus`` is under ``cancellation_status``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def words_for(word: StrEnum) -> Words:
    """What a status, reason, outcome or any other stored word is called. Raises NoLabelError where nothing is."""
    return _words(section_of(type(word)), word.value)


def label(word: StrEnum, locale: Locale) -> str:
    """The same in one language."""
    return words_for(word).said_in(locale)


def action_words(command: type[Command]) -> Words:
    """What a button for this command says."""
    return _words("action", action_name(command))


def event_words(event: type[Event]) -> Words:
    """What a timeline says of this event; every version of a topic has the same words."""
    return _words("event", event.topic.rpartition(".")[0])


def notice_words(template: str) -> Words:
    """The one sentence of a notice, also the subject of its mail."""
    return _words("notice", template)
