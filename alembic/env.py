"""Runs migrations on the connection that ``runtime.migrations`` hands over, or by hand on ``-x url=…``."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from runtime.migrations import DECLARED
from store.engine import connect


def run(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=DECLARED, include_schemas=True, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with connect(context.get_x_argument(as_dictionary=True)["url"], role=None).connect() as own:
        run(own)
