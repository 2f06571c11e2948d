"""The currencies of ISO 4217 and how many digits their minor units have."""

from __future__ import annotations

from functools import cache

from babel.numbers import list_currencies

TWO_DIGITS = 2
OTHER_DIGITS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"), 0
    ),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""The standard's own exponents. CLDR, which babel reads, drops the minor unit where shops no longer use it (RSD, IQD,
LBP …); payment providers count in the standard's.
"""
REGIONAL = frozenset({"XAF", "XCD", "XCG", "XOF", "XPF"})
"""Money of several countries; the other codes that begin with X are metals, funds and tests."""


@cache
def known_currencies() -> frozenset[str]:
    """Every code that is or was money; old ones stay, since history must stay readable."""
    return frozenset(code for code in list_currencies() if not code.startswith("X")) | REGIONAL


def minor_digits(currency: str) -> int:
    """How many decimal places the currency's amounts have: 2 for EUR, 0 for JPY, 3 for BHD."""
    return OTHER_DIGITS.get(currency, TWO_DIGITS)
