"""Amounts of money: integer minor units with a currency, never floats (SPEC §2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Literal, Self

from babel import Locale as Conventions
from pydantic import AfterValidator, Field, StringConstraints, ValidationError
from pydantic_core import InitErrorDetails

from domain.currencies import known_currencies, minor_digits
from domain.language import Locale
from domain.messages import Value


def _known_currency(code: str) -> str:
    if code not in known_currencies():
        raise ValueError(f"{code!r} is no ISO 4217 currency")
    return code


Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), AfterValidator(_known_currency)]
LARGEST_MINOR = 10**13
"""The largest amount that anybody may tell, a hundred billion units: a typo, not a sale, lies above it."""
LARGEST_SUM_MINOR = 10**18
"""What such amounts may add up to: about as much as the books can keep of one account."""


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies were to be added or compared."""


class Money(Value):
    """An amount in minor units (cents) of one ISO 4217 currency; may be negative."""

    minor: Annotated[int, Field(strict=True, ge=-LARGEST_SUM_MINOR, le=LARGEST_SUM_MINOR)]
    currency: Currency

    @classmethod
    @lru_cache(maxsize=256)  # there are no more currencies
    def zero(cls, currency: str) -> Self:
        return cls(minor=0, currency=currency)

    @classmethod
    def from_decimal(cls, text: str, currency: str) -> Self:
        """Read a decimal amount such as ``45.90``: digits, a point, no thousands marks.

        Raises ValueError when the text is no amount, or finer than the currency's minor unit.
        """
        if not re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?", text):
            raise ValueError(f"{text!r} is not an amount")
        scaled = Decimal(text).scaleb(minor_digits(currency))
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{text!r} is finer than the minor unit of {currency}")
        return cls(minor=int(scaled), currency=currency)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency} do not add or compare")
        return other.minor

    @classmethod
    def sum(cls, first: Money, *others: Money) -> Money:
        """All of them together. Raises CurrencyMismatchError."""
        return Money(minor=first.minor + sum(map(first._same, others)), currency=first.currency)

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

    @property
    def decimal(self) -> Decimal:
        """The amount in whole units, exact, with all its decimal places."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def __str__(self) -> str:
        return f"{self.decimal:f} {self.currency}"

    def shown_in(self, locale: Locale) -> str:
        """The amount as readers of this language write it, never rounded: ``45,90\N{NO-BREAK SPACE}€``, ``€45.90``."""
        conventions, digits = Conventions.parse(locale), minor_digits(self.currency)
        pattern = copy(conventions.currency_formats["standard"])
        pattern.frac_prec = (digits, digits)
        return str(pattern.apply(self.decimal, conventions, currency=self.currency, currency_digits=False))

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


def _as_told(amount: Money) -> Money:
    if amount.minor > LARGEST_MINOR:
        raise _out_of_bounds("less_than_equal", amount, le=LARGEST_MINOR)
    if amount.minor < -LARGEST_MINOR:
        raise _out_of_bounds("greater_than_equal", amount, ge=-LARGEST_MINOR)
    return amount


def _out_of_bounds(
    kind: Literal["less_than_equal", "greater_than_equal"], amount: Money, **bound: int
) -> ValidationError:
    """Names ``minor`` as the field at fault, as a bound of the field itself would."""
    fault = InitErrorDetails(type=kind, loc=("minor",), input=amount.minor, ctx=bound)
    return ValidationError.from_exception_data("Money", [fault])


ToldMoney = Annotated[Money, AfterValidator(_as_told)]
"""An amount as somebody tells it; what the house adds up may be larger."""


def total(amounts: Sequence[Money], currency: str) -> Money:
    """The sum of the amounts, zero in ``currency`` for none."""
    return sum(amounts, start=Money.zero(currency))


def together(*amounts: Money | None) -> Money | None:
    """The sum of those that there are; None for none."""
    there = [amount for amount in amounts if amount is not None]
    return Money.sum(*there) if there else None
