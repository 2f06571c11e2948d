"""The words by which a seller finds his lines, those of their parcels beside those of what was reported of them."""

from __future__ import annotations

from alembic import op

from runtime.migrations import grant

revision = "0017"
down_revision = "0016"

WORDS = """
    create table views.line_words (
        line_id text not null,
        line_version integer default 0 not null,
        reported tsvector default '' not null,
        parcels tsvector default '' not null,
        constraint pk_line_words primary key (line_id)
    );
    create index ix_line_words_words on views.line_words using gin ((reported || parcels)) with (fastupdate = off);
"""


def upgrade() -> None:
    """Filled from the log by the program that comes with it."""
    op.execute(WORDS)
    grant("select, insert, update, delete", "views.line_words")


def downgrade() -> None:
    """Searched are again the words as the version before keeps them."""
    op.execute("drop table views.line_words")
    op.execute("delete from views.projection where name = 'line_search'")
