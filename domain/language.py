"""The languages in which Direct Service speaks; codes are English, words are data in each of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from domain.messages import Value

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Locale(StrEnum):
    """The languages in which Direct Service speaks."""

    GERMAN = "de"
    ENGLISH = "en"


class Words(Value):
    """The same thing said in every language."""

    de: Sentence
    en: Sentence

    def said_in(self, locale: Locale) -> str:
        return self.de if locale is Locale.GERMAN else self.en
