"""Tables of the pages that are generated from the trade's own tables, in Markdown."""

from __future__ import annotations

from collections.abc import Sequence


def line(*cells: str) -> str:
    """One line of a table."""
    return f"| {' | '.join(cells)} |"


def head(*titles: str) -> Sequence[str]:
    """The first two lines of a table: its titles, and what sets them apart."""
    return line(*titles), line(*("---" for _ in titles))
