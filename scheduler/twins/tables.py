"""Where the local twins keep what a real provider or carrier would: a world of its own beside the house's."""

from __future__ import annotations

import sqlalchemy as sa

from store.tables import NAMES, instant

metadata = sa.MetaData(schema="twins", naming_convention=NAMES)

refund = sa.Table(
    "refund",
    metadata,
    sa.Column("key", sa.Uuid, primary_key=True),
    sa.Column("stream_id", sa.Uuid, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("trouble", sa.Text),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    instant("taken_at"),
    instant("report_at"),
)
"""One row a key; ``report_at`` is when the provider will say what became of it, NULL once he has."""

due_reports = sa.Index("ix_refund_report_at", refund.c.report_at, postgresql_where=refund.c.report_at.is_not(None))

label = sa.Table(
    "label",
    metadata,
    sa.Column("key", sa.Uuid, primary_key=True),
    sa.Column("case_id", sa.Uuid, nullable=False),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("cost_minor", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    instant("issued_at", nullable=False),
    instant("voided_at"),
    instant("accepted_at"),
    instant("delivered_at"),
)
"""One row a label, and how far its parcel has come."""

labels_of_case = sa.Index("ix_label_case_id", label.c.case_id)
