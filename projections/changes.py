"""What read models want written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from projections.schema import Row, document


class Change(NamedTuple):
    """One statement that writes, with its parameters; it returns nothing."""

    statement: sa.Executable
    parameters: Row


def writing(statement: sa.Executable, rows: Sequence[Row]) -> list[Change]:
    """The change that a statement over ``schema.rows_of`` makes for these rows; none for none."""
    return [Change(statement, document(rows))] if rows else []


def adding(statement: sa.Executable, rows: Sequence[Row], *, key: str) -> list[Change]:
    """The change that adds these rows and leaves those alone that are there: of several with one key the first.

    Said here, since in which order a statement takes its rows is for its plan to say.
    """
    return writing(statement, list({row[key]: row for row in reversed(rows)}.values()))
