"""Endpoints: kept, changed and removed, with secrets of which two are good while one is being replaced."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from domain.refusals import RuleBroken
from store.engine import reading
from store.failures import translated
from store.vault import Vault
from store.webhooks.tables import endpoint

MOST = 50
"""Endpoints of an installation: each has threads of its own."""
SECRET_BYTES = 32
OVERLAP = timedelta(hours=24)
"""How long messages are signed with the old secret too."""
KEY_OF = "webhooks"
"""Whose key seals the secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where the marketplace wants to be told."""

    endpoint_id: str
    url: str
    types: Sequence[str]
    position: int
    """Up to here the log was looked through for it."""
    created_at: datetime
    previous_until: datetime | None
    disabled_at: datetime | None
    disabled_because: str | None


COLUMNS = [endpoint.c[name] for name in Endpoint.__dataclass_fields__]
PUT = postgresql.insert(endpoint)


class Endpoints:
    """All of them; for any thread."""

    def __init__(self, engine: sa.Engine, vault: Vault, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock

    def all(self) -> list[Endpoint]:
        """In the order of their ids."""
        return self._found(sa.select(*COLUMNS).order_by(endpoint.c.endpoint_id))

    def find(self, endpoint_id: str) -> Endpoint | None:
        return next(iter(self._found(sa.select(*COLUMNS).where(endpoint.c.endpoint_id == endpoint_id))), None)

    def put(self, endpoint_id: str, url: str, types: Sequence[str], *, head: int) -> bool:
        """Keep the endpoint so, enabled; whether it is new. A new one is told what happens behind ``head``.

        Raises RuleBroken for one endpoint too many.
        """
        kept = {"url": url, "types": list(types), "disabled_at": None, "disabled_because": None}
        with translated(), self._engine.begin() as conn:
            changed = conn.execute(sa.update(endpoint).where(endpoint.c.endpoint_id == endpoint_id).values(kept))
            if changed.rowcount:
                return False
            if conn.execute(sa.select(sa.func.count()).select_from(endpoint)).scalar_one() >= MOST:
                raise RuleBroken("too_many_endpoints", f"at most {MOST} endpoints are kept", at_most=MOST)
            new = {"endpoint_id": endpoint_id, "secret": self._sealed(endpoint_id), "position": head}
            conn.execute(
                PUT.on_conflict_do_update(index_elements=[endpoint.c.endpoint_id], set_=kept),
                {**kept, **new, "created_at": self._clock()},
            )
        return True

    def remove(self, endpoint_id: str) -> bool:
        """Nothing more is told to it; whether it was there."""
        return self._change(sa.delete(endpoint), endpoint_id)

    def disable(self, endpoint_id: str, because: str) -> None:
        """Nothing more is told to it until it is put again."""
        gone = {"disabled_at": self._clock(), "disabled_because": because}
        self._change(sa.update(endpoint).values(gone), endpoint_id)

    def rotate(self, conn: sa.Connection, endpoint_id: str, command_id: UUID) -> bool:
        """A new secret, beside which the one before it stays good for ``OVERLAP``; the same command once."""
        rotated = sa.update(endpoint).values(
            previous_secret=endpoint.c.secret,
            previous_until=self._clock() + OVERLAP,
            secret=self._sealed(endpoint_id),
            rotated_by=command_id,
        )
        return _changed(conn, rotated.where(endpoint.c.rotated_by.is_distinct_from(command_id)), endpoint_id)

    def replay(self, conn: sa.Connection, endpoint_id: str, after: int, command_id: UUID) -> bool:
        """Tell it everything behind this position again, in order; the same command once."""
        moved = sa.update(endpoint).values(position=sa.func.least(endpoint.c.position, after), replayed_by=command_id)
        return _changed(conn, moved.where(endpoint.c.replayed_by.is_distinct_from(command_id)), endpoint_id)

    def secrets(self, endpoint_id: str) -> list[str]:
        """Those that are good now, the newest first; none for an unknown endpoint."""
        asked = sa.select(endpoint).where(endpoint.c.endpoint_id == endpoint_id)
        with translated(), reading(self._engine) as conn:
            row = conn.execute(asked).one_or_none()
        if row is None:
            return []
        overlaps = row.previous_until is not None and self._clock() < row.previous_until
        sealed = [row.secret, *([row.previous_secret] if overlaps else [])]
        opened = [self._vault.decrypt_bytes(each, endpoint_id.encode()) for each in sealed]
        return [each.decode() for each in opened if each is not None]

    def _sealed(self, endpoint_id: str) -> bytes:
        secret = f"whsec_{b64encode(token_bytes(SECRET_BYTES)).decode()}"
        return self._vault.encrypt_bytes(KEY_OF, secret.encode(), endpoint_id.encode())

    def _found(self, asked: sa.Executable) -> list[Endpoint]:
        with translated(), reading(self._engine) as conn:
            return [Endpoint(**row) for row in conn.execute(asked).mappings()]

    def _change(self, change: Any, endpoint_id: str) -> bool:  # noqa: ANN401 -- an update or a delete
        with translated(), self._engine.begin() as conn:
            return _changed(conn, change, endpoint_id)


def _changed(conn: sa.Connection, change: Any, endpoint_id: str) -> bool:  # noqa: ANN401 -- an update or a delete
    return bool(conn.execute(change.where(endpoint.c.endpoint_id == endpoint_id)).rowcount)
