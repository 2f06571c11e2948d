"""The words by which a seller finds a line: order, line and buyer id, title and the tracking numbers of its parcels.

A word finds whatever begins with it; several must all be found. Plain lexemes, no language and no extension of
PostgreSQL's: ids stay whole, and ``müller`` finds ``Muller``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from domain.order.facts import OrderLineFacts
from domain.refund.parcels import parcel_number

LONGEST = 200
MOST = 8
"""Words of a search that count."""


def words_of_line(facts: OrderLineFacts) -> list[str]:
    """Everything by which its seller finds the line."""
    number = facts.tracking.number if facts.tracking else ""
    found = _words(facts.order_id, facts.line_id, facts.buyer_id, facts.title, number)
    return sorted({_owned(facts.seller_id, word) for word in found})


def words_of_parcel(seller_id: str, number: str) -> set[str]:
    """Everything by which the seller finds a line by a parcel of its case: also the number as one word."""
    return {_owned(seller_id, word) for word in _words(number, parcel_number(number))}


def query_of(seller_id: str, search: str) -> str | None:
    """A ``tsquery`` for what the seller typed, among his own lines; None when there is no word in it."""
    words = [word for part in search.split() if (word := _plain(part))][:MOST]
    return " & ".join(f"{_quoted(_owned(seller_id, word))}:*" for word in words) or None


def _owned(seller_id: str, word: str) -> str:
    """The word as this seller's own: a search costs what it finds among his lines, however many others have it."""
    return f"{seller_id} {word}"


def _words(*texts: str) -> Iterable[str]:
    for text in texts:
        for part in text.split():
            whole = _plain(part)
            yield from {whole, *re.split(r"[\W_]+", whole)} - {""}


def _plain(part: str) -> str:
    """Lower case, without accents, without punctuation around it."""
    decomposed = unicodedata.normalize("NFKD", part.casefold())
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return re.sub(r"^[\W_]+|[\W_]+$", "", letters)[:LONGEST]


def _quoted(lexeme: str) -> str:
    doubled = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"
