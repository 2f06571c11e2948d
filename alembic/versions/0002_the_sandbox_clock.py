"""How far a sandbox's time is from the wall clock's."""

from __future__ import annotations

from alembic import op

from runtime.migrations import grant

revision = "0002"
down_revision = "0001"

CLOCK = """
    create table store.sandbox_clock (
        single boolean default true constraint pk_sandbox_clock primary key,
        ahead interval not null,
        constraint ck_sandbox_clock_one_row check (single)
    )
"""


def upgrade() -> None:
    op.execute(CLOCK)
    op.execute("insert into store.sandbox_clock (ahead) values ('0')")
    grant("select, update (ahead)", "store.sandbox_clock")


def downgrade() -> None:
    op.execute("drop table store.sandbox_clock")
