"""The columns of an order file: which fact of the line each one tells, and how its text is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from domain.money import Money
from domain.order.facts import OrderLineFacts

CANCELLED = frozenset({"canceled", "cancelled"})
WHOLE = re.compile(r"[+-]?[0-9]+(\.0+)?")
"""Spreadsheets write 1.0; Python also takes 1_0, and digits of other scripts."""

Read = Callable[[str, str], Any]
"""From a cell's text and the row's currency to the fact. Raises ValueError with the reason."""


def _as_written(text: str, _currency: str) -> str:
    return text


def _amount(text: str, currency: str) -> Money:
    amount = Money.from_decimal(text, currency)
    if amount.minor < 0:
        raise ValueError(f"{text} is negative")
    return amount


def _count(text: str, _currency: str) -> str:
    if not WHOLE.fullmatch(text):
        raise ValueError(f"'{text}' is not a whole number")
    return text


def _several(text: str, _currency: str) -> list[str]:
    return [part.strip() for part in text.split("|")]


def _is_cancelled(text: str, _currency: str) -> bool:
    return text.lower() in CANCELLED


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    name: str
    path: tuple[str, ...]
    """Where in ``OrderLineFacts`` its content goes."""
    read: Read = _as_written

    @property
    def is_required(self) -> bool:
        """Whether no line can do without it."""
        return OrderLineFacts.model_fields[self.path[0]].is_required()


def _same(name: str, read: Read = _as_written) -> Column:
    return Column(name, (name,), read)


COLUMNS: tuple[Column, ...] = (
    _same("order_id"),
    _same("line_id"),
    _same("buyer_id"),
    _same("seller_id"),
    _same("title"),
    _same("category"),
    _same("listing_kind"),
    _same("openable"),
    _same("price", _amount),
    _same("shipping", _amount),
    _same("tax", _amount),
    _same("commission", _amount),
    _same("quantity", _count),
    _same("purchased_at"),
    _same("label_printed_at"),
    _same("shipped_at"),
    _same("delivered_at"),
    _same("estimated_delivery_at"),
    Column("status", ("cancelled",), _is_cancelled),
    Column("tracking_carrier", ("tracking", "carrier")),
    Column("tracking_number", ("tracking", "number")),
    _same("tracking_updated_at"),
    _same("payment_reference"),
    Column("listing_description", ("listing", "description")),
    Column("listing_condition", ("listing", "condition")),
    Column("listing_photos", ("listing", "photos"), _several),
    Column("listing_video_receipts", ("listing", "video_receipts"), _several),
)
CURRENCY = "currency"
"""The one column that is no fact by itself: it goes into every amount of its row."""
NAMES = (*(column.name for column in COLUMNS), CURRENCY)
REQUIRED = (*(column.name for column in COLUMNS if column.is_required), CURRENCY)
