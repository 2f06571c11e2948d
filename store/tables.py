"""The declared tables of the log and of the persons' keys; migrations own the DDL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine, UserDefinedType

from domain.order.events import OrderLineRecorded, OrderLineUpdated
from domain.refund.parcels import NAMING

APP_ROLE = "directservice_app"
"""The role the service works as: it may append to the log, never change it."""

NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}
"""How constraints and indexes are named in every schema."""

metadata = sa.MetaData(naming_convention=NAMES)


class ExactJson(UserDefinedType[str]):
    """PostgreSQL ``json`` (not ``jsonb``) as text, so that what was sealed stays to the byte."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:  # noqa: ANN401 -- SQLAlchemy's own signature
        return "JSON"

    def bind_expression(self, bindvalue: sa.BindParameter[str]) -> sa.ColumnElement[str]:
        return sa.cast(bindvalue, self)

    def column_expression(self, colexpr: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
        return sa.cast(colexpr, sa.Text)


def instant(name: str, **options: Any) -> sa.Column[Any]:  # noqa: ANN401 -- passed on to Column
    """A column holding a moment in UTC."""
    return sa.Column(name, sa.DateTime(timezone=True), **options)


NAMED_PARCEL = "upper(regexp_replace(state #>> '{payload,tracking,number}', '[^0-9A-Za-z]', '', 'g'))"
"""The tracking number in an event, as ``domain.refund.parcels.parcel_number`` compares it."""
NAMES_PARCEL = "topic in ({})".format(", ".join(sorted(f"'{naming.topic}'" for naming in NAMING)))
"""Which events may name a parcel; one more of them needs a migration, for the index knows their topics."""
NAMED_PAYMENT = "state #>> '{payload,facts,payment_reference}'"
"""The payment in an event of an order line."""
NAMES_PAYMENT = "topic in ({})".format(
    ", ".join(sorted(f"'{naming.topic}'" for naming in (OrderLineRecorded, OrderLineUpdated)))
)
"""Which events may name a payment; likewise."""

event = sa.Table(
    "event",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("stream_id", sa.Uuid, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("state", ExactJson, nullable=False),
    sa.UniqueConstraint("stream_id", "version"),
    sa.Index("ix_event_payment", sa.text(f"({NAMED_PAYMENT})"), postgresql_where=sa.text(NAMES_PAYMENT)),
    sa.Index("ix_event_parcel", sa.text(NAMED_PARCEL), postgresql_where=sa.text(NAMES_PARCEL)),
    schema="store",
)
"""The log: one row an event, ``id`` its position over all streams. Rows are never changed or removed."""


def correlation_of(*place: sa.ColumnElement[bool]) -> sa.Label[Any]:
    """The correlation id of the event at this place, as a column of whatever is selected beside it."""
    return _told_at("correlation_id", place, sa.Uuid())


def policy_of(*place: sa.ColumnElement[bool]) -> sa.Label[Any]:
    """Likewise the policy that governed the event."""
    return _told_at("policy", place, sa.Text())


def _told_at(name: str, place: Iterable[sa.ColumnElement[bool]], kind: TypeEngine[Any]) -> sa.Label[Any]:
    told = sa.cast(sa.cast(event.c.state, postgresql.JSON)[name].astext, kind)
    return sa.select(told).where(*place).scalar_subquery().label(name)


command = sa.Table(
    "command",
    metadata,
    sa.Column("command_id", sa.Uuid, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("stream_id", sa.Uuid, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("position", sa.BigInteger),
    instant("recorded_at", nullable=False),
    schema="store",
)
"""One row a command that took effect, written with its events: the same command twice has one effect."""

person_key = sa.Table(
    "person_key",
    metadata,
    sa.Column("key_id", sa.Uuid, primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("wrapped_key", sa.LargeBinary),
    instant("created_at", nullable=False, server_default=sa.func.now()),
    instant("destroyed_at"),
    sa.CheckConstraint("(wrapped_key is null) = (destroyed_at is not null)", name="destroyed"),
    schema="keys",
)
"""The persons' data keys, held apart from the log (SPEC §9); a destroyed one keeps its row, without the key."""

one_live_key = sa.Index(
    "ix_person_key_live",
    person_key.c.person,
    unique=True,
    postgresql_where=person_key.c.destroyed_at.is_(None),
)
"""At most one live key a person; a person who acts again after an erasure gets a fresh one."""

root = sa.Table(
    "root",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("events", sa.Integer, nullable=False),
    sa.Column("tree", sa.Text, nullable=False),
    instant("taken_at", nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.UniqueConstraint("position"),
    schema="store",
)
"""One row a root over all streams, each linked to the one before; append-only as the log is."""

leaf = sa.Table(
    "leaf",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("stream_id", sa.Uuid, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    schema="store",
)
"""What the roots cover, one row an event: names the event that is gone or was changed, and serves proofs."""

policy = sa.Table(
    "policy",
    metadata,
    sa.Column("ref", sa.Text, primary_key=True),
    sa.Column("pack", ExactJson, nullable=False),
    instant("in_force_since", nullable=False, server_default=sa.func.now()),
    schema="store",
)
"""One row a policy that was ever in force, with its numbers as they were then; append-only as the log is."""

sandbox_clock = sa.Table(
    "sandbox_clock",
    metadata,
    sa.Column("single", sa.Boolean, primary_key=True, server_default=sa.true()),
    sa.Column("ahead", sa.Interval, nullable=False),
    sa.CheckConstraint("single", name="one_row"),
    schema="store",
)
"""One row: how far a sandbox's time is ahead of the wall clock's, negative when behind; zero in production."""

dispatch = sa.Table(
    "dispatch",
    metadata,
    sa.Column("job_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("stream_id", sa.Uuid, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    instant("dispatched_at", nullable=False),
    schema="store",
)
"""One row a job of the outbox that is done: what has left the house must not leave it again after a rebuild."""

dispatches_of_stream = sa.Index("ix_dispatch_stream_id", dispatch.c.stream_id)

notice_read = sa.Table(
    "notice_read",
    metadata,
    sa.Column("marker", sa.Text, primary_key=True),
    sa.Column("notice_id", sa.Uuid, primary_key=True),
    instant("read_at", nullable=False),
    schema="store",
)
"""Who has read which notification: kept here, since the notifications themselves can be built again."""

notices_read = sa.Table(
    "notices_read",
    metadata,
    sa.Column("marker", sa.Text, primary_key=True),
    instant("at", primary_key=True),
    sa.Column("notice_id", sa.Uuid, primary_key=True),
    instant("read_at", nullable=False),
    schema="store",
)
"""Up to which notification somebody has read all of his: one row each time he said so, however many they were."""
