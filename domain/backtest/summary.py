"""What a backtest found over all cases: how many end otherwise, and who would have paid what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from domain.backtest.comparison import Difference, Ending, Finding
from domain.money import Money
from domain.vocabulary import Party

BUYERS = "buyers get"
"""What reaches them, beside the parties that bear it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One party's sum over all compared cases, in one currency: borne, or for buyers received."""

    party: str
    recorded: Money
    backtested: Money


@dataclass(slots=True)
class Summary:
    """Counts findings as they come."""

    compared: int = 0
    incomparable: int = 0
    unchanged: int = 0
    otherwise_timed: int = 0
    """End alike and cost alike, at another time."""
    endings: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How cases ended and how they would have ended, where that or the cost differs."""
    _minor: Counter[tuple[str, str, bool]] = field(default_factory=Counter)

    def add(self, finding: Finding) -> None:
        """Count one more."""
        if not finding.is_comparable:
            self.incomparable += 1
            return
        self.compared += 1
        if not finding.differences:
            self.unchanged += 1
        elif finding.differences == (Difference.TIME,):
            self.otherwise_timed += 1
        else:
            self.endings[finding.recorded.word, finding.backtested.word] += 1
        for is_backtested, ending in enumerate((finding.recorded, finding.backtested)):
            for party, amount in _sums(ending):
                self._minor[amount.currency, party, bool(is_backtested)] += amount.minor

    @property
    def costs(self) -> Iterator[Cost]:
        """For each currency what each party bears, and what reaches the buyers."""
        for currency in sorted({currency for currency, _, _ in self._minor}):
            for party in (*Party, BUYERS):
                recorded, backtested = (
                    Money(minor=self._minor[currency, party, of], currency=currency) for of in (False, True)
                )
                yield Cost(party, recorded, backtested)


def _sums(ending: Ending) -> Iterator[tuple[str, Money]]:
    yield from ending.borne.items()
    yield BUYERS, ending.buyer_gets
