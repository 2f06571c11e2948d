"""The values of a difference in words, as readers of a language write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any
from uuid import UUID

from babel.dates import format_datetime

from domain.labels import label
from domain.language import Locale
from domain.money import Money
from domain.posting import Entry
from domain.refund.commands import Liability

NOTHING = "–"  # noqa: RUF001 -- a dash for what is not there


def said(value: Any, locale: Locale, zone: tzinfo) -> str:  # noqa: ANN401 -- any facet's value
    """The value in words; instants in ``zone``."""
    match value:
        case None | ():
            return NOTHING
        case StrEnum():
            return label(value, locale)
        case Money():
            return value.shown_in(locale)
        case datetime():
            return str(format_datetime(value, "medium", tzinfo=zone, locale=locale))
        case Liability():
            return ", ".join(f"{label(party, locale)} {share} %" for party, share in value.shares.items() if share)
        case _:
            return _several(value, locale)


def _several(values: Sequence[Entry | UUID], locale: Locale) -> str:
    """Entries one by one; of what has no words, how many."""
    entries = [_entry(value, locale) for value in values if isinstance(value, Entry)]
    return "; ".join(entries) or str(len(values))


def _entry(entry: Entry, locale: Locale) -> str:
    account, item = label(entry.account, locale), label(entry.item, locale)
    return f"{account}, {item} {entry.amount.shown_in(locale)}"
