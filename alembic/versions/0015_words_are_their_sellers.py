"""The words by which a seller finds his lines, each as his own: a read model with a position of its own."""

from __future__ import annotations

from alembic import op

from runtime.migrations import grant

revision = "0015"
down_revision = "0014"

WORDS = """
    create table views.order_line_words (
        line_id text not null,
        line_version integer not null,
        words tsvector not null,
        constraint pk_order_line_words primary key (line_id)
    );
    create index ix_order_line_words_words on views.order_line_words using gin (words) with (fastupdate = off);
"""


def upgrade() -> None:
    """Filled from the log by the program that comes with it."""
    op.execute(WORDS)
    grant("select, insert, update, delete", "views.order_line_words")


def downgrade() -> None:
    """Searched are again the words as the version before keeps them."""
    op.execute("drop table views.order_line_words")
    op.execute("delete from views.projection where name = 'seller_search'")
