"""Since when a webhook could be delivered, and which were given up, so that both are told at a glance."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("alter table webhooks.delivery add column due_at timestamptz default now() not null")
    op.execute("create index ix_delivery_dead on webhooks.delivery (endpoint_id) where state = 'dead'")


def downgrade() -> None:
    op.execute("drop index webhooks.ix_delivery_dead")
    op.execute("alter table webhooks.delivery drop column due_at")
