"""Policies that were ever in force, kept as they were then: what cases are pinned to never changes (SPEC §6)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

import sqlalchemy as sa
from pydantic_core import from_json

from domain.policy import Policy, PolicyError, checked_policy
from store.failures import translated
from store.session import Row, open_session

KEEP = "insert into store.policy (ref, pack) values (%s, %s) on conflict (ref) do nothing returning ref"
ALL = "select ref, pack::text from store.policy order by in_force_since, ref"
ONE = "select ref, pack::text from store.policy where ref = %s"


class KeptPolicies:
    """Keeps and finds them, so rarely that each time takes a connection of its own. For any thread.

    It never waits for the pool, so whoever holds a connection of it may ask without a deadlock.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def keep(self, policy: Policy) -> None:
        """Note that it is in force from now on; where a version of this name was before, that one stays."""
        self._ask(KEEP, (policy.ref, policy.model_dump_json(exclude_unset=True)))

    def all(self) -> list[Policy]:
        """In the order in which they came into force. Raises PolicyError as ``find`` does."""
        return [_read(row) for row in self._ask(ALL)]

    def find(self, ref: str) -> Policy | None:
        """The version as it was in force; None where it never was.

        Raises PolicyError for one that a newer version of the program wrote, with fields that this one does not know.
        """
        return next(map(_read, self._ask(ONE, (ref,))), None)

    def _ask(self, statement: str, parameters: Sequence[str] = ()) -> list[Row]:
        with translated(), closing(open_session(self._engine)) as connection:
            return connection.execute(statement, parameters or None).fetchall()


def _read(row: Row) -> Policy:
    ref, pack = row
    written: dict[str, Any] = from_json(pack)
    try:
        return checked_policy(f"policy {ref}, to which cases are pinned", written)
    except PolicyError as error:
        raise PolicyError(f"{error}; it needs the version of the program that put it in force") from error
