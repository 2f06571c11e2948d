"""The roots over all streams, and what each covers."""

from __future__ import annotations

from alembic import op

from runtime.migrations import grant

revision = "0011"
down_revision = "0010"

ROOTS = """
    create table store.root (
        number bigint not null,
        position bigint not null,
        events integer not null,
        tree text not null,
        taken_at timestamptz not null,
        previous text not null,
        digest text not null,
        constraint pk_root primary key (number),
        constraint uq_root_position unique (position)
    );
    create table store.leaf (
        position bigint not null,
        stream_id uuid not null,
        version integer not null,
        digest text not null,
        constraint pk_leaf primary key (position)
    );
"""
APPEND_ONLY = """
    create trigger append_only before update or delete or truncate on {table}
        for each statement execute function store.refuse_change();
    alter table {table} enable always trigger append_only;
"""


def upgrade() -> None:
    op.execute(ROOTS)
    for table in ("store.root", "store.leaf"):
        op.execute(APPEND_ONLY.format(table=table))
        grant("select, insert", table)


def downgrade() -> None:
    """Refused: what others hold would no longer be found here."""
    raise NotImplementedError("roots that others may hold are not taken down by a migration; restore a backup instead")
