"""Amounts of money: integer minor units with a currency, never floats (SPEC §2)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Self

from babel.numbers import get_currency_precision
from pydantic import Field, StringConstraints

from domain.messages import Value

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
LARGEST_MINOR = 10**13
"""The largest amount the trade accepts, a hundred billion units: a typo, not a sale, lies above it."""


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies were to be added or compared."""


class Money(Value):
    """An amount in minor units (cents) of one ISO 4217 currency; may be negative."""

    minor: Annotated[int, Field(strict=True, ge=-LARGEST_MINOR, le=LARGEST_MINOR)]
    currency: Currency

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(minor=0, currency=currency)

    @classmethod
    def from_decimal(cls, text: str, currency: str) -> Self:
        """Read a decimal amount such as ``45.90``.

        Raises ValueError when the text is no number, or finer than the currency's minor unit.
        """
        try:
            scaled = Decimal(text).scaleb(get_currency_precision(currency))
        except ArithmeticError as error:
            raise ValueError(f"{text!r} is not an amount") from error
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise ValueError(f"{text!r} is not a whole number of {currency} minor units")
        return cls(minor=int(scaled), currency=currency)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency} do not add or compare")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(minor=self.minor + self._same(other), currency=self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(minor=self.minor - self._same(other), currency=self.currency)

    def __neg__(self) -> Money:
        return Money(minor=-self.minor, currency=self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        places = get_currency_precision(self.currency)
        return f"{Decimal(self.minor).scaleb(-places):.{places}f} {self.currency}"

    def allocate(self, weights: Sequence[int]) -> list[Money]:
        """Share this amount in proportion to ``weights``, exactly: the largest remainders get the odd units.

        Equal remainders are served in order, and all-zero weights count as equal (SPEC §5). The parts always
        sum to the whole. Raises ValueError for no weights or a negative one.
        """
        if not weights or min(weights) < 0:
            raise ValueError("an amount is shared over at least one weight, none negative")
        shares = list(weights) if any(weights) else [1] * len(weights)
        total = sum(shares)
        sign, size = (-1, -self.minor) if self.minor < 0 else (1, self.minor)
        parts = [size * share // total for share in shares]
        by_remainder = sorted(range(len(shares)), key=lambda i: -(size * shares[i] % total))
        for i in by_remainder[: size - sum(parts)]:
            parts[i] += 1
        return [Money(minor=sign * part, currency=self.currency) for part in parts]


def total(amounts: Sequence[Money], currency: str) -> Money:
    """The sum of the amounts, zero in ``currency`` for none."""
    return sum(amounts, start=Money.zero(currency))
