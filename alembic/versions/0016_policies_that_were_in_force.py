"""What was ever in force, as it was then: cases are pinned to it, whatever becomes of its pack."""

from __future__ import annotations

from alembic import op

from runtime.migrations import grant

revision = "0016"
down_revision = "0015"

POLICY = """
    create table store.policy (
        ref text not null,
        pack json not null,
        in_force_since timestamptz not null default now(),
        constraint pk_policy primary key (ref)
    );
"""
APPEND_ONLY = """
    create trigger append_only before update or delete or truncate on {table}
        for each statement execute function store.refuse_change();
    alter table {table} enable always trigger append_only;
"""


def upgrade() -> None:
    """Filled by the processes of the API as they start; the version before knows only the packs that come with it."""
    op.execute(POLICY)
    op.execute(APPEND_ONLY.format(table="store.policy"))
    grant("select, insert", "store.policy")


def downgrade() -> None:
    """Refused: cases may be pinned to what is kept here alone."""
    raise NotImplementedError("policies that cases are pinned to are not removed; restore a backup instead")
