"""Endpoints of outbound webhooks, and what they were told."""

from __future__ import annotations

from alembic import op

from runtime.migrations import grant

revision = "0012"
down_revision = "0011"

WEBHOOKS = """
    create schema webhooks;
    create table webhooks.endpoint (
        endpoint_id text not null,
        url text not null,
        types text[] not null,
        secret bytea not null,
        previous_secret bytea,
        previous_until timestamptz,
        rotated_by uuid,
        replayed_by uuid,
        position bigint not null,
        created_at timestamptz not null,
        disabled_at timestamptz,
        disabled_because text,
        constraint pk_endpoint primary key (endpoint_id)
    );
    create table webhooks.delivery (
        endpoint_id text not null,
        position bigint not null,
        stream_id uuid not null,
        topic text not null,
        state text not null,
        claim_at timestamptz not null,
        tries integer default '0' not null,
        failure text,
        asked_by uuid,
        ended_at timestamptz,
        constraint pk_delivery primary key (endpoint_id, position),
        constraint fk_delivery_endpoint_id foreign key (endpoint_id)
            references webhooks.endpoint (endpoint_id) on delete cascade
    );
    create index ix_delivery_claim_at on webhooks.delivery (endpoint_id, claim_at) where state = 'waiting';
    create index ix_delivery_stream_id on webhooks.delivery (endpoint_id, stream_id, position) where state = 'waiting';
    create table webhooks.attempt (
        attempt_id bigint generated always as identity,
        endpoint_id text not null,
        position bigint not null,
        attempted_at timestamptz not null,
        milliseconds integer not null,
        status integer,
        failure text,
        constraint pk_attempt primary key (attempt_id),
        constraint fk_attempt_endpoint_id_position foreign key (endpoint_id, position)
            references webhooks.delivery (endpoint_id, position) on delete cascade
    );
    create index ix_attempt_endpoint_id_position on webhooks.attempt (endpoint_id, position);
"""


def upgrade() -> None:
    op.execute(WEBHOOKS)
    grant("usage", "schema webhooks")
    grant("select, insert, update, delete", "all tables in schema webhooks")


def downgrade() -> None:
    """Refused: the secrets that receivers know would be lost."""
    raise NotImplementedError("receivers' secrets are not thrown away by a migration; restore a backup instead")
