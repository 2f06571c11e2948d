"""The tables of outbound webhooks. They are no view: what was told cannot be learnt from the log again."""

from __future__ import annotations

import sqlalchemy as sa

from store.tables import NAMES, instant

metadata = sa.MetaData(schema="webhooks", naming_convention=NAMES)

endpoint = sa.Table(
    "endpoint",
    metadata,
    sa.Column("endpoint_id", sa.Text, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("types", sa.ARRAY(sa.Text), nullable=False),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    sa.Column("previous_secret", sa.LargeBinary),
    instant("previous_until"),
    sa.Column("rotated_by", sa.Uuid),
    sa.Column("replayed_by", sa.Uuid),
    sa.Column("position", sa.BigInteger, nullable=False),
    instant("created_at", nullable=False),
    instant("disabled_at"),
    sa.Column("disabled_because", sa.Text),
)
"""``position`` is how far the log was looked through for it; secrets are sealed, each under the vault's own key."""

delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("endpoint_id", sa.Text, sa.ForeignKey(endpoint.c.endpoint_id, ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("stream_id", sa.Uuid, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    instant("claim_at", nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failure", sa.Text),
    sa.Column("asked_by", sa.Uuid),
    instant("ended_at"),
    instant("due_at", nullable=False, server_default=sa.func.now()),
)
"""One event to tell one endpoint. ``tries`` counts since it was put here, or was asked for again: at ``due_at``."""

WAITING = delivery.c.state == sa.literal_column("'waiting'")
DEAD = delivery.c.state == sa.literal_column("'dead'")
given_up = sa.Index("ix_delivery_dead", delivery.c.endpoint_id, postgresql_where=DEAD)
to_claim = sa.Index("ix_delivery_claim_at", delivery.c.endpoint_id, delivery.c.claim_at, postgresql_where=WAITING)
in_order = sa.Index(
    "ix_delivery_stream_id",
    delivery.c.endpoint_id,
    delivery.c.stream_id,
    delivery.c.position,
    postgresql_where=WAITING,
)

attempt = sa.Table(
    "attempt",
    metadata,
    sa.Column("attempt_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("endpoint_id", sa.Text, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    instant("attempted_at", nullable=False),
    sa.Column("milliseconds", sa.Integer, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("failure", sa.Text),
    sa.ForeignKeyConstraint(
        ["endpoint_id", "position"], [delivery.c.endpoint_id, delivery.c.position], ondelete="CASCADE"
    ),
)
"""The log of deliveries: one row each time something was sent, or could not be."""

attempts_of_delivery = sa.Index("ix_attempt_endpoint_id_position", attempt.c.endpoint_id, attempt.c.position)
