"""Which order lines were paid by a payment: the log itself, asked by the payment's reference."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from store.engine import reading
from store.failures import translated
from store.tables import NAMED_PAYMENT, NAMES_PAYMENT

FIND = f"""
    select stream_id from store.event where {NAMES_PAYMENT} and {NAMED_PAYMENT} = %s
    group by stream_id order by min(id)
"""  # noqa: S608 -- put together from our own constants


class PaymentNames:
    """Looks up what a payment was for."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def find(self, reference: str) -> list[UUID]:
        """The streams of the order lines that were ever reported with this payment; earliest first."""
        with translated(), reading(self._engine) as conn:
            return list(conn.exec_driver_sql(FIND, (reference,)).scalars())
