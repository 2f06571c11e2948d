"""The desk where exports are asked for: a case, a seller, a period (SPEC §7.10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from domain.actors import Actor
from domain.refusals import RuleBroken
from store.audit.exporting import Exporter, Scope, Title
from store.audit.scopes import Scopes
from store.codec import stamp


class Exports:
    """Makes exports line by line. Who may have them is the caller's to judge."""

    def __init__(self, scopes: Scopes, exporter: Exporter, clock: Callable[[], datetime]) -> None:
        self._scopes = scopes
        self._exporter = exporter
        self._clock = clock

    def case(self, case_id: UUID, by: Actor, *, opened: bool = False) -> Iterator[bytes]:
        """One refund case or cancellation, whole."""
        title = self._title(Scope.CASE, {"case": str(case_id)}, by, opened=opened)
        return self._exporter.lines(title, self._scopes.stream(case_id))

    def seller(
        self, seller_id: str, line_ids: Iterable[Sequence[str]], by: Actor, *, opened: bool = False
    ) -> Iterator[bytes]:
        """A seller's account and these order lines of his, each with its cases and cancellations."""
        title = self._title(Scope.SELLER, {"seller": seller_id}, by, opened=opened)
        return self._exporter.lines(title, self._scopes.seller(seller_id, line_ids))

    def period(self, first: datetime, last: datetime, by: Actor, *, opened: bool = False) -> Iterator[bytes]:
        """Everything recorded from ``first`` on and before ``last``. Raises RuleBroken unless the one is earlier."""
        if not first < last:
            raise RuleBroken("period_backwards", "a period begins before it ends", first=stamp(first), last=stamp(last))
        title = self._title(Scope.PERIOD, {"from": stamp(first), "to": stamp(last)}, by, opened=opened)
        return self._exporter.lines(title, self._scopes.period(first, last))

    def _title(self, scope: Scope, subject: dict[str, str], by: Actor, *, opened: bool) -> Title:
        return Title(scope, subject, self._clock(), str(by), opened)
