"""How much each caller may still ask, drawn from by every process of the API."""

from __future__ import annotations

from alembic import op

from runtime.migrations import grant

revision = "0008"
down_revision = "0007"

ALLOWANCES = """
    create schema traffic;
    create unlogged table traffic.allowance (
        subject text not null,
        whole_at timestamptz not null,
        granted integer not null,
        constraint pk_allowance primary key (subject)
    );
"""


def upgrade() -> None:
    op.execute(ALLOWANCES)
    grant("usage", "schema traffic")
    grant("select, insert, update, delete", "traffic.allowance")


def downgrade() -> None:
    op.execute("drop schema traffic cascade")
