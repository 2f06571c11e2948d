"""Which events name a parcel, found by its tracking number."""

from __future__ import annotations

from alembic import op

from runtime.migrations import index_beside_appends

revision = "0007"
down_revision = "0006"

NAMED = """
    store.event (
        (upper(regexp_replace(state #>> '{payload,tracking,number}', '[^0-9A-Za-z]', '', 'g')))
    ) where topic in (
        'refund.order_marked_shipped.v1',
        'refund.rejected.v1',
        'refund.replacement_tracking_entered.v1',
        'refund.return_label_issued.v1',
        'refund.return_label_recorded.v1',
        'refund.return_reported_shipped.v1'
    )
"""


def upgrade() -> None:
    index_beside_appends("ix_event_parcel", NAMED)


def downgrade() -> None:
    op.execute("drop index store.ix_event_parcel")
