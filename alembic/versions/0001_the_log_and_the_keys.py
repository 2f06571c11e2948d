"""The log, the idempotency records and the persons' keys."""

from __future__ import annotations

from alembic import op

from runtime.migrations import grant

revision = "0001"
down_revision = None

ROLE = """
    do $$ begin
        create role directservice_app nologin;
    exception
        when duplicate_object or unique_violation then null;  -- a server's databases share roles
        when insufficient_privilege then raise notice 'the role directservice_app may not be created';
    end $$
"""
MEMBERSHIP = """
    do $$ begin
        if not pg_has_role(current_user, 'directservice_app', 'member') then
            grant directservice_app to current_user;
        end if;
    exception
        when undefined_object then null;
        when insufficient_privilege then raise notice 'the login may not work as directservice_app';
    end $$
"""
LOG = """
    create table store.event (
        id bigint generated always as identity constraint pk_event primary key,
        stream_id uuid not null,
        version integer not null,
        topic text not null,
        state json not null,
        constraint uq_event_stream_id_version unique (stream_id, version)
    )
"""
COMMANDS = """
    create table store.command (
        command_id uuid constraint pk_command primary key,
        fingerprint bytea not null,
        stream_id uuid not null,
        version integer not null,
        position bigint,
        recorded_at timestamptz not null
    )
"""
APPEND_ONLY = """
    create function store.refuse_change() returns trigger language plpgsql as $$ begin
        raise exception 'the log is append-only: % of %.% is refused', tg_op, tg_table_schema, tg_table_name
            using errcode = 'restrict_violation';
    end $$;
    create trigger append_only before update or delete or truncate on store.event
        for each statement execute function store.refuse_change();
    alter table store.event enable always trigger append_only;
"""
KEYS = """
    create table keys.person_key (
        key_id uuid constraint pk_person_key primary key,
        person text not null,
        wrapped_key bytea,
        created_at timestamptz not null default now(),
        destroyed_at timestamptz,
        constraint ck_person_key_destroyed check ((wrapped_key is null) = (destroyed_at is not null))
    );
    create unique index ix_person_key_live on keys.person_key (person) where destroyed_at is null;
"""


def upgrade() -> None:
    for statement in (ROLE, MEMBERSHIP, "create schema store", "create schema keys"):
        op.execute(statement)
    for statement in (LOG, COMMANDS, APPEND_ONLY, KEYS):
        op.execute(statement)
    grant("select", "alembic_version")
    grant("usage", "schema store, keys")
    grant("select, insert", "store.event, store.command")
    grant("select, insert, update (wrapped_key, destroyed_at)", "keys.person_key")


def downgrade() -> None:
    """Refused: a log that can be dropped by a command line is no log."""
    raise NotImplementedError("the log is not taken down by a migration; restore a backup instead")
