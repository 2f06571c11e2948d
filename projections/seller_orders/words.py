"""The words by which a seller finds a line: order, line and buyer id, title and tracking number.

A word finds whatever begins with it; several must all be found. Plain lexemes, no language and no extension of
PostgreSQL's: ids stay whole, and ``müller`` finds ``Muller``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from domain.order.facts import OrderLineFacts

LONGEST = 200
MOST = 8
"""Words of a search that count."""


def words_of_line(facts: OrderLineFacts) -> list[str]:
    """Everything by which the line is found, and whose it is."""
    number = facts.tracking.number if facts.tracking else ""
    found = _words(facts.order_id, facts.line_id, facts.buyer_id, facts.title, number)
    return sorted({_owner(facts.seller_id), *found})


def query_of(seller_id: str, search: str) -> str | None:
    """A ``tsquery`` for what the seller typed, among his own lines; None when there is no word in it."""
    words = [_plain(part) for part in search.split()]
    prefixes = [f"{_quoted(word)}:*" for word in words if word][:MOST]
    return " & ".join([_quoted(_owner(seller_id)), *prefixes]) if prefixes else None


def _owner(seller_id: str) -> str:
    """No typed word begins with this mark."""
    return f"\N{SECTION SIGN}{seller_id}"


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
