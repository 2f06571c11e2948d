"""A local carrier: issues labels, voids them, and scans the parcels that it is given."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from domain.actors import CARRIER
from domain.money import Money
from domain.order.facts import Tracking
from domain.refund.parcels import ParcelScan
from scheduler.ports.carriers import IssuedLabel, LabelOrder
from scheduler.ports.trouble import RefusedForGood
from scheduler.twins.tables import label
from store.application import Reports
from store.failures import translated

NAME = "Local Parcel"
COST_MINOR = 449

ISSUE = postgresql.insert(label).on_conflict_do_nothing()
OF_KEY = sa.select(label).where(label.c.key == sa.bindparam("of_key"))
USABLE = (
    sa.select(label)
    .where(label.c.case_id == sa.bindparam("case"), label.c.voided_at.is_(None))
    .order_by(label.c.issued_at.desc())
    .limit(1)
    .with_for_update()
)
NOTE = sa.update(label).where(label.c.key == sa.bindparam("of_key"))
AT = sa.bindparam("at", type_=sa.DateTime(timezone=True))
VOID = NOTE.where(label.c.accepted_at.is_(None)).values(voided_at=sa.func.coalesce(label.c.voided_at, AT))


class LocalCarrier:
    """Keeps the promises of ``Carriers``; several processes may share it."""

    def __init__(
        self,
        engine: sa.Engine,
        reports: Reports,
        clock: Callable[[], datetime],
        costs_minor: Mapping[str, int] | None = None,
        serves: Collection[str] | None = None,
    ) -> None:
        """``costs_minor``: what a label costs by currency, 449 minor units where none is named.

        ``serves``: the countries it delivers to, by code; None is everywhere.
        """
        self._engine = engine
        self._reports = reports
        self._clock = clock
        self._costs_minor = costs_minor or {}
        self._serves = serves

    def issue(self, order: LabelOrder) -> IssuedLabel:
        """As ``Carriers`` promises."""
        country = json.loads(order.to)["country"]
        if self._serves is not None and country not in self._serves:
            raise RefusedForGood(f"{NAME} does not deliver to {country}")
        with translated(), self._engine.begin() as conn:
            conn.execute(ISSUE, self._drawn_up(order))
            issued = conn.execute(OF_KEY, {"of_key": order.key}).one()
        return IssuedLabel(
            tracking=Tracking(carrier=NAME, number=issued.number),
            cost=Money(minor=issued.cost_minor, currency=issued.currency),
            issued_at=issued.issued_at,
            document=f"label/{issued.number}",
        )

    def _drawn_up(self, order: LabelOrder) -> dict[str, Any]:
        return {
            "key": order.key,
            "case_id": order.case_id,
            "number": f"LP{order.key.int % 10**12:012}",
            "cost_minor": self._costs_minor.get(order.currency, COST_MINOR),
            "currency": order.currency,
            "issued_at": self._clock(),
        }

    def void(self, key: UUID) -> None:
        """As ``Carriers`` promises."""
        with translated(), self._engine.begin() as conn:
            voided = conn.execute(VOID, {"of_key": key, "at": self._clock()}).rowcount
            if not voided and conn.execute(OF_KEY, {"of_key": key}).one_or_none() is not None:
                raise RefusedForGood("the parcel is already on its way")

    def hand_in(self, case_id: UUID, at: datetime | None = None) -> None:
        """The buyer hands the parcel of this case in, now or ``at``. Raises LookupError without a usable label."""
        at = at or self._clock()
        row = self._scanned(case_id, accepted_at=at)
        self._reports.scanned(ParcelScan(number=row.number, delivered=False, happened_at=at), CARRIER, "accepted")

    def deliver(self, case_id: UUID, at: datetime | None = None) -> None:
        """The parcel arrives at the seller, now or ``at``. Raises LookupError without a usable label."""
        at = at or self._clock()
        row = self._scanned(case_id, delivered_at=at)
        self._reports.scanned(ParcelScan(number=row.number, delivered=True, happened_at=at), CARRIER, "delivered")

    def _scanned(self, case_id: UUID, **scan: datetime) -> sa.Row[Any]:
        with translated(), self._engine.begin() as conn:
            row = conn.execute(USABLE, {"case": case_id}).one_or_none()
            if row is None:
                raise LookupError(f"case {case_id} has no label that can be used")
            conn.execute(NOTE.values(**scan), {"of_key": row.key})
        return row
