"""The schema of the views, and the statements that write many rows to one of its tables at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.dialects import postgresql

from store.tables import NAMES

VIEWS = "views"
metadata = sa.MetaData(schema=VIEWS, naming_convention=NAMES)
"""Every read model declares its tables here; all of them can be built again from the log."""

KEPT = {"kept": True}
"""The ``info`` of a column in which somebody notes, beside the log, what he does with a row: a rebuild keeps it."""

Row = Mapping[str, Any]


def text(name: str, **options: Any) -> sa.Column[str]:  # noqa: ANN401 -- passed on to Column
    """A column of words; NULL only where ``nullable`` is given."""
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def rows_of(table: sa.FromClause, parameter: str = "rows") -> sa.TableValuedAlias:
    """The JSON document bound to ``parameter`` as rows of this table's shape.

    One document a batch: cheaper than the driver's arrays by two to five times, and it carries array columns.
    """
    document = sa.cast(sa.bindparam(parameter, type_=sa.Text), postgresql.JSON)
    columns = [sa.column(column.name, column.type) for column in table.columns]
    return sa.func.json_to_recordset(document).table_valued(*columns, name="row").render_derived(with_types=True)


def appending(table: sa.Table) -> postgresql.Insert:
    """The statement that adds the rows bound to ``rows`` to the table."""
    names = [column.name for column in table.columns]
    rows = rows_of(table)
    return postgresql.insert(table).from_select(names, sa.select(*(rows.c[name] for name in names)))


def putting(table: sa.Table) -> postgresql.Insert:
    """The statement that adds the rows bound to ``rows``, or replaces those with the same primary key."""
    insert = appending(table)
    kept = {column.name for column in table.primary_key}
    replaced = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in kept}
    return insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=replaced)


def document(rows: Sequence[Row]) -> Row:
    """The parameters of a statement over ``rows_of`` for these rows."""
    return {"rows": to_json(rows).decode()}
