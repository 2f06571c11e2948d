"""Which order lines a payment paid for, found by its reference."""

from __future__ import annotations

from alembic import op

from runtime.migrations import index_beside_appends

revision = "0009"
down_revision = "0008"

PAYMENT = """
    store.event ((state #>> '{payload,facts,payment_reference}'))
    where topic in ('order_line.recorded.v1', 'order_line.updated.v1')
"""


def upgrade() -> None:
    index_beside_appends("ix_event_payment", PAYMENT)


def downgrade() -> None:
    op.execute("drop index store.ix_event_payment")
