"""The read models: what can be thrown away and built again from the log."""

from __future__ import annotations

from alembic import op

from runtime.migrations import grant

revision = "0003"
down_revision = "0002"

POSITIONS = """
    create table views.projection (
        name text not null,
        position bigint default '0' not null,
        failures integer default '0' not null,
        failure text,
        failed_at timestamptz,
        constraint pk_projection primary key (name)
    );
"""
DEADLINES = """
    create table views.deadline (
        stream_id uuid not null,
        version integer not null,
        kind text not null,
        due_at timestamptz not null,
        waiting_on text not null,
        seller_id text not null,
        reminders timestamptz[] not null,
        remind_at timestamptz,
        claim_at timestamptz not null,
        attempts integer default '0' not null,
        failure text,
        constraint pk_deadline primary key (stream_id)
    );
    create index ix_deadline_claim_at on views.deadline (claim_at, stream_id);
    create index ix_deadline_remind_at on views.deadline (remind_at);
"""
SELLERS_ORDERS = """
    create table views.seller_order (
        line_id text not null,
        line_version integer not null,
        seller_id text not null,
        order_id text not null,
        buyer_id text not null,
        title text not null,
        category text not null,
        quantity integer not null,
        currency text not null,
        paid_minor bigint not null,
        purchased_at timestamptz not null,
        shipped_at timestamptz,
        delivered_at timestamptz,
        carrier text,
        tracking_number text,
        cancelled boolean not null,
        reason text,
        case_id uuid,
        case_attempt integer,
        case_version integer,
        case_status text,
        case_outcome text,
        case_opened_at timestamptz,
        case_closed_at timestamptz,
        case_deadline_kind text,
        case_due_at timestamptz,
        case_refund_minor bigint,
        case_charged_minor bigint,
        cancellation_id uuid,
        cancellation_attempt integer,
        cancellation_version integer,
        cancellation_status text,
        cancellation_outcome text,
        cancellation_opened_at timestamptz,
        cancellation_closed_at timestamptz,
        cancellation_deadline_kind text,
        cancellation_due_at timestamptz,
        cancellation_refund_minor bigint,
        cancellation_charged_minor bigint,
        all_standing text not null,
        all_urgency smallint not null,
        all_rank bigint not null,
        refund_standing text,
        refund_urgency smallint,
        refund_rank bigint,
        cancellations_standing text,
        cancellations_urgency smallint,
        cancellations_rank bigint,
        constraint pk_seller_order primary key (line_id)
    );
    create index ix_seller_order_all
        on views.seller_order (seller_id, all_urgency, all_rank, line_id, all_standing)
        where all_urgency is not null;
    create index ix_seller_order_cancellations
        on views.seller_order (seller_id, cancellations_urgency, cancellations_rank, line_id, cancellations_standing)
        where cancellations_urgency is not null;
    create index ix_seller_order_refund
        on views.seller_order (seller_id, refund_urgency, refund_rank, line_id, refund_standing)
        where refund_urgency is not null;
    create table views.seller_order_count (
        seller_id text not null,
        quick text not null,
        standing text not null,
        lines integer not null,
        constraint pk_seller_order_count primary key (seller_id, quick, standing)
    );
    create table views.seller_order_search (
        line_id text not null,
        words tsvector not null,
        constraint pk_seller_order_search primary key (line_id)
    );
    create index ix_seller_order_search_words on views.seller_order_search using gin (words);
"""
LEDGER = """
    create table views.ledger_entry (
        position bigint not null,
        ordinal smallint not null,
        stream_id uuid not null,
        version integer not null,
        topic text not null,
        rule text not null,
        account text not null,
        item text not null,
        seller_id text not null,
        line_id text,
        currency text not null,
        amount_minor bigint not null,
        balance_minor bigint,
        policy text,
        occurred_at timestamptz not null,
        recorded_at timestamptz not null,
        booked_at timestamptz not null,
        constraint pk_ledger_entry primary key (position, ordinal)
    );
    create index ix_ledger_entry_seller
        on views.ledger_entry (seller_id, currency, booked_at, position, ordinal) where account = 'seller';
    create index ix_ledger_entry_stream on views.ledger_entry (stream_id, version);
    create table views.ledger_hold (
        position bigint not null,
        stream_id uuid not null,
        version integer not null,
        reason text not null,
        seller_id text not null,
        line_id text,
        currency text not null,
        amount_minor bigint not null,
        occurred_at timestamptz not null,
        booked_at timestamptz not null,
        constraint pk_ledger_hold primary key (position)
    );
    create index ix_ledger_hold_seller on views.ledger_hold (seller_id, currency, booked_at, position);
    create table views.seller_balance (
        seller_id text not null,
        currency text not null,
        balance_minor bigint not null,
        held_minor bigint not null,
        booked_at timestamptz not null,
        position bigint not null,
        constraint pk_seller_balance primary key (seller_id, currency)
    );
"""
SUPPORT_QUEUE = """
    create table views.support_queue (
        id uuid not null,
        process text not null,
        status text not null,
        since timestamptz not null,
        cause text,
        routing text[] not null,
        asked_in_by text,
        answered_at timestamptz,
        on_hold boolean not null,
        fraud_suspected boolean not null,
        currency text not null,
        at_stake_minor bigint not null,
        reason text,
        seller_id text not null,
        buyer_id text not null,
        order_id text not null,
        line_id text not null,
        title text not null,
        opened_at timestamptz not null,
        constraint pk_support_queue primary key (id)
    );
    create index ix_support_queue_since on views.support_queue (since, id);
"""
BUYERS_REQUESTS = """
    create table views.buyer_request (
        request_id uuid not null,
        request_attempt integer,
        request_version integer,
        request_status text,
        request_outcome text,
        request_opened_at timestamptz,
        request_closed_at timestamptz,
        request_deadline_kind text,
        request_due_at timestamptz,
        request_refund_minor bigint,
        request_charged_minor bigint,
        buyer_id text not null,
        order_id text not null,
        line_id text not null,
        title text not null,
        currency text not null,
        reason text,
        refund_submitted_at timestamptz,
        constraint pk_buyer_request primary key (request_id)
    );
    create index ix_buyer_request_buyer on views.buyer_request (buyer_id, request_opened_at, request_id);
"""


def upgrade() -> None:
    op.execute("create schema views")
    for tables in (POSITIONS, DEADLINES, SELLERS_ORDERS, LEDGER, SUPPORT_QUEUE, BUYERS_REQUESTS):
        op.execute(tables)
    grant("usage", "schema views")
    grant("select, insert, update, delete", "all tables in schema views")


def downgrade() -> None:
    """Nothing is lost: the log holds all of it."""
    op.execute("drop schema views cascade")
